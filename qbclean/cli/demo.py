"""`demo`: the whole loop on the built-in sandbox, told as a short story; no account, nothing beyond loopback."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from qbclean.cli import plan_files
from qbclean.cli.connecting import register
from qbclean.cli.demo_folder import DEFAULT, DemoFolder
from qbclean.cli.session import Session, finish
from qbclean.cli.wiring import TOOL, Desk, desk_of, oauth_of, run_by, tokens_of, user_name, workspace_of
from qbclean.errors import QbcleanError

if TYPE_CHECKING:
    from qbclean.model.outcome import RunReport
    from qbclean.model.plan import Plan
    from qbclean.sandbox.generate import GeneratedCompany
    from qbclean.sandbox.server import RunningSandbox


def demo(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="Same seed, same company.")] = 1,
    customers: Annotated[int, typer.Option(min=20, help="Customers and jobs together.")] = 400,
    serve: Annotated[bool, typer.Option("--serve", help="Keep the sandbox up at the end, until Ctrl-C.")] = False,
) -> None:
    """See the whole loop on a made-up company.

    Needs no account and no network. Everything lands in ./qbclean-demo, or where --home says.
    """
    from qbclean.sandbox.generate import generate
    from qbclean.sandbox.sandbox import Settings
    from qbclean.sandbox.server import start, write_ready_file

    began = time.monotonic()
    asked = Session.of(context)
    folder = DemoFolder(asked.options.home or DEFAULT)
    folder.prepare()
    session = replace(asked, options=replace(asked.options, home=folder.root, company=None))
    made = generate(folder.company, seed=seed, customers=customers, today=session.clock.today())
    with start(Settings(company=folder.company, state=folder.state, throttle=False)) as server:
        write_ready_file(folder.ready_file, server.ready)
        report = Demonstration(session, folder, server).tell(made)
        session.screen.say(f"\nThis took {time.monotonic() - began:.0f} seconds.")
        if serve:
            _wait(session, server)
    finish(0 if report.state == "done" else 1)


def _wait(session: Session, server: RunningSandbox) -> None:
    from qbclean.cli.interrupt import Interrupted

    session.screen.say(f"The sandbox stays up at {server.url} until Ctrl-C.")
    try:
        while True:
            time.sleep(3600)
    except Interrupted:
        session.screen.say("The sandbox is stopped; its books are in the state file.")


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The loop, step by step, by the same use cases as the commands."""

    session: Session
    folder: DemoFolder
    server: RunningSandbox

    def tell(self, made: GeneratedCompany) -> RunReport:
        """Run the loop and show each step. Returns the report of the apply."""
        self._connect()
        with desk_of(self.session, unpaced=True) as desk:
            self._read_both_sides(desk, made)
            plan = self._plan(desk)
            report = self._apply(desk, plan)
            self._prove(desk, plan, report)
        return report

    def _title(self, text: str) -> None:
        from qbclean.report.text.layout import BLANK, page, title

        self.session.screen.show(page(BLANK, title(text)))

    def _line(self, text: str) -> None:
        from qbclean.report.text.layout import line

        self.session.screen.show(line(f"  {text}"))

    def _connect(self) -> None:
        """The way a person connects: consent, redirect, code, tokens; the page's button is pressed by `&consent=`."""
        import msgspec

        from qbclean.workflow.connect import app_keys, begin_connect

        ready = self.server.ready
        keys = app_keys(
            environment="local",
            api_url=ready["url"],
            discovery_url=ready["discovery_url"],
            client_id=ready["client_id"],
            client_secret=ready["client_secret"],
            redirect_uri=f"{ready['url']}/callback",
        )
        # What the user does next with this sandbox need not wait either.
        keys = msgspec.structs.replace(keys, throttled=False)
        attempt = begin_connect(keys, oauth=oauth_of(self.session), clock=self.session.clock)
        redirected = _location(f"{attempt.url}&consent={ready['realm_id']}")
        tokens = attempt.finish(redirected, tokens_of(self.session, workspace_of(self.session)))
        company = register(self.session, tokens)
        self._title(f"1  {company.name}: the books and the CRM")
        self._line(f"a made-up contractor in a QuickBooks Online sandbox at {ready['url']}, connected by OAuth")

    def _read_both_sides(self, desk: Desk, made: GeneratedCompany) -> None:
        from qbclean.crm.reading import read_crm
        from qbclean.workflow.pull import pull

        with desk.locked("demo"):
            pulled = pull(desk.source, desk.books, desk.progress)
            reading = read_crm([self.folder.crm])
            desk.books.save_crm(reading.records)
        counts = pulled.counts
        papers = sum(counts.get(kind, 0) for kind in ("Invoice", "Payment", "CreditMemo"))
        self._line(
            f"QuickBooks: {counts.get('Customer', 0):,} customers and jobs, {papers:,} invoices, payments and credits"
            f" ({pulled.calls} calls)"
        )
        self._line(f"the CRM's export: {sum(made.crm_rows.values()):,} rows in {len(made.crm_rows)} files")

    def _plan(self, desk: Desk) -> Plan:
        from qbclean.report.text import plan_totals, writes_of
        from qbclean.report.text.story import found_table
        from qbclean.workflow.decide import Choice, decide
        from qbclean.workflow.make_plan import make_plan

        now = self.session.clock
        with desk.journal("demo") as journal:
            plan = make_plan(desk.books, journal, now, desk.settings, as_of=now.today(), tool=TOOL).decoded()
        self._title(f"2  What was found: {len(plan.findings):,} differences")
        self.session.screen.show(found_table(plan.findings))
        self._title(f"3  What is proposed: {len(plan.actions):,} actions")
        self.session.screen.show(plan_totals(plan.summary, writes=writes_of(plan.actions, "recommended")))
        choice = Choice(tier="recommended")
        decided = decide(plan, choice, by=user_name(), at=now.now(), reason="demonstration: recommended tier")
        plan_files.write_new(decided, self.folder.plan)
        return decided

    def _apply(self, desk: Desk, plan: Plan) -> RunReport:
        from qbclean.workflow.apply import apply
        from qbclean.workflow.rehearsal import rehearse

        self._title("4  What was done: the recommended tier was approved and applied")
        with desk.run_ports("demo") as ports:
            approved = desk.clearance(plan, ports.journal)
            rehearsed = rehearse(approved, ports=ports)
            requests = sum(len(outcome.requests) for outcome in rehearsed.outcomes)
            self._line(f"dry run: {requests:,} requests checked against the live books, nothing written")
            began = time.monotonic()
            report = apply(approved, books=desk.books.load(), ports=ports, by=run_by())
        sent = sum(len(outcome.requests) for outcome in report.outcomes if outcome.state == "done")
        ran = sum(1 for outcome in report.outcomes if outcome.state == "done")
        self._line(
            f"applied: {ran:,} of {len(report.outcomes):,} actions, {sent:,} writes in {time.monotonic() - began:.0f} s"
        )
        for outcome in report.outcomes:
            if outcome.state != "done":
                self._line(f"{outcome.action_id} {outcome.state}: {outcome.reason}")
        return report

    def _prove(self, desk: Desk, plan: Plan, report: RunReport) -> None:
        from qbclean.report.html import plan_page
        from qbclean.report.text import proof_table
        from qbclean.report.text.story import left_over

        self.folder.page.write_text(plan_page(plan, run=report), encoding="utf-8")
        screen = self.session.screen
        proof = report.proof
        if proof is None:
            raise QbcleanError(
                f"The demonstration's run ended {report.state} without a proof.",
                why=report.message,
                do="Please report it.",
            )
        self._title("5  The proof")
        screen.show(proof_table(proof))
        self._title("6  Left to you, and why")
        screen.show(left_over(plan))
        chain = desk.log.verify()
        self._title("7  The log")
        whole = chain.problem or "each chained to the one before: the log is whole"
        self._line(f"{chain.head.rows:,} rows, {whole}; head {chain.head.hash[:16]}")
        self._next_steps(report)

    def _next_steps(self, report: RunReport) -> None:
        from qbclean.report.text.layout import exact, page

        home, port = self.folder.root, self.server.url.rpartition(":")[2]
        steps = (
            ("Look", f"{self.folder.page} in a browser"),
            ("", f"qbclean --home {home} show {self.folder.plan}"),
            ("", f"qbclean --home {home} log {report.run_id}"),
            ("Start the books again", f"qbclean sandbox serve --state {self.folder.state} --port {port} &"),
            ("Decide the rest", f"qbclean --home {home} decide {self.folder.plan} --tier review"),
            ("", f"qbclean --home {home} apply {self.folder.plan} --dry-run"),
            ("Take it all back", f"qbclean --home {home} rollback {report.run_id} --yes"),
        )
        self._title("Next")
        self.session.screen.show(page(*(exact(f"  {label:<22} {command}") for label, command in steps)))


def _location(url: str) -> str:
    """Where the consent page sends the browser."""
    from http.client import HTTPConnection
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        return connection.getresponse().headers["Location"] or ""
    finally:
        connection.close()
