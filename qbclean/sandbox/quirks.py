"""The switches for what nobody has documented about QuickBooks Online; each default is the likelier outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """One uncertain fact: its name, the outcomes it can have (the first is the default), and what they mean."""

    name: str
    values: tuple[str, ...]
    about: str

    @property
    def default(self) -> str:
        """The outcome that holds when nothing is said."""
        return self.values[0]


QUIRKS = (
    Quirk(
        name="void_linked",
        values=("refuse", "unlink"),
        about="void of an invoice with payments: refused with 6000, or every link cleared and the money unapplied",
    ),
    Quirk(
        name="delete_linked",
        values=("refuse", "unlink"),
        about="delete of a linked invoice or an applied credit memo: refused with 6000, or unlinked first",
    ),
    Quirk(
        name="over_application",
        values=("refuse", "drop"),
        about="a payment line above the open balance: refused with 6000, or the line dropped with HTTP 200",
    ),
    Quirk(
        name="customer_mismatch",
        values=("refuse", "drop"),
        about="a payment line to another customer's document: refused with 6000, or dropped with HTTP 200",
    ),
    Quirk(
        name="parent_payment",
        values=("family", "bill_with_parent", "same"),
        about="whose documents a parent's payment may pay: any job below it, jobs billed with it, only its own",
    ),
    Quirk(
        name="unvoid",
        values=("accept", "refuse"),
        about="a full update with lines of a voided invoice: an ordinary edit, or refused with 6000",
    ),
    Quirk(
        name="side_effect_token",
        values=("keep", "bump"),
        about="SyncToken of an invoice when a payment is applied to it: unchanged, or plus one",
    ),
    Quirk(
        name="closed_code",
        values=("6210", "6200"),
        about="code of a refusal by the closing date: with a closing password set, or without",
    ),
    Quirk(
        name="apply_to_closed",
        values=("accept", "refuse"),
        about="a payment of today applied to an invoice of the closed period: accepted, or refused like an edit",
    ),
    Quirk(
        name="reconciled_edit",
        values=("accept", "refuse"),
        about="an edit of a reconciled transaction: accepted, or refused with 6480",
    ),
    Quirk(
        name="warn_duplicate_number",
        values=("on", "off"),
        about="the company's 'warn on duplicate number' setting, which the API does not show",
    ),
    Quirk(
        name="auto_apply_credit",
        values=("off", "on"),
        about="whether AutoApplyCredit also applies credits to documents made through the API",
    ),
    Quirk(
        name="replay",
        values=("stored", "forget", "600"),
        about="a known request id: the stored answer, work done anew, or refused with code 600",
    ),
    Quirk(
        name="replay_errors",
        values=("forget", "stored"),
        about="whether a refusal is remembered under its request id",
    ),
    Quirk(
        name="replay_other_body",
        values=("old_answer", "refuse"),
        about="a known request id with another body: the old answer, or refused with 600",
    ),
    Quirk(
        name="batch_replay",
        values=("stored", "6000"),
        about="a known request id and bId in a batch: the stored answer, or a 6000 fault for the item",
    ),
    Quirk(
        name="rotate_refresh",
        values=("daily", "every"),
        about="when a refresh returns a new refresh token: once the old one is a day old, or at every refresh",
    ),
    Quirk(
        name="ten_per_second",
        values=("off", "on"),
        about="whether 10 requests a second is enforced besides 500 a minute",
    ),
    Quirk(
        name="throttle_body",
        values=("json", "lowercase", "xml"),
        about="body of a 429 answer: the Fault object, the gateway's lower-case one, or XML",
    ),
    Quirk(
        name="cdc_old",
        values=("accept", "refuse", "truncate"),
        about="changedSince of more than 30 days ago: answered in full, refused with 4001, or cut to 30 days",
    ),
    Quirk(
        name="query_order",
        values=("ascending", "descending"),
        about="order of a query without ORDERBY",
    ),
    Quirk(
        name="not_equal",
        values=("refuse", "accept"),
        about="the operator != in a query: a parse error as documented, or taken as client libraries' own tests do",
    ),
    Quirk(
        name="taxcode_rows",
        values=("extra", "exact"),
        about="whether TaxCode queries return the US pseudo-codes on top of MAXRESULTS",
    ),
)

_BY_NAME = {quirk.name: quirk for quirk in QUIRKS}


class UnknownQuirkError(ValueError):
    """A switch or a value that does not exist; the message names those that do."""


class Quirks:
    """The outcome chosen for each switch."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        self._chosen = {quirk.name: quirk.default for quirk in QUIRKS}
        for name, value in (chosen or {}).items():
            self.choose(name, value)

    def __getitem__(self, name: str) -> str:
        return self._chosen[name]

    def choose(self, name: str, value: str) -> None:
        """Set one switch. Raises UnknownQuirkError."""
        quirk = _BY_NAME.get(name)
        if quirk is None:
            raise UnknownQuirkError(f"There is no quirk {name!r}. Known: {', '.join(sorted(_BY_NAME))}.")
        if value not in quirk.values:
            raise UnknownQuirkError(f"Quirk {name} cannot be {value!r}. Possible: {', '.join(quirk.values)}.")
        self._chosen[name] = value

    def as_dict(self) -> dict[str, str]:
        """Return every switch with its present value."""
        return dict(self._chosen)


def parse_quirks(settings: list[str]) -> dict[str, str]:
    """Return `NAME=VALUE` texts as a dictionary, each checked. Raises UnknownQuirkError."""
    chosen: dict[str, str] = {}
    for setting in settings:
        name, separator, value = setting.partition("=")
        if not separator:
            raise UnknownQuirkError(f"{setting!r} is not NAME=VALUE.")
        chosen[name.strip()] = value.strip()
    Quirks(chosen)
    return chosen
