"""What follows a conclusion: acts, signatures, seal uses, visits, consultations; papers without a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from db.types import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    """
    CREATE TRIGGER seal_use_no_update BEFORE UPDATE ON seal_use
    BEGIN SELECT RAISE(ABORT, 'the seal register is append-only'); END
    """,
    """
    CREATE TRIGGER seal_use_no_delete BEFORE DELETE ON seal_use
    BEGIN SELECT RAISE(ABORT, 'the seal register is append-only'); END
    """,
)


def upgrade() -> None:
    op.add_column(
        "concluded_case", sa.Column("origin", sa.String(length=16), nullable=False, server_default=sa.text("''"))
    )
    with op.batch_alter_table("paper") as paper:
        paper.drop_constraint("fk_paper_concluded_case", type_="foreignkey")
    op.create_table(
        "case_act",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("act_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "act_id", name=op.f("pk_case_act")),
    )
    op.create_index("ix_case_act_case", "case_act", ["hall_id", "case_id", "position"], unique=False)
    op.create_index("ix_case_act_state", "case_act", ["hall_id", "state"], unique=False)
    op.create_table(
        "signature",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("signature_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("paper_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("signed_at", Moment(), nullable=False),
        sa.Column("strokes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "signature_id", name=op.f("pk_signature")),
    )
    op.create_index("ix_signature_case", "signature", ["hall_id", "case_id", "signed_at"], unique=False)
    op.create_table(
        "seal_use",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("use_id", sa.String(length=36), nullable=False),
        sa.Column("seal", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("paper_id", sa.String(length=36), nullable=False),
        sa.Column("paper_kind", sa.String(length=32), nullable=False),
        sa.Column("paper_number", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("user_name", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "use_id", name=op.f("pk_seal_use")),
    )
    op.create_index("ix_seal_use_at", "seal_use", ["hall_id", "at"], unique=False)
    op.create_index("ix_seal_use_paper", "seal_use", ["hall_id", "paper_id"], unique=False)
    op.create_table(
        "visit",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("visit", sa.String(length=36), nullable=False),
        sa.Column("ticket_id", sa.String(length=36), nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("case_ids", sa.Text(), nullable=False),
        sa.Column("began_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "visit", name=op.f("pk_visit")),
    )
    op.create_index("ix_visit_ended", "visit", ["hall_id", "ended_at"], unique=False)
    op.create_table(
        "consultation",
        sa.Column("hall_id", sa.String(length=36), nullable=False),
        sa.Column("consultation_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("matter_code", sa.String(length=128), nullable=False),
        sa.Column("matter_name", sa.Text(), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hall_id", "consultation_id", name=op.f("pk_consultation")),
    )
    op.create_index("ix_consultation_given", "consultation", ["hall_id", "given_at"], unique=False)
    op.create_index("uq_consultation_number", "consultation", ["hall_id", "number"], unique=True)
    for statement in _APPEND_ONLY:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("a store that knows acts cannot forget them")
