"""What is found and handed to the plan: a finding, the proposals that would mend it, and where both stand in it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from qbclean.actions.proposal import Proposal
from qbclean.model.finding import Finding


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """`stage` is the place of the detector among all, `party` names whose affair it is: a plan is ordered by the two.

    A party is never worked out in two slices, so the order does not depend on how the company is cut into slices.
    """

    stage: int
    party: str
    finding: Finding
    proposals: Sequence[Proposal] = ()
