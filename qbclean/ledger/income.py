"""Income by year on both bases in one walk over the books: sums, no postings, where a document does the usual thing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from qbclean.ledger.cash import applications_to, cash, recognised, until_applied
from qbclean.ledger.chart import Chart
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
        """The parts are worked out once for both bases, and shares of them only where they go several ways."""
        of = parts(self._chart, sale)
        earned = [part.amount for part in of if self._chart.is_income(part.account)]
        if not earned:
            return
        income = total(earned)
        self.years["accrual", sale.txn_date.year] -= sign * income
        applied = applications_to(self._world, sale)
        if len(applied) == 1 and applied[0].amount == sale.total_amt:
            self.years["cash", applied[0].day.year] -= sign * income
        elif len(earned) == len(of) and income:
            for application in applied:
                self.years["cash", application.day.year] -= sign * application.amount
        elif applied:
            self._post("cash", recognised(of, sale, applied, sign=sign))

    def _post_on_both(self, postings: Iterable[Posting]) -> None:
        for posting in postings:
            self._post("accrual", (posting,))
            self._post("cash", (posting,))

    def _post(self, basis: Basis, postings: Iterable[Posting]) -> None:
        for posting in postings:
            if self._chart.is_income(posting.account):
                self.years[basis, posting.day.year] -= posting.amount
