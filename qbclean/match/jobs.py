"""Jobs in QuickBooks: sub-customers, and customers of their own such as "John Smith - Kitchen" beside "John Smith".

A job kept as a customer is neither a stranger nor a second spelling of the other: it belongs to the same party.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from rapidfuzz import fuzz

from qbclean.match.assignment import assign
from qbclean.match.normalize import name_key, plain
from qbclean.match.parties import compare_parties
from qbclean.match.party_keys import Party
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmJob, CrmRecords

_SEPARATOR = re.compile(r"\s+[-\u2013\u2014]\s+|\s*:\s*|\s*/\s*")
Tokens = tuple[str, ...]
"""The sorted words of a name."""
_LIKE_THE_JOB = 75
"""Likeness of two job names, of 100."""


def job_part(display_name: str) -> tuple[str, str]:
    """The customer and the job in a name that holds both: ("John Smith", "Kitchen"); the job "" for none."""
    first, *rest = _SEPARATOR.split(display_name.removesuffix(" (deleted)").strip(), maxsplit=1)
    return (first, rest[0]) if rest and first and rest[0] else (display_name, "")


def job_customers(
    names: Mapping[str, str], parties: Mapping[str, Party], ours: Iterable[Party], jobs: Iterable[CrmJob]
) -> dict[str, str]:
    """QuickBooks customer that is a job → the customer it belongs to.

    `names`: id → display name of the top customers among `parties`; `ours`: the CRM's. The first part of the name must
    be the owner's whole name, and the rest one of its jobs or some contact data the same; nothing may contradict, and
    whom the CRM knows by the whole name is a customer.
    """
    split = {key: parts for key, name in names.items() if (parts := job_part(name))[1]}
    if not split:
        return {}
    known, jobs_of = _told(ours, jobs)
    apart = {
        key: name_key(first).tokens for key, (first, _) in split.items() if name_key(names[key]).tokens not in known
    }
    owners: dict[Tokens, list[str]] = defaultdict(list)
    for key in sorted(names.keys() - apart.keys()):
        for tokens in {name.tokens for name in (*parties[key].names, parties[key].person) if name}:
            owners[tokens].append(key)
    # Where nobody has the name alone, the card whose second part is no job stands for the customer.
    for key, tokens in sorted(apart.items(), key=lambda item: (_is_one_of(split[item[0]][1], jobs_of[item[1]]), item)):
        if tokens not in owners:
            owners[tokens].append(key)
    found: dict[str, str] = {}
    for key, tokens in sorted(apart.items()):
        job = split[key][1]
        if key in owners[tokens]:
            continue
        near = [owner for owner in owners[tokens] if _belongs(parties[key], parties[owner], job, jobs_of[tokens])]
        if near and not any(_differ(parties[near[0]], parties[other]) for other in near[1:]):
            found[key] = near[0]
    return found


def _told(ours: Iterable[Party], jobs: Iterable[CrmJob]) -> tuple[Collection[Tokens], Mapping[Tokens, Sequence[str]]]:
    """The names of the CRM's customers, and under each the names of its jobs."""
    names = {party.id: {name.tokens for name in party.names} for party in ours}
    jobs_of: dict[Tokens, list[str]] = defaultdict(list)
    for job in jobs:
        for tokens in names.get(job.customer_id, ()):
            jobs_of[tokens].append(job.name)
    return {tokens for known_as in names.values() for tokens in known_as}, jobs_of


def _belongs(party: Party, owner: Party, job: str, jobs: Iterable[str]) -> bool:
    levels = compare_parties(party, owner)
    if levels["generation"] == "other" or _differ(party, owner):
        return False
    contact = (levels["e-mail"], levels["phone"], levels["address"])
    return "same" in contact or _is_one_of(job, jobs)


def _is_one_of(job: str, jobs: Iterable[str]) -> bool:
    return any(fuzz.token_sort_ratio(plain(job), plain(name)) >= _LIKE_THE_JOB for name in jobs)


def _differ(one: Party, two: Party) -> bool:
    levels = compare_parties(one, two)
    return "other" in (levels["e-mail"], levels["phone"])


def children_of(books: ReceivablesSnapshot) -> Mapping[str, tuple[str, ...]]:
    """QuickBooks customer → its direct sub-customers, ids sorted."""
    children: dict[str, list[str]] = defaultdict(list)
    for job, parent in books.parents.items():
        children[parent].append(job)
    return {parent: tuple(sorted(ids)) for parent, ids in children.items()}


def descendants(children: Mapping[str, tuple[str, ...]], customer_id: str) -> tuple[str, ...]:
    """All sub-customers below, depth first."""
    found: list[str] = []
    waiting = [*reversed(children.get(customer_id, ()))]
    while waiting:
        found.append(child := waiting.pop())
        waiting += reversed(children.get(child, ()))
    return tuple(found)


def map_jobs(
    books: ReceivablesSnapshot, crm: CrmRecords, known_as: Mapping[str, Sequence[str]], own: Mapping[str, str]
) -> dict[str, str]:
    """CRM job → its QuickBooks customer, one-to-one, by stored id and name.

    `known_as`: CRM customer → its QuickBooks customers, whose sub-customers are its jobs; `own`: see `job_customers`.
    """
    children = children_of(books)
    apart: dict[str, list[str]] = defaultdict(list)
    for key, owner in own.items():
        apart[owner].append(key)
    jobs: dict[str, str] = {}
    by_customer: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for job in crm.jobs:
        by_customer[job.customer_id].append((job.crm_id, plain(job.name), job.qbo_id or ""))
    for customer_id, ours in sorted(by_customer.items()):
        heads = known_as.get(customer_id, ())
        subs = [sub for head in heads for sub in (*descendants(children, head), *apart.get(head, ()))]
        called = {sub: plain(_job_name(books.customers[sub].display_name, apart=sub in own)) for sub in subs}
        edges = {
            crm_id: {sub: _worth(name, called[sub], stored=stored == sub) for sub in subs}
            for crm_id, name, stored in sorted(ours)
        }
        jobs.update(assign(edges))
    return jobs


def _job_name(display_name: str, *, apart: bool) -> str:
    return job_part(display_name)[1] if apart else display_name


def _worth(job: str, called: str, *, stored: bool) -> int:
    likeness = 100 if job == called else int(fuzz.token_sort_ratio(job, called))
    return (likeness if likeness >= _LIKE_THE_JOB else 0) + (30 if stored else 0)
