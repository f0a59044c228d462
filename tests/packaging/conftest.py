"""The modules of bundle and installer come from their sources; tests in a minimal root run when asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PACKAGING = Path(__file__).parents[2] / "packaging"
sys.path += [str(PACKAGING), str(PACKAGING / "installer")]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "bundle" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("bundle"):
            item.add_marker(pytest.mark.skip(reason="installs in a minimal root for minutes: make bundle-test"))
