"""The hall: lanes, holds and transfers of tickets, windows with a state, days with their dispatch, appointments."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from db.types import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_QUEUED = "state IN ('waiting', 'transferred')"
_OPEN = "state IN ('waiting', 'transferred', 'called', 'serving', 'held') AND person_hash IS NOT NULL"


def _text(name: str, length: int, *, null: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=null, server_default=default)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Moment(), nullable=null)


def _number(name: str, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=default)


def _hall() -> sa.Column[str]:
    return _text("hall_id", 36)


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    op.add_column("service_group", _number("start", "1"))
    op.add_column("service_group", _number("daily_limit", "0"))
    op.add_column("counter_group", sa.Column("weight", sa.Float(), nullable=False, server_default="1"))
    _tickets()
    _windows()
    _day()
    _appointments()


def _tickets() -> None:
    for column in (
        sa.Column("matters", sa.Text(), nullable=False, server_default="[]"),
        _text("lane", 32, default="ordinary"),
        _text("source", 32, default="queue"),
        # Those that wait already keep the place of their taking: see the updates below.
        _moment("order_at", null=True),
        _moment("queued_at", null=True),
        _moment("due_at", null=True),
        *(_number(name, "0") for name in ("passed", "wait_s", "service_s", "missed_returns")),
        _text("for_window", 16, null=True),
        _text("for_user", 36, null=True),
        _text("pinned_to", 16, null=True),
        _text("from_group", 36, null=True),
        _text("hold", 32, null=True),
        _moment("held_at", null=True),
        _text("case_number", 64, default=""),
        _text("pre_check", 64, default=""),
        _text("guidance", 64, default=""),
        _text("from_window", 16, null=True),
    ):
        op.add_column("ticket", column)
    op.execute("UPDATE ticket SET order_at = taken_at, queued_at = taken_at")
    op.execute("UPDATE ticket SET lane = 'priority' WHERE is_priority = 1")
    op.execute(f"UPDATE ticket SET matters = {_as_list()} WHERE matter_code IS NOT NULL")
    waited, served = _seconds("taken_at", "called_at"), _seconds("COALESCE(started_at, called_at)", "ended_at")
    op.execute(f"UPDATE ticket SET wait_s = {waited} WHERE called_at IS NOT NULL")
    op.execute(f"UPDATE ticket SET service_s = {served} WHERE called_at IS NOT NULL AND ended_at IS NOT NULL")
    op.drop_index("uq_ticket_person", table_name="ticket")
    op.drop_index("ix_ticket_queue", table_name="ticket")
    with op.batch_alter_table("ticket") as table:
        table.drop_column("matter_code")
        table.alter_column("order_at", nullable=False)
        table.alter_column("queued_at", nullable=False)
    _partial("uq_ticket_person", "ticket", ["hall_id", "day", "person_hash"], _OPEN, unique=True)
    _partial("ix_ticket_queue", "ticket", ["hall_id", "day", "group_id", "lane", "order_at", "ticket_id"], _QUEUED)
    _partial("ix_ticket_passed", "ticket", ["hall_id", "day", "order_at", "ticket_id"], f"{_QUEUED} AND passed > 0")
    _partial("ix_ticket_bound", "ticket", ["hall_id", "for_window"], "for_window IS NOT NULL")
    _partial("ix_ticket_mine", "ticket", ["hall_id", "for_user"], "for_user IS NOT NULL")
    _partial("ix_ticket_pinned", "ticket", ["hall_id", "pinned_to"], "pinned_to IS NOT NULL")
    op.create_index("ix_ticket_order", "ticket", ["hall_id", "day", "order_at"])


def _as_list() -> str:
    if op.get_bind().dialect.name == "sqlite":
        return "json_array(matter_code)"
    return "json_build_array(matter_code)::text"


def _seconds(start: str, end: str) -> str:
    if op.get_bind().dialect.name == "sqlite":
        return f"MAX(0, CAST(ROUND((julianday({end}) - julianday({start})) * 86400) AS INTEGER))"
    return f"GREATEST(0, EXTRACT(EPOCH FROM {end} - {start})::integer)"


def _windows() -> None:
    op.create_table(
        "counter",
        _hall(),
        _text("window_no", 16),
        _text("state", 32),
        _moment("since"),
        _moment("seen_at"),
        _text("away", 32, null=True),
        _text("user_id", 64),
        _text("user_name", 64),
        _text("device_id", 64),
        sa.PrimaryKeyConstraint("hall_id", "window_no", name="pk_counter"),
    )
    _partial("ix_counter_free", "counter", ["hall_id", "window_no"], "state = 'free'")
    op.create_table(
        "counter_turn",
        _hall(),
        sa.Column("day", sa.Date(), nullable=False),
        _text("window_no", 16),
        _number("in_a_row"),
        sa.PrimaryKeyConstraint("hall_id", "day", "window_no", name="pk_counter_turn"),
    )
    op.create_table(
        "roster",
        _hall(),
        _text("entry_id", 36),
        sa.Column("day", sa.Date(), nullable=False),
        _text("window_no", 16),
        _text("user_id", 36),
        sa.Column("from_time", sa.Time(), nullable=False),
        sa.Column("to_time", sa.Time(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "entry_id", name="pk_roster"),
        sa.ForeignKeyConstraint(
            ["hall_id", "user_id"], ["app_user.hall_id", "app_user.user_id"], name="fk_roster_app_user"
        ),
    )
    op.create_index("ix_roster_day", "roster", ["hall_id", "day"])
    op.create_table(
        "number_block",
        _hall(),
        sa.Column("block_no", sa.Integer(), nullable=False),
        _text("device_id", 36),
        _moment("reserved_at"),
        sa.PrimaryKeyConstraint("hall_id", "block_no", name="pk_number_block"),
    )
    op.create_table(
        "emergency_visit",
        _hall(),
        _text("told_id", 36),
        _text("ticket_id", 36),
        _text("device_id", 36),
        sa.Column("day", sa.Date(), nullable=False),
        _text("number", 16),
        _text("window_no", 16),
        sa.Column("stage", sa.Integer(), nullable=False),
        _moment("taken_at"),
        _moment("called_at", null=True),
        _moment("ended_at", null=True),
        _text("outcome", 64),
        sa.Column("conflict", sa.Text(), nullable=False),
        _moment("merged_at"),
        sa.PrimaryKeyConstraint("hall_id", "told_id", name="pk_emergency_visit"),
    )
    op.create_index("ix_emergency_visit_ticket", "emergency_visit", ["hall_id", "ticket_id"])
    op.create_index("ix_emergency_visit_day", "emergency_visit", ["hall_id", "day", "number"])


def _day() -> None:
    op.create_table(
        "hall_day",
        _hall(),
        sa.Column("day", sa.Date(), nullable=False),
        _moment("opened_at"),
        _text("opened_by", 64),
        _text("secret", 64),
        _text("commitment", 64),
        _text("outside", 256),
        _text("outside_source", 256),
        _moment("mixed_at", null=True),
        _moment("closed_at", null=True),
        _text("closed_by", 64),
        sa.PrimaryKeyConstraint("hall_id", "day", name="pk_hall_day"),
    )
    op.create_table(
        "hall_setting",
        _hall(),
        _text("name", 32),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "name", name="pk_hall_setting"),
    )
    op.create_table(
        "hall_notice",
        _hall(),
        _text("notice_id", 36),
        sa.Column("body", sa.Text(), nullable=False),
        _moment("from_at"),
        _moment("until_at"),
        sa.PrimaryKeyConstraint("hall_id", "notice_id", name="pk_hall_notice"),
    )
    op.create_index("ix_hall_notice_until", "hall_notice", ["hall_id", "until_at"])


def _appointments() -> None:
    op.create_table(
        "appointment",
        _hall(),
        _text("appointment_id", 36),
        _text("code", 8),
        sa.Column("day", sa.Date(), nullable=False),
        _text("group_id", 36),
        _moment("starts_at"),
        _moment("ends_at"),
        _number("place"),
        _text("person", 64),
        _text("person_hash", 64),
        sa.Column("birth", sa.Date(), nullable=True),
        sa.Column("matters", sa.Text(), nullable=False),
        _text("reason", 32),
        _text("state", 32),
        _text("ticket_id", 36, null=True),
        _moment("booked_at"),
        sa.PrimaryKeyConstraint("hall_id", "appointment_id", name="pk_appointment"),
        sa.ForeignKeyConstraint(
            ["hall_id", "group_id"],
            ["service_group.hall_id", "service_group.group_id"],
            name="fk_appointment_service_group",
        ),
    )
    op.create_index("uq_appointment_code", "appointment", ["hall_id", "code"], unique=True)
    op.create_index("ix_appointment_slot", "appointment", ["hall_id", "day", "group_id", "starts_at"])
    _partial(
        "uq_appointment_place",
        "appointment",
        ["hall_id", "group_id", "starts_at", "place"],
        "state <> 'cancelled'",
        unique=True,
    )
    _partial(
        "uq_appointment_person",
        "appointment",
        ["hall_id", "person_hash", "starts_at"],
        "state <> 'cancelled'",
        unique=True,
    )


def downgrade() -> None:
    days = ("appointment", "hall_notice", "hall_setting", "hall_day", "roster")
    for name in (*days, "emergency_visit", "number_block", "counter_turn", "counter"):
        op.drop_table(name)
    for index in (
        *("ix_ticket_order", "ix_ticket_pinned", "ix_ticket_mine", "ix_ticket_bound", "ix_ticket_passed"),
        *("ix_ticket_queue", "uq_ticket_person"),
    ):
        op.drop_index(index, table_name="ticket")
    op.add_column("ticket", _text("matter_code", 128, null=True))
    with op.batch_alter_table("ticket") as table:
        for column in (
            *("from_window", "guidance", "pre_check", "case_number", "held_at", "hold", "from_group", "pinned_to"),
            *("for_user", "for_window", "missed_returns", "service_s", "wait_s", "passed", "due_at", "queued_at"),
            *("order_at", "source", "lane", "matters"),
        ):
            table.drop_column(column)
    waiting = "state = 'waiting' AND person_hash IS NOT NULL"
    _partial("uq_ticket_person", "ticket", ["hall_id", "day", "person_hash"], waiting, unique=True)
    op.create_index("ix_ticket_queue", "ticket", ["hall_id", "day", "state", "group_id", "taken_at"])
    op.drop_column("counter_group", "weight")
    op.drop_column("service_group", "daily_limit")
    op.drop_column("service_group", "start")
