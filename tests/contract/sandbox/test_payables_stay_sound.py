"""Whatever is written in whatever order, vendors' balances = the A/P account = the VendorBalance report."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from tests.contract.sandbox.caller import Wire, a_link
from tests.contract.sandbox.random_writes import RandomWrites

AMOUNTS = st.decimals("0.01", "500", places=2).map(str)
VENDOR = {"VendorRef": {"value": "4"}}
EXPENSE, PAYABLE = "17", "6"


def _spent(amount: str) -> Wire:
    kind = "AccountBasedExpenseLineDetail"
    return {"Amount": amount, "DetailType": kind, kind: {"AccountRef": {"value": EXPENSE}}}


class Payables(RandomWrites):
    """Writes of every entity of A/P over HTTP, right and wrong ones."""

    @rule(amount=AMOUNTS, entity=st.sampled_from(["bill", "vendorcredit"]))
    def owe(self, amount: str, entity: str) -> None:
        self.post(entity, {**VENDOR, "Line": [_spent(amount)]})

    @rule(data=st.data(), share=st.integers(0, 110), credit=st.booleans(), more=st.none() | AMOUNTS)
    def pay(self, data: st.DataObject, share: int, credit: bool, more: str | None) -> None:
        bill, memo = self.some(data, "Bill"), self.some(data, "VendorCredit") if credit else None
        lines: list[Wire] = []
        if bill is not None:
            part = (Decimal(bill["Balance"]) * share / 100).quantize(Decimal("0.01"))
            lines.append(a_link("Bill", bill["Id"], str(part)))
        if memo is not None:
            lines.append(a_link("VendorCredit", memo["Id"], str(memo["Balance"])))
        check = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "1"}}}
        total = {} if more is None else {"TotalAmt": more}
        self.post("billpayment", {**VENDOR, **check, **total, "Line": lines})

    @rule(amount=AMOUNTS, owes=st.booleans())
    def payable_journal(self, amount: str, owes: bool) -> None:
        sides = ("Debit", "Credit") if owes else ("Credit", "Debit")
        named = {"Type": "Vendor", "EntityRef": {"value": "4"}}
        details: list[Wire] = [
            {"PostingType": sides[0], "AccountRef": {"value": EXPENSE}},
            {"PostingType": sides[1], "AccountRef": {"value": PAYABLE}, "Entity": named},
        ]
        kind = "JournalEntryLineDetail"
        self.post("journalentry", {"Line": [{"Amount": amount, "DetailType": kind, kind: one} for one in details]})

    @rule(data=st.data(), amount=AMOUNTS, entity=st.sampled_from(["Bill", "VendorCredit"]))
    def change(self, data: st.DataObject, amount: str, entity: str) -> None:
        document = self.some(data, entity)
        if document is not None:
            body = {"Id": document["Id"], "SyncToken": document["SyncToken"], "sparse": True}
            self.post(entity.lower(), {**body, "Line": [_spent(amount)]})

    @rule(data=st.data(), keep=st.booleans())
    def change_payment(self, data: st.DataObject, keep: bool) -> None:
        payment = self.some(data, "BillPayment")
        if payment is not None:
            body = {"Id": payment["Id"], "SyncToken": payment["SyncToken"], "sparse": True}
            self.post("billpayment", {**body, "Line": payment["Line"] if keep else []})

    @rule(data=st.data(), entity=st.sampled_from(["Bill", "VendorCredit", "BillPayment", "JournalEntry"]))
    def delete(self, data: st.DataObject, entity: str) -> None:
        document = self.some(data, entity)
        if document is not None:
            body = {"Id": document["Id"], "SyncToken": document["SyncToken"]}
            self.post(entity.lower(), body, operation="delete")

    @rule(data=st.data())
    def void(self, data: st.DataObject) -> None:
        payment = self.some(data, "BillPayment")
        if payment is not None:
            body = {"Id": payment["Id"], "SyncToken": payment["SyncToken"], "sparse": True}
            self.post("billpayment", body, operation="update", include="void")

    @invariant()
    def vendors_are_owed_what_the_ledger_says(self) -> None:
        owed = self.caller.read("Vendor", "4")["Balance"]
        assert self.caller.read("Account", PAYABLE)["CurrentBalance"] == -owed
        assert Decimal(self.last_row("VendorBalance")[-1] or 0) == owed


TestPayables = Payables.TestCase
TestPayables.settings = settings(max_examples=10, stateful_step_count=20, deadline=None)
