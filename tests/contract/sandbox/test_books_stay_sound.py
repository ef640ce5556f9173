"""R27: whatever is written in whatever order, the trial balance is zero and A/R = customers = documents."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from qbclean.sandbox.checks import check_books
from tests.contract.sandbox.caller import Wire, a_line, a_link
from tests.contract.sandbox.random_writes import RandomWrites

AMOUNTS = st.decimals("0.01", "500", places=2).map(str)
CUSTOMERS = st.sampled_from(["1", "2", "3"])


class Books(RandomWrites):
    """Writes of every receivables entity over HTTP, right and wrong ones."""

    @rule(amount=AMOUNTS, customer=CUSTOMERS, taxed=st.booleans())
    def invoice(self, amount: str, customer: str, taxed: bool) -> None:
        line = a_line(amount, TaxCodeRef={"value": "TAX" if taxed else "NON"})
        body = {"CustomerRef": {"value": customer}, "Line": [line]}
        self.post("invoice", {**body, "TxnTaxDetail": {"TxnTaxCodeRef": {"value": "2"}}})

    @rule(amount=AMOUNTS, customer=CUSTOMERS)
    def credit_memo(self, amount: str, customer: str) -> None:
        self.post("creditmemo", {"CustomerRef": {"value": customer}, "Line": [a_line(amount)]})

    @rule(amount=AMOUNTS, customer=CUSTOMERS, kind=st.sampled_from(["salesreceipt", "refundreceipt"]))
    def receipt(self, amount: str, customer: str, kind: str) -> None:
        account = "4" if kind == "salesreceipt" else "1"
        body = {"CustomerRef": {"value": customer}, "Line": [a_line(amount)], "DepositToAccountRef": {"value": account}}
        self.post(kind, body)

    @rule(amount=AMOUNTS, customer=CUSTOMERS, side=st.booleans())
    def receivable_journal(self, amount: str, customer: str, side: bool) -> None:
        sides = ("Debit", "Credit") if side else ("Credit", "Debit")
        entity = {"Type": "Customer", "EntityRef": {"value": customer}}
        lines = [
            {
                "Amount": amount,
                "DetailType": "JournalEntryLineDetail",
                "JournalEntryLineDetail": {"PostingType": posting, "AccountRef": {"value": account}, "Entity": entity},
            }
            for posting, account in zip(sides, ("3", "12"), strict=True)
        ]
        self.post("journalentry", {"Line": lines})

    @rule(data=st.data(), total=AMOUNTS, share=st.integers(0, 110), credit=st.booleans())
    def payment(self, data: st.DataObject, total: str, share: int, credit: bool) -> None:
        invoice = self.some(data, "Invoice")
        lines: list[Wire] = []
        if invoice is not None:
            part = (Decimal(invoice["Balance"]) * share / 100).quantize(Decimal("0.01"))
            lines.append(a_link("Invoice", invoice["Id"], str(part)))
        memo = self.some(data, "CreditMemo") if credit else None
        if memo is not None:
            lines.append(a_link("CreditMemo", memo["Id"], str(memo["Balance"])))
        customer = invoice["CustomerRef"]["value"] if invoice else "1"
        self.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": total, "Line": lines})

    @rule(data=st.data(), amount=AMOUNTS, customer=CUSTOMERS)
    def use_journal(self, data: st.DataObject, amount: str, customer: str) -> None:
        journal, invoice = self.some(data, "JournalEntry"), self.some(data, "Invoice")
        if journal is None or invoice is None:
            return
        lines = [a_link("JournalEntry", journal["Id"], amount), a_link("Invoice", invoice["Id"], amount)]
        self.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": 0, "Line": lines})

    @rule(data=st.data(), keep=st.booleans())
    def change_payment(self, data: st.DataObject, keep: bool) -> None:
        payment = self.some(data, "Payment")
        if payment is None:
            return
        lines = [{name: line[name] for name in ("Amount", "LinkedTxn")} for line in payment["Line"]] if keep else []
        body = {"Id": payment["Id"], "SyncToken": payment["SyncToken"], "sparse": True, "Line": lines}
        self.post("payment", {**body, "CustomerRef": payment["CustomerRef"], "TotalAmt": payment["TotalAmt"]})

    @rule(data=st.data(), amount=AMOUNTS, entity=st.sampled_from(["Invoice", "CreditMemo"]))
    def change_document(self, data: st.DataObject, amount: str, entity: str) -> None:
        document = self.some(data, entity)
        if document is not None:
            body = {"Id": document["Id"], "SyncToken": document["SyncToken"], "sparse": True, "Line": [a_line(amount)]}
            self.post(entity.lower(), body)

    @rule(data=st.data())
    def deposit(self, data: st.DataObject) -> None:
        payment = self.some(data, "Payment")
        if payment is not None:
            link = {"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}
            line = {"Amount": payment["TotalAmt"], "LinkedTxn": [link]}
            self.post("deposit", {"DepositToAccountRef": {"value": "1"}, "Line": [line]})

    @rule(data=st.data(), amount=AMOUNTS)
    def income_on_a_deposit(self, data: st.DataObject, amount: str) -> None:
        detail = {"AccountRef": {"value": "12"}, "Entity": {"type": "CUSTOMER", "value": "1"}}
        line = {"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
        self.post("deposit", {"DepositToAccountRef": {"value": "1"}, "Line": [line]})

    @rule(
        data=st.data(),
        entity=st.sampled_from(["Invoice", "CreditMemo", "Payment", "Deposit", "JournalEntry", "SalesReceipt"]),
    )
    def delete(self, data: st.DataObject, entity: str) -> None:
        document = self.some(data, entity)
        if document is not None:
            body = {"Id": document["Id"], "SyncToken": document["SyncToken"]}
            self.post(entity.lower(), body, operation="delete")

    @rule(data=st.data(), entity=st.sampled_from(["Invoice", "Payment", "SalesReceipt"]))
    def void(self, data: st.DataObject, entity: str) -> None:
        document = self.some(data, entity)
        if document is not None:
            body = {"Id": document["Id"], "SyncToken": document["SyncToken"], "sparse": True}
            params = {"operation": "void"} if entity == "Invoice" else {"operation": "update", "include": "void"}
            self.post(entity.lower(), body, **params)

    @precondition(lambda self: self.running.sandbox.company.version)
    @rule(
        quirk=st.sampled_from(
            [
                ("void_linked", "unlink"),
                ("delete_linked", "unlink"),
                ("auto_apply_credit", "on"),
                ("auto_apply_credit", "later"),
            ]
        )
    )
    def switch(self, quirk: tuple[str, str]) -> None:
        self.running.sandbox.company.quirks.choose(*quirk)

    @invariant()
    def books_are_sound(self) -> None:
        company = self.running.sandbox.company
        assert list(check_books(company)) == []
        for method in ("Accrual", "Cash"):
            totals = self.last_row("TrialBalance", accounting_method=method)
            assert totals[1] == totals[2]
        customers = self.caller.rows("select * from Customer")
        receivable = next(row for row in self.caller.rows("select * from Account") if row["Id"] == "3")
        assert receivable["CurrentBalance"] == sum(row["Balance"] for row in customers)
        assert Decimal(self.last_row("CustomerBalance")[-1] or 0) == receivable["CurrentBalance"]


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
