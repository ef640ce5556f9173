"""Generates a whole company: tells the story, syncs it, spoils the books, and writes everything to a folder."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from qbclean.sandbox.generate.answers import truth_document
from qbclean.sandbox.generate.banking import bank
from qbclean.sandbox.generate.books import Books
from qbclean.sandbox.generate.chart import company_info, lists, preferences
from qbclean.sandbox.generate.crm_export import CrmExport
from qbclean.sandbox.generate.dates import at, month_end, stamp, years_before
from qbclean.sandbox.generate.desk import Desk, number
from qbclean.sandbox.generate.mess_credits import missing_credits, unapplied_credits
from qbclean.sandbox.generate.mess_customers import duplicate_customers
from qbclean.sandbox.generate.mess_duplicates import duplicates
from qbclean.sandbox.generate.mess_missing import missing_invoices
from qbclean.sandbox.generate.mess_money import double_payments, missing_payments, paid_by_deposit
from qbclean.sandbox.generate.mess_partial import partial_syncs
from qbclean.sandbox.generate.mess_payments import misapplied_payments, unapplied_payments
from qbclean.sandbox.generate.mess_receivables import journal_entries, stale_invoices, wrong_jobs
from qbclean.sandbox.generate.noise import NOISE, Difficulty, Noise
from qbclean.sandbox.generate.office import office_entries
from qbclean.sandbox.generate.ordinary import fill
from qbclean.sandbox.generate.patterns import every_look_alike
from qbclean.sandbox.generate.settlement import settle
from qbclean.sandbox.generate.story import Story
from qbclean.sandbox.generate.survivor import Judge
from qbclean.sandbox.generate.sync import Sync
from qbclean.sandbox.generate.truth import Truth
from qbclean.sandbox.generate.wire import Answers
from qbclean.sandbox.generate.world import World
from qbclean.sandbox.generate.writer import write_document, write_lines

OPERATORS: tuple[Callable[[World], None], ...] = (
    # Scarce material first: what needs a credit, or two invoices, before what takes any invoice.
    missing_credits,
    unapplied_credits,
    misapplied_payments,
    partial_syncs,
    missing_invoices,
    unapplied_payments,
    duplicates,
    missing_payments,
    paid_by_deposit,
    double_payments,
    journal_entries,
    duplicate_customers,
    wrong_jobs,
    stale_invoices,
    office_entries,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedCompany:
    """What was written: objects by entity, CRM rows by file, messes by kind, look-alikes by kind."""

    directory: Path
    entities: dict[str, int]
    crm_rows: dict[str, int]
    messes: dict[str, int]
    lookalikes: dict[str, int]


def generate(
    directory: Path,
    *,
    seed: int = 1,
    customers: int = 400,
    years: int = 3,
    today: date,
    difficulty: Difficulty = "normal",
) -> GeneratedCompany:
    """Write a messy contractor company with CRM exports (`crm/`) and the truth (`truth.json`) into `directory`.

    `customers` counts customers and jobs together and scales everything else: 400 give about 2,000 documents.
    The same arguments give the same bytes. The folder is made if need be; files in it are overwritten.
    """
    rng = random.Random(seed)  # noqa: S311 - reproducible make-believe, not secrets
    noise = NOISE[difficulty]
    story = _tell(rng, noise, customers=customers, years=years, today=today)
    books, truth = Books(), Truth()
    sync = Sync(rng, noise, story, books)
    sync.run()
    world = World(rng, noise, story, books, sync, truth)
    for spoil in OPERATORS:
        spoil(world)
    books.settle_removals()
    bank(books, truth, today)
    books.assign_ids()

    directory.mkdir(parents=True, exist_ok=True)
    export = CrmExport(rng, noise, story, sync.mirror, truth)
    crm_rows = export.write(directory / "crm")
    answers = Answers(books)
    entities = _write_books(directory, story, books, answers)
    settings = {
        "seed": seed,
        "difficulty": difficulty,
        "today": today.isoformat(),
        "close_date": story.close_date.isoformat(),
        "company_start": story.company_start.isoformat(),
    }
    judge = Judge(books, story.close_date, export.exported_ids)
    document = truth_document(world, judge, answers, settings)
    write_document(directory / "truth.json", document)
    return GeneratedCompany(
        directory=directory,
        entities=entities,
        crm_rows=crm_rows,
        messes=_by_kind(document["mess"]),
        lookalikes=_by_kind(document["lookalikes"]),
    )


def _tell(rng: random.Random, noise: Noise, *, customers: int, years: int, today: date) -> Story:
    start = years_before(today, years)
    span = (today - start).days
    story = Story(
        start=start,
        today=today,
        # The file was opened on the first of a month, after the CRM had run for a while.
        company_start=(start + timedelta(days=span // 20 + 30)).replace(day=1),
        close_date=month_end(start + timedelta(days=span * 35 // 100)),
    )
    desk = Desk(rng, story)
    every_look_alike(desk, max(1, round(noise.lookalike_rounds * customers / 400)))
    fill(desk, customers)
    settle(desk)
    number(story, rng)
    return story


def _write_books(directory: Path, story: Story, books: Books, answers: Answers) -> dict[str, int]:
    opened = at(story.company_start - timedelta(days=5), 10 * 3600)
    times = {"CreateTime": stamp(opened), "LastUpdatedTime": stamp(opened)}
    write_document(directory / "CompanyInfo.json", company_info(story.company_start, times))
    write_document(directory / "Preferences.json", preferences(story.close_date, times))
    written = {name: write_lines(directory / f"{name}.jsonl", objects) for name, objects in lists(times).items()}
    for name, objects in answers.entities():
        written[name] = write_lines(directory / f"{name}.jsonl", objects)
    reconciled = (
        {"TxnType": kind, "TxnId": entry.id, "Status": "Reconciled"}
        for kind, entries in (("Payment", books.payments), ("Deposit", books.deposits))
        for entry in entries
        if entry.date <= story.close_date and (kind == "Deposit" or getattr(entry, "route", "") == "direct")
    )
    write_lines(directory / "Cleared.jsonl", reconciled)
    return written


def _by_kind(entries: list[dict[str, str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry["kind"]] = counts.get(entry["kind"], 0) + 1
    return dict(sorted(counts.items()))
