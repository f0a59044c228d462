"""One furnished hall for all end-to-end tests; each test works on its own copy of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clerk_app import typefaces
from support.e2e_hall import E2eHall, OnePc, furnish, open_e2e_hall, open_one_pc
from support.e2e_office import OfficeHall, open_office_hall


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furnished")
    with pytest.MonkeyPatch.context() as patched:
        # The sample catalogue alone: what is tested must not depend on files that happen to lie beside the project.
        patched.delenv("CLERK_REAL_DATA", raising=False)
        furnish(folder)
    return folder


@pytest.fixture
def hall(furnished: Path, tmp_path: Path) -> Iterator[E2eHall]:
    with open_e2e_hall(furnished, tmp_path, typefaces.find().regular) as running:
        yield running


@pytest.fixture
def one_pc(furnished: Path, tmp_path: Path) -> Iterator[OnePc]:
    with open_one_pc(furnished, tmp_path, typefaces.find().regular) as pc:
        yield pc


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OfficeHall]:
    """One hall for all tests of counter and office; each works on a case of its own."""
    with pytest.MonkeyPatch.context() as patched:
        patched.delenv("CLERK_REAL_DATA", raising=False)
        with open_office_hall(tmp_path_factory.mktemp("office"), typefaces.find().regular) as running:
            yield running


@pytest.fixture
def own_office(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[OfficeHall]:
    """A hall for one test alone: its time passes."""
    monkeypatch.delenv("CLERK_REAL_DATA", raising=False)
    with open_office_hall(tmp_path, typefaces.find().regular) as running:
        yield running


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Real processes on a busy machine: what hangs is found by the waiting itself, which says what never came.
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(400))
