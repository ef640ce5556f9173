"""What is not known about documents: voids, links, closed books, numbers, references, tax."""

from __future__ import annotations

from qbclean.sandbox.uncertainties.quirk import Quirk

DOCUMENTS = (
    Quirk(
        "void_linked",
        ("refuse", "unlink"),
        "void of an invoice with payments: refused with 6000, or every link cleared and the money unapplied",
    ),
    Quirk(
        "delete_linked",
        ("refuse", "620", "unlink"),
        "delete of a linked invoice or an applied credit memo: refused with 6000 or with 620, or unlinked first",
    ),
    Quirk(
        "void_unsupported",
        ("observed", "refuse"),
        "void of what has none: as observed (Bill: HTTP 200 with a SystemFault; JournalEntry: HTTP 200, nothing"
        " happens; others 400 with code 500), or 400 with code 500 for all",
    ),
    Quirk(
        "void_note",
        ("dash", "space", "newline"),
        "what stands between 'Voided' and the private note that was there before",
    ),
    Quirk(
        "unvoid",
        ("accept", "refuse"),
        "a full update with lines of a voided invoice: an ordinary edit, or refused with 6000",
    ),
    Quirk(
        "over_application",
        ("refuse", "drop", "cap"),
        "a payment line above the open balance: refused with 6000, dropped with HTTP 200, or cut to the balance",
    ),
    Quirk(
        "lines_exceed",
        ("6000", "2140", "6070"),
        "code of a payment whose lines come to more than its total and credits",
    ),
    Quirk(
        "customer_mismatch",
        ("refuse", "drop"),
        "a payment line to another customer's document: refused with 6000, or dropped with HTTP 200",
    ),
    Quirk(
        "parent_payment",
        ("family", "bill_with_parent", "same"),
        "whose documents a parent's payment may pay: any job below it, jobs billed with it, only its own",
    ),
    Quirk(
        "move_customer",
        ("accept", "refuse"),
        "a payment that changes its customer while it has links: accepted with new lines, or refused",
    ),
    Quirk(
        "payment_update",
        ("lenient", "demanding"),
        "whether an update of a payment, even a sparse one, has to name CustomerRef and TotalAmt (else 2020)",
    ),
    Quirk(
        "side_effect_token",
        ("keep", "bump"),
        "SyncToken of an invoice when a payment is applied to it: unchanged, or plus one",
    ),
    Quirk(
        "auto_apply_credit",
        ("off", "on", "later"),
        "whether AutoApplyCredit also applies credits to documents made through the API: not at all, as part of the"
        " write, or right after its answer",
    ),
    Quirk(
        "paid_bill",
        ("void", "refuse"),
        "a bill payment for a bill that is already paid: made without lines and voided, as observed, or refused"
        " with 6000",
    ),
    Quirk(
        "closed_code",
        ("6210", "6200"),
        "code of a refusal by the closing date: with a closing password set, or without",
    ),
    Quirk(
        "apply_to_closed",
        ("accept", "refuse"),
        "a payment of today applied to an invoice of the closed period: accepted, or refused like an edit",
    ),
    Quirk(
        "closed_and_deposited",
        ("6210", "6540"),
        "which refusal comes first for deposited money of the closed period",
    ),
    Quirk(
        "reconciled_edit",
        ("accept", "refuse"),
        "an edit of a reconciled transaction: accepted, or refused with 6480",
    ),
    Quirk(
        "matched_delete",
        ("refuse", "accept"),
        "a delete of what is matched with the bank feed (state Cleared): refused with 6480, or done",
    ),
    Quirk(
        "warn_duplicate_number",
        ("on", "off"),
        "the company's 'warn on duplicate number' setting, which the API does not show",
    ),
    Quirk("voided_number", ("taken", "free"), "whether the number of a voided document counts as used"),
    Quirk(
        "inactive_name",
        ("taken", "free"),
        "whether the name somebody had before being made inactive, when ' (deleted)' is added to it, stays taken",
    ),
    Quirk("reference_names", ("filled", "missing"), "whether references are answered with their names"),
    Quirk("addresses", ("kept", "flattened"), "addresses as they were sent, or as lines only and without a place"),
    Quirk("unknown_reference", ("2500", "610"), "code of a reference to an id that does not exist"),
    Quirk("inactive_reference", ("610", "2500"), "code of a reference to an inactive object"),
    Quirk("tie_rounding", ("half_up", "half_even"), "how half a cent of Qty × UnitPrice is rounded"),
    Quirk(
        "ast_tax",
        ("computed", "supplied"),
        "a TotalTax sent under automated sales tax: gives way to the tax computed from addresses, or stands",
    ),
    Quirk(
        "inclusive_amount",
        ("gross", "net"),
        "outside the US, the Amount of a TaxInclusive line sent without TaxInclusiveAmt: with its tax, or net",
    ),
)
