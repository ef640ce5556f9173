"""Income by year on both bases in one walk over the books: sums, no postings, where a document does the usual thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from qbclean.ledger.cash import applications_to, cash, recognised, until_applied
from qbclean.ledger.chart import Chart
from qbclean.ledger.lines import DISCOUNT
from qbclean.ledger.postings import Posting, accrual, at_own_date, money_in, parts, till
from qbclean.ledger.world import World
from qbclean.model.action import Basis
from qbclean.model.documents import AnyDocument, CreditMemo, Invoice, Payment
from qbclean.model.money import ZERO, total

Year = tuple[Basis, int]


def income_by_year(chart: Chart, world: World, documents: Iterable[AnyDocument]) -> Mapping[Year, Decimal]:
    """Basis and calendar year → what `documents` put into the Income accounts, as the Profit and Loss report's Income
    group has it; `world` holds them and all they are linked to."""
    walk = _Walk(chart, world)
    for document in documents:
        walk.add(document)
    return walk.years


class _Walk:
    def __init__(self, chart: Chart, world: World) -> None:
        self._chart, self._world = chart, world
        self.years: dict[Year, Decimal] = defaultdict(lambda: ZERO)

    def add(self, document: AnyDocument) -> None:
        match document:
            case Invoice() if document.deposit:
                self._post("accrual", accrual(self._chart, document))
                self._post("cash", cash(self._chart, self._world, document))
            case Invoice():
                self._sell(document, sign=-1)
            case CreditMemo():
                self._sell(document, sign=1)
            case Payment():
                if self._chart.is_income(till(self._chart, document.deposit_to_account_ref)):
                    self._post_on_both(money_in(self._chart, document))
                self._post("cash", until_applied(self._chart, self._world, document))
            case _:
                self._post_on_both(at_own_date(self._chart, document))

    def _sell(self, sale: Invoice | CreditMemo, *, sign: int) -> None:
        income, is_all = self._income_of(sale)
        if income is None:
            return
        self.years["accrual", sale.txn_date.year] -= sign * income
        applied = applications_to(self._world, sale)
        if len(applied) == 1 and applied[0].amount == sale.total_amt:
            self.years["cash", applied[0].day.year] -= sign * income
        elif is_all:
            for application in applied:
                self.years["cash", application.day.year] -= sign * application.amount
        elif applied:
            self._post("cash", recognised(parts(self._chart, sale), sale, applied, sign=sign))

    def _income_of(self, sale: Invoice | CreditMemo) -> tuple[Decimal | None, bool]:
        """What of `sale` is income, None where no part of it is, and whether that is all of it."""
        tax = sale.txn_tax_detail
        untaxed = sale.total_amt - tax.total_tax
        if untaxed and self._sells_for_income(sale):
            return untaxed, not (tax.total_tax or tax.tax_line)
        of = parts(self._chart, sale)
        earned = [part.amount for part in of if self._chart.is_income(part.account)]
        income = total(earned)
        return (income, len(earned) == len(of) and income != 0) if earned else (None, False)

    def _sells_for_income(self, sale: Invoice | CreditMemo) -> bool:
        """True when plainly all but the tax is income, as most is: then the lines need not be added up."""
        for line in sale.line:
            if line.detail_type == DISCOUNT or line.group_line_detail:
                return False
            sold = line.sales_item_line_detail
            if sold and not self._chart.sells_for_income(sold.item_ref):
                return False
        return True

    def _post_on_both(self, postings: Iterable[Posting]) -> None:
        for posting in postings:
            self._post("accrual", (posting,))
            self._post("cash", (posting,))

    def _post(self, basis: Basis, postings: Iterable[Posting]) -> None:
        for posting in postings:
            if self._chart.is_income(posting.account):
                self.years[basis, posting.day.year] -= posting.amount
