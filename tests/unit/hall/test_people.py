"""Logging in: one sentence for every wrong try, a lock that backs off, one live login per window."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.errors import Conflict, Fault, NotAllowed, Rejected
from clerk_app.ports.hall import Login, NewUser, SessionEnded
from clerk_app.services.hall import people
from clerk_app.services.hall.tools import system_actor
from support.hall import PASSWORD, HallInHand, QuickPasswords, hall_in_hand

RIGHT = Login("wangxm", PASSWORD)
WRONG = Login("wangxm", "guess-guess")


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        found.user()
        yield found


def test_the_session_acts_for_the_person(hall: HallInHand) -> None:
    machine, token = hall.enrolled()
    session = hall.desk.people.login(machine, RIGHT)
    assert (session.user_name, session.window_no, session.fencing) == ("王晓梅", "12", 1)
    caller = hall.desk.access.caller(token, session.token)
    assert caller.actor.user_name == "王晓梅"
    assert caller.actor.roles == {Role.CLERK}


def test_unknown_names_and_wrong_passwords_read_the_same(hall: HallInHand) -> None:
    machine, _ = hall.enrolled()
    sentences = []
    for login in (WRONG, Login("nobody", PASSWORD)):
        with pytest.raises(NotAllowed) as caught:
            hall.desk.people.login(machine, login)
        sentences.append(str(caught.value))
    assert sentences[0] == sentences[1]


def test_a_login_that_nobody_waits_for_any_more_is_not_carried_out(
    hall: HallInHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty-four windows start at once on a slow server: each try that comes too late would end the session of the next
    one, and the tries that pile up would never be through."""
    machine, token = hall.enrolled()
    session = hall.desk.people.login(machine, RIGHT)
    hashing, go = threading.Event(), threading.Event()

    class SlowPasswords(QuickPasswords):
        def fits(self, encoded: str, password: str) -> bool:
            hashing.set()
            go.wait()
            return super().fits(encoded, password)

    monkeypatch.setattr(hall.desk.people, "_passwords", SlowPasswords())
    monkeypatch.setattr(people, "_PATIENCE_S", 0.05)
    callers = [hall.enrolled(window_no=window_no)[0] for window_no in ("1", "2")]
    busy = [threading.Thread(target=hall.desk.people.login, args=(caller, RIGHT), daemon=True) for caller in callers]
    busy[0].start()
    hashing.wait()
    hashing.clear()
    busy[1].start()
    hashing.wait()
    with pytest.raises(Fault, match="请等几秒再登录"):
        hall.desk.people.login(machine, RIGHT)
    assert hall.desk.access.caller(token, session.token).actor.user_name == "王晓梅"
    go.set()
    for thread in busy:
        thread.join()
    assert hall.desk.people.login(machine, RIGHT).user_name == "王晓梅"


def test_five_wrong_tries_lock_even_the_right_password_and_longer_each_time(hall: HallInHand) -> None:
    machine, _ = hall.enrolled()
    for _ in range(5):
        with pytest.raises(NotAllowed, match="登录名或密码不对"):
            hall.desk.people.login(machine, WRONG)
    with pytest.raises(NotAllowed, match="密码错了 5 次，10:01:00 以后再试"):
        hall.desk.people.login(machine, RIGHT)
    hall.clock.move(seconds=61)
    with pytest.raises(NotAllowed, match="登录名或密码不对"):
        hall.desk.people.login(machine, WRONG)
    hall.clock.move(seconds=61)
    with pytest.raises(NotAllowed, match="密码错了 6 次"):
        hall.desk.people.login(machine, RIGHT)
    hall.clock.move(seconds=61)
    assert hall.desk.people.login(machine, RIGHT).user_name == "王晓梅"
    with pytest.raises(NotAllowed, match="登录名或密码不对"):
        hall.desk.people.login(machine, WRONG)


def test_refused_logins_leave_a_trace(hall: HallInHand) -> None:
    machine, _ = hall.enrolled()
    with pytest.raises(NotAllowed):
        hall.desk.people.login(machine, WRONG)
    hall.sequence()
    kinds = [entry.kind for entry in hall.read(lambda unit: unit.journal.after(0, 100))]
    assert kinds[-1] == "login.refused"


