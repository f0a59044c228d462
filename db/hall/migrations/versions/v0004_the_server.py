"""The server: what several processes, other systems and the back office need in the store."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What SQLite has had since the first schema: see ``_APPEND_ONLY`` there.
_KEPT = ("hall_id", "entry_id", "kind", "subject", "at", "user_id", "user_name", "device_id", "payload")


def upgrade() -> None:
    _append_only()


def downgrade() -> None:
    _changeable()


# --- append-only on PostgreSQL --------------------------------------------------------------------------------------
def _append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    old, new = (", ".join(f"{which}.{name}" for name in _KEPT) for which in ("OLD", "NEW"))
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal FOR EACH ROW WHEN (OLD.feed_no IS NOT NULL"
        f" OR ({old}) IS DISTINCT FROM ({new})) EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER case_act_no_update BEFORE UPDATE ON case_act FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    for table in ("journal", "case_act"):
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
            " EXECUTE FUNCTION refuse_change()"
        )


def _changeable() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table in ("journal", "case_act"):
        for what in ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{what} ON {table}")
    op.execute("DROP FUNCTION refuse_change()")
