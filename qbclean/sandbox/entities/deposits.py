"""Deposit and JournalEntry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qbclean.sandbox import refusals
from qbclean.sandbox.entities import parts
from qbclean.sandbox.entities.balances import journal_open_by_customer
from qbclean.sandbox.entities.deposit_links import deposit_links, deposit_of, mark_deposited, refuse_deposited
from qbclean.sandbox.entities.payment_links import applied_lines
from qbclean.sandbox.entities.references import check_references
from qbclean.sandbox.entities.spec import EntitySpec, Kind, Options, Rules
from qbclean.sandbox.shape import amount, flag, one, reference, text
from qbclean.sandbox.wire import ZERO, amount_of, money

if TYPE_CHECKING:
    from qbclean.sandbox.edit import Edit

Wire = dict[str, Any]

_LINKABLE = ("Payment", "SalesReceipt", "RefundReceipt", "JournalEntry", "Transfer")
_TIMES: dict[str, Kind] = {"MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"}


class DepositRules(Rules):
    """Takes received money to the bank, and books other lines straight to an account."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Check each line, number them, and add them up. Lines the request does not name stay as they are."""
        check_references(edit, new, old)
        new.setdefault("TxnDate", edit.company.today.isoformat())
        if old is None or "Line" in options.sent:
            new["Line"] = self._checked_lines(edit, new, old)
        total = sum((amount_of(line, "Amount") for line in new["Line"]), ZERO)
        new["TotalAmt"] = money(total - amount_of(new.get("CashBack") or {}, "Amount"))
        if new["TotalAmt"] < 0:
            raise refusals.ApiFault("2290", "Negative Amount", "A deposit must total 0 or more.", "TotalAmt")

    def defaults(self, edit: Edit, new: Wire) -> None:  # noqa: ARG002 - the interface
        """Fill the currency."""
        new.setdefault("CurrencyRef", {"value": "USD", "name": "United States Dollar"})

    def linked(self, edit: Edit, new: Wire | None, old: Wire | None) -> None:
        """Mark what is in the deposit now, free what no longer is."""
        mark_deposited(edit, str((new or old or {})["Id"]), deposit_links(old), deposit_links(new))

    def _checked_lines(self, edit: Edit, new: Wire, old: Wire | None) -> list[Wire]:
        before = deposit_links(old)
        kept = {str(line["Id"]) for line in (old or {}).get("Line") or () if "Id" in line}
        next_id = max((int(number) for number in kept if number.isdigit()), default=0) + 1
        lines: list[Wire] = []
        for given in new["Line"]:
            line = {**given, "LineNum": len(lines) + 1}
            if line.get("Id") not in kept:
                line["Id"], next_id = str(next_id), next_id + 1
            kept.discard(line["Id"])
            if line.get("LinkedTxn"):
                self._check_received(edit, line, before)
            else:
                self._check_other(edit, line)
            lines.append(line)
        if not lines:
            raise refusals.missing("Line")
        if len(deposit_links(new)) < sum(1 for line in lines if line.get("LinkedTxn")):
            raise refusals.business("A transaction appears in more than one line of the deposit.", "Line")
        return lines

    def _check_received(self, edit: Edit, line: Wire, before: set[tuple[str, str]]) -> None:
        link = line["LinkedTxn"][0]
        entity, document_id = link.get("TxnType"), link.get("TxnId")
        if entity not in _LINKABLE:
            raise refusals.unreadable("LinkedTxn.TxnType", f"one of {', '.join(_LINKABLE)}")
        if not document_id:
            raise refusals.missing("TxnId")
        if "TxnLineId" not in link:
            raise refusals.missing("TxnLineId")
        received = edit.find(entity, document_id)
        if (entity, document_id) in before:
            line.setdefault("Amount", amount_of(received, "TotalAmt"))
            return
        if deposit_of(received):
            raise refusals.business(f"{entity} {document_id} is already in deposit {deposit_of(received)}.")
        if entity in {"Payment", "SalesReceipt"}:
            account = edit.read("Account", (received.get("DepositToAccountRef") or {}).get("value", "")) or {}
            if account.get("AccountSubType") != "UndepositedFunds":
                raise refusals.business(f"{entity} {document_id} is not in Undeposited Funds.")
            if line.setdefault("Amount", received["TotalAmt"]) != amount_of(received, "TotalAmt"):
                raise refusals.business(f"The line must be the whole of {entity} {document_id}.", "Line.Amount")
        if "Amount" not in line:
            raise refusals.missing("Amount")

    def _check_other(self, edit: Edit, line: Wire) -> None:
        detail = line.get("DepositLineDetail")
        if "Amount" not in line:
            raise refusals.missing("Amount")
        if not detail or "AccountRef" not in detail:
            raise refusals.missing("AccountRef")
        line["DetailType"] = "DepositLineDetail"
        account = edit.referred("Account", detail, "AccountRef") or {}
        if account.get("AccountType") == "Accounts Receivable":
            raise refusals.business("This sandbox books no deposit line to Accounts Receivable; record a payment.")
        edit.referred("PaymentMethod", detail, "PaymentMethodRef")
        entity = detail.get("Entity")
        if entity and str(entity.get("type", "CUSTOMER")).upper() == "CUSTOMER":
            edit.referred("Customer", detail, "Entity")


