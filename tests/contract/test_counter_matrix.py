"""The fault matrices of keypads, strips and scanners; their tables stand in the documentation."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from support import counter_matrix as matrix

DOCS = Path(__file__).parents[2] / "docs/devices"
BEGIN, END = "<!-- fault matrix: begin -->\n", "<!-- fault matrix: end -->\n"
TABLES: dict[str, Callable[[], str]] = {
    "evaluators.md": lambda: matrix.frame_table(matrix.rating, matrix.rating_unplugged, matrix.RATING),
    "caller-keypads.md": lambda: matrix.frame_table(matrix.key, matrix.key_unplugged, matrix.KEY),
    "scanners.md": matrix.code_table,
    "call-boards.md": matrix.board_table,
}


def test_no_fault_rates_for_a_citizen() -> None:
    for fault in ("silence", "noise", "first byte lost", "truncated", "wrong checksum", "wrong length"):
        assert matrix.rating(fault) == "unrated"
    for fault in ("none", "noise before it", "byte by byte", "two in a row"):
        assert matrix.rating(fault) == "level 5"


def test_no_fault_presses_a_key() -> None:
    for fault in ("silence", "noise", "first byte lost", "truncated", "wrong checksum", "wrong length"):
        assert matrix.key(fault) == "no key"
    for fault in ("none", "noise before it", "byte by byte", "two in a row"):
        assert matrix.key(fault) == "miss"


def test_no_fault_makes_a_shorter_number_of_a_code() -> None:
    outcomes = matrix.played(matrix.code_unplugged, [(count, True) for count in range(len(matrix.CODE) + 1)])
    assert [outcome for outcome in outcomes if outcome.startswith("A")] == ["A0356"]


@pytest.mark.parametrize("page", TABLES)
def test_the_tables_of_the_documentation_are_what_is_played(page: str) -> None:
    """``CLERK_WRITE_DOCS=1`` writes them anew."""
    path = DOCS / page
    words = path.read_text(encoding="utf-8")
    before, rest = words.split(BEGIN)
    wanted = before + BEGIN + TABLES[page]() + "\n" + END + rest.split(END)[1]
    if os.environ.get("CLERK_WRITE_DOCS"):
        path.write_text(wanted, encoding="utf-8")
        words = wanted
    assert words == wanted, "run this test with CLERK_WRITE_DOCS=1 and read what changed"