def test_a_new_login_at_the_window_ends_the_old_one(hall: HallInHand) -> None:
    hall.user("liuhao")
    machine, token = hall.enrolled()
    old = hall.desk.people.login(machine, RIGHT)
    new = hall.desk.people.login(machine, Login("liuhao", PASSWORD))
    assert new.fencing == old.fencing + 1
    with pytest.raises(SessionEnded, match="请重新登录"):
        hall.desk.access.caller(token, old.token)
    assert hall.desk.access.caller(token, new.token).session_id is not None


def test_a_second_pc_of_the_same_window_takes_over(hall: HallInHand) -> None:
    first, first_token = hall.enrolled()
    second, _ = hall.enrolled()
    session = hall.desk.people.login(first, RIGHT)
    hall.desk.people.login(second, RIGHT)
    with pytest.raises(SessionEnded):
        hall.desk.access.caller(first_token, session.token)


def test_a_session_is_worth_nothing_at_another_device(hall: HallInHand) -> None:
    machine, _ = hall.enrolled()
    _, other_token = hall.enrolled(window_no="13")
    session = hall.desk.people.login(machine, RIGHT)
    with pytest.raises(SessionEnded):
        hall.desk.access.caller(other_token, session.token)


def test_logging_out_ends_the_session(hall: HallInHand) -> None:
    machine, token = hall.enrolled()
    session = hall.desk.people.login(machine, RIGHT)
    caller = hall.desk.access.caller(token, session.token)
    hall.write(lambda unit: hall.desk.people.logout(unit, caller))
    with pytest.raises(SessionEnded):
        hall.desk.access.caller(token, session.token)


def test_kiosks_have_no_login_and_windows_only_their_own(hall: HallInHand) -> None:
    kiosk, _ = hall.enrolled(DeviceKind.KIOSK, None)
    with pytest.raises(NotAllowed, match="不能登录"):
        hall.desk.people.login(kiosk, RIGHT)
    machine, _ = hall.enrolled()
    with pytest.raises(NotAllowed, match="登记的是 12 号窗口"):
        hall.desk.people.login(machine, Login("wangxm", PASSWORD, "13"))


@pytest.mark.parametrize(
    ("user", "field"),
    [
        (NewUser(" ", "王晓梅", PASSWORD, (Role.CLERK,)), "login_name"),
        (NewUser("a", " ", PASSWORD, (Role.CLERK,)), "name"),
        (NewUser("a", "王晓梅", "short", (Role.CLERK,)), "password"),
        (NewUser("a", "王晓梅", PASSWORD, ()), "roles"),
        (NewUser("a", "王晓梅", PASSWORD, (Role.SYSTEM,)), "roles"),
    ],
)
def test_a_new_user_is_checked_field_by_field(hall: HallInHand, user: NewUser, field: str) -> None:
    with pytest.raises(Rejected) as caught:
        hall.desk.people.prepare(user)
    assert caught.value.field == field


def test_only_technicians_make_users_once_there_is_one(hall: HallInHand) -> None:
    user = hall.desk.people.prepare(NewUser("liuhao", "刘浩", PASSWORD, (Role.CLERK,)))
    with pytest.raises(NotAllowed):
        hall.write(lambda unit: hall.desk.people.create(unit, hall.actor(), user))
    technician = hall.actor("12", Role.TECHNICIAN)
    made = hall.write(lambda unit: hall.desk.people.create(unit, technician, user))
    assert made.name == "刘浩"


def test_the_first_user_of_a_hall_is_made_at_its_first_window(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    with hall_in_hand(tmp_path / "new") as hall:
        machine, _ = hall.enrolled()
        user = hall.desk.people.prepare(NewUser("wangxm", "王晓梅", PASSWORD, (Role.CLERK, Role.TECHNICIAN)))
        hall.write(lambda unit: hall.desk.people.create(unit, machine.actor, user))
        assert hall.desk.people.login(machine, RIGHT).user_name == "王晓梅"


def test_a_login_name_belongs_to_one_person(hall: HallInHand) -> None:
    user = hall.desk.people.prepare(NewUser("wangxm", "王小梅", PASSWORD, (Role.CLERK,)))
    with pytest.raises(Conflict, match="已经有人用"):
        hall.write(lambda unit: hall.desk.people.create(unit, system_actor(hall.hall_id), user))
