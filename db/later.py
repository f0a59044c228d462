"""Statements whose result nobody waits for: on PostgreSQL they travel together, before the next one that is waited for.

The order of statements stays, and so does what each sees; an error of one comes with the next that is waited for, or at
the end, and fails the transaction. So only what cannot be refused goes this way.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Executable, event
from sqlalchemy.dialects.postgresql import psycopg

_KEY = "clerk.later"
_DIALECT: Dialect = psycopg.dialect()  # type: ignore[no-untyped-call]


def later(connection: Connection, statement: Executable, values: dict[str, Any]) -> None:
    """Run it now, or on PostgreSQL together with what follows."""
    if connection.dialect.name == "sqlite":
        connection.execute(statement, values)
        return
    connection.info.setdefault(_KEY, []).append((statement, values))


def send(connection: Connection, *last: str) -> None:
    """Send what waits, and ``last`` behind it, in one round trip."""
    waiting = take(connection)
    driver: Any = connection.connection.driver_connection
    with driver.pipeline():
        for statement, values in waiting:
            quick = _quick(statement, tuple(values))
            if quick is None:
                connection.execute(statement, values)
            else:
                sql, made = quick
                driver.execute(sql, {name: make(values) for name, make in made.items()})
        for text in last:
            driver.execute(text)


@cache
def _quick(statement: Any, names: tuple[str, ...]) -> tuple[str, dict[str, Callable[[dict[str, Any]], Any]]] | None:
    """The text and how its parameters are made, for the driver alone: there is no result that SQLAlchemy is needed for.
    None for a statement whose text hangs on its values."""
    compiled = statement.compile(dialect=_DIALECT, column_keys=list(names))
    if "POSTCOMPILE" in compiled.string:
        return None
    made: dict[str, Callable[[dict[str, Any]], Any]] = {}
    for name, bind in compiled.binds.items():
        process = bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT) or _same
        made[name] = partial(_given, name, process) if name in names else partial(_fixed, process(bind.value))
    return compiled.string, made


def _same(value: Any) -> Any:
    return value


def _given(name: str, process: Callable[[Any], Any], values: dict[str, Any]) -> Any:
    return process(values[name])


def _fixed(value: Any, values: dict[str, Any]) -> Any:
    return value


def take(connection: Connection) -> list[tuple[Executable, dict[str, Any]]]:
    """What waits, to be sent or forgotten."""
    found: list[tuple[Executable, dict[str, Any]]] = connection.info.pop(_KEY, [])
    return found


def listen(engine: Engine) -> None:
    """Before each statement that is waited for, those go that are not."""

    @event.listens_for(engine, "before_cursor_execute")
    def _before(connection: Connection, *rest: Any) -> None:
        if _KEY in connection.info:
            send(connection)
