"""Exports to other systems as the hall's API tells of them; the same conventions as ``ports.hall``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clerk_app.ports.stores_hall_exports import Doubt, RefusalLine

ExportRefusal = RefusalLine


@dataclass(frozen=True, slots=True)
class ExportedBatch:
    """One file or request. ``sent_at`` is None while its fate is not known. ``digest``: SM3 of its bytes."""

    number: int
    name: str
    made_at: datetime
    sent_at: datetime | None
    changes: int
    refused: int
    digest: str
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class ExportInfo:
    """How far one adapter is. Numbers are changes of cases: gone out, waiting (behind one that was refused, or for the
    next run), refused. ``trouble``: why the latest run did not get through; it may quote the platform."""

    adapter: str
    began_at: datetime | None
    done_at: datetime | None
    trouble: str
    sent: int
    waiting: int
    refused: int
    batches: tuple[ExportedBatch, ...]
