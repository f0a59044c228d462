"""The server: what several processes, other systems and the back office need in the store."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from db.types import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# What SQLite has had since the first schema: see ``_APPEND_ONLY`` there.
_KEPT = ("hall_id", "entry_id", "kind", "subject", "at", "user_id", "user_name", "device_id", "payload")


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Moment(), nullable=null)


def upgrade() -> None:
    _append_only()
    _uploads()
    _instances()
    _office()
    _exports()


def downgrade() -> None:
    for table in ("export_refusal", "export_batch", "export_change", "export_run"):
        op.drop_table(table)
    for table in ("office_login", "office_number", "office_person", "office_route"):
        op.drop_table(table)
    op.drop_table("device_instance")
    op.drop_table("upload_chunk")
    op.drop_table("upload")
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


# --- files of windows (upload_models) -------------------------------------------------------------------------------
def _uploads() -> None:
    op.create_table(
        "upload",
        _text("hall_id", 36),
        _text("file_id", 36),
        _text("subject", 32),
        _text("subject_id", 36),
        _text("kind", 32),
        _text("media_type", 64),
        _number("size"),
        _text("sha", 64),
        _moment("made_at"),
        _text("window_no", 16),
        sa.Column("title", sa.Text(), nullable=False),
        _text("number", 64),
        _number("reprint"),
        _text("material_id", 128),
        _number("position"),
        _number("sheets"),
        _text("body_hash", 64),
        _moment("begun_at"),
        _moment("synced_at", null=True),
        sa.PrimaryKeyConstraint("hall_id", "file_id", name="pk_upload"),
    )
    op.create_index("ix_upload_subject", "upload", ["hall_id", "subject_id", "made_at"])
    op.create_index("ix_upload_unfinished", "upload", ["hall_id", "synced_at", "begun_at"])
    op.create_table(
        "upload_chunk",
        _text("hall_id", 36),
        _text("file_id", 36),
        _number("chunk_no"),
        _number("size"),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "file_id", "chunk_no", name="pk_upload_chunk"),
        sa.ForeignKeyConstraint(
            ["hall_id", "file_id"], ["upload.hall_id", "upload.file_id"], name="fk_upload_chunk_upload"
        ),
    )


# --- copies of a device's store -------------------------------------------------------------------------------------
def _instances() -> None:
    """Which copy of a device's store showed up last (instance_models)."""
    op.create_table(
        "device_instance",
        _text("hall_id", 36),
        _text("device_id", 36),
        _text("sign", 64),
        _moment("shown_at"),
        _number("doubles"),
        _moment("doubled_at", null=True),
        sa.PrimaryKeyConstraint("hall_id", "device_id", name="pk_device_instance"),
        sa.ForeignKeyConstraint(
            ["hall_id", "device_id"], ["device.hall_id", "device.device_id"], name="fk_device_instance_device"
        ),
    )


# --- the back office's pages (office_models) ------------------------------------------------------------------------
def _office() -> None:
    op.create_table(
        "office_route",
        _text("hall_id", 36),
        _text("desk", 32),
        _text("department", 256),
        _text("matter_code", 128),
        _text("responsible", 256),
        sa.PrimaryKeyConstraint("hall_id", "desk", "department", "matter_code", name="pk_office_route"),
    )
    op.create_table(
        "office_person",
        _text("hall_id", 36),
        _text("user_id", 36),
        _text("department", 256),
        sa.PrimaryKeyConstraint("hall_id", "user_id", "department", name="pk_office_person"),
        sa.ForeignKeyConstraint(
            ["hall_id", "user_id"], ["app_user.hall_id", "app_user.user_id"], name="fk_office_person_app_user"
        ),
    )
    op.create_table(
        "office_number",
        _text("hall_id", 36),
        _text("series", 128),
        _number("last"),
        _text("epoch", 64),
        sa.PrimaryKeyConstraint("hall_id", "series", name="pk_office_number"),
    )
    op.create_table(
        "office_login",
        _text("hall_id", 36),
        _text("session_id", 36),
        _moment("seen_at"),
        sa.PrimaryKeyConstraint("hall_id", "session_id", name="pk_office_login"),
        sa.ForeignKeyConstraint(
            ["hall_id", "session_id"],
            ["login_session.hall_id", "login_session.session_id"],
            name="fk_office_login_login_session",
        ),
    )


# --- exports to platforms (export_models) ---------------------------------------------------------------------------
def _exports() -> None:
    op.create_table(
        "export_run",
        _text("hall_id", 36),
        _text("adapter", 64),
        _number("cursor"),
        _number("number"),
        _moment("began_at", null=True),
        _moment("done_at", null=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        _text("holder", 64),
        _moment("held_until", null=True),
        sa.PrimaryKeyConstraint("hall_id", "adapter", name="pk_export_run"),
    )
    op.create_table(
        "export_change",
        _text("hall_id", 36),
        _text("adapter", 64),
        _text("change_id", 64),
        _number("feed_no"),
        _text("case_id", 36),
        _text("case_number", 64),
        _text("kind", 32),
        _number("place"),
        _moment("at"),
        _text("state", 32),
        _text("batch_id", 36),
        _text("digest", 64),
        sa.PrimaryKeyConstraint("hall_id", "adapter", "change_id", name="pk_export_change"),
    )
    waiting = sa.text("state IN ('waiting', 'refused')")
    op.create_index(
        "ix_export_change_open",
        "export_change",
        ["hall_id", "adapter", "feed_no"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_export_change_batch", "export_change", ["hall_id", "adapter", "batch_id"])
    op.create_table(
        "export_batch",
        _text("hall_id", 36),
        _text("adapter", 64),
        _text("batch_id", 36),
        _number("number"),
        _text("name", 128),
        _moment("made_at"),
        _moment("sent_at", null=True),
        sa.Column("change_ids", sa.Text(), nullable=False),
        _number("refused"),
        _text("digest", 64),
        sa.Column("doubts", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("hall_id", "adapter", "batch_id", name="pk_export_batch"),
    )
    op.create_index("uq_export_batch_number", "export_batch", ["hall_id", "adapter", "number"], unique=True)
    op.create_table(
        "export_refusal",
        _text("hall_id", 36),
        _text("adapter", 64),
        _text("change_id", 64),
        _number("line"),
        _text("field", 128),
        sa.Column("sentence", sa.Text(), nullable=False),
        _text("source", 16),
        _moment("at"),
        sa.PrimaryKeyConstraint("hall_id", "adapter", "change_id", "line", name="pk_export_refusal"),
        sa.ForeignKeyConstraint(
            ["hall_id", "adapter", "change_id"],
            ["export_change.hall_id", "export_change.adapter", "export_change.change_id"],
            name="fk_export_refusal_export_change",
        ),
    )
