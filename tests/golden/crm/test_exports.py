"""Made-up exports as each CRM writes them, read field by field (crm-formats.md 2).

`expected.json` beside the files is what must come out. It changes only when UPDATE_GOLDEN=1 is set, and the change is
reviewed like code.
"""

import os
from pathlib import Path

import msgspec
import pytest

from qbclean.crm.library import packaged_profiles
from qbclean.crm.reading import read_crm
from qbclean.model.crm import CrmRecords

FOLDER = Path(__file__).parent
CASES = sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith("_"))
_BLANK: tuple[object, ...] = (None, "", [])


def told(records: CrmRecords, remarks: tuple[str, ...]) -> dict[str, object]:
    """Everything read, without blank fields and without the hashes, so that a file may be saved anew."""
    facts = msgspec.json.decode(msgspec.json.encode(records))
    for file in facts["files"]:
        del file["sha256"]
    shown: dict[str, object] = {
        kind: [{key: value for key, value in record.items() if value not in _BLANK} for record in found]
        for kind, found in facts.items()
        if found
    }
    return shown | {"remarks": list(remarks)}


@pytest.mark.parametrize("case", CASES)
def test_the_export_is_read_field_by_field(case: str) -> None:
    expected = FOLDER / case / "expected.json"
    files = sorted(path for path in (FOLDER / case).iterdir() if path != expected)
    reading = read_crm(files)
    assert reading.rejected == ()
    read = told(reading.records, reading.remarks)
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_bytes(msgspec.json.format(msgspec.json.encode(read), indent=1) + b"\n")
    assert read == msgspec.json.decode(expected.read_bytes())


def test_every_packaged_profile_has_an_export_that_is_read_by_it() -> None:
    expected = [msgspec.json.decode((FOLDER / case / "expected.json").read_bytes()) for case in CASES]
    read_by = {file["profile"] for one in expected for file in one["files"]}
    assert read_by | {"generic"} == {profile.name for profile in packaged_profiles()}
