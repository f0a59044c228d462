"""The contract on the example, as a third party runs it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from acme_platform import FIELDS, PLATFORMS

from clerk_app.platforms.contract import PlatformContract
from clerk_app.ports.platform import Options, PlatformAdapter

GROUP_OF = {field.name: group.name for group in FIELDS.groups for field in group.fields}


class FrontEnd:
    """The folder that ACME reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "in"
        self.folder.mkdir()

    def cases(self) -> list[Any]:
        found = []
        for path in sorted(self.folder.glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    case: dict[str, dict[str, str]] = {}
                    for name, text in row.items():
                        if text:
                            case.setdefault(GROUP_OF[name], {})[name] = text
                    found.append(case)
        return found

    def go_away(self) -> None:
        self.folder.rename(self.folder.with_name("away"))

    def come_back(self) -> None:
        self.folder.with_name("away").rename(self.folder)


class TestAcmePlatform(PlatformContract):
    def make_bench(self, folder: Path) -> FrontEnd:
        return FrontEnd(folder)

    def make_adapter(self, bench: Any) -> PlatformAdapter:
        return PLATFORMS[0].make(Options(bench.folder, more={"front_end": str(bench.folder)}))
