"""Settings → adapters: the only place where the parts of qbclean are put together.

Adapters are imported when they are opened, so that `--help` pays for none of them.
"""

from __future__ import annotations

import getpass
import platform
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from qbclean import __version__
from qbclean.cli.interrupt import StopAfterWrite
from qbclean.cli.progress import ScreenProgress
from qbclean.cli.session import Session

if TYPE_CHECKING:
    from pathlib import Path

    from qbclean.model.connection import ConnectionEnd
    from qbclean.model.plan import Plan
    from qbclean.model.refs import RealmId
    from qbclean.model.settings import CompanySettings
    from qbclean.plan.approval import ApprovedPlan
    from qbclean.ports.gateway import QuickBooksGateway
    from qbclean.ports.journal import Journal
    from qbclean.qbo.auth import IntuitOAuth
    from qbclean.qbo.connection import CompanyConnection
    from qbclean.qbo.source import QboBooksSource
    from qbclean.store.books import SqliteBooks
    from qbclean.store.journal import SqliteJournal
    from qbclean.store.tokens import SealedTokens
    from qbclean.store.workspace import Company, Workspace
    from qbclean.workflow.run import RunBy, RunPorts

TOOL = f"qbclean {__version__}"


def workspace_of(session: Session) -> Workspace:
    """The workspace under the session's home; nothing is created yet."""
    from qbclean.store.workspace import Workspace

    return Workspace(session.home)


def tokens_of(session: Session, workspace: Workspace) -> SealedTokens:
    """Where tokens are kept. Asks for the passphrase only where there is no keyring and somebody can answer."""
    from qbclean.store.tokens import SealedTokens

    def passphrase() -> str:
        return session.screen.ask_secret("Passphrase for the stored tokens:")

    return SealedTokens(workspace.folder, passphrase=passphrase if session.screen.interactive else None)


def oauth_of(session: Session) -> IntuitOAuth:
    """Intuit's authorization server, or the sandbox's, as the tokens say."""
    from qbclean.qbo.auth import IntuitOAuth

    return IntuitOAuth(clock=session.clock)


@contextmanager
def gateway_of(session: Session, workspace: Workspace, realm_id: RealmId) -> Iterator[QuickBooksGateway]:
    """QuickBooks for a company that is connected but not yet registered."""
    from qbclean.qbo.connection import open_company
    from qbclean.qbo.gateway import QboGateway

    connection = open_company(realm_id, tokens_of(session, workspace), clock=session.clock)
    try:
        yield QboGateway(connection)
    finally:
        connection.close()


def run_by() -> RunBy:
    """Who is running this, for the journal."""
    from qbclean.workflow.run import RunBy

    return RunBy(actor=user_name(), host=platform.node() or "unknown host", tool=TOOL)


