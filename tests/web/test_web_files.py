"""What the pages are made of: the house's tokens, nothing from elsewhere, nothing that a box of 2020 does not know."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clerk_app.design.resources import resource
from clerk_app.design.tokens import COLOR, DISPLAY_TYPE
from clerk_app.domain.enrolment import CodeParts, read_secret, write_code
from clerk_app.domain.errors import Rejected
from clerk_app.server import web
from clerk_app.server.web import RateLimit, panel_css, phone_css, web_files

FILES = sorted(path for path in resource("web").iterdir() if path.is_file())
HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
# Chromium 80 (February 2020): what came later, with the version it came in.
TOO_NEW = {
    r"\?\?=|\|\|=|&&=": "logical assignment, 85",
    r"\.replaceAll\(": "85",
    r"\.replaceChildren\(": "86",
    r"\.at\(": "92",
    r"structuredClone": "98",
    r"\binset\b": "87",
    r"aspect-ratio": "88",
    r":is\(|:where\(|:has\(": "88 and later",
    r"(?<!grid-)\bgap:": "84 in flex boxes",
    r"\d[dsl]v[hw]\b": "108",
    r"#\w+\s*\(.*\)\s*\{": "private methods, 84",
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_colours_and_sizes_are_the_tokens(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert HEX.findall(text) == []
    assert re.findall(r"\d\s?px\b", text.replace("px of a 1920x1080", "")) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "//" not in re.sub(r"^\s*//.*$|\s// .*$", "", text, flags=re.M).replace(
        '"wss://" + window.location.host', ""
    )
    assert "eval(" not in text
    assert not re.search(r"\son\w+=|<script>|<style|style=", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_box_with_chromium_80_understands_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert {feature: since for feature, since in TOO_NEW.items() if re.search(feature, text)} == {}


def test_every_variable_that_a_page_uses_is_a_token() -> None:
    for sheet, tokens in (("board.css", panel_css()), ("queue.css", phone_css())):
        used = set(re.findall(r"var\((--[\w-]+)", resource("web", sheet).read_text(encoding="utf-8")))
        own = {"--shrink"}
        assert sorted(name for name in used - own if f"{name}:" not in tokens) == []


def test_sizes_scale_with_the_panel_and_colours_are_the_houses() -> None:
    css = panel_css()
    assert f"--display-call: calc({DISPLAY_TYPE['call'].px} * var(--u));" in css
    assert f"--call: {COLOR.call};" in css
    assert "orientation: portrait" in css
    assert f"--pri: {COLOR.pri};" in phone_css()


def test_files_are_kept_for_ever_under_their_own_version_only() -> None:
    files = web_files("display")
    assert "immutable" in files.answer(files.version, "board.css").headers["cache-control"]
    assert files.answer("0" * 16, "board.css").headers["cache-control"] == "no-store"
    for name in ("../pyproject.toml", "board.html", "queue.js"):
        assert files.answer(files.version, name).status_code == 404


def test_an_asker_has_so_many_tries_and_gets_new_ones_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(web.time, "monotonic", lambda: now[0])
    limit = RateLimit(burst=3, per_second=0.5)
    assert [limit.allows("a") for _ in range(4)] == [True, True, True, False]
    assert limit.allows("b")
    now[0] += 2
    assert limit.allows("a", 0)
    assert limit.allows("a")
    assert not limit.allows("a", 0)
    now[0] += 1000
    assert [limit.allows("a") for _ in range(4)] == [True, True, True, False]


def test_those_not_seen_for_longest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "_ADDRESSES", 2)
    limit = RateLimit(burst=1, per_second=0.0)
    for who in ("a", "b", "c"):
        assert limit.allows(who)
    assert not limit.allows("c")
    assert limit.allows("a")


def test_the_first_two_groups_of_a_code_are_enough_in_a_browser() -> None:
    code = write_code(CodeParts("7Q4KM2XW8D", "0123456789ABCDEF"))
    assert code.startswith("7Q4KM-2XW8D-")
    for typed in (code, "7Q4KM-2XW8D", "7q4km 2xw8d"):
        assert read_secret(typed) == "7Q4KM2XW8D"
    for typed in ("", "7Q4KM", code[:-1], "7Q4KM-2XW8U"):
        with pytest.raises(Rejected):
            read_secret(typed)
