"""Create, update, void and delete: the order of checks that every entity's write goes through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qbclean.sandbox import refusals
from qbclean.sandbox.edit import Edit
from qbclean.sandbox.entities.deposit_links import refuse_deposited
from qbclean.sandbox.entities.reference_names import keep_names
from qbclean.sandbox.entities.spec import EntitySpec, Options
from qbclean.sandbox.shape import computed, identifier, read_object
from qbclean.sandbox.wire import stamp

Wire = dict[str, Any]

_SERVER_FIELDS = ("Id", "SyncToken", "MetaData", "domain")
_WRITABLE_LINKS = ("Estimate", "TimeActivity")


def save(edit: Edit, spec: EntitySpec, body: Wire, options: Options) -> Wire:
    """Create or update, as the body's Id decides. Returns the stored object, staged in `edit`."""
    if edit.company.quirks["line_ex"] == "refuse" and any("LineEx" in line for line in _lines_of(body)):
        raise refusals.unsupported_property("LineEx", "Line", ())
    cleared: set[str] = set()
    clean = read_object(_without_echo(edit, spec, body), spec.shape, spec.name, cleared)
    options = options.with_sent(set(clean) | cleared)
    if "Id" in clean and int(clean["Id"]) > 0:
        return _update(edit, spec, clean, cleared, options)
    clean.pop("Id", None)
    return _create(edit, spec, clean, options)


def void(edit: Edit, spec: EntitySpec, body: Wire) -> Wire:
    """Void a transaction. Returns the voided object, staged in `edit`."""
    old = _current(edit, spec, body)
    voided = edit.find(spec.name, old["Id"])
    _check_dates(edit, old, old.get("TxnDate"))
    _check_bank(edit, spec, old)
    spec.rules.void(edit, voided)
    _finish(edit, spec, voided, old)
    return voided


def delete(edit: Edit, spec: EntitySpec, body: Wire) -> Wire:
    """Delete a transaction. Returns the stub that answers it."""
    if not spec.deletable:
        raise refusals.unsupported_operation("delete", "Operation")
    old = _current(edit, spec, body)
    _check_dates(edit, old, old.get("TxnDate") if spec.dated else None)
    _check_bank(edit, spec, old, deleting=True)
    spec.rules.deletable(edit, old)
    edit.subject = (spec.name, old["Id"])
    edit.drop(spec.name, old["Id"])
    spec.rules.linked(edit, None, old)
    return {"domain": "QBO", "status": "Deleted", "Id": old["Id"]}


def _create(edit: Edit, spec: EntitySpec, clean: Wire, options: Options) -> Wire:
    if not spec.creatable:
        raise refusals.unsupported_operation("create", "Operation")
    new = {name: value for name, value in clean.items() if name not in {"sparse", "SyncToken"}}
    _check_required(spec, new)
    _merge_links(spec, new, None, options.sent)
    spec.rules.prepare(edit, new, None, options)
    if spec.dated:
        new.setdefault("TxnDate", edit.company.today.isoformat())
        edit.check_open_period(new["TxnDate"])
    new["Id"] = edit.take_id(spec.sequence or spec.name)
    _finish(edit, spec, new, None)
    applied_later = edit.company.quirks["auto_apply_credit"] == "later"
    return new if applied_later else edit.find(spec.name, new["Id"])


def _update(edit: Edit, spec: EntitySpec, clean: Wire, cleared: set[str], options: Options) -> Wire:
    old = _current(edit, spec, clean)
    fresh = {name: value for name, value in clean.items() if name not in {*_SERVER_FIELDS, "sparse"}}
    if clean.get("sparse"):
        new = {**edit.find(spec.name, old["Id"]), **fresh}
        for name in cleared - {"Id", "SyncToken"}:
            new.pop(name, None)
    else:
        new = {**_read_only(spec, edit.find(spec.name, old["Id"])), **fresh}
    for name in _SERVER_FIELDS:
        if name in old:
            new[name] = old[name]
    keep_names(new, old)
    _check_required(spec, new)
    _merge_links(spec, new, old, options.sent)
    if spec.dated:
        _check_dates(edit, old, old.get("TxnDate"), new.get("TxnDate"))
        _check_bank(edit, spec, old)
    spec.rules.prepare(edit, new, old, options)
    _finish(edit, spec, new, old)
    return new


