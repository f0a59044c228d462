"""``out/chaos.json``: one entry for each campaign, the newest run of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "out" / "chaos.json"


def write(path: Path, record: dict[str, Any]) -> None:
    """Keep ``record`` under its ``campaign``; other campaigns in the file stay."""
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    kept = [entry for entry in entries if entry["campaign"] != record["campaign"]]
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps([*kept, record], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(beside, path)
