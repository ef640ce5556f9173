"""Where the key of the journal's hash chain comes from.

A file beside the journal, mode 0600, made on first use: it needs no prompt, and it travels with the folder into the
backup, so a restored journal still verifies. Whoever holds both can forge the chain; the head printed in every report
and kept elsewhere is what they cannot change (R29, P24).
"""

from __future__ import annotations

import secrets
from pathlib import Path

from qbclean.errors import StoreError
from qbclean.store.private_files import make_private_folder, read_private, write_atomically

_BYTES = 32


def journal_key(journal: Path) -> bytes:
    """The 32-byte key of the journal at `journal`, from `journal.key` beside it.

    Raises StoreError when the key is missing although the journal is there, is open to others, or is not a key.
    """
    path = journal.with_suffix(".key")
    if not path.exists():
        if journal.exists():
            raise StoreError(
                f"{path} is missing, so {journal.name} beside it can be neither continued nor verified.",
                why="The key of the hash chain was made with the journal and exists nowhere else.",
                do="Restore the key file from a backup of the folder.",
            )
        make_private_folder(path.parent)
        write_atomically(path, secrets.token_bytes(_BYTES).hex().encode() + b"\n")
    try:
        key = bytes.fromhex(read_private(path).decode().strip())
    except ValueError as error:
        raise StoreError(f"{path} does not hold a key.", do="Restore it from a backup of the folder.") from error
    if len(key) != _BYTES:
        raise StoreError(f"{path} holds a key of the wrong length.", do="Restore it from a backup of the folder.")
    return key
