"""Pages of materials that were scanned or dropped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.types import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "material_page",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("page_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("material_id", sa.String(length=128), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("hall_id", "page_id", name=op.f("pk_material_page")),
    )
    place = ["hall_id", "case_id", "material_id", "position"]
    op.create_index("uq_material_page_place", "material_page", place, unique=True)
    op.create_index("ix_material_page_removed", "material_page", ["hall_id", "removed_at"], unique=False)
    op.create_table(
        "page_content",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("page_id", sa.String(length=36), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "page_id", name=op.f("pk_page_content")),
    )


def downgrade() -> None:
    op.drop_table("page_content")
    op.drop_table("material_page")
