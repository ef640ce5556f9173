"""Patterns of honest work that look like mistakes: the look-alikes of the accounting rules, section 3."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from qbclean.sandbox.generate import names
from qbclean.sandbox.generate.catalogue import Line, line
from qbclean.sandbox.generate.dates import plus_months
from qbclean.sandbox.generate.desk import Desk
from qbclean.sandbox.generate.money import share
from qbclean.sandbox.generate.story import Customer, Invoice, Job, LookAlike, Payment


def monthly(desk: Desk, customer: Customer, *, months: int) -> None:
    """One service at one price every month; only neighbours count as a look-alike pair."""
    fee = desk.price(120, 950)
    plan = desk.rng.choice(names.PLANS)
    first = desk.a_day(room=31 * min(months, 6))
    series: list[Invoice] = []
    for month in range(months):
        day = plus_months(first, month)
        if day > desk.story.today:
            break
        described = f"{plan} - {day:%B %Y}"
        series.append(desk.invoice(customer, None, day, (line("plan", described, fee),), "monthly"))
    for one, other in pairwise(series):
        desk.look_alike("monthly_service", one, other, reserve=False)


def draws(desk: Desk, customer: Customer, job: Job, *, percents: tuple[int, ...]) -> list[Invoice]:
    """Progress invoices of one estimate, numbered 1042-1, 1042-2; equal where the percents are."""
    base = desk.base()
    estimated = desk.rng.random() < 0.6
    issued: list[Invoice] = []
    for place, percent in enumerate(percents):
        day = job.start + timedelta(days=place * desk.rng.randint(12, 30))
        if day > desk.story.today:
            break
        described = f"{job.name.split(',')[0]} - progress draw {place + 1} of {len(percents)}"
        lines = (line("contract", described, share(job.contract, percent)),)
        invoice = desk.invoice(customer, job, day, lines, "draw", base)
        invoice.estimated = estimated
        issued.append(invoice)
    if len(set(percents)) == 1:
        for one, other in pairwise(issued):
            desk.look_alike("equal_draws", one, other, reserve=False)
    return issued


def equal_draws(desk: Desk) -> None:
    """Three equal progress draws, all of them reserved."""
    customer = desk.people.homeowner()
    desk.open_customer(customer)
    job = _project(desk, customer, desk.price(3000, 21000, 300), room=100)
    thirds = draws(desk, customer, job, percents=(30, 30, 30))
    for invoice in thirds:
        invoice.reserved = True


def deposit_and_final(desk: Desk) -> None:
    """Half in advance, half at the end; every other time the advance sits on the liability item (S14)."""
    customer = desk.people.homeowner()
    desk.open_customer(customer)
    contract = desk.price(2000, 16000, 100)
    job = _project(desk, customer, contract, room=60)
    half = share(contract, 50)
    name = job.name.split(",")[0]
    base = desk.base()
    if desk.rng.random() < 0.5:
        first: tuple[Line, ...] = (line("deposit", f"Deposit, 50% of {name.lower()}", half),)
        final: tuple[Line, ...] = (
            line("contract", f"{name}, complete", contract),
            line("deposit", "Less deposit received", -half),
        )
    else:
        first = (line("contract", f"{name} - deposit 50%", half),)
        final = (line("contract", f"{name} - final 50%", half),)
    one = desk.invoice(customer, job, job.start, first, "deposit", base)
    other = desk.invoice(customer, job, job.start + timedelta(days=45), final, "final", base)
    desk.look_alike("deposit_and_final", one, other)


def retainage(desk: Desk) -> None:
    """Ten per cent withheld on the bill and billed again, to the cent, at the end."""
    customer = desk.people.firm("builder")
    desk.open_customer(customer)
    contract = desk.price(8000, 40000, 500)
    job = _project(desk, customer, contract, room=120)
    held = share(contract, 10)
    name = job.name.split(",")[0]
    half = share(contract, 50)
    bills = [
        desk.invoice(
            customer,
            job,
            job.start + timedelta(days=days),
            (
                line("contract", f"{name}, stage {stage}", half),
                line("retainage", "Less 10% retainage", -share(half, 10)),
            ),
            "retainage",
        )
        for stage, days in ((1, 0), (2, 28))
    ]
    lines = (line("retainage", "Release of retainage", held),)
    release = desk.invoice(customer, job, job.start + timedelta(days=95), lines, "retainage_release")
    desk.look_alike("equal_draws", *bills)
    desk.look_alike("retainage_release", bills[1], release)


def ten_houses(desk: Desk, *, houses: int = 10) -> None:
    """Houses of one subdivision at one price, billed within a few days of each other."""
    rng = desk.rng
    customer = desk.people.firm("builder")
    desk.open_customer(customer)
    place, price = rng.choice(names.SUBDIVISIONS), desk.price(1800, 9800, 50)
    first = desk.a_day(room=12, books_era=True)
    bills = []
    for lot in range(1, houses + 1):
        job = desk.open_job(customer, f"{place} Lot {lot + rng.randint(0, 2) * 20}-{lot}", price, first)
        day = first + timedelta(days=rng.randint(0, 9))
        lines = (line("contract", f"Rough-in and trim, {place} lot {lot}", price),)
        bills.append(desk.invoice(customer, job, day, lines, "house"))
    for one, other in pairwise(bills):
        desk.look_alike("houses_at_one_price", one, other, reserve=houses > 8)


def two_calls_one_day(desk: Desk) -> None:
    """Two leak calls on one day at one price: two units of a property manager, or twice at one shop."""
    rng = desk.rng
    units = rng.random() < 0.6
    customer = desk.people.firm("manager" if units else "business")
    desk.open_customer(customer)
    day = desk.a_day(books_era=True)
    fee = desk.price(145, 480)
    bills = []
    for unit in ("2B", "5A"):
        job = desk.open_job(customer, f"Unit {unit}, {customer.street}", Decimal(0), day) if units else None
        where = f"unit {unit}" if units else ("morning visit" if unit == "2B" else "afternoon visit")
        bills.append(desk.invoice(customer, job, day, (line("service", f"Leak call, {where}", fee),), "call"))
    desk.look_alike("two_calls_one_day", *bills)


def change_order(desk: Desk) -> None:
    """1042, then 1042-R1 for the changed part of the work; both are owed."""
    customer = desk.people.homeowner()
    desk.open_customer(customer)
    job = _project(desk, customer, desk.price(2000, 12000, 100), room=40)
    base = desk.base()
    name = job.name.split(",")[0]
    extra = desk.rng.choice((Decimal(0), desk.price(50, 400, 10)))
    first = (line("contract", name, job.contract),)
    second = (line("change_order", f"{name}, revised scope R1", job.contract + extra),)
    one = desk.invoice(customer, job, job.start, first, "change_order", base)
    other = desk.invoice(customer, job, job.start + timedelta(days=18), second, "change_order", base)
    one.number_suffix, other.number_suffix = "", "-R1"
    desk.look_alike("change_order_reissue", one, other)


def void_and_reissue(desk: Desk) -> None:
    """A mistake voided in both systems and billed anew with the next number."""
    customer = desk.people.homeowner()
    desk.open_customer(customer)
    day = desk.a_day(room=12, books_era=True)
    lines = (
        line("labor", "Service visit - labor", Decimal(110), Decimal(desk.rng.randint(2, 12))),
        line("materials", "Parts and fittings", desk.price(40, 420)),
    )
    voided = desk.invoice(customer, None, day, lines, "voided")
    voided.state = "void"
    again = desk.invoice(customer, None, day + timedelta(days=desk.rng.randint(0, 9)), lines, "reissued")
    desk.look_alike("void_and_reissue", voided, again)


def same_work_for_namesakes(desk: Desk) -> None:
    """Father and son, or a firm and its supply house, billed alike within days."""
    if desk.rng.random() < 0.5:
        pair, kind = desk.people.father_and_son(), "junior_and_senior"
    else:
        pair, kind = desk.people.firm_and_supplier(), "firm_and_supply"
    desk.open_customer(*pair)
    day = desk.a_day(room=90, books_era=True)
    for visit in range(2):
        lines = (line("service", desk.rng.choice(names.CALLS), desk.price(150, 900)),)
        when = day + timedelta(days=visit * 60)
        bills = [
            desk.invoice(customer, None, when + timedelta(days=desk.rng.randint(0, 4)), lines, "call")
            for customer in pair
        ]
        # The second visit leaves one of the two open, for a payment that is put on the wrong one.
        bills[1].unpaid_on_purpose = visit == 1
        desk.look_alike(kind, *bills, reserve=visit == 0)


def consolidated(desk: Desk) -> None:
    """Three CRM invoices of one month that the office enters as one invoice in QuickBooks."""
    customer = desk.people.firm("manager")
    desk.open_customer(customer)
    first = desk.a_day(room=20, books_era=True)
    bills = []
    for days in (0, 6, 13):
        lines = (line("service", f"{desk.rng.choice(names.CALLS)}, {desk.street()}", desk.price(90, 700)),)
        bills.append(desk.invoice(customer, None, first + timedelta(days=days), lines, "consolidated"))
    desk.look_alike("consolidated_invoice", *bills)


def split(desk: Desk) -> None:
    """One CRM invoice that the office enters as two in QuickBooks: labour, and materials."""
    customer = desk.people.firm("business")
    desk.open_customer(customer)
    lines = (
        line("labor", "Installation labor", Decimal(120), Decimal(desk.rng.randint(4, 30))),
        line("equipment", "Equipment", desk.price(400, 5200)),
    )
    desk.look_alike("split_invoice", desk.invoice(customer, None, desk.a_day(books_era=True), lines, "split"))


def draft(desk: Desk) -> None:
    """A CRM draft that was never sent and rightly never reached the books."""
    customer = desk.people.homeowner()
    desk.open_customer(customer)
    day = desk.a_day(books_era=True)
    lines = (line("service", desk.rng.choice(names.CALLS), desk.price(100, 2400)),)
    desk.invoice(customer, None, day, lines, "call")
    invoice = desk.invoice(customer, None, day + timedelta(days=1), lines, "draft")
    invoice.date = min(invoice.date, desk.story.today)
    invoice.state = "draft"
    desk.look_alike("draft_never_sent", invoice)


def credit_with_the_number(desk: Desk) -> None:
    """An invoice and a credit memo that carries the same number."""
    customer = desk.people.homeowner()
    desk.open_customer(customer)
    lines = (line("labor", "Repair - labor", Decimal(95), Decimal(desk.rng.randint(3, 20))),)
    day = desk.a_day(room=30, books_era=True)
    desk.invoice(customer, None, day, lines, "credited").reserved = True


def paid_for_either(desk: Desk) -> None:
    """Two equal invoices open, and money on account for one of them without a word for which."""
    customer = desk.people.firm("business")
    desk.open_customer(customer)
    today = desk.story.today
    first = today - timedelta(days=desk.rng.randint(40, 90))
    fee = desk.price(200, 900)
    bills = []
    for days in (0, 21):
        day = first + timedelta(days=days)
        bills.append(desk.invoice(customer, None, day, (line("service", "Service visit", fee),), "call"))
        bills[-1].unpaid_on_purpose = bills[-1].reserved = True
    payment = Payment(
        customer=customer,
        date=first + timedelta(days=30),
        amount=bills[0].total,
        method="check",
        reference=str(desk.rng.randint(1001, 9999)),
        parts=[],
        route="direct",
    )
    desk.story.payments.append(payment)
    desk.story.lookalikes.append(LookAlike("payment_for_either", tuple(bills), (payment,)))


def _project(desk: Desk, customer: Customer, contract: Decimal, *, room: int) -> Job:
    day: date = desk.a_day(room=room, books_era=True)
    name = f"{desk.rng.choice(names.PROJECTS)}, {desk.street()}"
    return desk.open_job(customer, name, contract, day, days=room)


LOOK_ALIKES = (
    equal_draws, deposit_and_final, retainage, two_calls_one_day, change_order, void_and_reissue,
    same_work_for_namesakes, consolidated, split, draft, paid_for_either, credit_with_the_number,
)  # fmt: skip


def every_look_alike(desk: Desk, rounds: int) -> None:
    """Play each pattern `rounds` times, and the ten houses once for every three rounds."""
    for turn in range(rounds):
        for pattern in LOOK_ALIKES:
            pattern(desk)
        if turn % 3 == 0:
            ten_houses(desk)
        customer = desk.people.firm("business")
        desk.open_customer(customer)
        monthly(desk, customer, months=24)
