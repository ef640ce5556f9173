"""What a change of the books does to A/R, income, sales tax and bank, by month and on both bases.

Only the changed documents and those linked to them are looked at, so an effect costs what the change costs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from qbclean.ledger.cash import cash
from qbclean.ledger.chart import Chart
from qbclean.ledger.postings import Posting, accrual, posts_alike
from qbclean.ledger.receivable import open_sum
from qbclean.ledger.world import World
from qbclean.model.action import AccountChange, ArChange, Basis, Effect
from qbclean.model.books import ReceivablesSnapshot
from qbclean.model.documents import Invoice, Payment
from qbclean.model.money import ZERO, total
from qbclean.model.refs import DocumentRef

_Key = tuple[Basis, str, str]
"""Basis, month, account or agency."""


def effect_of(
    books: ReceivablesSnapshot, before: World, after: World, *, chart: Chart | None = None, through: date | None = None
) -> Effect:
    """What going from `before` to `after` changes; nothing that stays the same is listed.

    Amounts have the account's natural sign: more income, more tax owed and more money are positive. Bank and
    Undeposited Funds are the same on both bases and are listed once, under accrual. Tax is listed by agency.
    `chart` is that of the books, for callers who ask often; `through` leaves out income, tax and bank of later days.
    """
    chart = chart or Chart.of(books)
    changed = after.changed_since(before)
    ar: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for ref in changed:
        for world, sign in ((before, -1), (after, 1)):
            for customer, amount in open_sum(chart, world, ref).items():
                ar[customer] += sign * amount
    income, tax, bank = (defaultdict[_Key, Decimal](lambda: ZERO) for _ in range(3))
    for sign, basis, posting in _moved(chart, changed, before, after):
        if through is not None and posting.day > through:
            continue
        month = posting.day.isoformat()[:7]
        if posting.account == chart.sales_tax:
            tax[basis, month, posting.agency] -= sign * posting.amount
        elif chart.is_income(posting.account):
            income[basis, month, posting.account] -= sign * posting.amount
        elif basis == "accrual" and chart.holds_money(posting.account):
            bank[basis, month, posting.account] += sign * posting.amount
    return Effect(
        ar=total(ar.values()),
        ar_by_customer=tuple(
            ArChange(customer_id=customer, customer=books.customer_name(customer), amount=amount)
            for customer, amount in sorted(ar.items())
            if amount
        ),
        income=_changes(income, chart.name),
        tax=_changes(tax, chart.agency_name),
        bank=_changes(bank, chart.name),
    )


def combined(effects: Iterable[Effect]) -> Effect:
    """The sum of effects; what cancels out is left out."""
    every = list(effects)
    ar: dict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)
    for effect in every:
        for change in effect.ar_by_customer:
            ar[change.customer_id, change.customer] += change.amount
    return Effect(
        ar=total(effect.ar for effect in every),
        ar_by_customer=tuple(
            ArChange(customer_id=customer_id, customer=customer, amount=amount)
            for (customer_id, customer), amount in sorted(ar.items())
            if amount
        ),
        income=_summed(change for effect in every for change in effect.income),
        tax=_summed(change for effect in every for change in effect.tax),
        bank=_summed(change for effect in every for change in effect.bank),
    )


def _moved(
    chart: Chart, changed: frozenset[DocumentRef], before: World, after: World
) -> Iterator[tuple[int, Basis, Posting]]:
    """What is posted after (+1) and was posted before (−1), on both bases, by all documents a change can move."""
    for ref in _affected(changed, before, after):
        was, becomes = before.get(ref), after.get(ref)
        # On accrual basis a document posts the same whatever it is linked to.
        restated = ref in changed and not (was and becomes and posts_alike(was, becomes))
        for world, document, sign in ((before, was, -1), (after, becomes, 1)):
            if document is None:
                continue
            if restated:
                for posting in accrual(chart, document):
                    yield sign, "accrual", posting
            for posting in cash(chart, world, document):
                yield sign, "cash", posting


def _affected(changed: frozenset[DocumentRef], before: World, after: World) -> set[DocumentRef]:
    """The changed documents and every document whose cash-basis postings depend on one of them."""
    found = set(changed)
    for ref in changed:
        for world in (before, after):
            match world.get(ref):
                case Payment() as payment:
                    found.update(target for target, _ in payment.applications)
                case Invoice() as invoice:
                    found.update(
                        DocumentRef("Payment", link.txn_id) for link in invoice.linked_txn if link.txn_type == "Payment"
                    )
                case _:
                    pass
    return found


def _summed(changes: Iterable[AccountChange]) -> tuple[AccountChange, ...]:
    sums: dict[_Key, Decimal] = defaultdict(lambda: ZERO)
    names: dict[str, str] = {}
    for change in changes:
        sums[change.basis, change.month, change.account_id] += change.amount
        names[change.account_id] = change.account
    return _changes(sums, names.__getitem__)


def _changes(sums: Mapping[_Key, Decimal], name_of: Callable[[str], str]) -> tuple[AccountChange, ...]:
    return tuple(
        [
            AccountChange(basis=basis, month=month, account_id=account, account=name_of(account), amount=amount)
            for (basis, month, account), amount in sorted(sums.items())
            if amount
        ]
    )
