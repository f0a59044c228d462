"""``[window] citizen_screen``: one of three words, a second monitor by default."""

from __future__ import annotations

from pathlib import Path

import pytest

from clerk_app.bootstrap import settings
from clerk_app.domain.errors import Rejected
from clerk_app.ui.citizen.placing import ScreenMode


def written(folder: Path, word: str) -> Path:
    (folder / settings.FILE_NAME).write_text(f'[window]\ncitizen_screen = "{word}"\n', encoding="utf-8")
    return folder


def test_a_second_monitor_is_used_where_nothing_is_set(tmp_path: Path) -> None:
    assert settings.load(tmp_path).window.citizen_screen == ScreenMode.AUTO


@pytest.mark.parametrize("mode", list(ScreenMode))
def test_every_mode_of_the_screen_can_be_set(tmp_path: Path, mode: ScreenMode) -> None:
    assert settings.load(written(tmp_path, mode.value)).window.citizen_screen == mode


def test_another_word_is_refused_with_those_that_can_be_written(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="citizen_screen 可写 auto、window、off"):
        settings.load(written(tmp_path, "second"))
