"""Exports as a hall runs them: from the settings to files and to another system, by hand and by a server."""

from __future__ import annotations

import json
import logging
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from clerk_app.bootstrap import platforms, settings
from clerk_app.bootstrap.platforms import ExportThread, exporter, status_lines
from clerk_app.bootstrap.server import OpenHall, open_hall
from clerk_app.cli import main
from clerk_app.client.tls import trusting
from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.domain.errors import Rejected
from clerk_app.domain.platform_table import map_of
from clerk_app.ports.hall import Login, NewUser
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.stores_hall_exports import ExportState
from clerk_app.services.hall.export_run import HELD_FOR, UNFINISHED
from clerk_app.services.hall.tools import system_actor
from support.case_flow import APPLICANT, opening, record, uuid
from support.fake_platform import FakePlatform, Mood, fake_platform
from support.hall import PASSWORD
from support.server import clerk_at, client_of, eventually, server

MAP = """
title = "市一体化平台"
moment = "%Y-%m-%d %H:%M:%S"

[application]
group = "up_pro_accept"
only_named = true
case_no = "PROJID"
applicant_name = "申请人"
"""


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    with fake_platform() as made:
        yield made


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[OpenHall]:
    made = open_hall(tmp_path)
    yield made
    made.close()


def told(home: Path, /, **more: str) -> None:
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in more.items())
    (home / settings.FILE_NAME).write_text(f"[platform]\n{lines}\n", encoding="utf-8")


def posted(folder: Path, platform: FakePlatform, **more: str) -> None:
    token = folder / "platform.token"
    token.write_text(platform.token + "\n")
    token.chmod(0o600)
    told(folder, adapter="http", url=platform.url, token_file="platform.token", **more)


def store(hall: OpenHall, *numbers: int, name: str = APPLICANT.name) -> None:
    actor = Actor(hall.hall_id, "device-12", "user-1", "王晓梅", frozenset({Role.CLERK}), "12")
    for number in numbers:
        intake = record(opening(number, "user-1"), hall.hall_id, applicant=replace(APPLICANT, name=name))
        hall.desk.store.write(
            hall.hall_id, "test", lambda unit, intake=intake: hall.desk.cases.store(unit, actor, intake)
        )
    hall.desk.sequencer.run(hall.hall_id)


# --- by hand ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", ["json", "xml"])
def test_clerk_export_now_writes_files_for_this_account_alone(
    form: str, tmp_path: Path, hall: OpenHall, capsys: pytest.CaptureFixture[str]
) -> None:
    told(tmp_path, adapter="folder", form=form, folder="out/cases")
    store(hall, 1, 2)
    assert main(["export", "now", "--data", str(tmp_path)]) == 0
    assert "2 项变更，1 批" in capsys.readouterr().out
    (file,) = (tmp_path / "out" / "cases").iterdir()
    assert file.suffix == f".{form}"
    assert APPLICANT.document_no in file.read_text(encoding="utf-8")
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert main(["export", "now", "--data", str(tmp_path)]) == 0
    assert "0 项变更，0 批" in capsys.readouterr().out


