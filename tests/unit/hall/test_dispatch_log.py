"""A day at a hall passes the check of its dispatch; whatever is bent in its log, the journal or a draw is found."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clerk_app.crypto.provider import NationalCrypto
from clerk_app.domain import dispatch
from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.dispatch_check import check
from clerk_app.domain.dispatch_report import Report, log_digest
from clerk_app.domain.errors import NotFound
from clerk_app.domain.queue import PriorityClass
from clerk_app.ports.hall_queue import CardPerson, TakeTicket
from clerk_app.ports.hall_running import BookSlot, CheckIn, EmergencyVisit
from clerk_app.services.hall.dispatch_log import Verified, as_file
from clerk_app.services.hall.tools import system_actor
from db.hall.journal import SqlJournal
from support.hall import HallInHand, SeededEntropy, hall_in_hand
from support.queue_day import played_day

CRYPTO = NationalCrypto(SeededEntropy())
SEED = 4
"""A day with both kinds of draw, a repeat, walk-ins, holds, no-shows, transfers and a change of the rules."""

Log = dict[str, Any]


def checked(log: Log) -> Report:
    return check(log, CRYPTO.mac, CRYPTO.digest)


def resealed(log: Log) -> Log:
    """As somebody would publish it who changed it and made the digest anew."""
    return log | {"digest": log_digest(log, CRYPTO.digest)}


def verified(hall: HallInHand) -> Verified:
    day = hall.read(hall.desk.days.today)
    return hall.read(lambda unit: hall.desk.dispatch.verify(unit, system_actor(hall.hall_id), day))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """The log of a closed day."""
    with hall_in_hand(tmp_path_factory.mktemp("hall"), SEED) as hall:
        played_day(hall, SEED, 160).close()
        found = verified(hall)
        assert not found.report.findings
        return json.loads(json.dumps(as_file(found.log)))


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """The log of a short day, for what has to be tried at every field."""
    with hall_in_hand(tmp_path_factory.mktemp("hall"), SEED) as hall:
        played_day(hall, SEED, 70).close()
        return json.loads(json.dumps(as_file(verified(hall).log)))


# --- honest days ----------------------------------------------------------------------------------------------
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), steps=st.integers(20, 160))
def test_an_honest_day_passes_whatever_happened_in_it(
    tmp_path_factory: pytest.TempPathFactory, seed: int, steps: int
) -> None:
    with hall_in_hand(tmp_path_factory.mktemp("hall"), seed) as hall:
        day = played_day(hall, seed, steps)
        assert [str(one) for one in verified(hall).report.findings] == []
        day.close()
        found = verified(hall)
        assert [str(one) for one in found.report.findings] == []
        assert found.report.sealed
        assert found.chain.broken_at is None


def test_every_kind_of_draw_is_in_the_day_that_is_bent_here(log: Log) -> None:
    report = checked(log)
    kinds = {entry["draw"]["kind"] for entry in log["entries"] if "draw" in entry}
    assert kinds == {"ticket", "window"}
    assert report.sealed
    assert report.draws.draws > report.draws.alone > 0
    assert sum(share.draws for share in (*report.by_load.values(), *report.by_free.values())) == report.draws.draws


def test_a_server_that_stands_still_between_a_draw_and_its_entry_has_drawn_rightly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A starved machine wrote the entry of a draw more than five seconds after it."""
    draw = dispatch.draw
    with hall_in_hand(tmp_path) as hall:

        def and_stand_still(*args: Any) -> dispatch.Draw:
            drawn = draw(*args)
            hall.clock.move(seconds=30)
            return drawn

        monkeypatch.setattr(dispatch, "draw", and_stand_still)
        for _ in range(3):
            hall.take()
        called = hall.call("1")
        assert called is not None
        hall.sequence()
        found = verified(hall)
        assert [str(one) for one in found.report.findings] == []
        assert found.report.draws.draws == 1
        entry = next(one for one in found.log.entries if one["kind"] == "ticket.called")
        assert datetime.fromisoformat(entry["at"]) == called.called_at


