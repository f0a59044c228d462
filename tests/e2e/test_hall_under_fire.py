"""A small hall of real processes is shot at: whatever dies, everybody who took a number is served, and once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from support.hall_chaos import Plan, campaign
from support.postgres import PostgresServer

PLAN = Plan(
    windows=5,
    kiosks=1,
    waiting=80,
    taken=20,
    server_kills=1,
    window_kills=3,
    kiosk_kills=1,
    patience_s=200,
)


@pytest.mark.timeout(300)
def test_nobody_is_called_twice_lost_or_stuck_when_server_and_windows_are_killed(tmp_path: Path) -> None:
    outcome = campaign(tmp_path / "hall", PLAN, seed=20261126)
    assert outcome.wrong == []
    assert (outcome.doubled, outcome.lost, outcome.stuck) == (0, 0, 0)
    assert outcome.points == PLAN.server_kills + PLAN.window_kills + PLAN.kiosk_kills
    # A kiosk that was killed between the commit and its log has given a number that nobody holds: it is served too.
    assert outcome.tickets >= PLAN.waiting + PLAN.taken
    assert outcome.draws > 0


@pytest.mark.timeout(300)
def test_neither_when_two_servers_share_a_database_that_is_killed_too(
    tmp_path: Path, durable_postgres: PostgresServer
) -> None:
    plan = replace(PLAN, waiting=60, window_kills=2, kiosk_kills=0, servers=2, database_kills=1)
    outcome = campaign(tmp_path / "hall", plan, 20261127, durable_postgres)
    assert outcome.wrong == []
    assert (outcome.doubled, outcome.lost, outcome.stuck) == (0, 0, 0)
    assert outcome.points == plan.server_kills + plan.window_kills + plan.kiosk_kills + plan.database_kills
    assert outcome.tickets >= plan.waiting + plan.taken
    assert outcome.draws > 0
