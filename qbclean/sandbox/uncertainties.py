"""What nobody has documented about QuickBooks Online, as named switches; each default is the likelier outcome."""

from __future__ import annotations

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
        values=("refuse", "620", "unlink"),
        about="delete of a linked invoice or an applied credit memo: refused with 6000 or with 620, or unlinked first",
    ),
    Quirk(
        name="over_application",
        values=("refuse", "drop", "cap"),
        about="a payment line above the open balance: refused with 6000, dropped with HTTP 200, or cut to the balance",
    ),
    Quirk(
        name="customer_mismatch",
        values=("refuse", "drop"),
        about="a payment line to another customer's document: refused with 6000, or dropped with HTTP 200",
    ),
    Quirk(
        name="paid_bill",
        values=("void", "refuse"),
        about="a bill payment for a bill that is already paid: made without lines and voided, as observed, or refused"
        " with 6000",
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
        values=("accounts", "refuse", "accept"),
        about="the operator != in a query: taken for Account, where a client library's own tests use it against Intuit,"
        " and elsewhere a parse error as documented; a parse error everywhere; or taken everywhere",
    ),
    Quirk(
        name="taxcode_rows",
        values=("extra", "exact"),
        about="whether TaxCode queries return the US pseudo-codes on top of MAXRESULTS",
    ),
    Quirk(
        name="lines_exceed",
        values=("6000", "2140", "6070"),
        about="code of a payment whose lines come to more than its total and credits",
    ),
    Quirk(
        name="move_customer",
        values=("accept", "refuse"),
        about="a payment that changes its customer while it has links: accepted with new lines, or refused",
    ),
    Quirk(
        name="void_unsupported",
        values=("observed", "refuse"),
        about="void of what has none: as observed (Bill: HTTP 200 with a SystemFault; JournalEntry: HTTP 200, nothing"
        " happens; others 400 with code 500), or 400 with code 500 for all",
    ),
    Quirk(
        name="void_note",
        values=("dash", "space", "newline"),
        about="what stands between 'Voided' and the private note that was there before",
    ),
    Quirk(
        name="batch_void",
        values=("accept", "refuse"),
        about="void inside a batch: done as client libraries report, or refused with code 500",
    ),
    Quirk(
        name="batch_objects",
        values=("cut", "refuse"),
        about="queries of a batch that come to more than 1,000 objects with its writes: the later ones return fewer"
        " rows, or fault with 10100",
    ),
    Quirk(
        name="batch_order",
        values=("given", "reversed"),
        about="order in which a batch is carried out and answered, on which nobody may rely",
    ),
    Quirk(
        name="replay_memory",
        values=("forever", "day"),
        about="how long a request id is remembered",
    ),
    Quirk(
        name="report_limit",
        values=("off", "on"),
        about="whether more than 200 reports a minute are throttled",
    ),
    Quirk(
        name="report_cells",
        values=("unlimited", "400000"),
        about="whether a report of more than 400,000 cells is refused with 10100",
    ),
    Quirk(
        name="retry_after",
        values=("absent", "present"),
        about="whether a 429 answer carries a Retry-After header",
    ),
    Quirk(
        name="inclusive_amount",
        values=("gross", "net"),
        about="outside the US, the Amount of a TaxInclusive line sent without TaxInclusiveAmt: with its tax, or net",
    ),
    Quirk(
        name="ast_tax",
        values=("computed", "supplied"),
        about="a TotalTax sent under automated sales tax: gives way to the tax computed from addresses, or stands",
    ),
    Quirk(
        name="cdc_time_activity",
        values=("refuse", "accept"),
        about="TimeActivity in change data capture: not covered as documented, or covered as announced in 2021",
    ),
    Quirk(
        name="inactive_name",
        values=("taken", "free"),
        about="whether the name somebody had before being made inactive, when ' (deleted)' is added to it, stays taken",
    ),
    Quirk(
        name="payment_method_query",
        values=("accept", "refuse"),
        about="whether PaymentMethodRef of a Payment can be asked for in a query",
    ),
    Quirk(
        name="webhook_side_effects",
        values=("update", "none"),
        about="whether webhooks tell of what changed only along with another object: a paid invoice, a balance",
    ),
    Quirk(
        name="webhook_events",
        values=("once", "untidy"),
        about="webhook events each once and in order, or twice and out of order, as receivers must expect",
    ),
)
