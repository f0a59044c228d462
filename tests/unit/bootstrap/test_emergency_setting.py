"""How long the server may be away, how many numbers are kept for then, and how long pages are."""

from __future__ import annotations

from pathlib import Path

import pytest

from clerk_app.bootstrap import settings
from clerk_app.domain.errors import Rejected


def written(folder: Path, section: str, line: str) -> Path:
    (folder / settings.FILE_NAME).write_text(f"[{section}]\n{line}\n", encoding="utf-8")
    return folder


def test_ten_seconds_one_block_and_three_where_nothing_is_set(tmp_path: Path) -> None:
    found = settings.load(tmp_path)
    assert (found.window.emergency_after, found.window.emergency_blocks, found.kiosk.emergency_blocks) == (10.0, 1, 3)


def test_a_hall_may_set_its_own(tmp_path: Path) -> None:
    assert settings.load(written(tmp_path, "window", "emergency_after = 30")).window.emergency_after == 30
    assert settings.load(written(tmp_path, "kiosk", "emergency_blocks = 5")).kiosk.emergency_blocks == 5


@pytest.mark.parametrize(
    ("section", "line", "words"),
    [
        ("window", "emergency_after = 2", "5 到 600 秒"),
        ("window", "emergency_blocks = 13", "0 到 12"),
        ("kiosk", "emergency_blocks = -1", "0 到 12"),
        ("window", "keep_pages_days = 7", "30 到 3650 天"),
    ],
)
def test_what_cannot_work_is_refused_with_its_bounds(tmp_path: Path, section: str, line: str, words: str) -> None:
    with pytest.raises(Rejected, match=words):
        settings.load(written(tmp_path, section, line))