def test_a_day_that_is_not_closed_is_checked_without_its_secret(tmp_path: Path) -> None:
    with hall_in_hand(tmp_path, SEED) as hall:
        played_day(hall, SEED, 60)
        found = verified(hall)
        assert not found.report.sealed
        assert found.log.day.secret == ""
        assert not found.report.findings
        assert "secret" not in json.dumps(as_file(found.log)["entries"])


def test_appointments_emergency_numbers_and_a_new_group_pass_as_well(tmp_path: Path) -> None:
    with hall_in_hand(tmp_path, SEED) as hall:
        manager, platform = hall.actor(None, Role.MANAGER), hall.actor(None, Role.PLATFORM)
        first = hall.groups()[0]
        kiosk = hall.enrolled(DeviceKind.KIOSK, None)[0].actor
        block = hall.write(lambda unit: hall.desk.emergency.blocks.reserve(unit, kiosk))
        for number in range(3):
            card = CardPerson("王五", f"11010119900307{number:04d}", date(1990, 3, 7))
            wish = BookSlot(first.group_id, hall.clock.now() + timedelta(minutes=30), card)
            booked = hall.write(lambda unit, wish=wish: hall.desk.appointments.book(unit, platform, wish))
            arrival = CheckIn(code=booked.code)
            hall.write(lambda unit, arrival=arrival: hall.desk.appointments.check_in(unit, kiosk, arrival))
        hall.take()
        added = replace(first, group_id="", prefix="K", name="新的一组", start=201, position=0)
        group = hall.write(lambda unit: hall.desk.hall_groups.set(unit, manager, added))
        hall.write(lambda unit: hall.desk.taking.take(unit, kiosk, TakeTicket(group.group_id)))
        taken_at = hall.clock.now() - timedelta(minutes=5)
        for number in (block.first, block.first + 1):
            told = f"018f0000-0000-7000-8000-{number:012d}"
            visit = EmergencyVisit(told, f"Y{number}", first.group_id, taken_at)
            hall.write(lambda unit, visit=visit: hall.desk.emergency.merge(unit, kiosk, visit))
        assert (calls_now := [hall.call(window) for window in ("1", "2", "3", "12")])
        assert None not in calls_now
        assert hall.call("5") is None
        # The window that waits free gets an appointment as soon as its time has come.
        hall.clock.move(minutes=31)
        hall.write(lambda unit: hall.desk.counters.here(unit, hall.actor("5")))
        assert hall.desk.matcher.sweep(hall.store, hall.hall_id) == 1
        hall.write(lambda unit: hall.desk.days.close(unit, manager, True))
        hall.sequence()
        report = verified(hall).report
        assert [str(one) for one in report.findings] == []
        assert report.merged == 2
        assert report.draws.draws == 5


def test_a_day_without_numbers_has_no_log(tmp_path: Path) -> None:
    with hall_in_hand(tmp_path) as hall, pytest.raises(NotFound, match="没有开门记录"):
        verified(hall)


def test_nobody_is_named_in_the_log(log: Log) -> None:
    text = json.dumps(log, ensure_ascii=False)
    assert "user-" not in text
    assert "王晓梅" not in text
    assert "device" not in text


def test_the_share_of_single_candidates_is_told_by_load(tmp_path: Path) -> None:
    with hall_in_hand(tmp_path) as hall:
        for count in (1, 2):
            for _ in range(count):
                hall.take()
            while (ticket := hall.call()) is not None:
                hall.finish(ticket)
            hall.clock.move(minutes=2)
        hall.sequence()
        report = verified(hall).report
        assert (report.by_load["1"].draws, report.by_load["1"].alone) == (2, 2)
        assert (report.by_load["2-5"].draws, report.by_load["2-5"].alone) == (1, 0)


# --- bent logs ------------------------------------------------------------------------------------------------
Path_ = tuple[str | int, ...]


