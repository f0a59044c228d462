"""What follows a conclusion: acts, where a case stands, seals, visits, consultations, signatures, online sources."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from db.types import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    """
    CREATE TRIGGER case_act_no_update BEFORE UPDATE ON case_act
    BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END
    """,
    """
    CREATE TRIGGER case_act_no_delete BEFORE DELETE ON case_act
    BEGIN SELECT RAISE(ABORT, 'acts are append-only'); END
    """,
)
_HALL = ("hall_id", 36)
_OUTCOMES = (
    "accepted",
    "accepted_with_deficiency",
    "accepted_by_commitment",
    "supplement_requested",
    "not_accepted",
    "not_required",
    "redirected",
    "deemed_accepted",
)


def _text(name: str, length: int, *, null: bool = False, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=null, server_default=default)


def _moment(name: str, *, null: bool = False) -> sa.Column[Any]:
    return sa.Column(name, Moment(), nullable=null)


def _flag(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _stored() -> tuple[sa.Column[str], sa.Column[str], sa.Column[Any]]:
    return sa.Column("body", sa.Text(), nullable=False), _text("body_hash", 64), _moment("synced_at")


def _of_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hall_id", "case_id"], ["intake_case.hall_id", "intake_case.case_id"], name=f"fk_{table}_intake_case"
    )


def upgrade() -> None:
    _case_columns()
    op.create_table(
        "case_act",
        _text(*_HALL),
        _text("act_id", 36),
        _text("case_id", 36),
        sa.Column("position", sa.Integer(), nullable=False),
        _text("step", 32),
        _text("state", 32),
        _moment("at"),
        _text("user_id", 64),
        *_stored(),
        _of_case("case_act"),
        sa.PrimaryKeyConstraint("hall_id", "act_id", name="pk_case_act"),
    )
    op.create_index("uq_case_act_position", "case_act", ["hall_id", "case_id", "position"], unique=True)
    op.create_table(
        "case_person",
        _text(*_HALL),
        _text("person_digest", 64),
        _text("case_id", 36),
        _of_case("case_person"),
        sa.PrimaryKeyConstraint("hall_id", "person_digest", "case_id", name="pk_case_person"),
    )
    op.create_index("ix_case_person_case", "case_person", ["hall_id", "case_id"])
    _registers()
    _online()
    if op.get_bind().dialect.name == "sqlite":
        for statement in _APPEND_ONLY:
            op.execute(statement)


def _case_columns() -> None:
    """Records from before have no opening: their state is their outcome, and no act can follow."""
    columns: tuple[sa.Column[Any], ...] = (
        _flag("opened"),
        _text("state", 32, default="draft"),
        _moment("since", null=True),
        _text("applicant", 256, default=""),
        _text("matter_name", 256, default=""),
        _text("department", 256, default=""),
        _flag("instant"),
        _flag("quantity_limited"),
        _flag("owes"),
        _moment("accepted_at", null=True),
        _moment("due_at", null=True),
        _moment("owed_due_at", null=True),
        _text("received_by", 64, default=""),
        _text("decided_by", 64, default=""),
        _text("sealed_by", 64, default=""),
    )
    for column in columns:
        op.add_column("intake_case", column)
    known = ", ".join(f"'{outcome}'" for outcome in _OUTCOMES)
    op.execute(f"UPDATE intake_case SET state = outcome WHERE outcome IN ({known})")
    op.execute("UPDATE intake_case SET since = received_at")
    op.create_index("ix_intake_case_work", "intake_case", ["hall_id", "opened", "state", "instant", "due_at"])
    op.create_index("ix_intake_case_owing", "intake_case", ["hall_id", "opened", "owes", "owed_due_at"])
    op.create_index("ix_intake_case_sequence", "intake_case", ["hall_id", "matter_code", "accepted_at"])


def _registers() -> None:
    op.create_table(
        "seal_use",
        _text(*_HALL),
        _text("use_id", 36),
        _text("seal", 32),
        _text("case_id", 36),
        _moment("at"),
        *_stored(),
        sa.PrimaryKeyConstraint("hall_id", "use_id", name="pk_seal_use"),
    )
    op.create_index("ix_seal_use_at", "seal_use", ["hall_id", "at"])
    op.create_table(
        "visit",
        _text(*_HALL),
        _text("visit", 36),
        _moment("began_at"),
        *_stored(),
        sa.PrimaryKeyConstraint("hall_id", "visit", name="pk_visit"),
    )
    op.create_index("ix_visit_began", "visit", ["hall_id", "began_at"])
    op.create_table(
        "visit_case",
        _text(*_HALL),
        _text("case_id", 36),
        _text("visit", 36),
        sa.ForeignKeyConstraint(["hall_id", "visit"], ["visit.hall_id", "visit.visit"], name="fk_visit_case_visit"),
        sa.PrimaryKeyConstraint("hall_id", "case_id", "visit", name="pk_visit_case"),
    )
    op.create_table(
        "consultation",
        _text(*_HALL),
        _text("consultation_id", 36),
        _moment("given_at"),
        _text("page_hash", 64, null=True),
        *_stored(),
        sa.PrimaryKeyConstraint("hall_id", "consultation_id", name="pk_consultation"),
    )
    op.create_index("uq_consultation_page", "consultation", ["hall_id", "page_hash"], unique=True)
    op.create_table(
        "signature",
        _text(*_HALL),
        _text("signature_id", 36),
        _text("case_id", 36),
        _moment("signed_at"),
        *_stored(),
        sa.PrimaryKeyConstraint("hall_id", "signature_id", name="pk_signature"),
    )
    op.create_index("ix_signature_case", "signature", ["hall_id", "case_id"])
    op.create_table(
        "approval",
        _text(*_HALL),
        _text("approval_id", 36),
        _text("user_id", 64),
        _text("name", 64),
        _text("step", 32),
        _text("case_id", 36),
        _text("reason", 1024),
        _moment("at"),
        _text("asked_by", 64),
        _text("window_no", 16),
        _text("used_by", 36),
        sa.PrimaryKeyConstraint("hall_id", "approval_id", name="pk_approval"),
    )


def _online() -> None:
    op.create_table(
        "pre_check",
        _text(*_HALL),
        _text("number", 64),
        _text("matter_code", 128),
        _moment("checked_at"),
        sa.Column("valid_to", sa.Date(), nullable=True),
        _text("device_id", 36),
        _text("used_by", 36),
        sa.Column("body", sa.Text(), nullable=False),
        _text("body_hash", 64),
        _moment("stored_at"),
        sa.PrimaryKeyConstraint("hall_id", "number", name="pk_pre_check"),
    )
    op.create_table(
        "online_supplement",
        _text(*_HALL),
        _text("supplement_id", 36),
        _text("case_id", 36),
        _text("reference", 128),
        _moment("arrived_at"),
        _text("device_id", 36),
        _text("taken_by", 64),
        _moment("taken_at", null=True),
        sa.Column("body", sa.Text(), nullable=False),
        _text("body_hash", 64),
        _moment("stored_at"),
        _of_case("online_supplement"),
        sa.PrimaryKeyConstraint("hall_id", "supplement_id", name="pk_online_supplement"),
    )
    op.create_index(
        "uq_online_supplement_reference", "online_supplement", ["hall_id", "case_id", "reference"], unique=True
    )
    op.create_index(
        "ix_online_supplement_waiting",
        "online_supplement",
        ["hall_id", "arrived_at"],
        sqlite_where=sa.text("taken_by = ''"),
        postgresql_where=sa.text("taken_by = ''"),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER case_act_no_update")
        op.execute("DROP TRIGGER case_act_no_delete")
    for table in (
        "online_supplement",
        "pre_check",
        "approval",
        "signature",
        "consultation",
        "visit_case",
        "visit",
        "seal_use",
        "case_person",
        "case_act",
    ):
        op.drop_table(table)
    for index in ("ix_intake_case_sequence", "ix_intake_case_owing", "ix_intake_case_work"):
        op.drop_index(index, table_name="intake_case")
    for column in (
        *("sealed_by", "decided_by", "received_by", "owed_due_at", "due_at", "accepted_at", "owes"),
        *("quantity_limited", "instant", "department", "matter_name", "applicant", "since", "state", "opened"),
    ):
        op.drop_column("intake_case", column)
