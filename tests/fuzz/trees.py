"""Changes JSON inputs as trees: bytes alone rarely get past the first bracket."""

from __future__ import annotations

import json
from random import Random
from typing import Any

_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**70, 10**40, 0.5, -0.0, 1e308),
    *("", " ", "0", "A047", "2026-11-23", "2026-11-23T09:00:00+08:00", "x" * 300, "\ud842", "𠮷", "\u0000", "１"),
    *([], {}, [[]], [{}], {"": ""}, [None], [1, 2], ["1", "c1"]),
)

_STOP_HERE = 0.15
"""How often a whole part is changed instead of something in it."""


def changed(data: bytes, most: int, seed: int) -> bytes | None:
    """Another tree of at most ``most`` bytes; None when ``data`` is no JSON or the new one is too long."""
    random = Random(seed)
    try:
        tree = json.loads(data)
    except (ValueError, RecursionError):
        return None
    holder = [tree]
    for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
        _change(*_place(holder, random), holder, random)
    made = json.dumps(holder[0] if holder else None, ensure_ascii=random.random() < 0.1, separators=(",", ":"))
    found = made.encode("utf-8", "surrogatepass")
    return found if len(found) <= most else None


def _place(tree: Any, random: Random) -> tuple[Any, Any]:
    """A container and a key or place in it, by walking down from the top; None as key in an empty one."""
    node = tree
    while True:
        if not node:
            return node, None
        key = random.choice(list(node)) if isinstance(node, dict) else int(random.random() * len(node))
        inside = node[key]
        if not isinstance(inside, dict | list) or random.random() < _STOP_HERE:
            return node, key
        if not inside:
            return node, key
        node = inside


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _change(node: Any, key: Any, holder: Any, random: Random) -> None:
    if key is None:
        return
    other, at = _place(holder, random)
    copied = _copied(other[at]) if at is not None else None
    match random.randrange(7):
        case 0:
            node[key] = _copied(random.choice(_VALUES))
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
                node[key] = _copied(random.choice(_VALUES))
