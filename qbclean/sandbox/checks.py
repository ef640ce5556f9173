"""Checks that a company's books agree with themselves: links on both sides, open balances, customer balances."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qbclean.sandbox.entities.balances import customer_effects, journal_open_by_customer
from qbclean.sandbox.entities.deposit_links import deposit_links, deposit_of
from qbclean.sandbox.entities.payment_links import applied_lines
from qbclean.sandbox.wire import ZERO, amount_of

if TYPE_CHECKING:
    from qbclean.sandbox.company import Company

Wire = dict[str, Any]


class _Reader:
    """Reads accounts once; journal lines ask for the same few again and again."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._accounts: dict[str, Wire | None] = {}

    def read(self, entity: str, object_id: str) -> Wire | None:
        if entity != "Account":
            return self._company.tables[entity].read(object_id)
        if object_id not in self._accounts:
            self._accounts[object_id] = self._company.tables["Account"].read(object_id)
        return self._accounts[object_id]


def check_books(company: Company) -> Iterator[str]:
    """Yield a sentence for each contradiction, naming the object. None means the books are sound."""
    reader = _Reader(company)
    applied: dict[tuple[str, str], dict[str, Decimal]] = {}
    deposited: dict[tuple[str, str], str] = {}
    in_deposit: dict[tuple[str, str], str] = {}
    balances: dict[str, Decimal] = {}
    for entity in ("Payment", "SalesReceipt", "RefundReceipt", "JournalEntry", "Invoice", "CreditMemo", "Deposit"):
        for document in company.tables[entity].raw_objects():
            yield from _check_customer(company, entity, document)
            if entity == "Payment":
                lines = applied_lines(document)
                for target, amount in lines.items():
                    applied.setdefault(target, {})[document["Id"]] = amount
                yield from _check_unapplied(reader, document, lines)
                _note_deposit(document, entity, in_deposit)
            elif entity == "Deposit":
                deposited.update(dict.fromkeys(deposit_links(document), document["Id"]))
            elif entity in {"SalesReceipt", "RefundReceipt"}:
                _note_deposit(document, entity, in_deposit)
            elif entity != "JournalEntry":
                yield from _check_open_item(entity, document, applied)
            for customer, effect in customer_effects(reader, entity, document):
                balances[customer] = balances.get(customer, ZERO) + effect
    yield from _check_deposits(deposited, in_deposit)
    yield from _check_targets(company, applied, deposited)
    yield from _check_customers(company, balances)


def _check_customer(company: Company, entity: str, document: Wire) -> Iterator[str]:
    customer = str((document.get("CustomerRef") or {}).get("value"))
    if entity in {"Invoice", "CreditMemo", "Payment"} and customer not in company.tables["Customer"]:
        yield f"{_name(entity, document)} names customer {customer}, who is not in Customer.jsonl."


def _check_open_item(entity: str, document: Wire, applied: dict[tuple[str, str], dict[str, Decimal]]) -> Iterator[str]:
    payments = applied.get((entity, document["Id"]), {})
    shown = {link["TxnId"] for link in document.get("LinkedTxn") or () if link.get("TxnType") == "Payment"}
    if shown != set(payments):
        one_sided = sorted(shown ^ set(payments))
        yield (
            f"{_name(entity, document)} and payment {one_sided[0]} disagree about their link: "
            "it must stand in the document's LinkedTxn and in the payment's Line."
        )
    taken = amount_of(document, "Deposit") if entity == "Invoice" else ZERO
    expected = amount_of(document, "TotalAmt") - taken - sum(payments.values(), ZERO)
    for field in ("Balance", "RemainingCredit") if entity == "CreditMemo" else ("Balance",):
        if field in document and amount_of(document, field) != expected:
            yield (
                f"{_name(entity, document)} has {field} {document[field]}, but its total "
                f"{amount_of(document, 'TotalAmt')} less what is applied leaves {expected}."
            )
    if expected < 0:
        yield f"{_name(entity, document)} has more applied to it than its total: {expected} is left."


