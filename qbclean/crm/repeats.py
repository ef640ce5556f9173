"""Records that stand twice: the same one in two exports is kept once, two of one id are refused."""

from __future__ import annotations

from collections import Counter

import msgspec

from qbclean.crm.drafts import Draft, R
from qbclean.crm.remarks import Remarks
from qbclean.crm.staging import Pile
from qbclean.model.crm import CrmInvoice, CrmRecord, RejectedRow


def without_repeats(drafts: Pile[Draft[R]], what: str, rejected: list[RejectedRow], remarks: Remarks) -> Pile[Draft[R]]:
    """The drafts with ids of their own.

    An id that stands again is rejected, unless the whole record is the same in another file: exports that overlap. A
    number that stands again is another record (`1042#2`) unless customer, date and total are the same too.
    """
    if not drafts.repeats():
        return drafts
    times: Counter[str] = Counter()
    result = drafts.empty()
    for place, draft in drafts.numbered():
        crm_id = draft.record.crm_id
        first_place, first = drafts.first(crm_id) or (place, draft)
        if first_place == place:
            result.add(draft, crm_id)
        elif first.record.file != draft.record.file and _bare(first.record) == _bare(draft.record):
            remarks.add(
                f"The same {what} in two files, read once", f"{_name(draft)} ({first.record.file}, {draft.record.file})"
            )
        elif draft.own_id or _two_states(first.record, draft.record):
            rejected.append(_again(first, draft))
        else:
            times[crm_id] += 1
            other = f"{crm_id}#{times[crm_id] + 1}"
            renamed = msgspec.structs.replace(draft.record, crm_id=other)
            result.add(msgspec.structs.replace(draft, record=renamed), other)
    return result


def _bare(record: R) -> R:
    return msgspec.structs.replace(record, file="", rows=())


def _name(draft: Draft[R]) -> str:
    return getattr(draft.record, "number", None) or draft.record.crm_id


def _two_states(one: CrmRecord, other: CrmRecord) -> bool:
    """One invoice as two exports of different days show it."""
    return (
        isinstance(one, CrmInvoice)
        and one.file != other.file
        and isinstance(other, CrmInvoice)
        and (one.customer_name, one.date, one.total) == (other.customer_name, other.date, other.total)
    )


def _again(first: Draft[R], draft: Draft[R]) -> RejectedRow:
    place = f"row {first.record.rows[0]} of {first.record.file}"
    elsewhere = first.record.file != draft.record.file
    says = " and says something else there; import only the later export" if elsewhere else ""
    return RejectedRow(
        file=draft.record.file,
        row=draft.record.rows[0],
        column=draft.id_column or None,
        cell=draft.record.crm_id,
        reason=f"stands on {place} already{says}",
    )
