"""Who is who: CRM customers and jobs against QuickBooks customers and sub-customers.

Primary links are one-to-one, so John Smith and John Smith Jr. stay two people. A QuickBooks customer left over that is
also the same party is a second spelling; a CRM customer left over that is, a second record in the CRM. Linked customers
and all their jobs form one group, inside which documents are compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from qbclean.match.assignment import assign
from qbclean.match.jobs import children_of, descendants, job_customers, map_jobs
from qbclean.match.names import ONE_PARTY, compare_names
from qbclean.match.parties import compare_parties, score_parties
from qbclean.match.party_keys import Party
from qbclean.match.party_records import crm_parties, qbo_parties
from qbclean.match.together import Together
from qbclean.match.weights import CLEAR, MATCH, WEIGHTS, Levels
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.crm import CrmRecords

_FAMILY = WEIGHTS["name"]["very close"] + WEIGHTS["address"]["same"]
"""What a name but for a letter at one address is worth: Andre and Andrea. Two cards of one party are worth more."""
_ONE_THING = sum(
    WEIGHTS[feature][level] for feature, level in (("name", "first initial"), ("address", "same"), ("e-mail", "other"))
)
"""What a name that may be the same and one thing in common are worth, though another thing differs."""


class CustomerLink(msgspec.Struct, frozen=True, gc=False):
    """`primary` is the QuickBooks customer; `spellings` are further ones that are the same party."""

    crm_id: str
    primary: str
    spellings: tuple[str, ...]
    levels: Levels


class CustomerGroup(msgspec.Struct, frozen=True, gc=False):
    """One party with all it is known as; ids sorted. `key` is stable and names the group in reports."""

    key: str
    crm_ids: tuple[str, ...]
    qbo_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMap:
    """`links`: CRM customer → link. `jobs`: CRM job → the QuickBooks sub-customer that is the same job."""

    links: Mapping[str, CustomerLink]
    jobs: Mapping[str, str]
    groups: tuple[CustomerGroup, ...]
    group_of_qbo: Mapping[str, str]
    group_of_crm: Mapping[str, str]
    duplicates: tuple[tuple[str, ...], ...]
    """Sets of QuickBooks customers that are one party, ids sorted."""

    def known_as(self, crm_id: str) -> tuple[str, ...]:
        """The QuickBooks customers a CRM customer is known as, primary first; () when there is none."""
        link = self.links.get(crm_id)
        return (link.primary, *link.spellings) if link else ()


def map_customers(books: ReceivablesSnapshot, crm: CrmRecords) -> CustomerMap:
    """Link, group and map jobs. The result does not depend on the order of the input."""
    ours = {party.id: party for party in crm_parties(crm)}
    theirs = {party.id: party for party in qbo_parties(books)}
    top = {key: books.customers[key].display_name for key, party in theirs.items() if not party.is_job}
    own = job_customers(top, theirs, ours.values(), crm.jobs)
    others = {key: party for key, party in theirs.items() if key not in own}
    scored = score_parties(list(ours.values()), list(others.values()), least=MATCH)
    listed = {customer.crm_id for customer in crm.customers} or scored.keys()
    primary = _primary_links(scored, listed, _entered_again(ours))
    heads = {crm_id: head for crm_id, head in primary.items() if crm_id in listed}
    same_party = _same_party(ours, others, scored, heads)
    children = children_of(books)
    links = {
        crm_id: _link(books, children, ours[crm_id], [theirs[key] for key in same_party.get(qbo_id, (qbo_id,))])
        for crm_id, qbo_id in sorted(primary.items())
    }
    groups, of_qbo, of_crm = _grouped(books, list(ours), links, same_party, own)
    return CustomerMap(
        links=links,
        jobs=map_jobs(books, crm, {key: (link.primary, *link.spellings) for key, link in links.items()}, own),
        groups=groups,
        group_of_qbo=of_qbo,
        group_of_crm=of_crm,
        duplicates=tuple(sorted({tuple(sorted(party)) for party in same_party.values() if len(party) > 1})),
    )


def _link(
    books: ReceivablesSnapshot, children: Mapping[str, tuple[str, ...]], party: Party, known_as: Sequence[Party]
) -> CustomerLink:
    """The link of a CRM customer to the QuickBooks customers it is known as, the likeliest first."""
    primary = known_as[0]
    if len(known_as) > 1 and primary.id != party.qbo_id:
        # A card that nothing was ever billed on is not the one in use, however right its contact data are.
        billed = books.invoices_by_customer.keys()
        used = (one for one in known_as if not billed.isdisjoint((one.id, *descendants(children, one.id))))
        primary = next(used, primary)
    return CustomerLink(
        crm_id=party.id,
        primary=primary.id,
        spellings=tuple(one.id for one in known_as if one is not primary),
        levels=compare_parties(party, primary),
    )


def _entered_again(ours: Mapping[str, Party]) -> Mapping[str, str]:
    """CRM customer → an earlier record of the same name and contact data, for those that have one."""
    first: dict[object, str] = {}
    again: dict[str, str] = {}
    for crm_id, party in sorted(ours.items()):
        for name in party.names:
            for contact in filter(None, (party.email, *party.phones, *party.addresses)):
                head = first.setdefault((name, contact), crm_id)
                if head != crm_id and head not in again and _unopposed(ours[head], party):
                    again.setdefault(crm_id, head)
    return again


def _primary_links(
    scored: Mapping[str, Mapping[str, int]], listed: Collection[str], again: Mapping[str, str]
) -> dict[str, str]:
    """CRM customer → QuickBooks customer: one to one for those in the CRM's own list.

    A second CRM record of a party already linked joins it where that is beyond doubt: those that are an earlier one
    entered `again` take no second spelling away. Nor does a bare name on an invoice, which is a mention and not one
    more customer: it goes where it fits best.
    """
    primary = assign({crm_id: row for crm_id, row in scored.items() if crm_id in listed and crm_id not in again})
    primary |= {crm_id: primary[head] for crm_id, head in again.items() if head in primary}
    taken = set(primary.values())
    for crm_id, row in scored.items():
        best = max(row, key=lambda other: (row[other], other in taken, other), default=None)
        if crm_id not in primary and best is not None and row[best] >= (CLEAR if crm_id in listed else MATCH):
            primary[crm_id] = best
    return primary


def _same_party(
    ours: Mapping[str, Party],
    theirs: Mapping[str, Party],
    scored: Mapping[str, Mapping[str, int]],
    primary: Mapping[str, str],
) -> dict[str, tuple[str, ...]]:
    """QuickBooks customer → all that are the same party, itself included; the one linked to the CRM comes first.

    A customer that is some CRM customer's primary is never another's second spelling.
    """
    taken = set(primary.values())
    free = [party for party in theirs.values() if party.id not in taken and not party.is_job]
    heads = {qbo_id: crm_id for crm_id, qbo_id in sorted(primary.items(), reverse=True)}
    named = score_parties(free, [party for party in theirs.values() if not party.is_job], least=MATCH, by_names=False)
    against_books = {
        key: {
            other: value
            for other, value in row.items()
            if _one_party(theirs[key], theirs[other], value) or _entered_anew(theirs[key], theirs[other])
        }
        for key, row in named.items()
    }
    by_crm: dict[str, dict[str, int]] = defaultdict(dict)
    for crm_id, row in scored.items():
        for qbo_id, value in row.items():
            if qbo_id in taken or crm_id not in primary or theirs[qbo_id].is_job:
                continue
            if _one_party(ours[crm_id], theirs[qbo_id], value, by_crm=True) or _unopposed(ours[crm_id], theirs[qbo_id]):
                by_crm[qbo_id][primary[crm_id]] = value
    members: dict[str, list[str]] = {head: [head] for head in heads}
    home: dict[str, str] = {head: head for head in heads}
    for party in sorted(free, key=lambda item: (_has_initial(item), item.id)):
        row = {other: value for other, value in against_books[party.id].items() if other in home}
        for other, value in by_crm.get(party.id, {}).items():
            row[other] = max(row.get(other, value), value)
        # An initial may be of several in a house: where one is as likely as another, the card stays by itself.
        best = max(row.values(), default=0)
        likeliest = {home[other] for other, value in row.items() if value == best}
        head = likeliest.pop() if len(likeliest) == 1 else party.id
        home[party.id] = head
        members.setdefault(head, [head])
        if head != party.id:
            members[head].append(party.id)
    return {member: tuple(party) for party in members.values() for member in party}


def _has_initial(party: Party) -> bool:
    return any(len(word) == 1 for word in party.names[0].tokens)


def _one_party(one: Party, two: Party, worth: int, *, by_crm: bool = False) -> bool:
    """True for two that are worth at least a `MATCH`, one party and not two of a family or sister firms.

    `by_crm`: `one` is the CRM's customer and `two` a card that is nobody else's there.
    """
    levels = compare_parties(one, two)
    if levels["generation"] == "other":
        return False
    if levels["name"] == "other middle initial":
        # Father and son share a house and a phone, but both would be in the CRM.
        return by_crm or levels["e-mail"] == "same"
    shared = "same" in (levels["e-mail"], levels["phone"], levels["address"])
    return worth > _FAMILY or (shared and levels["name"] in ONE_PARTY and worth >= _ONE_THING)


def _unopposed(one: Party, two: Party) -> bool:
    """True for two of one full name whose contact data nowhere differ."""
    levels = compare_parties(one, two)
    if one.qbo_id and two.qbo_id and one.qbo_id != two.qbo_id:
        return False
    agree = "other" not in (levels["generation"], levels["e-mail"], levels["phone"], levels["address"])
    return agree and levels["name"] == "same" and any(len(name.tokens) > 1 for name in one.names)


def _entered_anew(one: Party, two: Party) -> bool:
    """True for two cards of QuickBooks that are of one full name, unopposed, and show nothing that tells them apart.

    QuickBooks takes no name twice, so whoever enters a second person of that name writes an initial or a spouse more;
    whoever enters the same person again turns the name round, misspells or shortens it.
    """
    alike = compare_names(one.names[0], two.names[0]) in ("same", "slip", "first initial")
    return alike and _unopposed(one, two)


def _grouped(
    books: ReceivablesSnapshot,
    crm_ids: list[str],
    links: Mapping[str, CustomerLink],
    same_party: Mapping[str, tuple[str, ...]],
    own: Mapping[str, str],
) -> tuple[tuple[CustomerGroup, ...], dict[str, str], dict[str, str]]:
    together = Together()
    for job, parent in books.parents.items():
        together.join(f"q{job}", f"q{parent}")
    for job, owner in own.items():
        together.join(f"q{job}", f"q{owner}")
    for link in links.values():
        together.join(f"c{link.crm_id}", f"q{link.primary}")
    for first, *others in same_party.values():
        for other in others:
            together.join(f"q{first}", f"q{other}")
    members: dict[str, list[str]] = defaultdict(list)
    for node in sorted([f"c{crm_id}" for crm_id in crm_ids] + [f"q{customer_id}" for customer_id in books.customers]):
        members[together.find(node)].append(node)
    groups = tuple(
        CustomerGroup(
            key=key,
            crm_ids=tuple([node[1:] for node in nodes if node[0] == "c"]),
            qbo_ids=tuple([node[1:] for node in nodes if node[0] == "q"]),
        )
        for key, nodes in sorted(members.items())
    )
    of_qbo = {qbo_id: group.key for group in groups for qbo_id in group.qbo_ids}
    of_crm = {crm_id: group.key for group in groups for crm_id in group.crm_ids}
    return groups, of_qbo, of_crm
