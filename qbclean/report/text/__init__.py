"""What a terminal shows, as rich renderables: one function per thing shown, nothing printed here."""

from qbclean.report.text.action import action_detail
from qbclean.report.text.check import check_result
from qbclean.report.text.decisions import decision_counts, decision_table
from qbclean.report.text.diff import plan_changes
from qbclean.report.text.log import chain_result, document_history, run_detail, run_list
from qbclean.report.text.plan import plan_overview, plan_totals, writes_of
from qbclean.report.text.run import proof_table, recovery_result, run_result, undo_overview

__all__ = [
    "action_detail",
    "chain_result",
    "check_result",
    "decision_counts",
    "decision_table",
    "document_history",
    "plan_changes",
    "plan_overview",
    "plan_totals",
    "proof_table",
    "recovery_result",
    "run_detail",
    "run_list",
    "run_result",
    "undo_overview",
    "writes_of",
]
