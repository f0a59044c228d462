"""docs/coverage.md against the tree: what it names exists, and every row has a place with a test or a later part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "coverage.md"
COLUMNS = ["Asked by", "What", "Where it lives", "Test", "Later part"]
LATER_PARTS = {"4", "5", "6", "7", "8"}

FEWEST_ROWS = {
    "1.1 Catalogue of matters": 23,
    "1.2 The confirmation form of Jixi (S2), field by field": 16,
    "1.3 Queue, windows, hall": 13,
    "1.4 Intake and processing": 32,
    "1.5 Evaluation, complaints, stuck cases": 7,
    "1.6 Figures": 4,
    "1.7 Traps": 4,
    "2 The law": 29,
    "2 The papers": 15,
}
"""Rows of the sources by section: a row may be parted or added, none may be lost."""


@dataclass(frozen=True)
class Row:
    """One line of a table, its cells by column."""

    section: str
    asked_by: str
    what: str
    where: tuple[str, ...]
    tests: tuple[str, ...]
    later: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.section}: {self.what}"


@cache
def rows() -> tuple[Row, ...]:
    """Every row of every table of the page."""
    found, section = [], ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ").strip()
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == len(COLUMNS), line
        if cells == COLUMNS or set("".join(cells)) == {"-"}:
            continue
        where, tests = (tuple(re.findall(r"`([^`]+)`", cell)) for cell in cells[2:4])
        found.append(Row(section, cells[0], cells[1], where, tests, tuple(cells[4].split())))
    return tuple(found)


@pytest.mark.parametrize(("section", "fewest"), FEWEST_ROWS.items())
def test_no_section_has_lost_a_row(section: str, fewest: int) -> None:
    assert len([row for row in rows() if row.section == section]) >= fewest


def test_there_are_no_other_sections() -> None:
    assert {row.section for row in rows()} == set(FEWEST_ROWS)


@pytest.mark.parametrize("row", rows(), ids=str)
def test_every_row_is_here_with_its_test_or_comes_with_a_later_part(row: Row) -> None:
    assert row.asked_by
    assert row.what
    assert bool(row.where) == bool(row.tests), "a place without a test, or a test of nothing"
    assert row.where or row.later, "neither here nor later"
    assert set(row.later) <= LATER_PARTS


def test_every_path_exists_and_tests_are_tests() -> None:
    named = {path for row in rows() for path in (*row.where, *row.tests)}
    assert sorted(path for path in named if not (ROOT / path).is_file()) == []
    for row in rows():
        assert all(path.startswith("tests/") and "/test_" in path for path in row.tests), row
        assert all(path.startswith(("clerk_app/", "db/", "drivers/")) for path in row.where), row


def test_the_head_names_every_part_that_the_rows_name() -> None:
    head = PAGE.read_text(encoding="utf-8").split("\n## ")[0]
    for part in {part for row in rows() for part in row.later}:
        assert re.search(rf"(\*\*Later part\.\*\*|·|\n)\s*{part} ", head), part
    for source in {one for row in rows() for one in re.findall(r"\bS\d\b", row.asked_by)}:
        assert f"`{source}`" in head
