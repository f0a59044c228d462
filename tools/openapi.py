"""``make openapi``: write the API's description to docs/openapi.json."""

from __future__ import annotations

import sys
from pathlib import Path

from clerk_app.server.app import routed
from clerk_app.server.description import text_of

PATH = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


def main() -> int:
    text = text_of(routed().openapi())
    changed = not PATH.exists() or PATH.read_text(encoding="utf-8") != text
    PATH.write_text(text, encoding="utf-8")
    print(f"{PATH.name}: {'renewed' if changed else 'as it was'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
