"""Shows the books as QuickBooks would answer: balances and both sides of every link worked out from the payments."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from qbclean.sandbox.generate.books import (
    BookedCredit,
    BookedCustomer,
    BookedDeposit,
    BookedEstimate,
    BookedInvoice,
    BookedJournal,
    BookedPayment,
    BookedReceipt,
    Books,
    Posted,
    SalesDocument,
    Target,
)
from qbclean.sandbox.generate.chart import TERMS, USD, Wire, account_ref, ref
from qbclean.sandbox.generate.dates import stamp
from qbclean.sandbox.generate.money import ZERO, total_of
from qbclean.sandbox.generate.wire_parts import (
    customer_ref,
    deposit_line,
    received_as,
    sales_lines,
    tax_detail,
    zeroed,
)


class Answers:
    """Renders one finished set of books. Ids must have been assigned."""

    def __init__(self, books: Books) -> None:
        """Index once what each payment touches and what each customer owes."""
        self._books = books
        self._touching = books.paid_by()
        self._own = self._own_balances()
        self._with_jobs = dict(self._own)
        for customer in books.customers:
            above = customer.parent
            while above is not None:
                self._with_jobs[above] += self._own[customer]
                above = above.parent

    def entities(self) -> Iterator[tuple[str, Iterator[Wire]]]:
        """Each transaction and customer entity with its objects in order of Id."""
        books = self._books
        yield "Customer", (self._customer(entry) for entry in sorted(books.customers, key=_by_id))
        yield "Invoice", (self._invoice(entry) for entry in sorted(books.invoices, key=_by_id))
        yield "Payment", (self._payment(entry) for entry in sorted(books.payments, key=_by_id))
        yield "CreditMemo", (self._credit(entry) for entry in sorted(books.credits, key=_by_id))
        yield "SalesReceipt", (self._receipt(entry) for entry in sorted(books.receipts, key=_by_id))
        yield "Estimate", (self._estimate(entry) for entry in sorted(books.estimates, key=_by_id))
        yield "Deposit", (self._deposit(entry) for entry in sorted(books.deposits, key=_by_id))
        yield "JournalEntry", (self._journal(entry) for entry in sorted(books.journals, key=_by_id))

    def open_balance(self, document: Target) -> Decimal:
        """What is still open on an invoice, or left on a credit memo."""
        return document.total - total_of(amount for _, amount in self._touching.get(document, ()))

    def balance(self, customer: BookedCustomer) -> Decimal:
        """What a customer owes by itself, jobs apart."""
        return self._own[customer]

    def _own_balances(self) -> dict[BookedCustomer, Decimal]:
        owed = dict.fromkeys(self._books.customers, ZERO)
        for invoice in self._books.invoices:
            owed[invoice.customer] += self.open_balance(invoice)
        for credit in self._books.credits:
            owed[credit.customer] -= self.open_balance(credit)
        for payment in self._books.payments:
            owed[payment.customer] -= payment.unapplied
        for journal in self._books.journals:
            owed[journal.customer] += journal.receivable
        return owed

    def _updated(self, document: Posted) -> datetime:
        if isinstance(document, BookedInvoice | BookedCredit):
            return max([document.created, *(by.created for by, _ in self._touching.get(document, ()))])
        if isinstance(document, BookedPayment | BookedReceipt) and document.deposit is not None:
            return max(document.created, document.deposit.created)
        return document.created

    def _head(self, document: Posted) -> Wire:
        head: Wire = {
            "domain": "QBO",
            "sparse": False,
            "Id": document.id,
            "SyncToken": str(document.token),
            "MetaData": {
                "CreateTime": stamp(document.created),
                "LastUpdatedTime": stamp(self._updated(document)),
            },
            "TxnDate": document.date.isoformat(),
            "CurrencyRef": USD,
        }
        if document.note:
            head["PrivateNote"] = document.note
        return head

    def _sale(self, document: SalesDocument) -> Wire:
        sale = self._head(document)
        if document.number:
            sale["DocNumber"] = document.number
        sale["CustomerRef"] = customer_ref(document.customer)
        sale["Line"] = sales_lines(document.lines, document.customer)
        sale["TxnTaxDetail"] = tax_detail(document.lines, document.tax)
        sale["ApplyTaxAfterDiscount"] = False
        sale["PrintStatus"] = "NeedToPrint"
        sale["EmailStatus"] = "NotSet"
        sale["TotalAmt"] = document.total
        return sale

    def _invoice(self, invoice: BookedInvoice) -> Wire:
        sale = self._sale(invoice)
        links = [{"TxnId": by.id, "TxnType": "Payment"} for by, _ in self._touching.get(invoice, ())]
        if invoice.estimate is not None:
            links.append({"TxnId": invoice.estimate.id, "TxnType": "Estimate"})
        sale["LinkedTxn"] = links
        term = TERMS.get((invoice.due - invoice.date).days)
        if term is not None:
            sale["SalesTermRef"] = ref(term)
        sale["DueDate"] = invoice.due.isoformat()
        if invoice.emailed:
            sale["EmailStatus"] = "EmailSent"
            if invoice.customer.top.email:
                sale["BillEmail"] = {"Address": invoice.customer.top.email}
        sale |= dict.fromkeys(
            ("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment"),
            False,
        )
        if invoice.voided:
            sale["PrivateNote"] = f"Voided {invoice.note}".strip()
            sale["Line"] = [zeroed(entry) for entry in sale["Line"]]
            sale["TxnTaxDetail"] = {"TotalTax": ZERO}
        sale["Balance"] = self.open_balance(invoice)
        return sale

    def _credit(self, credit: BookedCredit) -> Wire:
        links = [{"TxnId": by.id, "TxnType": "Payment"} for by, _ in self._touching.get(credit, ())]
        left = self.open_balance(credit)
        return self._sale(credit) | {"LinkedTxn": links, "RemainingCredit": left, "Balance": left}

    def _receipt(self, receipt: BookedReceipt) -> Wire:
        return self._sale(receipt) | received_as(receipt) | {"Balance": ZERO}

    def _payment(self, payment: BookedPayment) -> Wire:
        lines = [
            {"Amount": amount, "LinkedTxn": [{"TxnId": target.id, "TxnType": _kind(target)}]}
            for target, amount in payment.lines
        ]
        return (
            self._head(payment)
            | {
                "CustomerRef": customer_ref(payment.customer),
                "TotalAmt": payment.total,
                "UnappliedAmt": payment.unapplied,
                "ProcessPayment": False,
                "Line": lines,
            }
            | received_as(payment)
        )

    def _estimate(self, estimate: BookedEstimate) -> Wire:
        return self._head(estimate) | {
            "DocNumber": estimate.number,
            "CustomerRef": customer_ref(estimate.customer),
            "Line": sales_lines(estimate.lines, estimate.customer),
            "TxnTaxDetail": {"TotalTax": ZERO},
            "TxnStatus": "Closed" if estimate.invoices else "Accepted",
            "LinkedTxn": [{"TxnId": invoice.id, "TxnType": "Invoice"} for invoice in estimate.invoices],
            "TotalAmt": total_of(entry.amount for entry in estimate.lines),
        }

    def _deposit(self, deposit: BookedDeposit) -> Wire:
        return self._head(deposit) | {
            "DepositToAccountRef": account_ref("checking"),
            "TotalAmt": deposit.total,
            "Line": [deposit_line(entry, place) for place, entry in enumerate(deposit.sources, 1)],
        }

    def _journal(self, journal: BookedJournal) -> Wire:
        amount = abs(journal.receivable)
        sides = ("Debit", "Credit") if journal.receivable > 0 else ("Credit", "Debit")
        named = {"Type": "Customer", "EntityRef": customer_ref(journal.customer)}
        details: tuple[Wire, ...] = (
            {"PostingType": sides[0], "AccountRef": account_ref("receivable"), "Entity": named},
            {"PostingType": sides[1], "AccountRef": account_ref(journal.account)},
        )
        return self._head(journal) | {
            "DocNumber": journal.number,
            "Adjustment": False,
            "Line": [
                {
                    "Id": str(place),
                    "Description": journal.note,
                    "Amount": amount,
                    "DetailType": "JournalEntryLineDetail",
                    "JournalEntryLineDetail": detail,
                }
                for place, detail in enumerate(details)
            ],
        }

    def _customer(self, customer: BookedCustomer) -> Wire:
        parent = customer.parent
        shown: Wire = {
            "domain": "QBO",
            "sparse": False,
            "Id": customer.id,
            "SyncToken": "0",
            "MetaData": {"CreateTime": stamp(customer.created), "LastUpdatedTime": stamp(customer.created)},
            "DisplayName": customer.name,
            "FullyQualifiedName": full_name(customer),
            "PrintOnCheckName": customer.name,
            "Active": customer.active,
            "Taxable": customer.taxable,
            "Job": parent is not None,
            "BillWithParent": parent is not None,
            "Balance": self._own[customer],
            "BalanceWithJobs": self._with_jobs[customer],
            "CurrencyRef": USD,
            "PreferredDeliveryMethod": "Print",
        }
        if parent is not None:
            shown |= {"ParentRef": {"value": parent.id}, "Level": 1}
        for key, value in (
            ("GivenName", customer.given),
            ("FamilyName", customer.family),
            ("Suffix", customer.suffix),
            ("CompanyName", customer.company),
        ):
            if value:
                shown[key] = value
        if customer.email:
            shown["PrimaryEmailAddr"] = {"Address": customer.email}
        if customer.phone:
            shown["PrimaryPhone"] = {"FreeFormNumber": customer.phone}
        if customer.street:
            shown["BillAddr"] = {
                "Line1": customer.street,
                "City": customer.city,
                "CountrySubDivisionCode": "CS",
                "PostalCode": customer.zip_code,
            }
        return shown


def full_name(customer: BookedCustomer) -> str:
    """`Parent:Job`."""
    return customer.name if customer.parent is None else f"{full_name(customer.parent)}:{customer.name}"


def _by_id(entry: Posted | BookedCustomer) -> int:
    return int(entry.id)


_KINDS: dict[type, str] = {BookedInvoice: "Invoice", BookedCredit: "CreditMemo"}


def _kind(target: Target) -> str:
    return _KINDS[type(target)]
