"""``python -m clerk_app.typefaces``: makes the static weights, says what there is. ``--cache-folder`` only names it."""

from __future__ import annotations

import sys
from pathlib import Path

from clerk_app.typefaces import TypefaceFault, cache_folder, find


def main() -> int:
    if sys.argv[1:] == ["--cache-folder"]:
        print(cache_folder())
        return 0

    def tell(done: int, total: int) -> None:
        print(f"Making static fonts: {done} of {total}", flush=True)

    try:
        fonts = find(tell)
    except TypefaceFault as fault:
        print(fault, file=sys.stderr)
        return 1
    for role, path in (("papers", fonts.regular), ("papers, bold", fonts.bold), ("Ext B to F", fonts.fallback)):
        print(f"Font for {role}: {_describe(path)}")
    return 0


def _describe(path: Path | None) -> str:
    return "none; rare characters show as a box with their code" if path is None else str(path)


if __name__ == "__main__":
    sys.exit(main())
