"""Changes JSON inputs as trees: bytes alone rarely get past the first bracket."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**70, 10**40, 0.5, -0.0, 1e308),
    *("", " ", "0", "A047", "2026-11-23", "2026-11-23T09:00:00+08:00", "x" * 300, "\ud842", "𠮷", "\u0000", "１"),
    *([], {}, [[]], [{}], {"": ""}, [None], [1, 2], ["1", "c1"]),
)


def changed(data: bytes, most: int, seed: int) -> bytes | None:
    """Another tree of at most ``most`` bytes; None when ``data`` is no JSON or the new one is too long."""
    random = Random(seed)
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return None
    holder = [tree]
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        places = list(_places(holder))
        if places:
            _change(*random.choice(places), places, random)
    made = json.dumps(holder[0] if holder else None, ensure_ascii=random.random() < 0.1, separators=(",", ":"))
    found = made.encode("utf-8", "surrogatepass")
    return found if len(found) <= most else None


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Each container with each key or place in it."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        keys = list(node) if isinstance(node, dict) else range(len(node))
        for key in keys:
            yield node, key
            if isinstance(node[key], dict | list):
                waiting.append(node[key])


def _change(node: Any, key: Any, places: Sequence[tuple[Any, Any]], random: Random) -> None:
    if (isinstance(node, dict) and key not in node) or (isinstance(node, list) and key >= len(node)):
        return
    other, at = random.choice(places)
    there = (isinstance(other, dict) and at in other) or (isinstance(other, list) and at < len(other))
    copied = json.loads(json.dumps(other[at])) if there else None
    match random.randrange(7):
        case 0:
            node[key] = json.loads(json.dumps(random.choice(_VALUES)))
        case 1:
            node[key] = copied
        case 2:
            del node[key]
        case 3 if isinstance(node, list):
            node.insert(key, copied)
        case 4 if isinstance(node, list) and len(node) > 1:
            node.append(node.pop(key))
        case 4 if isinstance(node, dict) and isinstance(at, str):
            node[at] = node.pop(key)
        case 5 if isinstance(node[key], int | float) and not isinstance(node[key], bool):
            node[key] += random.choice((-1, 1, 60, -node[key]))
        case _:
            if isinstance(node[key], str):
                text = node[key]
                place = random.randrange(len(text) + 1)
                node[key] = text[:place] + random.choice(("", "0", "9", "。", "-", text)) + text[place + 1 :]
            else:
                node[key] = json.loads(json.dumps(random.choice(_VALUES)))
