"""Everyday work that fills a company: service calls, small jobs, contracts billed in stages, unit calls."""

from datetime import date, timedelta
from decimal import Decimal

from qbclean.sandbox.generate import names
from qbclean.sandbox.generate.catalogue import Line, line
from qbclean.sandbox.generate.desk import Desk
from qbclean.sandbox.generate.money import share
from qbclean.sandbox.generate.patterns import draws, monthly, ten_houses
from qbclean.sandbox.generate.story import Customer, Job


def fill(desk: Desk, size: int) -> None:
    """Take on customers until customers and jobs together reach `size`."""
    kinds = ("homeowner",) * 13 + ("business",) * 4 + ("manager",) * 2 + ("builder",)
    while desk.size < size:
        kind = desk.rng.choice(kinds)
        if kind == "homeowner":
            _homeowner(desk)
        elif kind == "business":
            _business(desk)
        elif kind == "manager":
            _manager(desk)
        else:
            ten_houses(desk, houses=desk.rng.randint(3, 6))


def service_lines(desk: Desk, what: str) -> tuple[Line, ...]:
    """A call: labour by the hour, often materials, sometimes a trip charge or permit."""
    rng = desk.rng
    hours = Decimal(rng.randrange(2, 24)) / 2
    lines = [line("labor", f"{what} - labor", Decimal(rng.choice((85, 95, 110, 125, 140))), hours)]
    if rng.random() < 0.7:
        cost = Decimal(rng.randrange(1200, 68000)) / 100
        lines.append(line("materials", rng.choice(("Materials", "Parts and fittings", "Lumber")), cost))
    if rng.random() < 0.35:
        lines.append(line("trip", "Trip charge", Decimal(rng.choice((45, 65, 75)))))
    if rng.random() < 0.15:
        lines.append(line("permit", "Permit fee", Decimal(rng.randrange(60, 400))))
    return tuple(lines)


def _homeowner(desk: Desk) -> None:
    customer = desk.people.homeowner()
    desk.open_customer(customer)
    for _ in range(desk.rng.choice((1, 1, 2, 2, 3))):
        _call(desk, customer, None)
    if desk.rng.random() < 0.30:
        _job(desk, customer)


def _business(desk: Desk) -> None:
    customer = desk.people.firm("business")
    desk.open_customer(customer)
    if desk.rng.random() < 0.35:
        monthly(desk, customer, months=desk.rng.randint(6, 20))
    for _ in range(desk.rng.randint(1, 4)):
        _call(desk, customer, None)
    if desk.rng.random() < 0.5:
        _job(desk, customer)


def _manager(desk: Desk) -> None:
    customer = desk.people.firm("manager")
    desk.open_customer(customer)
    for _ in range(desk.rng.randint(2, 5)):
        unit = f"Unit {desk.rng.randint(1, 40)}{desk.rng.choice('ABCD')}, {desk.street()}"
        job = desk.open_job(customer, unit, Decimal(0), desk.a_day(room=30), days=400)
        for _ in range(desk.rng.randint(1, 3)):
            _call(desk, customer, job)


def _call(desk: Desk, customer: Customer, job: Job | None) -> None:
    day = desk.a_day() if job is None else _within(desk, job)
    desk.invoice(customer, job, day, service_lines(desk, desk.rng.choice(names.CALLS)), "call")


def _within(desk: Desk, job: Job) -> date:
    last = min(job.end, desk.story.today)
    return job.start + timedelta(days=desk.rng.randint(0, max(0, (last - job.start).days)))


def _job(desk: Desk, customer: Customer) -> None:
    rng = desk.rng
    name = rng.choice(names.PROJECTS)
    contract = desk.price(2400, 24000, 50)
    start = desk.a_day(room=20)
    job = desk.open_job(customer, f"{name}, {customer.street}", contract, start, days=rng.randint(20, 120))
    if rng.random() < 0.35:
        draws(desk, customer, job, percents=rng.choice(((30, 40, 30), (25, 25, 25, 25), (40, 60))))
        return
    # Billed once when done, with a change order on top in some jobs.
    lines = [
        line("contract", name, share(contract, 65)),
        line("materials", f"Materials for {name.lower()}", share(contract, 35)),
    ]
    if rng.random() < 0.3:
        lines.append(line("change_order", "Change order 1", desk.price(150, 1800, 10)))
    desk.invoice(customer, job, min(job.end, desk.story.today), tuple(lines), "job")
