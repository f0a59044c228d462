from __future__ import annotations

from clerk_app.documents.codebox import SIDE, box_dots


def drawing(char: str) -> list[str]:
    grid = [["."] * SIDE for _ in range(SIDE)]
    for row, start, end in box_dots(char):
        grid[row][start:end] = "#" * (end - start)
    return ["".join(row) for row in grid]


def test_the_box_is_closed_and_shows_the_code_point() -> None:
    rows = drawing("\ue000")
    assert rows[1] == rows[22] == "#" * SIDE
    assert all(row[0] == row[-1] == "#" for row in rows[1:23])
    assert [row[6:17] for row in rows[4:11]] == [
        "#####..###.",
        "#.....#...#",
        "#.....#..##",
        "####..#.#.#",
        "#.....##..#",
        "#.....#...#",
        "#####..###.",
    ]


def test_boxes_of_different_characters_differ() -> None:
    chars = ["\ue000", "\ue001", "\uf8ff", "𠮷", "\U00030000", "\U0010fffd"]
    assert len({tuple(drawing(char)) for char in chars}) == len(chars)
