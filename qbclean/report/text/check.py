"""What a check found, kind by kind, on the terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rich.console import RenderableType

from qbclean.model.finding import Finding, FindingKind
from qbclean.model.money import total
from qbclean.model.plan import Plan
from qbclean.model.reconciliation import Reconciliation
from qbclean.report.text.layout import BLANK, line, page, table, title
from qbclean.report.text.reconciliation import reconciliation_parts
from qbclean.report.words import FINDINGS, day, dollars, findings, sentence


def check_result(plan: Plan, explained: Reconciliation, *, every: bool = False) -> RenderableType:
    """The difference explained, then the findings by kind; `every` row and finding when asked, else the largest."""
    head = title(f"{plan.company.name}: QuickBooks against the CRM", note=f"as of {day(plan.as_of)}")
    parts = reconciliation_parts(explained, every=every)
    if not plan.findings:
        return page(head, BLANK, *parts, line("No findings: the CRM and QuickBooks tell the same story.", "green"))
    groups = by_kind(plan.findings)
    return page(
        head,
        BLANK,
        *parts,
        title("Findings"),
        table(
            ("found>", "", "dollars>", "mended by the plan>"),
            [
                (f"{len(group):,}", _words(kind, group), dollars(total(f.amount for f in group)), f"{_mended(group):,}")
                for kind, group in groups
            ],
        ),
        *(part for kind, group in groups for part in _listed(kind, group, None if every else 5)),
    )


def by_kind(found: Sequence[Finding]) -> list[tuple[FindingKind, list[Finding]]]:
    """Findings grouped in the order of the vocabulary, the largest amount first (ties by id)."""
    groups: dict[FindingKind, list[Finding]] = defaultdict(list)
    for finding in found:
        groups[finding.kind].append(finding)
    return [
        (kind, sorted(groups[kind], key=lambda finding: (-finding.amount, finding.id)))
        for kind in FINDINGS
        if kind in groups
    ]


def _words(kind: FindingKind, group: Sequence[Finding]) -> str:
    return FINDINGS[kind][0 if len(group) == 1 else 1]


def _mended(group: Sequence[Finding]) -> int:
    return sum(1 for finding in group if finding.actions)


def _listed(kind: FindingKind, group: Sequence[Finding], limit: int | None) -> list[RenderableType]:
    shown = group[:limit]
    more = len(group) - len(shown)
    rows = [(dollars(finding.amount), finding.customer, in_words(finding)) for finding in shown]
    parts: list[RenderableType] = [BLANK, title(findings(kind, len(group))), table(("dollars>", "customer", ""), rows)]
    if more:
        parts.append(line(f"  and {more:,} more: `qbclean check --all`", "dim"))
    return parts


def in_words(finding: Finding) -> str:
    """What is wrong and, where nothing is proposed, why and what a person should do."""
    return " ".join(sentence(words) for words in (finding.summary, finding.no_action) if words)
