"""Every cell of the table element × paper, looked for on the printed paper of a realistic case."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pypdfium2
import pytest

from clerk_app.design.fontset import FontSet
from clerk_app.documents.notice import render_notice
from clerk_app.documents.pdf.codes import barcode_bars
from clerk_app.documents.receipt_page import render_receipt_page
from clerk_app.domain.paper_elements import PAPER_ELEMENTS
from clerk_app.domain.papers import DOCUMENT_WORDS, PAPER_NAMES, PaperKind
from clerk_app.domain.receipts import receipt_for
from support.casepapers import NUMBER, accepted, all_papers, asked, document
from support.paper_cells import CELLS

# bars are read by themselves, further down
TABLE = [
    (kind, element.key) for kind, elements in PAPER_ELEMENTS.items() for element in elements if element.key != "barcode"
]


@pytest.fixture(scope="session")
def texts(
    printed: Mapping[tuple[PaperKind, str], bytes], words: Callable[[bytes], list[str]], fonts: FontSet
) -> Mapping[tuple[PaperKind, str], str]:
    """The text of each paper; a preview adds the name of the seal, as the stamp itself does."""
    found = {
        key: "".join(words(pdf) + words(render_notice(all_papers()[key], fonts, preview=True)))
        for key, pdf in printed.items()
    }
    receipt = receipt_for(asked())
    assert receipt is not None
    found[PaperKind.RECEIPT, "usual"] = "".join(words(render_receipt_page(receipt, fonts)))
    return found


@pytest.mark.parametrize(("kind", "key"), TABLE, ids=lambda value: str(value))
def test_the_element_stands_on_the_paper(kind: PaperKind, key: str, texts: Mapping[tuple[PaperKind, str], str]) -> None:
    if key == "number":
        assert "".join(document(kind).split()) in texts[kind, "usual"]
        return
    cell = CELLS[kind][key]
    text, situation = cell if isinstance(cell, tuple) else (cell, "usual")
    assert text in texts[kind, situation]


def test_every_kind_of_paper_that_leaves_the_window_is_in_the_table() -> None:
    assert set(PAPER_ELEMENTS) == set(PaperKind) - {PaperKind.TICKET}
    assert {kind for kind, _ in all_papers()} == set(DOCUMENT_WORDS)
    for kind, elements in PAPER_ELEMENTS.items():
        keys = [element.key for element in elements]
        assert len(keys) == len(set(keys)), kind


@pytest.mark.parametrize(
    "kind", [kind for kind, elements in PAPER_ELEMENTS.items() if any(one.key == "barcode" for one in elements)]
)
def test_the_barcode_is_the_case_number(kind: PaperKind, printed: Mapping[tuple[PaperKind, str], bytes]) -> None:
    pdf = pypdfium2.PdfDocument(printed[kind, "usual"])
    page = pdf[0]
    millimetre = 400 / 25.4
    strip = (90 / 25.4 * 72, 270 / 25.4 * 72, 47 / 25.4 * 72, 22 / 25.4 * 72)
    picture = page.render(scale=400 / 72, crop=strip).to_pil().convert("L")
    pdf.close()
    dark = [level < 128 for level in picture.crop((0, 10, picture.width, 11)).tobytes()]
    edges = [x for x in range(1, len(dark)) if dark[x] != dark[x - 1]]
    bars = barcode_bars(NUMBER)
    module = (edges[-1] - edges[0]) / (bars[-1][0] + bars[-1][1])
    read = [
        (round((a - edges[0]) / module), round((b - a) / module)) for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]
    assert read == bars
    assert module / millimetre >= 0.19


SEALED = {kind for kind, elements in PAPER_ELEMENTS.items() if any(one.key == "seal" for one in elements)}


def test_only_decisions_bear_the_approval_seal_and_what_the_applicant_declares_bears_none() -> None:
    for (kind, _), notice in all_papers().items():
        decision = kind in {PaperKind.GRANT_DECISION, PaperKind.REFUSAL_DECISION}
        assert (notice.seal == "行政审批专用章") == decision
        assert bool(notice.seal) == (kind in SEALED)


def test_no_paper_shows_a_whole_identity_number(texts: Mapping[tuple[PaperKind, str], str]) -> None:
    for key, text in texts.items():
        assert not re.search(r"1101\d{13}[\dX]", text), key


def test_docs_show_the_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "papers.md").read_text(encoding="utf-8")
    table = page.split("<!-- table -->\n")[1].split("<!-- end of table -->")[0]
    assert table == as_markdown(), f"paste this table into docs/papers.md:\n{as_markdown()}"


def as_markdown() -> str:
    lines = ["| paper | element | by | certainty |", "|---|---|---|---|"]
    for kind, elements in PAPER_ELEMENTS.items():
        for place, one in enumerate(elements):
            name = PAPER_NAMES[kind] if place == 0 else ""
            lines.append(f"| {name} | {one.name} | {one.source} | {one.certainty.value} |")
    return "\n".join(lines) + "\n"


def test_an_accepted_case_gets_its_notice_in_the_same_words_whoever_prints_it(fonts: FontSet) -> None:
    notice = all_papers()[PaperKind.ACCEPTANCE_NOTICE, "usual"]
    assert render_notice(notice, fonts) == render_notice(notice, fonts)
    assert accepted().numbers.case == notice.case_number
