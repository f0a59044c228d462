"""Every kept input goes through its parser again, without the fuzzer: what was once found stays mended."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from fuzz import corpora
from fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_kept_inputs_keep_the_properties_of_their_parser(name: str) -> None:
    target = TARGETS[name]
    inputs = [*target.seeds(), *corpora.kept(target)]
    assert inputs
    for data in inputs:
        try:
            target.run(data)
        except Exception as broken:
            raise AssertionError(f"{name} is broken by {data!r}") from broken


def test_the_page_has_the_figures_and_the_properties_of_every_target() -> None:
    page = (corpora.FOLDER.parents[2] / "docs" / "fuzzing.md").read_text(encoding="utf-8")
    properties, figures = page.split("## Figures", 1)
    for name, target in TARGETS.items():
        (told,) = re.findall(rf"^\| {name} \| (.+) \| (.+) \|$", properties, re.MULTILINE)
        assert told == (", ".join(f"`{module.removeprefix('clerk_app.')}`" for module in target.modules), target.about)
        assert len(re.findall(rf"^\| {name} \|(?: [\d,]+ \|){{5}}$", figures, re.MULTILINE)) == 1


def test_the_kept_inputs_are_few_and_small() -> None:
    files = sorted(corpora.FOLDER.glob("*.txt"))
    assert {path.stem for path in files} <= set(TARGETS)
    assert max(len(corpora.kept(TARGETS[path.stem])) for path in files) <= corpora.MOST_INPUTS
    assert sum(path.stat().st_size for path in files) <= corpora.MOST_BYTES


def test_a_corpus_is_reduced_to_inputs_that_each_show_something_new() -> None:
    target = TARGETS["enrolment-codes"]
    first = replace(target, seeds=lambda: [b""])
    good = b"7Q4KM-2XW8D-00000-11111-22222-3"
    assert corpora.reduced(first, [good, good + b" ", b"", b"1", b"?", b"!"]) == [b"!", good]
    assert corpora.reduced(target, [good, b"", b"?", b"!"]) == [b"!"]