def leaves(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Where every single value stands."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not value or not isinstance(value, dict | list):
        yield path
    for name, part in parts:
        yield from leaves(part, (*path, name))


def place(value: Any, path: Path_) -> Any:
    for name in path:
        value = value[name]
    return value


def bent(log: Log, path: Path_, value: Any) -> Log:
    copied = copy.deepcopy(log)
    place(copied, path[:-1])[path[-1]] = value
    return copied


def another(value: Any) -> Any:
    """Something else of the same look."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str) and len(value) > 18 and value[4] == "-":
        return (datetime.fromisoformat(value) - timedelta(minutes=7)).isoformat()
    if isinstance(value, str) and value:
        return value[:-1] + ("1" if value[-1] != "1" else "2")
    return "1"


def test_every_single_changed_field_shows_in_the_digest(short: Log) -> None:
    paths = [path for path in leaves(short) if path != ("digest",)]
    assert len(paths) > 500
    copied = copy.deepcopy(short)
    for path in paths:
        part, value = place(copied, path[:-1]), place(copied, path)
        part[path[-1]] = another(value)
        assert log_digest(copied, CRYPTO.digest) != short["digest"], path
        part[path[-1]] = value
    findings = checked(bent(short, ("source",), "别处")).findings
    assert any("摘要对不上" in one.what for one in findings)


def test_no_field_of_a_draw_can_be_changed_even_with_a_new_digest(log: Log) -> None:
    """All that stands in the entries of calls, in both ways: what was drawn, among whom, when, where, for whom."""
    for number in calls(log)[::2]:
        for path in leaves(log["entries"][number]):
            whole = ("entries", number, *path)
            report = checked(resealed(bent(log, whole, another(place(log, whole)))))
            assert report.findings, whole


HARMLESS = {
    *("at", "feed_no", "sits", "window_no", "appointment", "weights", "start", "rules"),
}
"""Fields outside of calls that may change without touching a draw: when a step was that no draw looks at, a window that
draws nothing afterwards, a rule that is not used any more. Only the digest keeps them."""


def test_with_a_new_digest_only_what_touches_no_draw_can_be_changed(short: Log) -> None:
    for path in leaves(short):
        if path == ("digest",):
            continue
        if not checked(resealed(bent(short, path, another(place(short, path))))).findings:
            field = path[2] if path[0] == "entries" else path[0]
            assert field in HARMLESS, path


def calls(log: Log, kind: str | None = None) -> list[int]:
    found = [number for number, one in enumerate(log["entries"]) if "draw" in one]
    return [number for number in found if kind is None or log["entries"][number]["draw"]["kind"] == kind]


def _drops_a_candidate(entry: Log) -> bool:
    draw = entry["draw"]
    if len(draw["candidates"]) == 1:
        return False
    draw["candidates"].pop()
    draw["chosen"] = min(draw["chosen"], len(draw["candidates"]) - 1)
    return True


def _adds_a_candidate(entry: Log) -> bool:
    entry["draw"]["candidates"].append("A999")
    return True


def _reorders(entry: Log) -> bool:
    entry["draw"]["candidates"].reverse()
    return len(entry["draw"]["candidates"]) > 1


def _chooses(entry: Log) -> bool:
    draw = entry["draw"]
    draw["chosen"] = (draw["chosen"] + 1) % len(draw["candidates"])
    return len(draw["candidates"]) > 1


def _forgets_the_draw(entry: Log) -> bool:
    del entry["draw"], entry["rule"]
    return True


def _pretends_a_repeat(entry: Log) -> bool:
    _forgets_the_draw(entry)
    entry["pinned"] = True
    return True


def _other_weights(entry: Log) -> bool:
    if "weights" not in entry["rule"]:
        return False
    entry["rule"]["weights"] = dict.fromkeys(entry["rule"]["groups"], 9.0)
    return True


def _fewer_groups(entry: Log) -> bool:
    return bool(entry["rule"].get("groups")) and bool(entry["rule"]["groups"].pop())


def _hides_a_free_window(entry: Log) -> bool:
    free = entry["rule"].get("free", {})
    hidden = next((number for number in free if number != entry["window_no"]), None)
    if hidden is None:
        return False
    del free[hidden]
    if hidden in entry["draw"]["candidates"]:
        entry["draw"]["candidates"].remove(hidden)
        entry["draw"]["chosen"] = entry["draw"]["candidates"].index(entry["window_no"])
    return True


TAMPERING: tuple[tuple[Callable[[Log], bool], str], ...] = (
    (_drops_a_candidate, "少了"),
    (_adds_a_candidate, "多了 A999"),
    (_reorders, "顺序不对"),
    (_chooses, "叫的却是"),
    (_forgets_the_draw, "没有抽取就叫了号"),
    (_pretends_a_repeat, "没有在本窗口撤销过叫号"),
    (_other_weights, "权重"),
    (_fewer_groups, "排队组"),
    (_hides_a_free_window, "没有列入"),
)


@pytest.mark.parametrize(("tamper", "words"), TAMPERING, ids=[tamper.__name__ for tamper, _ in TAMPERING])
def test_each_kind_of_tampering_is_named_with_its_entry(log: Log, tamper: Callable[[Log], bool], words: str) -> None:
    tried = 0
    for number in calls(log):
        copied = copy.deepcopy(log)
        entry = copied["entries"][number]
        if not tamper(entry):
            continue
        tried += 1
        named = [one for one in checked(resealed(copied)).findings if one.feed_no == entry["feed_no"]]
        assert any(words in one.what for one in named), (entry, named)
        assert all(one.number == entry["number"] and one.window_no == entry["window_no"] for one in named)
    assert tried


def test_a_forged_draw_with_a_forged_secret_does_not_fit_the_commitment(log: Log) -> None:
    """Whoever knows the algorithm but must keep the commitment cannot choose whom to call."""
    copied = copy.deepcopy(log)
    secret = "5a" * 32
    copied["secret"] = secret
    for entry in copied["entries"]:
        if entry["kind"] == "dispatch.revealed":
            entry["secret"] = secret
    findings = [one.what for one in checked(resealed(copied)).findings]
    assert "公布的种子和早上公布的承诺对不上" in findings
    assert findings.count("HMAC 重算对不上") > 0


def test_a_missing_a_doubled_and_a_moved_entry_are_found(log: Log) -> None:
    """Every step of a ticket but those that no draw and no later step depends on."""
    loose = {"ticket.printed", "ticket.recalled", "rules.changed", "window.regrouped"}
    loose |= {kind for kind in {one["kind"] for one in log["entries"]} if kind.startswith("window.")}
    last = {one.get("number"): number for number, one in enumerate(log["entries"])}
    for number, entry in enumerate(log["entries"][1:], 1):
        without = copy.deepcopy(log)
        del without["entries"][number]
        if entry["kind"] not in loose and last.get(entry.get("number")) != number:
            assert checked(resealed(without)).findings, entry
        twice = copy.deepcopy(log)
        twice["entries"].insert(number, entry)
        assert checked(resealed(twice)).findings, entry


def test_a_step_that_was_put_in_is_found(log: Log) -> None:
    """A friend's number goes to the front, is called without waiting, or appears from nowhere."""
    taken = next(one for one in log["entries"] if one["kind"] == "ticket.taken")
    for change in (
        {"order_at": (datetime.fromisoformat(taken["order_at"]) - timedelta(hours=1)).isoformat()},
        {"number": "A000"},
        {"state": "serving"},
        {"for_window": "12"},
        {"lane": "priority", "appointment": True, "due_at": taken["order_at"]},
    ):
        copied = copy.deepcopy(log)
        copied["entries"][copied["entries"].index(taken)] |= change
        assert checked(resealed(copied)).findings, change


def test_a_lane_that_was_changed_is_found_where_it_touched_a_draw(log: Log) -> None:
    copied = copy.deepcopy(log)
    for entry in copied["entries"]:
        if entry.get("lane") == "priority":
            entry["lane"] = "ordinary"
    assert checked(resealed(copied)).findings


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nonsense_in_a_log_is_a_finding_and_never_a_crash(log: Log, data: st.DataObject) -> None:
    paths = list(leaves(log))
    path = data.draw(st.sampled_from(paths))
    json_value = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.floats(allow_nan=False),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=3,
    )
    value = data.draw(json_value)
    if value == place(log, path) and type(value) is type(place(log, path)):
        return
    assert checked(bent(log, path, value)).findings


