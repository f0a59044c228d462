"""What a technician does at the server's own computer: accounts and enrolment codes, on a real store."""

from __future__ import annotations

from pathlib import Path

import pytest

from clerk_app.bootstrap.administration import add_person, enrol_code, has_people
from clerk_app.domain.actor import DeviceKind, Role
from clerk_app.domain.errors import Refusal, Rejected
from clerk_app.ports.hall import NewUser


def test_a_new_hall_has_nobody_until_somebody_is_added(tmp_path: Path) -> None:
    assert not has_people(tmp_path)
    made = add_person(tmp_path, NewUser("wangxm", "王晓梅", "long-enough", (Role.CLERK,)))
    assert (made.login_name, made.name) == ("wangxm", "王晓梅")
    assert has_people(tmp_path)


def test_a_short_password_and_a_taken_name_are_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="密码至少 8 位"):
        add_person(tmp_path, NewUser("wangxm", "王晓梅", "short", (Role.CLERK,)))
    assert not has_people(tmp_path)
    add_person(tmp_path, NewUser("wangxm", "王晓梅", "long-enough", (Role.CLERK,)))
    with pytest.raises(Refusal):
        add_person(tmp_path, NewUser("wangxm", "王小美", "long-enough", (Role.CLERK,)))


def test_two_codes_for_one_window_differ(tmp_path: Path) -> None:
    first, second = (enrol_code(tmp_path, DeviceKind.WINDOW, "3").code for _ in range(2))
    assert first != second
