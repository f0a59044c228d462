"""The index of the last place holds only those who have one.

With all tickets of the day in it a database without statistics walked it for those who wait, at every call of a day
longer than at the one before.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PLACED = sa.text("due_at IS NULL")


def upgrade() -> None:
    op.drop_index("ix_ticket_order", "ticket")
    op.create_index(
        "ix_ticket_order",
        "ticket",
        ["hall_id", "day", "order_at"],
        sqlite_where=_PLACED,
        postgresql_where=_PLACED,
    )


def downgrade() -> None:
    op.drop_index("ix_ticket_order", "ticket")
    op.create_index("ix_ticket_order", "ticket", ["hall_id", "day", "order_at"])
