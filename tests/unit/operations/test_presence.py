"""A copy of a window's store is noticed by the server, gives no numbers, loses nothing; a new enrolment mends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import copyfile

import pytest

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Fault, Locked, Unreachable
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.clock import SystemEntropy
from clerk_app.ports.hall_presence import Presence, PresenceAnswer
from clerk_app.services.window.presence import PresenceDesk
from db.window.store import open_window_store
from support.hall import HallInHand, hall_in_hand
from support.window import CLERK, HALL, FakeClock, Window

KEY = b"k" * 32


class Server:
    """What one device says to the hall; the next answers may be lost."""

    def __init__(self, hall: HallInHand, actor: Actor) -> None:
        self.hall, self.actor, self.lose = hall, actor, 0

    def present(self, presence: Presence, *, key: str | None = None) -> PresenceAnswer:
        answer: PresenceAnswer = self.hall.write(lambda unit: self.hall.desk.identity.show(unit, self.actor, presence))
        if self.lose:
            self.lose -= 1
            raise Unreachable("服务器没有回答")
        return answer


class Place:
    """One computer with the window's store on it; ``start`` is one start of the program."""

    def __init__(self, path: Path, hall: HallInHand, actor: Actor) -> None:
        self.path, self.hall, self.actor = path, hall, actor
        self._open()
        self.clerk = replace(CLERK, hall_id=hall.hall_id)
        self.server = Server(hall, actor)
        self.start()

    def _open(self) -> None:
        self.store = open_window_store(self.path, KEY, self.hall.hall_id)
        self.window = Window(self.store, hall=replace(HALL, hall_id=self.hall.hall_id), clock=FakeClock())
        # Two windows that make the same ids would hide what is tried here.
        self.window.entropy = SystemEntropy()  # type: ignore[assignment]
        self.window.restart()

    def start(self) -> None:
        self.desk = PresenceDesk(self.store, self.server, self.window.journal, SystemEntropy())

    def concludes(self) -> str:
        case = self.window.cases.conclude(self.window.complete(actor=self.clerk), OutcomeKind.ACCEPTED, self.clerk)
        return case.case_number

    def copied_to(self, path: Path) -> Place:
        self.store.close()
        for ending in ("", "-wal"):
            if (source := self.path.with_name(self.path.name + ending)).exists():
                copyfile(source, path.with_name(path.name + ending))
        self._open()
        self.start()
        return Place(path, self.hall, self.actor)


@contextmanager
def _place(tmp_path: Path) -> Iterator[Place]:
    with hall_in_hand(tmp_path) as hall:
        caller, _ = hall.enrolled()
        place = Place(tmp_path / "window.db", hall, caller.actor)
        yield place
        place.store.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with _place(tmp_path) as found:
        yield found


def test_a_window_that_starts_every_morning_is_always_the_same_one(place: Place) -> None:
    for _ in range(4):
        assert place.desk()
        assert not place.desk()
        place.start()
    assert place.window.binding.problem() == ""
    assert place.concludes()


def test_a_lost_answer_is_asked_for_again_and_changes_nothing(place: Place) -> None:
    place.desk()
    place.start()
    place.server.lose = 2
    for _ in range(2):
        assert not place.desk()
        place.start()  # as after a power cut
    assert place.desk()
    place.start()
    assert place.desk()
    assert place.window.binding.problem() == ""


def test_a_server_of_before_that_does_not_know_the_question_holds_nothing_up(place: Place) -> None:
    class Older:
        def present(self, presence: Presence, *, key: str | None = None) -> PresenceAnswer:
            raise Fault("服务器没有这个功能，可能版本不一样，请技术员检查")

    assert not PresenceDesk(place.store, Older(), place.window.journal, SystemEntropy())()
    assert place.window.binding.problem() == ""
    assert place.concludes()
    assert place.desk()


@pytest.mark.parametrize("first", ["the original", "the copy"])
def test_whichever_of_two_shows_up_second_gives_no_more_numbers(place: Place, tmp_path: Path, first: str) -> None:
    place.desk()
    place.concludes()
    copy = place.copied_to(tmp_path / "copy.db")
    one, other = (place, copy) if first == "the original" else (copy, place)
    one.desk()
    other.desk()
    assert one.window.binding.problem() == ""
    assert "还有另一份在用" in other.window.binding.problem()
    assert one.concludes()
    with pytest.raises(Locked, match="技术员重新登记"):
        other.concludes()
    # It stays so after the next start, and what it holds is still there to be sent.
    other.start()
    other.desk()
    with pytest.raises(Locked):
        other.concludes()
    assert other.store.read(lambda unit: unit.outbox.counts())[0] == 1
    copy.store.close()


def test_the_journal_tells_the_technician_which_device_it_is(place: Place, tmp_path: Path) -> None:
    place.desk()
    copy = place.copied_to(tmp_path / "copy.db")
    place.desk()
    copy.desk()
    place.hall.sequence()
    told = place.hall.read(lambda unit: unit.journal.about(place.actor.device_id))
    assert [(entry.kind, entry.payload) for entry in told if entry.kind == "device.doubled"] == [
        ("device.doubled", {"window_no": "12"})
    ]
    copy.store.close()


def test_a_window_put_back_from_last_weeks_image_is_noticed(place: Place, tmp_path: Path) -> None:
    """The same computer: no fingerprint of it could tell."""
    place.desk()
    image = place.copied_to(tmp_path / "image.db")
    for _ in range(3):
        place.start()
        place.desk()
        place.concludes()
    image.desk()
    with pytest.raises(Locked):
        image.concludes()
    image.store.close()


def test_a_new_enrolment_mends_it_and_no_number_comes_twice(place: Place, tmp_path: Path) -> None:
    place.desk()
    numbers = {place.concludes()}
    image = place.copied_to(tmp_path / "image.db")
    place.start()
    place.desk()
    numbers |= {place.concludes() for _ in range(5)}
    image.desk()
    caller, _ = place.hall.enrolled()
    profile = replace(HALL, hall_id=place.hall.hall_id)
    image.window.binding.settle(profile, "12", caller.device_id)
    image.server.actor = caller.actor
    image.start()
    image.desk()
    assert image.window.binding.problem() == ""
    fresh = {image.concludes() for _ in range(3)}
    assert len(fresh) == 3
    assert not fresh & numbers
    assert sorted(fresh)[0].endswith("-0502")
    image.store.close()


def test_a_restored_server_takes_the_first_that_shows_up(place: Place) -> None:
    """It knows an older word of everybody, so nobody may be taken for a copy because of it."""
    place.desk()
    place.start()
    place.desk()

    def restored(unit: object) -> None:
        unit._connection.exec_driver_sql("DELETE FROM device_instance")  # type: ignore[attr-defined]

    place.hall.write(restored)
    place.store.write(lambda unit: unit.binding.set_fact("server_epoch", "another"))
    assert place.desk()
    place.start()
    assert place.desk()
    assert place.window.binding.problem() == ""
