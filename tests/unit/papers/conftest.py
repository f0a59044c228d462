from __future__ import annotations

from collections.abc import Callable, Mapping

import pypdfium2
import pytest

from clerk_app import typefaces
from clerk_app.design.fontset import FontSet
from clerk_app.documents.notice import render_notice
from clerk_app.domain.papers import PaperKind
from support.casepapers import all_papers


@pytest.fixture(scope="session")
def fonts() -> FontSet:
    return typefaces.find()


@pytest.fixture(scope="session")
def words() -> Callable[[bytes], list[str]]:
    """The text of each page as it copies, without white."""

    def read(pdf: bytes) -> list[str]:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return ["".join(page.get_textpage().get_text_range().split()) for page in document]
        finally:
            document.close()

    return read


@pytest.fixture(scope="session")
def printed(fonts: FontSet) -> Mapping[tuple[PaperKind, str], bytes]:
    """Every paper of ``all_papers`` as PDF with all copies."""
    return {key: render_notice(notice, fonts, check="5c1e" * 16) for key, notice in all_papers().items()}