class JournalRules(Rules):
    """Balanced debits and credits; an A/R line names its customer."""

    def prepare(self, edit: Edit, new: Wire, old: Wire | None, options: Options) -> None:
        """Check lines and balance. Entries that payments use keep their A/R amounts."""
        refuse_deposited(old)
        new.setdefault("TxnDate", edit.company.today.isoformat())
        if old is not None and "Line" not in options.sent:
            return
        lines = [line for line in new["Line"] if line.get("DetailType") != "DescriptionOnly"]
        sides = {"Debit": ZERO, "Credit": ZERO}
        for number, line in enumerate(lines):
            line["Id"], line["LineNum"] = str(number), number + 1
            sides[self._check_line(edit, line)] += amount_of(line, "Amount")
        if len(lines) < 2 or sides["Debit"] != sides["Credit"]:
            raise refusals.ApiFault(
                "2300",
                "Invalid journal entry",
                f"Debits ({sides['Debit']}) and credits ({sides['Credit']}) must be equal.",
                "Line",
            )
        new["Line"] = lines
        new["TotalAmt"] = ZERO
        if old and _payments_using(edit, old):
            before, after = journal_open_by_customer(edit, old), journal_open_by_customer(edit, new)
            if before != after:
                raise refusals.business("Payments are applied to this journal entry; unlink them first.")

    def defaults(self, edit: Edit, new: Wire) -> None:  # noqa: ARG002 - the interface
        """Fill what the answer always shows."""
        new.setdefault("Adjustment", False)
        new.setdefault("CurrencyRef", {"value": "USD", "name": "United States Dollar"})

    def deletable(self, edit: Edit, old: Wire) -> None:
        """Refuse while it sits in a deposit or payments use it."""
        refuse_deposited(old)
        if _payments_using(edit, old):
            raise refusals.business("Payments are applied to this journal entry; unlink them first.")

    def _check_line(self, edit: Edit, line: Wire) -> str:
        detail = line.get("JournalEntryLineDetail")
        if not detail:
            raise refusals.missing("JournalEntryLineDetail")
        line["DetailType"] = "JournalEntryLineDetail"
        for name in ("PostingType", "AccountRef"):
            if name not in detail:
                raise refusals.missing(name)
        if "Amount" not in line:
            raise refusals.missing("Amount")
        account = edit.referred("Account", detail, "AccountRef") or {}
        entity = detail.get("Entity") or {}
        if entity.get("Type", "Customer") == "Customer" and entity.get("EntityRef"):
            edit.referred("Customer", entity, "EntityRef")
        named = entity.get("Type") == "Customer" and entity.get("EntityRef")
        if account.get("AccountType") == "Accounts Receivable" and not named:
            raise refusals.business("When you use Accounts Receivable, you must choose a customer in the Name field.")
        return str(detail["PostingType"])


def _payments_using(edit: Edit, journal: Wire) -> bool:
    target = ("JournalEntry", journal["Id"])
    payments = edit.company.tables["Payment"]
    for customer in journal_open_by_customer(edit, journal):
        for payment_id in payments.holders("CustomerRef", customer) or ():
            if target in applied_lines(edit.read("Payment", payment_id)):
                return True
    return False


_CASH_BACK = one("CashBackInfo", {"AccountRef": reference, "Amount": amount, "Memo": text(4000)})

DEPOSIT = EntitySpec(
    name="Deposit",
    shape={**parts.TRANSACTION, "DepositToAccountRef": reference, "CashBack": _CASH_BACK},
    queryable={"Id": "id", "TxnDate": "date", "TotalAmt": "amount", **_TIMES},
    required=("DepositToAccountRef", "Line"),
    rules=DepositRules(),
    sequence="transaction",
    dated=True,
)
JOURNAL_ENTRY = EntitySpec(
    name="JournalEntry",
    shape={**parts.TRANSACTION, "Adjustment": flag},
    queryable={"Id": "id", "DocNumber": "text", "TxnDate": "date", **_TIMES},
    required=("Line",),
    rules=JournalRules(),
    sequence="transaction",
    dated=True,
)
