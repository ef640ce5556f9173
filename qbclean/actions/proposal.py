"""What an action kind hands to the plan: the writes it compiles to and everything a reviewer needs to judge them.

The plan builder adds what only the whole plan knows: order, SyncTokens after earlier actions, before and after, effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import msgspec

from qbclean.model.action import ActionKind, Tier, Undo
from qbclean.model.evidence import EvidenceFile
from qbclean.model.refs import CrmRef, DocumentRef
from qbclean.model.write import MARKER, DocumentWrite


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """A document the action relies on and what it is to the action ("duplicate", "survivor", "payment", …).

    `ref.id` may be `${ACTION.Id}` for a document another action creates.
    """

    name: str
    ref: DocumentRef


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """How sure we are and on what grounds. A `hold_reason` says why nothing is safe, and what a person should do."""

    tier: Tier
    evidence: EvidenceFile = EvidenceFile()
    crm: tuple[CrmRef, ...] = ()
    depends_on: tuple[str, ...] = ()
    settles: str = ""
    hold_reason: str = ""

    def held(self, reason: str) -> Judgement:
        """The same grounds, but not to be carried out; an earlier reason stays."""
        return msgspec.structs.replace(self, tier="hold", hold_reason=self.hold_reason or reason) if reason else self

    def doubted(self, doubt: str) -> Judgement:
        """The same grounds with one more doubt for a person to settle; the same judgement for ""."""
        if not doubt:
            return self
        return msgspec.structs.replace(
            self, tier=lowest((self.tier, "review")), settles=" ".join(filter(None, (self.settles, doubt)))
        )


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One proposed action. The writes of one on hold are never put into a plan."""

    id: str
    kind: ActionKind
    summary: str
    amount: Decimal
    customer_id: str
    roles: tuple[Role, ...]
    writes: tuple[DocumentWrite, ...]
    judgement: Judgement
    undo: Undo
    risks: tuple[str, ...] = ()
    crm_step: str = ""


def created_id(action_id: str) -> str:
    """Stands in a request for the Id of the document that `action_id` creates."""
    return f"${{{action_id}.Id}}"


def changed_token(action_id: str) -> str:
    """Stands in a request for the SyncToken its document has after an earlier write of `action_id`."""
    return f"${{{action_id}.SyncToken}}"


def marked(action_id: str, note: str) -> str:
    """A PrivateNote that lets a document we created be found again after a lost reply (S19)."""
    return f"{note} [{MARKER} {action_id}]"


def lowest(tiers: Iterable[Tier]) -> Tier:
    """The most cautious of several tiers."""
    order: tuple[Tier, ...] = ("hold", "review", "recommended")
    return min(tiers, key=order.index, default="recommended")


CRM_STEP = "In the CRM, make sure that no record points at QuickBooks invoice {} and that it is not exported again."
"""What keeps a cancelled copy from coming back with the next sync (S26)."""
