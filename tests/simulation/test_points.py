"""One day, cut off at its moments: the list is whole, and after each cut everything holds."""

from __future__ import annotations

import pytest

from simulation.points import PARTS, in_a_process

pytestmark = pytest.mark.timeout(600)


def test_nothing_is_lost_doubled_or_printed_twice_wherever_the_power_fails() -> None:
    found = in_a_process("--parts", str(PARTS))
    assert not found.wrong, "\n".join(found.wrong)
    assert found.cut == list(range(0, len(found.points), PARTS))
    assert found.records > 20


def test_the_list_has_every_commit_sheet_and_message_of_the_day() -> None:
    found = in_a_process("--parts", "0")
    kinds = found.kinds()
    assert found.cut == []
    assert kinds["commit before"] == kinds["commit after"] > 100
    assert kinds["print before"] == kinds["print after"] > 5
    assert kinds["fsync before"] == kinds["fsync after"] > 0
    assert kinds["request before"] >= kinds["handling before"] == kinds["handling after"] > 50
    nodes = {point["node"] for point in found.points}
    assert nodes >= {"server", "1", "2", "21", "kiosk"}
