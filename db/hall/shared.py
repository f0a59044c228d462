"""Several writes in one transaction, each behind a savepoint of its own: what one is refused undoes that one only."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from clerk_app.ports.stores_hall import HallUnit
from db.hall.lane import Done
from db.hall.unit import SqlUnit

SAVEPOINT = "SAVEPOINT turn"
RELEASE = "RELEASE SAVEPOINT turn"
ROLLBACK = "ROLLBACK TO SAVEPOINT turn"
_LONGEST_S = 0.05
"""After this time no further write joins: those that are done wait for the commit."""


@dataclass(frozen=True, slots=True)
class Write:
    """What somebody wants stored in a hall."""

    hall_id: str
    work: Callable[[HallUnit], Any]


def each(
    writes: Sequence[Write],
    unit: Callable[[str], SqlUnit],
    keep: Callable[[], None],
    undo: Callable[[], None],
    broken: tuple[type[Exception], ...],
) -> list[Done]:
    """Run the writes after one another in a transaction that stands at a savepoint; what became of each that ran.

    ``keep`` ends the savepoint and makes the next, ``undo`` goes back to it. What is ``broken`` comes through: it is
    the database's, and the transaction as a whole is in question. After a change of the settings nothing more runs,
    since a unit may remember the settings as the transaction found them.
    """
    done: list[Done] = []
    start = time.monotonic()
    for write in writes:
        made = unit(write.hall_id)
        try:
            value = write.work(made)
            keep()
        except broken:
            raise
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            undo()
            done.append(Done(error=error))
        else:
            done.append(Done(value))
        if made.settings_changed or time.monotonic() - start > _LONGEST_S:
            break
    return done
