"""The installer's own modules come from the bundle's sources; tests in a minimal root run when asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

INSTALLER = Path(__file__).parents[2] / "packaging" / "installer"
sys.path.append(str(INSTALLER))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "bundle" in config.option.markexpr:
        return
    for item in items:
        if item.get_closest_marker("bundle"):
            item.add_marker(pytest.mark.skip(reason="installs in a minimal root for minutes: make bundle-test"))
