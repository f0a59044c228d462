"""``make characters``: every ideograph of GB 18030-2022 level 3 from the card to paper and screen, none replaced.

Card (frame and text block) → window's store → API → hall's store → search → receipt → PDF → screen. The result goes to
``out/characters.json``: for each stage how many characters it saw and what came out otherwise than it went in, which
must be nothing; by block what the fonts of this PC lack, with and without the fallback font; and which characters a
receipt shows with the same dots.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.character_cards import Seen

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "out" / "characters.json"
_BATCH = 8_000
_MOST_SHOWN = 20


def main() -> int:
    """0 when every stage gave back every character that it got."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.every_character", description=__doc__)
    parser.add_argument("--thin", type=int, default=1, help="only every n-th character, and the edges of the blocks")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(ROOT / "tests"))
    from support.characters import BLOCKS, level_3, thinned

    characters = level_3() if args.thin == 1 else thinned(args.thin)
    began = time.monotonic()
    stages: dict[str, dict[str, Any]] = {}
    for seen, seconds in _stages(characters):
        entry = stages.setdefault(seen.stage, {"characters": 0, "wrong": [], "seconds": 0.0})
        entry["characters"] += seen.characters
        entry["wrong"] += seen.wrong
        entry["seconds"] = round(entry["seconds"] + seconds, 1)
    for name, entry in stages.items():
        print(f"{name:32}{entry['characters']:>8} seen, {len(entry['wrong'])} otherwise ({entry['seconds']:.0f} s)")
        for wrong in entry["wrong"][:_MOST_SHOWN]:
            print(f"  {wrong}")
    lacking = _lacking(characters)
    for fonts, blocks in lacking.items():
        print(f"lacking {fonts}: {sum(blocks.values())} {blocks or ''}")
    sizes: dict[str, int] = {}
    for block in BLOCKS:
        sizes[block.name] = sizes.get(block.name, 0) + len(block)
    alike = _alike(characters)
    print(f"the same dots on a receipt: {alike or 'none'}")
    result = {"characters": len(characters), "blocks": sizes, "stages": stages, "lacking": lacking, "alike": alike}
    result["seconds"] = round(time.monotonic() - began, 1)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{args.out}: {len(characters)} characters, {result['seconds']:.0f} s")
    return int(any(entry["wrong"] for entry in stages.values()))


def _stages(characters: str) -> Iterator[tuple[Seen, float]]:
    """Each stage with its time; in batches, so that no store, no picture and no page grows with their number."""
    from PySide6.QtGui import QGuiApplication

    from clerk_app import typefaces
    from support.character_cards import found_as_matters, through_the_hall
    from support.character_papers import glyphs_in_fonts, in_pdfs, on_receipts, on_screens
    from support.characters import in_pieces

    fonts = typefaces.find()
    screen = QGuiApplication.instance() or QGuiApplication(["characters"])

    def timed(work: Callable[[], Seen | list[Seen]]) -> Iterator[tuple[Seen, float]]:
        start = time.monotonic()
        found = work()
        spent = time.monotonic() - start
        for seen in found if isinstance(found, list) else [found]:
            print(f"… {seen.stage}: {seen.characters}", flush=True)
            yield seen, spent

    for piece in in_pieces(characters, _BATCH):
        with TemporaryDirectory(prefix="characters-") as folder:
            yield from timed(lambda piece=piece, folder=folder: through_the_hall(piece, Path(folder)))
        yield from timed(lambda piece=piece: on_receipts(piece, fonts))
        yield from timed(lambda piece=piece: in_pdfs(piece, fonts))
        yield from timed(lambda piece=piece: on_screens(piece, fonts))
    yield from timed(lambda: found_as_matters(characters))
    yield from timed(lambda: glyphs_in_fonts(characters, fonts))
    del screen


def _lacking(characters: str) -> dict[str, dict[str, int]]:
    """What the fonts lack, by block: those of this PC, and without a fallback font."""
    from dataclasses import replace

    from clerk_app import typefaces
    from support.characters import by_block

    fonts = typefaces.find()
    alone = replace(fonts, fallback=None)
    return {
        "with this PC's fonts": by_block(sorted(fonts.missing(characters))),
        "without a fallback font": by_block(sorted(alone.missing(characters))),
    }


def _alike(characters: str) -> list[str]:
    """Groups of characters that a receipt shows with the same dots, each as ``㒨 U+34A8, 𠑗 U+20457``."""
    from clerk_app import typefaces
    from support.character_papers import same_dots

    return [
        ", ".join(f"{char} U+{ord(char):04X}" for char in group) for group in same_dots(characters, typefaces.find())
    ]


if __name__ == "__main__":
    sys.exit(main())
