"""Fields of a newer window: what this server does not know of a record is kept with it, not lost (docs/sync.md).

The digest of a record covers the fields that the reader knows, so that what an older server acknowledged is recognised
by the newer one that it becomes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def with_unknown(known: Any, sent: Any) -> Any:
    """``known`` (a record as JSON values, as it is stored) with everything of ``sent`` (as it came) that it lacks.

    Lists are gone through side by side; one of another length is taken as it is known.
    """
    if known == sent:
        # Most of a record is the same on both sides, and comparing costs next to nothing.
        return known
    if isinstance(known, dict) and isinstance(sent, Mapping):
        added = {name: value for name, value in sent.items() if name not in known}
        changed = {
            name: merged
            for name, value in known.items()
            if name in sent and (merged := with_unknown(value, sent[name])) is not value
        }
        return {**known, **changed, **added} if added or changed else known
    if isinstance(known, list) and isinstance(sent, list) and len(known) == len(sent):
        merged_items = [with_unknown(*pair) for pair in zip(known, sent, strict=True)]
        same = all(after is before for after, before in zip(merged_items, known, strict=True))
        return known if same else merged_items
    return known