def _check_unapplied(reader: _Reader, payment: Wire, lines: dict[tuple[str, str], Decimal]) -> Iterator[str]:
    rest = amount_of(payment, "TotalAmt")
    for (entity, document_id), amount in lines.items():
        credit = entity == "CreditMemo"
        if entity == "JournalEntry" and (journal := reader.read(entity, document_id)) is not None:
            credit = sum(journal_open_by_customer(reader, journal).values(), ZERO) < 0
        rest += amount if credit else -amount
    if amount_of(payment, "UnappliedAmt") != rest:
        yield (
            f"{_name('Payment', payment)} has UnappliedAmt {amount_of(payment, 'UnappliedAmt')}, "
            f"but total and lines leave {rest}."
        )


def _note_deposit(document: Wire, entity: str, in_deposit: dict[tuple[str, str], str]) -> None:
    deposit = deposit_of(document)
    if deposit is not None:
        in_deposit[entity, document["Id"]] = deposit


def _check_deposits(deposited: dict[tuple[str, str], str], in_deposit: dict[tuple[str, str], str]) -> Iterator[str]:
    for target in {**deposited, **in_deposit}:
        if target[0] in {"Payment", "SalesReceipt", "RefundReceipt"} and deposited.get(target) != in_deposit.get(
            target
        ):
            yield (
                f"{target[0]} {target[1]} and its deposit disagree: the LinkedTxn names deposit "
                f"{in_deposit.get(target)}, Deposit.jsonl has it in {deposited.get(target)}."
            )


def _check_targets(
    company: Company,
    applied: dict[tuple[str, str], dict[str, Decimal]],
    deposited: dict[tuple[str, str], str],
) -> Iterator[str]:
    for (entity, document_id), payments in applied.items():
        if entity not in company.tables or document_id not in company.tables[entity]:
            yield f"Payment {next(iter(payments))} is applied to {entity} {document_id}, which is not in the folder."
    for (entity, document_id), deposit in deposited.items():
        if entity not in company.tables or document_id not in company.tables[entity]:
            yield f"Deposit {deposit} holds {entity} {document_id}, which is not in the folder."


def _check_customers(company: Company, balances: dict[str, Decimal]) -> Iterator[str]:
    with_jobs = dict(balances)
    parents: dict[str, str] = {}
    customers = list(company.tables["Customer"].raw_objects())
    for customer in customers:
        parent = (customer.get("ParentRef") or {}).get("value")
        if parent:
            parents[customer["Id"]] = parent
            if parent not in company.tables["Customer"]:
                yield f"{_name('Customer', customer)} is a job of customer {parent}, who is not in Customer.jsonl."
    ring = _ring(parents)
    if ring:
        named = [_name("Customer", customer) for customer in customers if customer["Id"] in ring]
        yield f"{' and '.join(named)} {'are jobs of one another' if len(named) > 1 else 'is a job of its own'}."
        return  # there is no sum over jobs without end
    for customer_id, own in balances.items():
        above = parents.get(customer_id)
        while above is not None:
            with_jobs[above] = with_jobs.get(above, ZERO) + own
            above = parents.get(above)
    for customer in customers:
        for field, expected in (("Balance", balances), ("BalanceWithJobs", with_jobs)):
            wanted = expected.get(customer["Id"], ZERO)
            if field in customer and amount_of(customer, field) != wanted:
                yield (
                    f"{_name('Customer', customer)} has {field} {customer[field]}, "
                    f"but the open documents make {wanted}."
                )


def _ring(parents: dict[str, str]) -> set[str]:
    """The customers of one chain of parents that does not end; empty when all do."""
    ending: set[str] = set()
    for start in parents:
        chain: dict[str, int] = {}
        one = start
        while one in parents and one not in ending:
            if one in chain:
                return set(list(chain)[chain[one] :])
            chain[one] = len(chain)
            one = parents[one]
        ending.update(chain)
    return set()


def _name(entity: str, document: Wire) -> str:
    label = document.get("DocNumber") or document.get("DisplayName")
    return f"{entity} {label} (id {document['Id']})" if label else f"{entity} {document['Id']}"
