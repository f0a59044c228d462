"""Alembic environment: the connection is handed in by ``db.window.migrate``."""

from __future__ import annotations

from alembic import context

from db.window.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
