"""Sending on to the city's server (upward_models)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.types import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "upward_run",
        _text("hall_id", 36),
        _number("cursor"),
        _number("file_cursor"),
        _text("epoch", 64),
        _text("speech", 64),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("trouble_since", Moment(), nullable=True),
        _text("holder", 64),
        sa.Column("held_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hall_id", name="pk_upward_run"),
    )
    op.create_table(
        "upward_line",
        _text("hall_id", 36),
        _number("feed_no"),
        _number("is_file"),
        _text("kind", 32),
        _text("record_id", 36),
        _text("stream", 64),
        _text("number", 64),
        _number("aside"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "feed_no", name="pk_upward_line"),
    )
    op.create_index("ix_upward_line_open", "upward_line", ["hall_id", "aside", "is_file", "feed_no"])


def downgrade() -> None:
    op.drop_table("upward_line")
    op.drop_table("upward_run")
