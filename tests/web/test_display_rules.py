"""The page's own copies of two rules do what the program's do: following the feed, and the queue of what is said."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pydantic import TypeAdapter

from clerk_app.domain.announcing import Announcer, SpokenCall, VoiceRules
from clerk_app.domain.queue import TicketState
from clerk_app.ports.clock import BEIJING
from clerk_app.ports.feed import FeedCursor, FeedEntry
from clerk_app.ports.hall_queue import CalledNumber, GroupWaiting, HallSnapshot
from clerk_app.server.web import web_files
from clerk_app.services.callboard import CallBoard
from support.browser import address, page_of
from support.halls import PROFILE
from support.server import ServerProcess

START = datetime(2026, 11, 23, 10, 0, tzinfo=BEIJING)
KINDS = ("taken", "called", "recalled", "started", "missed", "miss_undone", "finished", "cancelled", "transferred")


@pytest.fixture(scope="module")
def page(chrome: Browser, running: ServerProcess) -> Iterator[Page]:
    opened = page_of(chrome)
    opened.goto(f"{address(running)}/display")
    yield opened
    opened.context.close()


def module(name: str) -> str:
    return f"/display/web/{web_files('display').version}/{name}"


def wire(kind: Any, value: Any) -> Any:
    """As it comes over the wire."""
    return TypeAdapter(kind).dump_python(value, mode="json")


def a_snapshot(draw: random.Random) -> HallSnapshot:
    groups = tuple(
        GroupWaiting(f"g{at}", "ABC"[at], f"第 {at} 组", "", "", draw.randint(0, 9), draw.randint(0, 3), None, 0, 600)
        for at in range(3)
    )
    recent = tuple(
        CalledNumber(
            *(f"r{at}", f"R{at:03d}", f"g{at % 3}", str(at + 1)),
            *(draw.choice([TicketState.CALLED, TicketState.MISSED, TicketState.FINISHED]), False, 0),
            *(START - timedelta(seconds=at + 1), START - timedelta(seconds=at + 1)),
        )
        for at in range(draw.randint(0, 12))
    )
    return HallSnapshot(FeedCursor("e", 100, "m"), START, PROFILE, groups, recent, 0, 0)


def entries(draw: random.Random, count: int) -> tuple[FeedEntry, ...]:
    states = list(TicketState)

    def one(at: int) -> FeedEntry:
        who = draw.choice([f"t{draw.randint(0, 30)}", f"r{draw.randint(0, 11)}"])
        return FeedEntry(
            feed_no=95 + at,
            mark="m",
            kind=draw.choice([f"ticket.{draw.choice(KINDS)}"] * 9 + ["login"]),
            subject=who,
            at=START + timedelta(seconds=at),
            window_no=str(draw.randint(1, 20)),
            number=who.upper(),
            group_id=f"g{draw.randint(0, 3)}",
            state=draw.choice([None, *states]),
            is_priority=draw.random() < 0.3,
            recalls=draw.randint(0, 2),
            was=draw.choice([None, *states]),
            from_group=draw.choice([None, "g0", "g1"]),
        )

    return tuple(one(at) for at in range(count))


FOLLOW = """
async ([path, snapshot, entries, later]) => {
  const { CallBoard } = await import(path);
  const board = new CallBoard();
  board.show(snapshot, true);
  const called = board.apply(entries).map((line) => line.ticket_id);
  const older = board.show(later, false);
  return { called, older, calls: board.calls, groups: Array.from(board.groups.values()) };
}
"""


@pytest.mark.parametrize("seed", range(12))
def test_the_page_follows_the_feed_as_the_program_does(page: Page, seed: int) -> None:
    draw = random.Random(seed)
    snapshot, later, told = a_snapshot(draw), a_snapshot(draw), entries(draw, 120)
    board = CallBoard()
    board.show(snapshot, anew=True)
    expected = {
        "called": [line.ticket_id for line in board.apply(told)],
        "older": board.show(later),
        "calls": wire(tuple[CalledNumber, ...], board.calls),
        "groups": wire(tuple[GroupWaiting, ...], board.groups),
    }
    sent = [wire(HallSnapshot, snapshot), wire(tuple[FeedEntry, ...], told), wire(HallSnapshot, later)]
    assert page.evaluate(FOLLOW, [module("callboard.js"), *sent]) == expected


SAY = """
async ([path, rules, steps]) => {
  const { Announcer } = await import(path);
  const announcer = new Announcer(rules);
  return steps.map(([step, value, now]) => {
    if (step === "call") {
      announcer.call(value);
    } else if (step === "gone") {
      announcer.heed((call) => call.ticket !== value);
    } else if (step === "ended") {
      announcer.ended();
    } else {
      const reading = announcer.next(now);
      return reading && [reading.call.ticket, reading.call.window, reading.call.recall, reading.chime];
    }
    return null;
  });
}
"""


@pytest.mark.parametrize("seed", range(12))
def test_the_page_says_what_the_program_says(page: Page, seed: int) -> None:
    draw = random.Random(seed)
    rules = VoiceRules()
    announcer = Announcer(rules)
    steps: list[list[Any]] = []
    expected: list[Any] = []
    second = 0
    for _ in range(200):
        second += draw.randint(0, 9)
        now = START + timedelta(seconds=second)
        step = draw.choice(["call", "call", "gone", "next", "next", "ended"])
        answer = None
        if step == "call":
            who, window, recalls = f"t{draw.randint(0, 9)}", str(draw.randint(1, 5)), draw.randint(0, 1)
            announcer.call(SpokenCall(who, who, window, now, recalls > 0), second)
            line = CalledNumber(who, who, "g", window, TicketState.CALLED, False, recalls, now, now)
            steps.append([step, wire(CalledNumber, line), 0])
        elif step == "gone":
            who = f"t{draw.randint(0, 9)}"
            announcer.heed({who: None})
            steps.append([step, who, 0])
        elif step == "ended":
            announcer.ended()
            steps.append([step, None, 0])
        else:
            saying = announcer.next(now, second)
            if saying is not None:
                call = saying.call
                answer = [call.ticket_id, call.window_no, call.recall, saying.chime]
            steps.append([step, None, now.timestamp() * 1000])
        expected.append(answer)
    told = {"repeats": rules.repeats, "busy_from": rules.busy_from, "late_s": rules.late.total_seconds()}
    assert page.evaluate(SAY, [module("announcer.js"), told, steps]) == expected
    assert any(expected)
