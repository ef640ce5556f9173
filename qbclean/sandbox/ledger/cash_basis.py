"""Turns accrual entries into cash-basis ones: sales become income as they are paid.

The rules, each with its source (the numbers are of the contract sheet; Intuit's help names its own pages):

1. A line of an invoice on an income or expense account counts in proportion to what is applied to the invoice,
   on the later of the payment's and the invoice's date [13 Reports]. Its lines on balance-sheet accounts — sales
   tax, customer deposits, retainers — stand at the invoice's own date against A/R, so that A/R shows on a
   cash-basis balance sheet until they are paid [Intuit help "Resolve A/R or A/P balances on a cash basis
   balance sheet"]. They are in the proportion too: of 108 with 8 tax, a payment of 54 is 50 of income.
2. Cents: after A of a total T is applied, each line has round_half_up(line * A / T), the last one what is left of A
   (lines in the document's order, then what no line explains, then tax). A payment gets the difference before and
   after it, so shares add up exactly and a paid invoice has every line in full. Applications count in order of date,
   then payment id, then line [our choice].
3. A payment's money that is not applied is income on Unapplied Cash Payment Income at the payment's date; what is
   applied to an invoice with a later date is so until that date [13 Reports; Intuit help "Unapplied cash
   payment income on your profit and loss"].
4. A credit memo counts only as applied. Its lines are taken back in the same proportion, on the date on which
   the invoice's lines count: the latest of the joining payment, the credit memo and the invoice. So a mirrored
   credit memo moves no account in any period [13 Reports; the credit memo's date: our choice]. Its balance-sheet
   lines stand at its own date, like an invoice's. Credit beyond the invoices of its payment counts as well, and is
   income on Unapplied Cash Payment Income with the rest of that payment's UnappliedAmt [7.2].
5. Credits of a payment are used before its cash; the order is that of `subledger` [our choice].
6. Money taken with the invoice (`Deposit`) is a payment on the invoice's date [13 Documents].
7. Journal entries, deposits and expenses post in full at their own date, A/R lines included; where a payment joins
   them with an invoice, the invoice's lines count then and A/R nets out [13 Reports: journal and deposit lines
   at their own date]. Sales receipts and refund receipts likewise.
8. An invoice or credit memo that totals zero but has lines counts in full on its own date [our choice: nothing
   can ever be applied to it].
9. Income belongs to the customer of the invoice (a job), unapplied money to the customer of the payment.
10. Payables mirror all this: bills, vendor credits, bill payments, Unapplied Cash Bill Payment Expense.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from qbclean.sandbox.ledger.chart import Chart
from qbclean.sandbox.ledger.posting import Entry, Posting
from qbclean.sandbox.ledger.subledger import Application, Subledger

_ByDocument = dict[tuple[str, str], list[Application]]


def cash_entries(entries: Iterable[Entry], chart: Chart, subledgers: Sequence[Subledger]) -> Iterator[Entry]:
    """Yield cash-basis entries, each balanced; a document may yield several, dated by its payments."""
    settlements = {
        kind: (subledger, by_document)
        for subledger in subledgers
        for by_document in [_applications_by_document(subledger)]
        for kind in (subledger.side.claim, subledger.side.credit, subledger.side.payment)
    }
    for entry in entries:
        found = settlements.get(entry.kind)
        if found is None:
            yield entry
            continue
        subledger, by_document = found
        applied = by_document.get((entry.kind, entry.id), [])
        if entry.kind == subledger.side.payment:
            yield from _money(entry, applied, subledger, chart)
        else:
            yield from _recognised(entry, applied, chart)


def _applications_by_document(subledger: Subledger) -> _ByDocument:
    """Return, in order of date, what counts for each invoice, credit memo and for each payment's own money."""
    found: _ByDocument = defaultdict(list)
    for application in subledger.applications:
        source, target = subledger.items[application.source], subledger.items[application.target]
        found[source.kind, source.id].append(application)
        found[target.kind, target.id].append(application)
    return found


def _recognised(entry: Entry, applied: Iterable[Application], chart: Chart) -> Iterator[Entry]:
    """Yield a claim's or credit's balance-sheet lines at its date, the rest as it is applied."""
    control, *lines = entry.postings
    if not control.amount:
        yield entry
        return
    standing = [line for line in lines if line.account not in chart.profit_and_loss_ids]
    yield _against(control, standing, entry)
    before = 0
    for application in applied:
        after = before + application.amount
        shares = shares_between(lines, before, after)
        before = after
        counted = [share for share in shares if share.account in chart.profit_and_loss_ids]
        yield _against(control, counted, entry._replace(on=application.on))


def _against(control: Posting, lines: Sequence[Posting], entry: Entry) -> Entry:
    """Return the entry with these lines and what balances them on the control account first."""
    own = control._replace(amount=-sum(line.amount for line in lines))
    return entry._replace(postings=(own, *lines))


def shares_between(lines: Sequence[Posting], before: int, after: int) -> list[Posting]:
    """Return what each line counts for while the applied cents of its document go from `before` to `after`.

    The shares add up to `after - before` in the direction of the lines, which together make the document's total.
    """
    whole = sum(line.amount for line in lines)
    direction = -1 if whole < 0 else 1
    total = abs(whole)
    if before == 0 and after == total:
        return list(lines)  # paid at once, as most are
    shares: list[Posting] = []
    left = after - before
    for line in lines[:-1]:
        full = direction * line.amount
        share = _rounded(full * after, total) - _rounded(full * before, total)
        left -= share
        shares.append(line._replace(amount=direction * share))
    shares.append(lines[-1]._replace(amount=direction * left))
    return [share for share in shares if share.amount]


def _rounded(numerator: int, denominator: int) -> int:
    """Return the quotient rounded half up, away from zero, as amounts are."""
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -magnitude if numerator < 0 else magnitude


def _money(entry: Entry, applied: Iterable[Application], subledger: Subledger, chart: Chart) -> Iterator[Entry]:
    """Yield a payment: what is applied by its date against the control account, the rest as unapplied income."""
    control, received = entry.postings
    sign = subledger.side.sign
    unapplied_id = chart.unapplied_bill_payments if sign < 0 else chart.unapplied_payments
    at_once = 0
    later: list[Application] = []
    for application in applied:
        if application.on == entry.on:
            at_once += _spent(application)
        else:
            later.append(application)
    now = control._replace(amount=-sign * at_once)
    unapplied = control._replace(account=unapplied_id, amount=control.amount - now.amount)
    yield entry._replace(postings=(now, received, unapplied))
    for application in later:
        settled = control._replace(amount=-sign * _spent(application))
        released = unapplied._replace(amount=sign * _spent(application))
        yield entry._replace(on=application.on, postings=(settled, released))


def _spent(application: Application) -> int:
    """Return what an application takes from its payment's money; credit that the payment takes in is negative."""
    return -application.amount if application.target == application.payment else application.amount
