"""Writes that came while another ran share one transaction; each fares as if it had gone alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, OperationalError

from clerk_app.domain.errors import Conflict, Locked, StoreFault
from clerk_app.ports.hall_queue import TakeTicket
from clerk_app.ports.stores_hall import HallUnit
from db.hall import shared
from support.hall import HallInHand, hall_in_hand
from support.postgres import cut_off

Work = Callable[[HallUnit], Any]


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        yield found


@pytest.fixture(autouse=True)
def no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine, too, all that fits into one transaction goes into it."""
    monkeypatch.setattr(shared, "_LONGEST_S", 60.0)


def writer(hall: HallInHand) -> Engine:
    engine: Engine = getattr(hall.store, "_writer", None) or hall.store._engine  # type: ignore[union-attr]
    return engine


@contextmanager
def commits(hall: HallInHand) -> Iterator[list[None]]:
    """One item for each transaction that was stored."""
    seen: list[None] = []
    engine, note = writer(hall), lambda connection: seen.append(None)
    event.listen(engine, "commit", note)
    yield seen
    event.remove(engine, "commit", note)


def at_once(hall: HallInHand, works: Sequence[Work]) -> list[Future[Any]]:
    """Run them when all of them wait, in this order, each for another window."""
    busy, go = threading.Event(), threading.Event()

    def hold(unit: HallUnit) -> None:
        busy.set()
        assert go.wait(20)

    with ThreadPoolExecutor(len(works) + 1) as pool:
        pool.submit(hall.store.write, hall.hall_id, "holder", hold)
        assert busy.wait(20)
        futures = []
        for number, work in enumerate(works, 1):
            futures.append(pool.submit(hall.store.write, hall.hall_id, f"window-{number}", work))
            while hall.store.writes_waiting < number:
                pass
        go.set()
    return futures


def take(hall: HallInHand) -> Work:
    group = hall.groups()[0].group_id
    return lambda unit: hall.desk.taking.take(unit, hall.kiosk(), TakeTicket(group)).ticket.number


def refused(after: Work) -> Work:
    def work(unit: HallUnit) -> None:
        after(unit)
        raise Locked("这一步现在不能做")

    return work


def mistaken(after: Work) -> Work:
    return lambda unit: (after(unit), 1 / 0)


def broken(after: Work) -> Work:
    """What the database itself refuses."""

    def work(unit: HallUnit) -> None:
        after(unit)
        unit._connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")  # type: ignore[attr-defined]

    return work


def partly(after: Work) -> Work:
    """A part that fails alone, then the rest."""

    def work(unit: HallUnit) -> Any:
        with pytest.raises(Conflict):
            unit.attempt(lambda: refused_part(unit))
        return after(unit)

    def refused_part(unit: HallUnit) -> None:
        after(unit)
        raise Conflict("别的窗口先办了")

    return work


def told(future: Future[Any]) -> str:
    error = future.exception()
    return type(error).__name__ if error is not None else "stored"


def test_what_waits_together_is_committed_together(hall: HallInHand) -> None:
    work = take(hall)
    assert hall.take().number == "A001", "the day is open"
    with commits(hall) as seen:
        futures = at_once(hall, [work] * 6)
    assert [one.result() for one in futures] == [f"A{number:03}" for number in range(2, 8)]
    assert len(seen) == 2, "the holder's and that of all six"
    assert hall.sequence() >= 6


@pytest.mark.parametrize("seed", range(6))
def test_each_fares_as_if_it_had_gone_alone(hall: HallInHand, seed: int) -> None:
    random = Random(seed)
    kinds: dict[Callable[[Work], Work] | None, str] = {
        None: "stored",
        partly: "stored",
        refused: "Locked",
        mistaken: "ZeroDivisionError",
    }
    if seed % 2:
        kinds[broken] = "broken"
    drawn = [random.choice(list(kinds)) for _ in range(9)]
    futures = at_once(hall, [take(hall) if kind is None else kind(take(hall)) for kind in drawn])
    found = [told(one) for one in futures]
    if broken in drawn:
        with pytest.raises((StoreFault, DBAPIError)) as alone:
            hall.write(broken(take(hall)))
        kinds[broken] = type(alone.value).__name__
    assert found == [kinds[kind] for kind in drawn]
    stored = [one.result() for one in futures if one.exception() is None]
    assert stored == [f"A{number:03}" for number in range(1, len(stored) + 1)], "none twice, none left out"
    assert hall.take().number == f"A{len(stored) + 1:03}"


def test_a_changed_setting_counts_for_what_comes_behind_it(hall: HallInHand) -> None:
    first, second = (group.group_id for group in hall.groups()[:2])
    hall.write(lambda unit: unit.setup.set_served("1", {first: 1.0}))
    hall.write(lambda unit: unit.setup.served("1"))

    def look(unit: HallUnit) -> dict[str, float]:
        return unit.setup.served("1")

    futures = at_once(hall, [look, lambda unit: unit.setup.set_served("1", {second: 1.0}), look, look])
    assert [one.result() for one in futures] == [{first: 1.0}, None, {second: 1.0}, {second: 1.0}]


def test_nobody_hears_of_it_before_it_is_stored(hall_place: Path | str) -> None:
    """The disk fills up at the commit: all are told, and nothing is there."""
    if isinstance(hall_place, str):
        pytest.skip("PostgreSQL's disk: test_hall_store_postgres")
    with hall_in_hand(hall_place) as hall:
        armed = [True]

        def full(connection: Any) -> None:
            if armed:
                armed.clear()
                raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

        def arm(unit: HallUnit) -> None:
            event.listen(writer(hall), "commit", full)

        futures = at_once(hall, [arm, take(hall), take(hall)])
        event.remove(writer(hall), "commit", full)
        assert not armed
        for one in futures:
            with pytest.raises(StoreFault, match="磁盘满了"):
                one.result()
        assert hall.take().number == "A001"


def test_a_connection_that_is_cut_amid_them_costs_nobody_anything(postgres_url: str) -> None:
    with hall_in_hand(postgres_url) as hall:
        cuts: list[int] = []
        work = take(hall)

        def cut(unit: HallUnit) -> Any:
            if not cuts:
                cuts.append(1)
                cut_off(postgres_url)
            return work(unit)

        with commits(hall) as seen:
            futures = at_once(hall, [work, work, cut, work])
        assert [one.result() for one in futures] == ["A001", "A002", "A003", "A004"]
        assert cuts
        assert len(seen) == 5, "the holder's, then each alone"
