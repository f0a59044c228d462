"""The import contracts of pyproject.toml hold, each of them bites, and no package is outside the layers."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}

# contract → (file that gets the line, the forbidden import)
VIOLATIONS = {
    "layers": ("clerk_app/domain/planted.py", "import clerk_app.ports"),
    "drivers-alone": ("drivers/planted.py", "import clerk_app.domain"),
    "bootstrap-picks-drivers": ("clerk_app/services/window/planted.py", "import drivers"),
    "qt-only-in-ui": ("clerk_app/documents/planted.py", "import PySide6.QtGui"),
    "sql-only-in-db": ("clerk_app/services/hall/planted.py", "import sqlalchemy"),
    "no-db-above": ("clerk_app/server/planted.py", "import db.hall"),
    "views-through-services": ("clerk_app/ui/planted.py", "import clerk_app.client"),
}


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = "import sys; from importlinter.cli import lint_imports_command as main; main()"
    return subprocess.run(
        [sys.executable, "-c", command, "--no-logo", "--no-cache", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in ("clerk_app", "drivers", "db"):
        shutil.copytree(ROOT / package, folder / package, ignore=lambda path, names: _not_python(Path(path), names))
    return folder


def _not_python(folder: Path, names: list[str]) -> list[str]:
    return [name for name in names if not (name.endswith(".py") or (folder / name).is_dir())]


def test_contracts_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_contract_has_a_planted_violation() -> None:
    assert VIOLATIONS.keys() == CONTRACTS.keys()


@pytest.mark.parametrize("contract", VIOLATIONS)
def test_contract_bites(contract: str, copy: Path) -> None:
    path, line = VIOLATIONS[contract]
    planted = copy / path
    planted.write_text(line + "\n")
    try:
        result = lint(copy, "--contract", contract)
    finally:
        planted.unlink()
    assert result.returncode == 1, result.stderr
    assert f"{CONTRACTS[contract]['name']} BROKEN" in result.stdout
    assert path.removesuffix(".py").replace("/", ".") in result.stdout


def test_every_package_has_a_layer() -> None:
    layers = set(re.findall(r"[\w.]+", " ".join(CONTRACTS["layers"]["layers"])))
    found = set()
    for folder in (ROOT / "clerk_app", ROOT / "clerk_app" / "services"):
        prefix = ".".join(folder.relative_to(ROOT).parts)
        found |= {f"{prefix}.{entry.name}" for entry in folder.iterdir() if (entry / "__init__.py").exists()}
        found |= {f"{prefix}.{entry.stem}" for entry in folder.glob("*.py") if not entry.stem.startswith("__")}
    assert found - {"clerk_app.services"} <= layers
