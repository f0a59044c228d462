"""The hall's telephone is changed in its settings file: the server takes it over when it starts again."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from clerk_app.bootstrap.server import open_hall

FIRST = '[hall]\ncode = "MH"\nname = "明河区政务服务中心"\nphone = "0000-1234567"\n'


def _profile(folder: Path) -> tuple[str, str, str, str]:
    hall = open_hall(folder)
    try:
        found = hall.desk.store.read(hall.hall_id, lambda unit: unit.setup.profile())
    finally:
        hall.close()
    return found.code, found.phone, found.query_url, found.area


def test_what_the_settings_name_is_taken_over_and_the_rest_stays(tmp_path: Path) -> None:
    file = tmp_path / "clerk.toml"
    file.write_text(FIRST + 'area = "三楼"\n', encoding="utf-8")
    assert _profile(tmp_path) == ("MH", "0000-1234567", "", "三楼")
    file.write_text(FIRST.replace("1234567", "7654321") + 'query_url = "https://www.example.gov.cn/q/"\n', "utf-8")
    assert _profile(tmp_path) == ("MH", "0000-7654321", "https://www.example.gov.cn/q/", "三楼")
    file.unlink()
    assert _profile(tmp_path) == ("MH", "0000-7654321", "https://www.example.gov.cn/q/", "三楼")

    hall = open_hall(tmp_path)
    try:
        hall.desk.sequencer.run(hall.hall_id)
        entries = hall.desk.store.read(hall.hall_id, lambda unit: unit.journal.after(0, 100))
    finally:
        hall.close()
    assert [entry.payload["changed"] for entry in entries if entry.kind == "hall.changed"] == [["phone", "query_url"]]


def test_the_code_that_begins_every_number_stays_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "clerk.toml"
    file.write_text(FIRST, encoding="utf-8")
    _profile(tmp_path)
    file.write_text(FIRST.replace('"MH"', '"XX"'), encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert _profile(tmp_path)[0] == "MH"
    assert "code" in caplog.text