def user_name() -> str:
    """The name of the operating system's user, or `unknown user`."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown user"


@dataclass
class Desk:
    """The adapters of the chosen company, each opened when first asked for and closed with the desk.

    `unpaced` is for a sandbox of our own that counts no requests; QuickBooks is never asked faster than it allows.
    """

    session: Session
    workspace: Workspace
    company: Company
    unpaced: bool = False
    closing: ExitStack = field(default_factory=ExitStack)

    @property
    def folder(self) -> Path:
        return self.workspace.folder(self.company.realm_id)

    @cached_property
    def settings(self) -> CompanySettings:
        return self.workspace.settings(self.company.realm_id)

    @cached_property
    def books(self) -> SqliteBooks:
        from qbclean.store.books import SqliteBooks

        return self.closing.enter_context(SqliteBooks(self.workspace.books_path(self.company.realm_id)))

    @cached_property
    def connection(self) -> CompanyConnection:
        from qbclean.qbo.connection import open_company
        from qbclean.qbo.limiter import UNLIMITED

        connection = open_company(
            self.company.realm_id,
            tokens_of(self.session, self.workspace),
            clock=self.session.clock,
            rate_file=self.folder / "rate",
            limits=UNLIMITED if self.unpaced else None,
        )
        # When the command is over: using the connection may have put its end off.
        self.closing.callback(warn_of_connection_end, self.session, self.workspace, self.company)
        self.closing.callback(connection.close)
        return connection

    @cached_property
    def gateway(self) -> QuickBooksGateway:
        from qbclean.qbo.gateway import QboGateway

        return QboGateway(self.connection)

    @cached_property
    def source(self) -> QboBooksSource:
        from qbclean.qbo.source import QboBooksSource

        return QboBooksSource(self.connection)

    @cached_property
    def log(self) -> SqliteJournal:
        """The journal to read from."""
        from qbclean.store.journal import SqliteJournal
        from qbclean.store.keys import journal_key

        path = self.workspace.journal_path(self.company.realm_id)
        return self.closing.enter_context(SqliteJournal.reading(path, journal_key(path)))

    @cached_property
    def progress(self) -> ScreenProgress:
        return ScreenProgress(self.session.screen)

    @contextmanager
    def locked(self, command: str) -> Iterator[None]:
        """Hold the company: one writer at a time, on this machine, however it ends. Raises CompanyBusyError."""
        from qbclean.store.lock import company_lock

        with company_lock(self.folder, command=command, now=self.session.clock.now()):
            yield

    @contextmanager
    def journal(self, command: str) -> Iterator[SqliteJournal]:
        """The journal to write to, under the company's lock."""
        from qbclean.store.journal import SqliteJournal, WrittenBy
        from qbclean.store.keys import journal_key

        path = self.workspace.journal_path(self.company.realm_id)
        me = run_by()
        by = WrittenBy(actor=me.actor, host=me.host, tool=me.tool)
        with self.locked(command), SqliteJournal.writing(path, journal_key(path), by=by) as journal:
            yield journal

    @contextmanager
    def run_ports(self, command: str) -> Iterator[RunPorts]:
        """What a run needs. The first Ctrl-C inside only asks the run to stop."""
        from qbclean.workflow.run import RunPorts

        with self.journal(command) as journal, StopAfterWrite() as stop:
            yield RunPorts(
                gateway=self.gateway, journal=journal, clock=self.session.clock, progress=self.progress, stop=stop
            )

    def clearance(self, plan: Plan, journal: Journal) -> ApprovedPlan:
        """The decided plan, cleared to run here and now. Raises a PlanError when it is refused."""
        from qbclean.workflow.clearance import cleared

        return cleared(plan, gateway=self.gateway, journal=journal, clock=self.session.clock, settings=self.settings)


def warn_of_connection_end(session: Session, workspace: Workspace, company: Company) -> ConnectionEnd:
    """Say so, even with --quiet, when the connection ends within two weeks (R44); returns when it ends."""
    from qbclean.model.connection import ConnectionEnd
    from qbclean.report.text.connection import connection_ending

    unused_until = tokens_of(session, workspace).unused_until(company.realm_id)
    end = ConnectionEnd.of(company.realm_id, connected_at=company.connected_at, unused_until=unused_until)
    now = session.clock.now()
    if end.is_near(now):
        session.screen.warn(connection_ending(company.name, end, now))
    return end


@contextmanager
def desk_of(session: Session, *, unpaced: bool = False) -> Iterator[Desk]:
    """The desk of the company --company names, else of the current one. Raises AuthorizationError without any."""
    workspace = workspace_of(session)
    desk = Desk(session, workspace, workspace.select(session.options.company), unpaced=unpaced)
    with desk.closing:
        yield desk


@contextmanager
def desk_for(session: Session, realm_id: RealmId) -> Iterator[Desk | None]:
    """The desk of the company with that id, whichever is in use; None when it is not connected here."""
    workspace = workspace_of(session)
    company = next((company for company in workspace.companies() if company.realm_id == realm_id), None)
    if company is None:
        yield None
        return
    desk = Desk(session, workspace, company)
    with desk.closing:
        yield desk
