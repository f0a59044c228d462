"""The first schema of the hall: queue, people, devices, intake records, catalogue, journal."""

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
    WHEN OLD.feed_no IS NOT NULL
        OR NEW.hall_id IS NOT OLD.hall_id OR NEW.entry_id IS NOT OLD.entry_id OR NEW.kind IS NOT OLD.kind
        OR NEW.subject IS NOT OLD.subject OR NEW.at IS NOT OLD.at OR NEW.user_id IS NOT OLD.user_id
        OR NEW.user_name IS NOT OLD.user_name OR NEW.device_id IS NOT OLD.device_id
        OR NEW.payload IS NOT OLD.payload
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
)


def upgrade() -> None:
    op.create_table(
        "app_user",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("login_name", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password", sa.String(length=256), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hall_id", "user_id", name="pk_app_user"),
    )
    op.create_index("uq_app_user_login", "app_user", ["hall_id", "login_name"], unique=True)
    op.create_table(
        "catalogue",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "version", name="pk_catalogue"),
    )
    op.create_table(
        "device",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("window_no", sa.String(length=16), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("enrolled_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hall_id", "device_id", name="pk_device"),
    )
    op.create_index("uq_device_token", "device", ["hall_id", "token_hash"], unique=True)
    op.create_table(
        "enrol_code",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("window_no", sa.String(length=16), nullable=True),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hall_id", "secret_hash", name="pk_enrol_code"),
    )
    op.create_table(
        "hall",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", name="pk_hall"),
        sa.UniqueConstraint("code", name="uq_hall_code"),
    )
    op.create_table(
        "intake_case",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("case_number", sa.String(length=64), nullable=False),
        sa.Column("case_no", sa.String(length=160), nullable=False),
        sa.Column("case_base", sa.String(length=128), nullable=False),
        sa.Column("case_day", sa.Date(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.String(length=36), nullable=True),
        sa.Column("window_no", sa.String(length=16), nullable=False),
        sa.Column("matter_code", sa.String(length=128), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "case_id", name="pk_intake_case"),
    )
    op.create_index("ix_intake_case_ticket", "intake_case", ["hall_id", "ticket_id"], unique=False)
    op.create_index("uq_intake_case_no", "intake_case", ["hall_id", "case_no"], unique=True)
    op.create_index("uq_intake_case_number", "intake_case", ["hall_id", "case_number"], unique=True)
    op.create_index("uq_intake_case_serial", "intake_case", ["hall_id", "case_base", "case_day", "serial"], unique=True)
    op.create_table(
        "journal",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("feed_no", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("prev_mac", sa.String(length=64), nullable=True),
        sa.Column("mac", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("hall_id", "entry_id", name="pk_journal"),
    )
    op.create_index("ix_journal_subject", "journal", ["hall_id", "subject"], unique=False)
    op.create_index(
        "ix_journal_unsequenced",
        "journal",
        ["hall_id", "entry_id"],
        unique=False,
        sqlite_where=sa.text("feed_no IS NULL"),
        postgresql_where=sa.text("feed_no IS NULL"),
    )
    op.create_index("uq_journal_feed", "journal", ["hall_id", "feed_no"], unique=True)
    op.create_table(
        "rating",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("rating_id", sa.String(length=36), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("scheme", sa.String(length=32), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("rated_at", Moment(), nullable=False),
        sa.Column("synced_at", Moment(), nullable=False),
        sa.Column("window_no", sa.String(length=16), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "rating_id", name="pk_rating"),
    )
    op.create_index("uq_rating_visit", "rating", ["hall_id", "visit", "stage"], unique=True)
    op.create_table(
        "request_key",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("response", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "key", name="pk_request_key"),
    )
    op.create_index("ix_request_key_at", "request_key", ["hall_id", "at"], unique=False)
    op.create_table(
        "service_group",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("group_id", sa.String(length=36), nullable=False),
        sa.Column("prefix", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "group_id", name="pk_service_group"),
    )
    op.create_index("uq_service_group_prefix", "service_group", ["hall_id", "prefix"], unique=True)
    op.create_table(
        "store_meta",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_store_meta"),
    )
    op.create_table(
        "case_revision",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("synced_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hall_id", "case_id"], ["intake_case.hall_id", "intake_case.case_id"], name="fk_case_revision_intake_case"
        ),
        sa.PrimaryKeyConstraint("hall_id", "case_id", "revision", name="pk_case_revision"),
    )
    op.create_table(
        "counter_group",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("window_no", sa.String(length=16), nullable=False),
        sa.Column("group_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["hall_id", "group_id"],
            ["service_group.hall_id", "service_group.group_id"],
            name="fk_counter_group_service_group",
        ),
        sa.PrimaryKeyConstraint("hall_id", "window_no", "group_id", name="pk_counter_group"),
    )
    op.create_table(
        "login_session",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("window_no", sa.String(length=16), nullable=True),
        sa.Column("fencing", sa.Integer(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["hall_id", "device_id"], ["device.hall_id", "device.device_id"], name="fk_login_session_device"
        ),
        sa.ForeignKeyConstraint(
            ["hall_id", "user_id"], ["app_user.hall_id", "app_user.user_id"], name="fk_login_session_app_user"
        ),
        sa.PrimaryKeyConstraint("hall_id", "session_id", name="pk_login_session"),
    )
    op.create_index("uq_login_session_token", "login_session", ["hall_id", "token_hash"], unique=True)
    op.create_index("uq_login_session_fencing", "login_session", ["hall_id", "window_no", "fencing"], unique=True)
    op.create_index(
        "uq_login_session_window",
        "login_session",
        ["hall_id", "window_no"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND window_no IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND window_no IS NOT NULL"),
    )
    op.create_table(
        "ticket",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("ticket_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("prefix", sa.String(length=4), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("priority", sa.String(32), nullable=False),
        sa.Column("is_priority", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("matter_code", sa.String(length=128), nullable=True),
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("person_hash", sa.String(length=64), nullable=True),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.Column("called_at", Moment(), nullable=True),
        sa.Column("last_call_at", Moment(), nullable=True),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("window_no", sa.String(length=16), nullable=True),
        sa.Column("recalls", sa.Integer(), nullable=False),
        sa.Column("print_state", sa.String(32), nullable=False),
        sa.Column("prints", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["hall_id", "group_id"], ["service_group.hall_id", "service_group.group_id"], name="fk_ticket_service_group"
        ),
        sa.PrimaryKeyConstraint("hall_id", "ticket_id", name="pk_ticket"),
    )
    op.create_index("ix_ticket_calls", "ticket", ["hall_id", "day", "called_at"], unique=False)
    op.create_index("ix_ticket_queue", "ticket", ["hall_id", "day", "state", "group_id", "taken_at"], unique=False)
    op.create_index(
        "uq_ticket_active",
        "ticket",
        ["hall_id", "window_no"],
        unique=True,
        sqlite_where=sa.text("state IN ('called', 'serving')"),
        postgresql_where=sa.text("state IN ('called', 'serving')"),
    )
    op.create_index("uq_ticket_number", "ticket", ["hall_id", "day", "prefix", "serial"], unique=True)
    op.create_index(
        "uq_ticket_person",
        "ticket",
        ["hall_id", "day", "person_hash"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting' AND person_hash IS NOT NULL"),
        postgresql_where=sa.text("state = 'waiting' AND person_hash IS NOT NULL"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _APPEND_ONLY:
            op.execute(statement)


def downgrade() -> None:
    op.drop_index(
        "uq_ticket_person",
        table_name="ticket",
        sqlite_where=sa.text("state = 'waiting' AND person_hash IS NOT NULL"),
        postgresql_where=sa.text("state = 'waiting' AND person_hash IS NOT NULL"),
    )
    op.drop_index("uq_ticket_number", table_name="ticket")
    op.drop_index(
        "uq_ticket_active",
        table_name="ticket",
        sqlite_where=sa.text("state IN ('called', 'serving')"),
        postgresql_where=sa.text("state IN ('called', 'serving')"),
    )
    op.drop_index("ix_ticket_queue", table_name="ticket")
    op.drop_index("ix_ticket_calls", table_name="ticket")
    op.drop_table("ticket")
    op.drop_index(
        "uq_login_session_window",
        table_name="login_session",
        sqlite_where=sa.text("ended_at IS NULL AND window_no IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND window_no IS NOT NULL"),
    )
    op.drop_index("uq_login_session_fencing", table_name="login_session")
    op.drop_table("login_session")
    op.drop_table("counter_group")
    op.drop_table("case_revision")
    op.drop_table("store_meta")
    op.drop_index("uq_service_group_prefix", table_name="service_group")
    op.drop_table("service_group")
    op.drop_index("ix_request_key_at", table_name="request_key")
    op.drop_table("request_key")
    op.drop_index("uq_rating_visit", table_name="rating")
    op.drop_table("rating")
    op.drop_index("uq_journal_feed", table_name="journal")
    op.drop_index(
        "ix_journal_unsequenced",
        table_name="journal",
        sqlite_where=sa.text("feed_no IS NULL"),
        postgresql_where=sa.text("feed_no IS NULL"),
    )
    op.drop_index("ix_journal_subject", table_name="journal")
    op.drop_table("journal")
    op.drop_index("uq_intake_case_serial", table_name="intake_case")
    op.drop_index("uq_intake_case_number", table_name="intake_case")
    op.drop_index("uq_intake_case_no", table_name="intake_case")
    op.drop_index("ix_intake_case_ticket", table_name="intake_case")
    op.drop_table("intake_case")
    op.drop_table("hall")
    op.drop_table("enrol_code")
    op.drop_table("device")
    op.drop_table("catalogue")
    op.drop_index("uq_app_user_login", table_name="app_user")
    op.drop_table("app_user")
