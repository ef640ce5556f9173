"""Change data capture: everything that changed since a moment, deletions as stubs."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from qbclean.sandbox import refusals
from qbclean.sandbox.clock import COMPANY_ZONE, epoch
from qbclean.sandbox.company import Company
from qbclean.sandbox.entities import BY_CASE, SPECS
from qbclean.sandbox.refusals import ApiFault
from qbclean.sandbox.wire import Raw, encode

MOST_OBJECTS = 1000


def changed_since(company: Company, entities: str | None, since: str | None) -> dict[str, Any]:
    """Return `{"CDCResponse": …}` with one entry per entity, each ordered by last update."""
    if not entities:
        raise refusals.missing("entities")
    if not since:
        raise refusals.missing("changedSince")
    start = _start(company, since)
    names = [_entity(company, name.strip()) for name in entities.split(",") if name.strip()]
    found: list[tuple[int, int, str, bool]] = []
    for place, name in enumerate(dict.fromkeys(names)):
        updated = company.tables[name].values("MetaData.LastUpdatedTime")
        found += [(at, place, key, False) for key, at in updated if at >= start]
        gone = company.deleted.get(name, {})
        found += [(epoch(at), place, key, True) for key, at in gone.items() if epoch(at) >= start]
    found.sort(key=lambda change: (change[0], change[1], len(change[2]), change[2]))
    found = found[:MOST_OBJECTS] if company.quirks["cdc_full"] == "oldest" else found[-MOST_OBJECTS:]
    answers = []
    for place, name in enumerate(dict.fromkeys(names)):
        objects = [_object(company, name, key, gone) for _, at_place, key, gone in found if at_place == place]
        answers.append(
            {SPECS[name].key: objects, "startPosition": 1, "maxResults": len(objects), "totalCount": len(objects)}
            if objects
            else {}
        )
    return {"CDCResponse": [{"QueryResponse": answers}]}


def _object(company: Company, name: str, key: str, gone: bool) -> Raw:  # noqa: FBT001 - a private two-way choice
    if not gone:
        return Raw(company.tables[name].bodies[key])
    stub = {
        "domain": "QBO",
        "status": "Deleted",
        "Id": key,
        "MetaData": {"LastUpdatedTime": company.deleted[name][key]},
    }
    return Raw(encode(stub))


def _entity(company: Company, written: str) -> str:
    spec = BY_CASE.get(written.casefold())
    covered = spec is not None and spec.in_cdc
    if spec is not None and spec.name == "TimeActivity":
        covered = company.quirks["cdc_time_activity"] == "accept"
    if spec is None or not covered:
        raise refusals.query_meaning(f"invalid context declaration: {written}")
    return spec.name


def _start(company: Company, since: str) -> int:
    try:
        zone = COMPANY_ZONE if company.quirks["cdc_no_offset"] == "company" else UTC
        start = epoch(since.replace(" ", "+"), zone)
    except (ValueError, OverflowError) as unreadable:
        raise refusals.invalid_date("changedSince", since) from unreadable
    if company.quirks["cdc_since"] == "exclusive":
        start += 1
    horizon = int(company.cdc_horizon())
    rule = company.quirks["cdc_old"]
    if start < horizon and rule == "refuse":
        raise ApiFault("4001", "Invalid query", "changedSince may be at most 30 days ago.", "changedSince")
    return max(start, horizon) if rule == "truncate" else start