@pytest.mark.parametrize("broken", [{}, {"format": "other"}, {"format": "clerk-dispatch-log-1", "day": "x"}])
def test_what_is_no_log_is_said_to_be_none(broken: Log) -> None:
    assert checked(broken).findings


# --- the journal under it -------------------------------------------------------------------------------------
def test_a_changed_journal_breaks_its_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store refuses changes; somebody who goes past it (here: reading something else) breaks the chain."""
    with hall_in_hand(tmp_path, SEED) as hall:
        played_day(hall, SEED, 40).close()
        whole = verified(hall)
        bent_at = next(one["feed_no"] for one in whole.log.entries if one["kind"] == "ticket.finished")

        after = SqlJournal.after

        def changed(journal: SqlJournal, feed_no: int, limit: int) -> list[Any]:
            for entry in (found := after(journal, feed_no, limit)):
                if entry.feed_no == bent_at:
                    entry.payload["outcome"] = "left"
            return found

        monkeypatch.setattr(SqlJournal, "after", changed)
        assert verified(hall).chain.broken_at == bent_at


# --- several server processes ---------------------------------------------------------------------------------
def test_what_another_draw_held_at_the_same_moment_is_excused_only_where_several_write(tmp_path: Path) -> None:
    """PostgreSQL passes over rows that another window is drawing from: such a draw misses a candidate rightly."""
    with hall_in_hand(tmp_path) as hall:
        for _ in range(6):
            hall.take()
            hall.clock.move(seconds=1)
        hall.clock.move(minutes=1)
        assert hall.call("1") is not None
        assert hall.call("2") is not None
        hall.write(lambda unit: hall.desk.days.close(unit, system_actor(hall.hall_id), True))
        hall.sequence()
        log = json.loads(json.dumps(as_file(verified(hall).log)))
    first, second = (log["entries"][number] for number in calls(log))
    key = next(one for one in log["entries"] if one["kind"] == "dispatch.revealed")["secret"]
    # The second window saw only what the first had not locked.
    left = [one["number"] for one in log["entries"] if one["kind"] == "ticket.taken"]
    left = [number for number in left if number not in first["draw"]["candidates"]][:3]
    day = date.fromisoformat(log["day"])
    mixed = dispatch.day_key(bytes.fromhex(key), "", log["hall_id"], day, CRYPTO.mac)
    drawn = dispatch.draw(mixed, dispatch.DrawKind.TICKET, "2", left, day, CRYPTO.mac)
    old = second["number"]
    second["draw"] = drawn.to_json()
    template = next(one for one in log["entries"] if one.get("number") == drawn.winner)
    for name in ("number", "order_at", "group_id", "lane"):
        second[name] = template[name]
    ended = [one for one in log["entries"] if one["kind"] != "ticket.cancelled"]
    log["entries"] = ended
    assert old != drawn.winner
    assert checked(resealed(log)).findings
    lenient = check(resealed(log), CRYPTO.mac, CRYPTO.digest, timedelta(seconds=2))
    assert [str(one) for one in lenient.findings] == []
    assert lenient.excused > 0


def test_priority_and_ordinary_are_both_drawn_on_the_bent_day(log: Log) -> None:
    lanes = {one["lane"] for one in log["entries"] if one["kind"] == "ticket.called"}
    assert {"priority", "ordinary"} <= lanes
    assert PriorityClass.ELDERLY.value not in json.dumps(log)