def test_what_was_refused_is_listed_with_its_number_and_reason_and_goes_out_on_the_word(
    tmp_path: Path, hall: OpenHall, platform: FakePlatform, capsys: pytest.CaptureFixture[str]
) -> None:
    posted(tmp_path, platform)
    store(hall, 1, 2)
    platform.refuse(f"{uuid(1)}:1", "applicant_document_no", "证件号码校验不通过")
    assert main(["export", "now", "--data", str(tmp_path)]) == 0
    assert "没有导出 1 项" in capsys.readouterr().out
    assert main(["export", "refused", "--data", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "MH-12-20261123-0001" in shown
    assert "对方退回  applicant_document_no  证件号码校验不通过" in shown
    platform.refusing.clear()
    assert main(["export", "now", "--again", "--data", str(tmp_path)]) == 0
    assert platform.ids() == [f"{uuid(2)}:1", f"{uuid(1)}:1"]
    capsys.readouterr()
    assert main(["export", "refused", "--data", str(tmp_path)]) == 0
    assert "没有被退回的" in capsys.readouterr().out


def test_the_state_says_what_is_the_matter_and_since_when(
    tmp_path: Path, hall: OpenHall, platform: FakePlatform, capsys: pytest.CaptureFixture[str]
) -> None:
    posted(tmp_path, platform)
    assert main(["export", "status", "--data", str(tmp_path)]) == 0
    assert "还没有导出过" in capsys.readouterr().out
    store(hall, 1)
    platform.mood = Mood.BROKEN
    assert main(["export", "now", "--data", str(tmp_path)]) == 1
    assert "对方的系统现在收不了（502）" in capsys.readouterr().out
    assert main(["export", "status", "--data", str(tmp_path)]) == 1
    shown = capsys.readouterr().out
    assert "没有完成：对方的系统现在收不了（502）" in shown
    assert "第 1 批 未送达，1 项" in shown
    platform.mood = Mood.WELL
    assert main(["export", "now", "--data", str(tmp_path)]) == 0
    assert main(["export", "status", "--data", str(tmp_path)]) == 0
    assert "已导出 1 项" in capsys.readouterr().out


def test_without_a_platform_the_command_says_where_to_write_one(
    tmp_path: Path, hall: OpenHall, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "now", "--data", str(tmp_path)]) == 1
    assert "[platform]" in capsys.readouterr().out


def test_a_hall_gives_the_fields_the_names_of_its_platform(
    tmp_path: Path, hall: OpenHall, platform: FakePlatform
) -> None:
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    posted(tmp_path, platform, map="map.toml")
    store(hall, 1, name="𠮷㐂")
    made = exporter(tmp_path)
    assert made is not None
    platform.fields = made.adapter.fields
    made.run(hall.desk, hall.hall_id)
    made.adapter.close()
    (case,) = platform.cases()
    assert case["up_pro_accept"]["申请人"] == "𠮷㐂"
    assert set(case["up_pro_accept"]) == {"PROJID", "申请人"}
    assert case["acceptance"]["at"] == "2026-11-23 10:00:00"


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"adapter": "tape"}, "可用的有 folder、http"),
        ({"adapter": "folder", "form": "csv"}, "form"),
        ({"adapter": "folder", "folder": ""}, "folder"),
        ({"adapter": "folder", "at": "6pm"}, "18:00"),
        ({"adapter": "folder", "map": "missing.toml"}, "missing.toml"),
        ({"adapter": "folder", "area_code": "广安"}, "区划"),
        ({"adapter": "http", "url": "http://10.1.2.3/"}, "https"),
        ({"adapter": "http", "url": "https://10.1.2.3/", "token_file": "missing"}, "令牌文件"),
    ],
)
def test_a_slip_in_the_settings_is_named(more: dict[str, str], word: str, tmp_path: Path) -> None:
    told(tmp_path, **more)
    with pytest.raises(Rejected, match=word):
        exporter(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_token_that_others_can_read_is_not_used(tmp_path: Path, platform: FakePlatform) -> None:
    posted(tmp_path, platform)
    (tmp_path / "platform.token").chmod(0o644)
    with pytest.raises(Rejected, match="chmod 600") as caught:
        exporter(tmp_path)
    assert platform.token not in str(caught.value)


# --- by itself --------------------------------------------------------------------------------------------------------
def test_the_thread_exports_when_it_is_due_and_tries_again_after_a_failure(
    tmp_path: Path, hall: OpenHall, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    posted(tmp_path, platform, every="1h")
    store(hall, 1)
    made = exporter(tmp_path)
    assert made is not None
    monkeypatch.setattr(platforms, "_FIRST_PAUSE", 0.05)
    platform.mood = Mood.LOSES_ANSWERS
    thread = ExportThread(hall.desk, hall.hall_id, made, look_every=0.02)
    with caplog.at_level(logging.DEBUG):
        thread.start()
        eventually(lambda: len(platform.batches) >= 3)
        platform.mood = Mood.WELL
        eventually(lambda: _counts(hall) == {ExportState.SENT: 1})
        sent = len(platform.batches)
        store(hall, 2)
        thread.stop()
    assert len(platform.batches) == sent, "an hour has not passed"
    assert platform.ids() == [f"{uuid(1)}:1"]
    assert len({content for _, content in platform.batches}) == 1
    for secret in (APPLICANT.name, APPLICANT.document_no, platform.token):
        assert secret not in caplog.text


def test_a_run_that_was_killed_goes_on_before_its_next_time(
    tmp_path: Path, hall: OpenHall, platform: FakePlatform
) -> None:
    posted(tmp_path, platform, every="24h")
    store(hall, 1)
    now = hall.desk.tools.now()

    def killed(unit: HallUnit) -> None:
        """All that a run leaves which got no further than its beginning, ten minutes ago."""
        assert unit.exports.hold("http", "dead", now - HELD_FOR, now)
        unit.exports.begin("http", now - HELD_FOR, UNFINISHED)

    hall.desk.store.write(hall.hall_id, "test", killed)
    made = exporter(tmp_path)
    assert made is not None
    thread = ExportThread(hall.desk, hall.hall_id, made, look_every=0.02)
    thread.start()
    eventually(lambda: platform.ids() == [f"{uuid(1)}:1"])
    thread.stop()


def _counts(hall: OpenHall) -> dict[ExportState, int]:
    return hall.desk.store.read(hall.hall_id, lambda unit: unit.exports.counts("http"))


def test_a_server_exports_on_its_schedule_and_tells_a_manager_over_the_api(
    tmp_path: Path, platform: FakePlatform
) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    posted(folder, platform, every="1m")
    with server(folder) as running:
        clerk, enrolment = clerk_at(running)
        clerk.create_user(NewUser("manager", "周主任", PASSWORD, (Role.MANAGER,)))
        session = clerk.session()
        assert session is not None
        clerk.store_case(record(opening(1, session.user_id), clerk.hall().hall_id))
        eventually(lambda: platform.ids() == [f"{uuid(1)}:1"], 90)
        clerk.close()
        manager = client_of(enrolment)
        token = manager.login(Login("manager", PASSWORD)).token
        manager.close()
        headers = {"Authorization": f"Bearer {enrolment.enrolled.token}", "X-Session": token}
        extensions = {"sni_hostname": SERVER_NAME}
        with httpx2.Client(base_url=running.address, verify=trusting(enrolment.ca_pem), trust_env=False) as http:
            (info,) = http.get("/v1/exports", headers=headers, extensions=extensions).json()
            assert (info["adapter"], info["sent"], info["refused"], info["trouble"]) == ("http", 1, 0, "")
            assert http.get("/v1/exports/http/refused", headers=headers, extensions=extensions).json() == []
        running.stop()
    logged = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.log*"))
    assert "exported 1 changes in 1 batches, 0 refused" in logged
    for secret in (APPLICANT.name, APPLICANT.document_no, platform.token):
        assert secret not in logged


def test_a_slip_in_the_settings_stops_no_server(tmp_path: Path, hall: OpenHall, caplog: Any) -> None:
    told(tmp_path, adapter="folder", at="6pm")
    stop = platforms.start(tmp_path, hall.desk, hall.hall_id)
    stop()
    assert "no export" in caplog.text


def test_status_lines_name_a_warning_and_an_example(tmp_path: Path, hall: OpenHall) -> None:
    told(tmp_path, adapter="folder")
    store(hall, 1)
    made = exporter(tmp_path)
    assert made is not None
    short = map_of({"application": {"matter_name": {"length": 2}}}, made.adapter.fields)
    made.adapter.fields = short  # type: ignore[misc]
    made.run(hall.desk, hall.hall_id)
    actor = system_actor(hall.hall_id)
    status = hall.desk.store.read(hall.hall_id, lambda unit: hall.desk.exports.status(unit, actor, "folder"))
    assert any(
        "申请的事项名称有 6 个字符，对方最多收 2 个（1 项，如 MH-12-20261123-0001）" in line
        for line in status_lines(status, made.title)
    )
