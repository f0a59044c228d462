"""The time without a server: reserved blocks of numbers, and whom the window served by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.types import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_block",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("block_no", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("reserved_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "block_no", name=op.f("pk_number_block")),
    )
    op.create_table(
        "emergency_visit",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("ticket_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("given", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("group_id", sa.String(length=36), nullable=False),
        sa.Column("group_name", sa.Text(), nullable=False),
        sa.Column("priority", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.Column("called_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("print_state", sa.String(length=32), nullable=False),
        sa.Column("merged_id", sa.String(length=36), nullable=True),
        sa.Column("conflict", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "ticket_id", name=op.f("pk_emergency_visit")),
    )
    op.create_index("ix_emergency_visit_day", "emergency_visit", ["hall_id", "day", "taken_at"], unique=False)


def downgrade() -> None:
    op.drop_table("emergency_visit")
    op.drop_table("number_block")
