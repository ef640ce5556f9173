"""Attachments: notes and files hung on transactions, found by what they hang on, fetched without a token."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import requests

from tests.contract.sandbox.caller import Caller
from tests.contract.sandbox.conftest import Opener

_EVERY_BYTE = bytes(range(256)) + b"\r\n\r\n"


def _upload(caller: Caller, content: bytes, *hooks: tuple[str, str]) -> dict[str, Any]:
    metadata = {
        "FileName": "a & b.txt",
        "ContentType": "text/plain",
        "AttachableRef": [{"EntityRef": {"type": kind, "value": held}} for kind, held in hooks],
    }
    parts: dict[str, tuple[str, str | bytes, str]] = {
        "file_metadata_01": ("attachment.json", json.dumps(metadata), "application/json"),
        "file_content_01": ("a.txt", content, "text/plain"),
    }
    url = f"{caller.url}/v3/company/{caller.ready['realm_id']}/upload"
    answer = caller.session.post(url, files=parts, timeout=30)
    made: dict[str, Any] = answer.json()["AttachableResponse"][0]["Attachable"]
    return made


def test_attachments_are_found_by_any_of_what_they_hang_on(caller: Caller) -> None:
    invoice, payment = caller.invoice(), caller.payment("5.00")
    held_by = (("Invoice", invoice["Id"]), ("Payment", payment["Id"]))
    hooks = [{"EntityRef": {"type": kind, "value": held}} for kind, held in held_by]
    made = caller.post("attachable", {"Note": "Gate code 7", "AttachableRef": hooks})["Attachable"]
    caller.post("attachable", {"Note": "on nothing"})
    asked = (
        "select * from Attachable where AttachableRef.EntityRef.Type = '{}' and AttachableRef.EntityRef.value = '{}'"
    )
    for kind, held in (("invoice", invoice["Id"]), ("Payment", payment["Id"])):
        assert [found["Id"] for found in caller.rows(asked.format(kind, held))] == [made["Id"]]
    assert caller.rows(asked.format("Customer", invoice["Id"])) == []
    assert caller.rows("select * from Attachable where AttachableRef.EntityRef.Type like 'inv%'") != []
    assert caller.query("select * from Attachable where AttachableRef.EntityRef.value > '1'").code == "4001"


def test_an_uploaded_file_is_downloaded_by_a_link_that_needs_no_token(caller: Caller) -> None:
    made = _upload(caller, _EVERY_BYTE, ("Invoice", caller.invoice()["Id"]))
    assert made["Size"] == len(_EVERY_BYTE)
    assert made["FileAccessUri"].endswith(f"/download/{made['Id']}")
    link = caller.get(f"download/{made['Id']}").text
    for address in (link, made["TempDownloadUri"], caller.read("Attachable", made["Id"])["TempDownloadUri"]):
        assert requests.get(address, timeout=30).content == _EVERY_BYTE
    wrong = link.replace(f"/{made['Id']}/", f"/{made['Id']}/0")
    assert requests.get(wrong, timeout=30).status_code == 404


def test_there_is_nothing_to_download_for_a_note_or_after_a_delete(caller: Caller) -> None:
    note = caller.post("attachable", {"Note": "no file"})["Attachable"]
    assert caller.get(f"download/{note['Id']}").code == "610"
    assert caller.get("download/x").code == "2030"
    made = _upload(caller, b"x")
    caller.post("attachable", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")
    assert caller.get(f"download/{made['Id']}").code == "610"
    assert requests.get(made["TempDownloadUri"], timeout=30).status_code == 404


def test_files_survive_a_restart(open_sandbox: Opener, tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    first, caller = open_sandbox(state=state)
    kept, gone = _upload(caller, b"kept"), _upload(caller, b"gone")
    caller.post("attachable", {"Id": gone["Id"], "SyncToken": "0"}, operation="delete")
    first.stop()
    _, again = open_sandbox(state=state)
    link = again.get(f"download/{kept['Id']}").text
    assert requests.get(link, timeout=30).content == b"kept"
    assert again.get(f"download/{gone['Id']}").code == "610"
