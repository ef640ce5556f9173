"""How the true story was paid: credits, cheques over several invoices, part payments, retainers, overpayments."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from qbclean.sandbox.generate import names
from qbclean.sandbox.generate.desk import Desk
from qbclean.sandbox.generate.money import ZERO, dollars, share, total_of
from qbclean.sandbox.generate.story import Credit, Customer, Invoice, Payment

METHODS = (("check", "check"), ("check", "check"), ("check", "direct"), ("ach", "direct"), ("card", "card"))
"""Method and route; a cheque deposited by phone goes straight to the bank."""


def settle(desk: Desk) -> None:
    """Give credits and payments to the invoices of the story, older ones nearly always paid."""
    by_customer: defaultdict[Customer, list[Invoice]] = defaultdict(list)
    for invoice in sorted(desk.story.invoices, key=lambda invoice: invoice.date):
        if invoice.state == "live" and not invoice.unpaid_on_purpose:
            by_customer[invoice.customer].append(invoice)
    for customer, invoices in by_customer.items():
        _settle_customer(desk, customer, invoices)
    on_account = [customer for customer in by_customer if not customer.distinctive]
    for customer in _some(desk, on_account, 0.025):
        pay(desk, customer, desk.a_day(books_era=True), [], extra=desk.price(500, 5000, 250))
    for customer in _some(desk, on_account, 0.015):
        _credit_on_account(desk, customer)


def _some(desk: Desk, customers: list[Customer], rate: float) -> list[Customer]:
    return desk.rng.sample(customers, min(len(customers), max(3, round(len(customers) * rate))))


def _settle_customer(desk: Desk, customer: Customer, invoices: list[Invoice]) -> None:
    rng, today = desk.rng, desk.story.today
    waiting: list[Invoice] = []
    for invoice in invoices:
        if not invoice.in_books_era:
            # The file starts clean: whatever was billed before it was paid before it.
            last = desk.story.company_start - timedelta(days=1)
            pay(desk, customer, min(last, invoice.date + timedelta(days=14)), [(invoice, invoice.total)])
            continue
        creditable = invoice.pattern not in {"consolidated", "split"} and not invoice.reserved
        if invoice.pattern == "credited" or (creditable and rng.random() < 0.085):
            _credit(desk, invoice)
        age = (today - invoice.date).days
        if rng.random() > _chance_of_payment(age):
            if rng.random() < 0.25 and age > 20:
                part = share(invoice.balance, rng.choice((25, 40, 50)))
                pay(desk, customer, _pay_day(desk, invoice), [(invoice, part)])
            continue
        waiting.append(invoice)
        if len(waiting) < 3 and rng.random() < 0.25:
            continue
        _pay_together(desk, customer, waiting)
        waiting = []
    if waiting:
        _pay_together(desk, customer, waiting)


def _chance_of_payment(age_days: int) -> float:
    if age_days > 150:
        return 0.91
    return 0.82 if age_days > 50 else 0.40


def _pay_together(desk: Desk, customer: Customer, invoices: list[Invoice]) -> None:
    first, last = invoices[0], invoices[-1]
    if (last.date - first.date).days > 45:
        for invoice in invoices:
            _pay_one(desk, customer, invoice)
    elif len(invoices) == 1:
        _pay_one(desk, customer, first)
    else:
        parts = [(invoice, invoice.balance) for invoice in invoices if invoice.balance > 0]
        if parts:
            pay(desk, customer, _pay_day(desk, last), parts)


def _pay_one(desk: Desk, customer: Customer, invoice: Invoice) -> None:
    rng, owed = desk.rng, invoice.balance
    if owed <= 0:
        return
    day = _pay_day(desk, invoice)
    draw = rng.random()
    if draw < 0.06 and owed > 50:
        half = share(owed, 50)
        pay(desk, customer, invoice.date + (day - invoice.date) // 2, [(invoice, half)])
        pay(desk, customer, day, [(invoice, owed - half)])
    elif draw < 0.075:
        pay(desk, customer, day, [(invoice, owed)], extra=dollars(rng.choice((10, 25, 100))))
    else:
        pay(desk, customer, day, [(invoice, owed)])


def _pay_day(desk: Desk, invoice: Invoice) -> date:
    return min(desk.story.today, invoice.date + timedelta(days=desk.rng.randint(2, 48)))


def pay(desk: Desk, customer: Customer, day: date, parts: list[tuple[Invoice, Decimal]], extra: Decimal = ZERO) -> None:
    """Enter money received on `day` for `parts`, plus `extra` that pays nothing (overpayment, retainer)."""
    rng = desk.rng
    method, route = rng.choice(METHODS)
    if customer.kind == "homeowner" and rng.random() < 0.3:
        method, route = "card", "card"
    reference = {"check": f"{rng.randint(1001, 9999)}", "ach": f"ACH{rng.randint(100000, 999999)}"}.get(
        method, f"ch_{rng.randint(10**7, 10**8 - 1)}"
    )
    for invoice, amount in parts:
        invoice.paid += amount + (extra if invoice is parts[0][0] else ZERO)
    desk.story.payments.append(
        Payment(
            customer=customer,
            date=day,
            amount=total_of(amount for _, amount in parts) + extra,
            method=method,
            reference=reference,
            parts=parts,
            route=route,
        )
    )


def _credit(desk: Desk, invoice: Invoice) -> None:
    rng = desk.rng
    amount = share(invoice.subtotal, rng.choice((5, 10, 10, 15, 20)))
    day = invoice.date + timedelta(days=rng.randint(2, 20))
    if amount <= 0 or day > desk.story.today:
        return
    invoice.credited += amount
    desk.story.credits.append(
        Credit(
            customer=invoice.customer,
            invoice=invoice,
            date=day,
            amount=amount,
            reason=rng.choice(names.CREDIT_REASONS),
            item=invoice.lines[0].item if invoice.lines[0].item != "deposit" else "service",
            numbered_like_invoice=invoice.pattern == "credited" or rng.random() < 0.12,
        )
    )


def _credit_on_account(desk: Desk, customer: Customer) -> None:
    """A credit for the next job, rightly open in both systems."""
    desk.story.credits.append(
        Credit(
            customer=customer,
            invoice=None,
            date=desk.a_day(books_era=True),
            amount=desk.price(25, 200),
            reason="Credit towards next job",
            item="service",
        )
    )
