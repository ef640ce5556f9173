"""R7: what is blocked is exactly what depends, directly or through others, on what failed."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from qbclean.errors import RefusedError
from qbclean.model.locks import Locks
from qbclean.workflow.execute import execute
from tests.builders import a_payment, a_snapshot, an_invoice
from tests.unit.workflow.desk import a_desk, apply_to

SIZE = 12
BOOKS = a_snapshot(
    *[an_invoice(str(300 + n), total="10.00", number=f"N{n}") for n in range(SIZE)],
    *[a_payment(str(600 + n), total="10.00") for n in range(SIZE)],
)
PLAIN = [apply_to(BOOKS, str(600 + n), str(300 + n)) for n in range(SIZE)]

graphs = st.lists(st.lists(st.integers(0, SIZE - 1), max_size=3, unique=True), min_size=SIZE, max_size=SIZE).map(
    lambda edges: [[needed for needed in row if needed < place] for place, row in enumerate(edges)]
)


@given(graph=graphs, failing=st.sets(st.integers(0, SIZE - 1), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_the_blocked_are_the_transitive_dependants_exactly_r7(graph, failing):
    desk = a_desk(BOOKS)
    actions = [
        msgspec.structs.replace(action, depends_on=tuple(PLAIN[needed].id for needed in graph[place]))
        for place, action in enumerate(PLAIN)
    ]
    send = desk.quickbooks.send
    refused = {PLAIN[place].requests[0].request_id for place in failing}

    def choosy(request):
        if request.request_id in refused:
            raise RefusedError("No.", status=400, code="6000")
        return send(request)

    desk.quickbooks.send = choosy
    execution = execute(actions, run=desk.start_run(), locks=Locks(), ports=desk.ports)
    blocked: set[int] = set()
    for place in range(SIZE):
        if any(needed in failing or needed in blocked for needed in graph[place]):
            blocked.add(place)
    expected = {
        PLAIN[place].id: "blocked" if place in blocked else "refused" if place in failing else "done"
        for place in range(SIZE)
    }
    assert {outcome.action_id: outcome.state for outcome in execution.outcomes} == expected
