"""Logins: by the server; while it is away, for a week, by what this window remembers."""

from __future__ import annotations

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.errors import NotAllowed, Unreachable
from clerk_app.services.window.known import LOCKED_FOR, TRIES_BEFORE_LOCK
from clerk_app.services.window.session import SessionDesk
from support.window import HALL_ID, USER_ID, QuickPasswords, Window
from support.window_memory import MemoryWindowStore
from support.window_server import LOST_REQUEST, FakeCounter

PASSWORD = "opensesame"


@pytest.fixture
def window() -> Window:
    return Window(MemoryWindowStore())


@pytest.fixture
def counter() -> FakeCounter:
    return FakeCounter()


@pytest.fixture
def desk(window: Window, counter: FakeCounter) -> SessionDesk:
    return SessionDesk(window.store, counter, QuickPasswords(), window.journal)  # type: ignore[arg-type]


def kinds(window: Window) -> list[str]:
    rows = window.store.read(lambda unit: unit.journal.after(0, 100))
    return [row.kind for row in rows if row.kind.startswith("log")]


def test_a_login_gives_the_actor_that_papers_name(desk: SessionDesk, window: Window) -> None:
    session = desk.login(" wxm ", PASSWORD)
    actor = session.actor
    assert (actor.hall_id, actor.user_id, actor.user_name, actor.window_no) == (HALL_ID, USER_ID, "王晓梅", "12")
    assert actor.roles == {Role.CLERK}
    assert (session.offline, session.sentence) == (False, "")
    assert desk.current() == session
    assert kinds(window) == ["login"]


def test_the_password_itself_is_never_stored(desk: SessionDesk, window: Window) -> None:
    desk.login("wxm", PASSWORD)
    assert PASSWORD not in repr(vars(window.store.state))  # type: ignore[attr-defined]
    known = window.store.read(lambda unit: unit.people.known("wxm"))
    assert known is not None
    assert PASSWORD not in known.password


def test_without_the_server_a_known_clerk_goes_on_and_the_screen_says_so(
    desk: SessionDesk, window: Window, counter: FakeCounter
) -> None:
    online = desk.login("wxm", PASSWORD)
    desk.logout()
    assert desk.current() is None
    counter.plan = [LOST_REQUEST]
    offline = desk.login("wxm", PASSWORD)
    assert offline.actor == online.actor
    assert offline.offline
    assert "服务器连不上" in offline.sentence
    assert kinds(window) == ["login", "logout", "login.offline"]


def test_without_the_server_nobody_else_gets_in(desk: SessionDesk, counter: FakeCounter) -> None:
    desk.login("wxm", PASSWORD)
    counter.plan = [LOST_REQUEST] * 2
    with pytest.raises(Unreachable, match="没有你的登录记录"):
        desk.login("stranger", PASSWORD)
    with pytest.raises(NotAllowed, match="不对"):
        desk.login("wxm", "wrong")


@pytest.mark.parametrize(("days", "fits"), [(7, True), (8, False), (-2, False)])
def test_the_memory_ends_after_a_week_and_distrusts_a_clock_set_back(
    desk: SessionDesk, window: Window, counter: FakeCounter, days: int, fits: bool
) -> None:
    desk.login("wxm", PASSWORD)
    window.clock.advance(days=days)
    counter.plan = [LOST_REQUEST]
    if fits:
        assert desk.login("wxm", PASSWORD).offline
    else:
        with pytest.raises(Unreachable, match="7 天"):
            desk.login("wxm", PASSWORD)


def test_guessing_offline_locks_even_the_right_password_for_a_while(
    desk: SessionDesk, window: Window, counter: FakeCounter
) -> None:
    desk.login("wxm", PASSWORD)
    counter.plan = [LOST_REQUEST] * (TRIES_BEFORE_LOCK + 2)
    for _ in range(TRIES_BEFORE_LOCK):
        with pytest.raises(NotAllowed):
            desk.login("wxm", "wrong")
    with pytest.raises(NotAllowed, match="10:39"):
        desk.login("wxm", PASSWORD)
    window.clock.moment += LOCKED_FOR
    assert desk.login("wxm", PASSWORD).offline


def test_a_password_that_the_server_no_longer_takes_is_forgotten_here(desk: SessionDesk, counter: FakeCounter) -> None:
    desk.login("wxm", PASSWORD)
    counter.passwords["wxm"] = "changed"
    with pytest.raises(NotAllowed):
        desk.login("wxm", PASSWORD)
    counter.plan = [LOST_REQUEST]
    with pytest.raises(Unreachable):
        desk.login("wxm", PASSWORD)


def test_a_slip_of_the_finger_online_forgets_nothing(desk: SessionDesk, counter: FakeCounter) -> None:
    desk.login("wxm", PASSWORD)
    with pytest.raises(NotAllowed):
        desk.login("wxm", "opensesme")
    counter.plan = [LOST_REQUEST]
    assert desk.login("wxm", PASSWORD).offline


def test_logging_out_works_without_the_server(desk: SessionDesk, counter: FakeCounter) -> None:
    desk.login("wxm", PASSWORD)
    counter.plan = [LOST_REQUEST]
    desk.logout()
    assert desk.current() is None
    desk.logout()
    assert counter.logged_out == 0


def test_an_unbound_window_lets_nobody_in(desk: SessionDesk, window: Window) -> None:
    window.store.state.binding = None  # type: ignore[attr-defined]
    with pytest.raises(NotAllowed, match="还没有登记"):
        desk.login("wxm", PASSWORD)