def _lines_of(body: Wire) -> Iterator[Wire]:
    sent = body.get("Line")
    return (line for line in (sent if isinstance(sent, list) else ()) if isinstance(line, dict))


def _without_echo(edit: Edit, spec: EntitySpec, body: Wire) -> Wire:
    """Return a body without the properties only the stored object has, as a company folder may bring them."""
    foreign = {name for name in body if spec.shape.get(name) is None}
    if not foreign:
        return body
    stored = edit.read(spec.name, str(body.get("Id"))) or {}
    return {name: value for name, value in body.items() if name not in foreign or name not in stored}


def _read_only(spec: EntitySpec, old: Wire) -> Wire:
    """Return what a full update cannot reset: computed and foreign fields, and the links other documents made."""
    return {name: value for name, value in old.items() if spec.shape.get(name) in {computed, None}}


def _merge_links(spec: EntitySpec, new: Wire, old: Wire | None, sent: frozenset[str]) -> None:
    """Keep the links other documents made; take over only the kinds a caller may write."""
    if "LinkedTxn" not in spec.shape:
        return
    before = (old or {}).get("LinkedTxn") or ()
    given = new.get("LinkedTxn") or () if "LinkedTxn" in sent else before
    kept = [link for link in before if link.get("TxnType") not in _WRITABLE_LINKS]
    written = [link for link in given if link.get("TxnType") in _WRITABLE_LINKS and link.get("TxnId")]
    if kept or written or "LinkedTxn" in (old or {}):
        new["LinkedTxn"] = [*kept, *written]
    else:
        new.pop("LinkedTxn", None)


def _finish(edit: Edit, spec: EntitySpec, new: Wire, old: Wire | None) -> None:
    now = stamp(edit.now)
    new["domain"] = "QBO"
    new["sparse"] = False
    new["SyncToken"] = str(int(old["SyncToken"]) + 1) if old else "0"
    created = (old or {}).get("MetaData", {}).get("CreateTime", now)
    new["MetaData"] = {"CreateTime": created, "LastUpdatedTime": now}
    spec.rules.defaults(edit, new)
    edit.subject = edit.subject or (spec.name, new["Id"])
    edit.put(spec.name, new)
    spec.rules.linked(edit, new, old)


def _current(edit: Edit, spec: EntitySpec, body: Wire) -> Wire:
    """Return what is stored under the body's Id. Raises 2020, 2030, 610, and 5010 for another SyncToken."""
    sent_id, token = body.get("Id"), body.get("SyncToken")
    if sent_id is None or sent_id == "":
        raise refusals.missing("Id")
    object_id = identifier(sent_id, "Id")
    old = edit.find(spec.name, object_id)
    if token is None or token == "":
        raise refusals.missing("SyncToken")
    if str(token) != str(old["SyncToken"]):
        raise refusals.stale(spec.name, object_id)
    return old


def _check_required(spec: EntitySpec, new: Wire) -> None:
    for name in spec.required:
        if name not in new:
            raise refusals.missing(name)


def _check_dates(edit: Edit, old: Wire, *dates: str | None) -> None:
    """Refuse what touches the closed period; that the money is deposited is told after that, or by quirk before."""
    if edit.company.quirks["closed_and_deposited"] == "6540":
        refuse_deposited(old)
    edit.check_open_period(*dates)


def _check_bank(edit: Edit, spec: EntitySpec, old: Wire, *, deleting: bool = False) -> None:
    """Refuse (6480) to delete what is matched with the bank feed, and by quirk any edit of what is reconciled."""
    state = edit.company.cleared_states.get((spec.name, old["Id"]))
    matched = deleting and state == "Cleared" and edit.company.quirks["matched_delete"] == "refuse"
    if matched or (state == "Reconciled" and edit.company.quirks["reconciled_edit"] == "refuse"):
        raise refusals.ApiFault(
            "6480",
            "Matched Transaction Error",
            f"This transaction is {'matched with the bank feed' if matched else 'reconciled'} and cannot be changed.",
            "",
        )
