"""What state machines share that write to a sandbox at random: the sandbox, a caller, and how answers are read."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from qbclean.sandbox.sandbox import Settings
from qbclean.sandbox.server import RunningSandbox
from tests.contract.sandbox.caller import Answer, Caller, Wire

CODES = {None, "2020", "2290", "5010", "6000", "6540", "610"}
"""How a write may be refused; anything else is a fault of the sandbox."""


class RandomWrites(RuleBasedStateMachine):
    """A sandbox of one made-up company without documents."""

    def __init__(self) -> None:
        super().__init__()
        options = Settings(documents=False, throttle=False, today=date(2026, 11, 20))
        self.running = RunningSandbox(options).start()
        self.caller = Caller(self.running.ready)

    def teardown(self) -> None:
        self.caller.close()
        self.running.stop()

    def some(self, data: st.DataObject, entity: str) -> Wire | None:
        """Return one of the documents of an entity, None where there is none."""
        order = self.running.sandbox.company.tables[entity].order
        return self.caller.read(entity, data.draw(st.sampled_from(order))) if order else None

    def post(self, path: str, body: Any, **params: str) -> Answer:
        """Write, and expect no refusal but those of `CODES`."""
        answer = self.caller.post(path, body, **params)
        assert answer.code in CODES, answer.text
        return answer

    def last_row(self, report: str, **params: str) -> list[str]:
        """Return the cells of a report's last line, empty ones where it has none."""
        rows = self.caller.get(f"reports/{report}", **params).json["Rows"].get("Row") or [{}]
        cells = rows[-1].get("Summary", {}).get("ColData", ())
        return [cell["value"] for cell in cells] or ["", "", ""]
