"""Takes the received money to the bank: weekly cheque deposits, card payouts net of fees, loose lines in between."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from qbclean.sandbox.generate.books import BookedDeposit, BookedPayment, BookedReceipt, Books, DepositLine
from qbclean.sandbox.generate.dates import at
from qbclean.sandbox.generate.money import share, total_of
from qbclean.sandbox.generate.truth import Truth

Received = BookedPayment | BookedReceipt

SLIP = 40
"""No deposit slip is longer than this."""


def bank(books: Books, truth: Truth, today: date) -> None:
    """Deposit what came in by cheque or card, except of the last days; card payouts are told as look-alikes (S13)."""
    cheques = _by_week(entry for entry in _received(books) if entry.route == "check")
    cards = _by_week(entry for entry in _received(books) if entry.route == "card")
    loose: defaultdict[date, list[DepositLine]] = defaultdict(list)
    for entry in books.loose_lines:
        loose[_friday(entry.date)].append(entry)
    for friday in sorted({*cheques, *loose}):
        deposited = cheques.get(friday, [])
        if friday <= today:
            sources = [*deposited, *loose.get(friday, [])]
            for first in range(0, len(sources), SLIP):
                _deposit(books, friday, sources[first : first + SLIP])
        elif loose.get(friday):
            # Money already on the bank line cannot wait for next Friday.
            _deposit(books, today, list(loose[friday]))
    for friday, payments in sorted(cards.items()):
        paid_out = friday + timedelta(days=3)
        if paid_out > today:
            continue
        for first in range(0, len(payments), SLIP):
            batch = payments[first : first + SLIP]
            fee = DepositLine(
                date=paid_out,
                amount=-share(total_of(entry.total for entry in batch), 3),
                account="merchant_fees",
                memo="Processing fees",
            )
            truth.trap("processor_deposit_net_of_fees", (_deposit(books, paid_out, [*batch, fee]),))


def _received(books: Books) -> Iterable[Received]:
    yield from books.payments
    yield from books.receipts


def _by_week(received: Iterable[Received]) -> dict[date, list[Received]]:
    weeks: defaultdict[date, list[Received]] = defaultdict(list)
    for entry in received:
        if entry.total > 0:
            weeks[_friday(entry.date)].append(entry)
    return weeks


def _friday(day: date) -> date:
    """The Friday on or after `day`."""
    return day + timedelta(days=(4 - day.weekday()) % 7)


def _deposit(books: Books, day: date, sources: list[Received | DepositLine]) -> BookedDeposit:
    entered = at(day, 15 * 3600 + len(books.deposits) % 3600)
    latest: datetime = max([entered, *(entry.created for entry in sources if not isinstance(entry, DepositLine))])
    deposit = BookedDeposit(date=day, created=latest + timedelta(seconds=1), sources=sources)
    for entry in sources:
        entry.deposit = deposit
    books.deposits.append(deposit)
    return deposit
