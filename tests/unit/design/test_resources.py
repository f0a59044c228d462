"""Shipped files are found by name, and a lack is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from clerk_app.design import resources
from clerk_app.design.resources import resource


def test_a_shipped_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "x.json").write_text("{}")
    monkeypatch.setattr(resources, "_ROOT", tmp_path)
    assert resource("catalogue", "x.json").read_text() == "{}"
    with pytest.raises(FileNotFoundError, match=r"resources/catalogue/y\.json"):
        resource("catalogue", "y.json")


def test_this_checkout_has_its_resources() -> None:
    assert resource().is_dir()
