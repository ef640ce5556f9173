"""What a real process did to the files of a folder, and what it sent and said, in order, as strace saw it (R19)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CALLS = (
    "openat,lseek,write,pwrite64,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,sendto,"
    "writev,pwritev,truncate,fallocate,link,linkat,copy_file_range,sync_file_range,sendmsg"
)
"""What is in the last line is not expected, and told loudly if it comes."""
_LINE = re.compile(r"(?P<thread>\d+)\s+(?:<\.\.\. \w+ resumed>(?P<rest>.*)|(?P<call>[a-z]\w+\(.*))")
_WHOLE = re.compile(r"(?P<name>\w+)\((?P<args>.*)\)\s+=\s+(?P<result>-?\d+)")
_HEX = r"((?:\\x[0-9a-f]{2})*)"
_TEXT = re.compile(f'"{_HEX}"(\\.\\.\\.)?')
_FILE = re.compile(f"^\\d+<{_HEX}>")
_LAST_NUMBER = re.compile(r"(\d+)\s*$")


@dataclass(frozen=True)
class Touch:
    """`empty`: made, or cut to nothing if it was there. `sync`: of a file's content, or of a folder's names."""

    path: str
    how: Literal["make", "empty", "sync", "unlink"]


@dataclass(frozen=True)
class Write:
    path: str
    at: int
    content: bytes


@dataclass(frozen=True)
class Truncate:
    path: str
    size: int


@dataclass(frozen=True)
class Rename:
    path: str
    to: str


@dataclass(frozen=True)
class Send:
    """Bytes that left for the network."""

    content: bytes


@dataclass(frozen=True)
class Say:
    """Bytes for stdout or stderr: what the user was told."""

    content: bytes


Deed = Touch | Write | Truncate | Rename | Send | Say


def can_trace() -> bool:
    """True where strace is installed and allowed to trace."""
    if sys.platform != "linux" or not shutil.which("strace"):
        return False
    return subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


def traced(
    line: Sequence[str], *, folder: Path, environment: Mapping[str, str], watched: Path
) -> tuple[int, list[Deed]]:
    """Run `python LINE` in `folder`; returns its exit code and its deeds, paths relative to the `watched` folder."""
    record = folder / "trace"
    asked = ["strace", "-f", "-y", "-xx", "-s", "4000000", "-e", f"trace={CALLS}", "-o", str(record)]
    with (folder / "told").open("wb") as told:
        ran = subprocess.run(
            [*asked, sys.executable, *line],
            cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=told, stderr=told, check=False,
            timeout=240,
        )  # fmt: skip
    with record.open(encoding="ascii") as lines:
        return ran.returncode, list(_Reader(watched.resolve(), (folder / "told").resolve()).deeds(lines))


class _Reader:
    def __init__(self, watched: Path, told: Path) -> None:
        self._watched, self._told = f"{watched}/", str(told)
        self._at: dict[str, int] = {}

    def deeds(self, lines: Iterator[str]) -> Iterator[Deed]:
        """What changes or leaves counts from the moment a call began, what makes durable from its return."""
        for name, args, result in self._calls(lines):
            deed = self._deed(name, args, result)
            if deed is not None:
                yield deed

    @staticmethod
    def _calls(lines: Iterator[str]) -> Iterator[tuple[str, str, int]]:
        open_calls: dict[str, str] = {}
        for line in lines:
            found = _LINE.match(line)
            if found is None:
                continue  # a signal, or the end of a thread
            thread, text = found["thread"], found["call"]
            if text is None:
                text = open_calls.pop(thread) + found["rest"]
                if not text.startswith(("f", "open", "rename", "unlink", "lseek", "mkdir")):
                    continue  # it counted when it began
            elif text.rstrip().endswith("<unfinished ...>"):
                text = text.rstrip().removesuffix("<unfinished ...>")
                open_calls[thread] = text
                if not text.startswith(("write", "pwrite", "send")):
                    continue
                text = text.rstrip(" ,") + ") = 0"
            whole = _WHOLE.match(text)
            assert whole is not None, text[:200]
            if int(whole["result"]) >= 0:
                yield whole["name"], whole["args"], int(whole["result"])

    def _deed(self, name: str, args: str, result: int) -> Deed | None:
        texts = [bytes.fromhex(text.replace("\\x", "")) for text, cut in _TEXT.findall(args) if not cut]
        if name == "sendto":
            return Send(texts[0])
        if name in ("rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "openat"):
            return self._named(name, args, [self._within(text.decode()) for text in texts])
        found = _FILE.match(args)
        path = bytes.fromhex(found[1].replace("\\x", "")).decode() if found else ""
        if name == "write" and path == self._told:
            return Say(texts[0])
        inside = self._within(path)
        return self._written(name, args, inside, texts, result) if inside is not None else None

    def _named(self, name: str, args: str, paths: list[str | None]) -> Deed | None:
        path = paths[0]
        if path is None:
            return None
        if name == "openat":
            self._at[path] = 0
            if "O_TRUNC" in args:
                return Touch(path, "empty")
            return Touch(path, "make") if "O_CREAT" in args else None
        if name.startswith("rename"):
            assert paths[1] is not None, "moved out of the folder"
            return Rename(path, paths[1])
        assert name != "mkdir", "a folder that is made meanwhile is not foreseen"
        return Touch(path, "unlink")

    def _written(self, name: str, args: str, path: str, texts: list[bytes], result: int) -> Deed | None:
        if name in ("fsync", "fdatasync"):
            return Touch(path, "sync")
        if name == "lseek":
            self._at[path] = result
            return None
        last = _LAST_NUMBER.search(args)
        assert last is not None
        assert name in ("write", "pwrite64", "ftruncate"), f"{name} is not foreseen"
        if name == "ftruncate":
            return Truncate(path, int(last[1]))
        (content,) = texts
        at = int(last[1]) if name == "pwrite64" else self._at.get(path, 0)
        if name == "write":
            self._at[path] = at + len(content)
        return Write(path, at, content)

    def _within(self, path: str) -> str | None:
        if f"{path}/" == self._watched:
            return ""
        return path.removeprefix(self._watched) if path.startswith(self._watched) else None
