"""The first schema of the window: binding, numbers, drafts, cases, papers, outbox, people, journal, catalogue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.types import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    """
    CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
)


def upgrade() -> None:
    op.create_table(
        "binding",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("store_id", sa.String(length=36), nullable=False),
        sa.Column("epoch", sa.String(length=36), nullable=False),
        sa.Column("hall_code", sa.String(length=16), nullable=False),
        sa.Column("window_no", sa.String(length=16), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("bound_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", name=op.f("pk_binding")),
    )
    op.create_table(
        "catalogue",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", name=op.f("pk_catalogue")),
    )
    op.create_table(
        "concluded_case",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("case_number", sa.String(length=64), nullable=False),
        sa.Column("document_number", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("applicant_name", sa.Text(), nullable=False),
        sa.Column("matter_code", sa.String(length=128), nullable=False),
        sa.Column("matter_name", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.String(length=36), nullable=True),
        sa.Column("ticket_number", sa.String(length=16), nullable=False),
        sa.Column("called_at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("concluded_at", Moment(), nullable=False),
        sa.Column("promised_at", Moment(), nullable=True),
        sa.Column("tolerance_due", Moment(), nullable=True),
        sa.Column("supplement_due", Moment(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("request_sha", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=True),
        sa.Column("case_no", sa.String(length=160), nullable=True),
        sa.Column("synced_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hall_id", "case_id", name=op.f("pk_concluded_case")),
    )
    op.create_index("ix_concluded_case_day", "concluded_case", ["hall_id", "day", "user_id"], unique=False)
    op.create_index("ix_concluded_case_state", "concluded_case", ["hall_id", "state"], unique=False)
    op.create_index(
        "uq_concluded_case_document",
        "concluded_case",
        ["hall_id", "document_number"],
        unique=True,
        sqlite_where=sa.text("document_number <> ''"),
    )
    op.create_index("uq_concluded_case_number", "concluded_case", ["hall_id", "case_number"], unique=True)
    op.create_table(
        "draft",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.Column("received_at", Moment(), nullable=True),
        sa.Column("ticket_id", sa.String(length=36), nullable=True),
        sa.Column("ticket_number", sa.String(length=16), nullable=False),
        sa.Column("applicant_name", sa.Text(), nullable=False),
        sa.Column("matter_code", sa.String(length=128), nullable=False),
        sa.Column("matter_name", sa.Text(), nullable=False),
        sa.Column("matter_version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("abandoned_at", Moment(), nullable=True),
        sa.Column("abandon_reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "case_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "journal",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("entry_no", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("prev_mac", sa.String(length=64), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "entry_no", name=op.f("pk_journal")),
    )
    op.create_index("ix_journal_subject", "journal", ["hall_id", "subject"], unique=False)
    op.create_index("uq_journal_entry", "journal", ["hall_id", "entry_id"], unique=True)
    op.create_table(
        "known_user",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("login_name", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hall_id", "login_name", name=op.f("pk_known_user")),
    )
    op.create_table(
        "matter",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=128), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("type_name", sa.Text(), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("has_materials", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "generation", "code", name=op.f("pk_matter")),
    )
    op.create_table(
        "matter_use",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=128), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "code", name=op.f("pk_matter_use")),
    )
    op.create_table(
        "number_series",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "series", name=op.f("pk_number_series")),
    )
    op.create_table(
        "outbox",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stream", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "entry_id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_state", "outbox", ["hall_id", "state", "position"], unique=False)
    op.create_index("uq_outbox_position", "outbox", ["hall_id", "position"], unique=True)
    op.create_table(
        "rating",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("rating_id", sa.String(length=36), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("rated_at", Moment(), nullable=False),
        sa.Column("synced_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hall_id", "visit", "stage", name=op.f("pk_rating")),
    )
    op.create_index("uq_rating_id", "rating", ["hall_id", "rating_id"], unique=True)
    op.create_table(
        "store_fact",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "name", name=op.f("pk_store_fact")),
    )
    op.create_table(
        "paper",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("paper_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("original_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("medium", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("reprint", sa.Integer(), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_at", Moment(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hall_id", "case_id"],
            ["concluded_case.hall_id", "concluded_case.case_id"],
            name=op.f("fk_paper_concluded_case"),
        ),
        sa.PrimaryKeyConstraint("hall_id", "paper_id", name=op.f("pk_paper")),
    )
    op.create_index("ix_paper_state", "paper", ["hall_id", "state"], unique=False)
    op.create_index("uq_paper_position", "paper", ["hall_id", "case_id", "position"], unique=True)
    for statement in _APPEND_ONLY:
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("uq_paper_position", table_name="paper")
    op.drop_index("ix_paper_state", table_name="paper")
    op.drop_table("paper")
    op.drop_table("store_fact")
    op.drop_index("uq_rating_id", table_name="rating")
    op.drop_table("rating")
    op.drop_index("uq_outbox_position", table_name="outbox")
    op.drop_index("ix_outbox_state", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("number_series")
    op.drop_table("matter_use")
    op.drop_table("matter")
    op.drop_table("known_user")
    op.drop_index("uq_journal_entry", table_name="journal")
    op.drop_index("ix_journal_subject", table_name="journal")
    op.drop_table("journal")
    op.drop_table("draft")
    op.drop_index("uq_concluded_case_number", table_name="concluded_case")
    op.drop_index(
        "uq_concluded_case_document", table_name="concluded_case", sqlite_where=sa.text("document_number <> ''")
    )
    op.drop_index("ix_concluded_case_state", table_name="concluded_case")
    op.drop_index("ix_concluded_case_day", table_name="concluded_case")
    op.drop_table("concluded_case")
    op.drop_table("catalogue")
    op.drop_table("binding")
