"""Which sheets and pages have their entry in the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.types import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("paper", "material_page"):
        op.add_column(table, sa.Column("offered_at", Moment(), nullable=True))
    op.create_index("ix_paper_offered", "paper", ["hall_id", "offered_at", "state"], unique=False)
    op.create_index("ix_material_page_offered", "material_page", ["hall_id", "offered_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_material_page_offered", table_name="material_page")
    op.drop_index("ix_paper_offered", table_name="paper")
    for table in ("material_page", "paper"):
        op.drop_column(table, "offered_at")
