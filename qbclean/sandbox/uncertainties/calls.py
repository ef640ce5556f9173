"""What is not known about calls: request ids, batches, sign-in, limits, queries, changes, webhooks."""

from __future__ import annotations

from qbclean.sandbox.uncertainties.quirk import Quirk

CALLS = (
    Quirk(
        "replay",
        ("stored", "forget", "600"),
        "a known request id: the stored answer, work done anew, or refused with code 600",
    ),
    Quirk("replay_errors", ("forget", "stored"), "whether a refusal is remembered under its request id"),
    Quirk(
        "replay_other_body",
        ("old_answer", "refuse"),
        "a known request id with another body: the old answer, or refused with 600",
    ),
    Quirk("replay_memory", ("forever", "day"), "how long a request id is remembered"),
    Quirk("long_request_id", ("2130", "6000"), "code of a request id of more than 50 characters"),
    Quirk(
        "batch_replay",
        ("stored", "6000"),
        "a known request id and bId in a batch: the stored answer, or a 6000 fault for the item",
    ),
    Quirk(
        "batch_void",
        ("accept", "refuse"),
        "void inside a batch: done as client libraries report, or refused with code 500",
    ),
    Quirk(
        "batch_objects",
        ("cut", "refuse"),
        "queries of a batch that come to more than 1,000 objects with its writes: the later ones return fewer"
        " rows, or fault with 10100",
    ),
    Quirk(
        "batch_order",
        ("given", "reversed"),
        "order in which a batch is carried out and answered, on which nobody may rely",
    ),
    Quirk(
        "rotate_refresh",
        ("daily", "every"),
        "when a refresh returns a new refresh token: once the old one is a day old, or at every refresh",
    ),
    Quirk(
        "invalid_grant",
        ("described", "bare"),
        "whether the token endpoint's refusals say more than the error's word",
    ),
    Quirk("forbidden_type", ("SERVICE", "AUTHORIZATION"), "the type of a 403's fault"),
    Quirk("fault_time", ("present", "absent"), "whether the envelope of a refusal has a time"),
    Quirk("accept_any", ("json", "xml"), "what `Accept: */*` gets; no Accept header at all gets XML"),
    Quirk(
        "line_ex",
        ("ignore", "refuse"),
        "a LineEx block sent back as it came: ignored like other read-only fields, or refused with 2010",
    ),
    Quirk("ten_per_second", ("off", "on"), "whether 10 requests a second is enforced besides 500 a minute"),
    Quirk("report_limit", ("off", "on"), "whether more than 200 reports a minute are throttled"),
    Quirk(
        "throttle_body",
        ("json", "lowercase", "xml"),
        "body of a 429 answer: the Fault object, the gateway's lower-case one, or XML",
    ),
    Quirk("retry_after", ("absent", "present"), "whether a 429 answer carries a Retry-After header"),
    Quirk("query_order", ("ascending", "descending"), "order of a query without ORDERBY"),
    Quirk(
        "not_equal",
        ("accounts", "refuse", "accept"),
        "the operator != in a query: taken for Account, where a client library's own tests use it against Intuit,"
        " and elsewhere a parse error as documented; a parse error everywhere; or taken everywhere",
    ),
    Quirk(
        "taxcode_rows",
        ("extra", "exact"),
        "whether TaxCode queries return the US pseudo-codes on top of MAXRESULTS",
    ),
    Quirk("total_count", ("absent", "present"), "whether a page of rows tells how many there are in all"),
    Quirk("max_results", ("cut", "refuse"), "MAXRESULTS above 1000: cut to 1000, or refused with 4001"),
    Quirk("id_compare", ("accept", "refuse"), "whether Id can be compared otherwise than by = and IN"),
    Quirk("id_order", ("number", "text"), "whether ORDERBY Id sorts ids as numbers or as text"),
    Quirk(
        "payment_method_query",
        ("accept", "refuse"),
        "whether PaymentMethodRef of a Payment can be asked for in a query",
    ),
    Quirk(
        "cdc_old",
        ("accept", "refuse", "truncate"),
        "changedSince of more than 30 days ago: answered in full, refused with 4001, or cut to 30 days",
    ),
    Quirk(
        "cdc_time_activity",
        ("refuse", "accept"),
        "TimeActivity in change data capture: not covered as documented, or covered as announced in 2021",
    ),
    Quirk(
        "cdc_since",
        ("inclusive", "exclusive"),
        "whether change data capture returns what changed in the very second of changedSince",
    ),
    Quirk("cdc_no_offset", ("company", "utc"), "what time zone a changedSince without an offset is in"),
    Quirk("cdc_full", ("oldest", "newest"), "which changes come where there are more than 1,000"),
    Quirk("report_cells", ("unlimited", "400000"), "whether a report of more than 400,000 cells is refused with 10100"),
    Quirk(
        "webhook_side_effects",
        ("update", "none"),
        "whether webhooks tell of what changed only along with another object: a paid invoice, a balance",
    ),
    Quirk(
        "webhook_events",
        ("once", "untidy"),
        "webhook events each once and in order, or twice and out of order, as receivers must expect",
    ),
)
