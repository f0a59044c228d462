"""Calendar files on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from clerk_app.bootstrap.calendar_files import load
from clerk_app.domain.errors import Rejected


def test_the_shipped_calendar_names_its_sources() -> None:
    years = load().years
    assert [year.year for year in years] == [2024, 2025, 2026]
    assert all("https://www.gov.cn/" in year.source for year in years)


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "2027.json"
    path.write_text(
        '{"format": "cn-working-days/1", "years": {"2027": {"status": "official", "source": "通知", '
        '"off": [{"name": "元旦", "from": "2027-01-01"}], "make_up": []}}}',
        encoding="utf-8-sig",
    )
    assert [year.year for year in load([path]).years] == [2024, 2025, 2026, 2027]


@pytest.mark.parametrize("content", [None, "日历".encode("gbk")])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "2027.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Rejected) as refusal:
        load([path])
    assert str(path) in str(refusal.value)
    assert "打不开" in str(refusal.value)
