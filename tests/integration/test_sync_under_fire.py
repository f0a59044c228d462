"""Windows, network and server that fail at random, as real processes: nothing that was printed is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.sync_fire import Fire, FirePlan


@pytest.mark.timeout(400)
def test_every_printed_record_is_at_the_server_once_and_the_same_whatever_the_network_did(tmp_path: Path) -> None:
    plan = FirePlan()
    outcome = Fire(tmp_path / "fire", plan, seed=20261126).run()
    assert outcome.wrong == []
    assert outcome.records == plan.windows * plan.cases
    assert outcome.sheets >= outcome.records
    assert outcome.kills == plan.server_kills + plan.window_kills
    assert len(outcome.fates) > 5
