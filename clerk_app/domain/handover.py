"""物料交接单: papers that go from the window to the back office, one sheet for many cases, signed by both sides.

Two systems in use print it beside the acceptance notice (物料转移单): from whom to whom, list of cases, pieces, time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clerk_app.domain.actor import Actor
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.masking import mask_name
from clerk_app.domain.paper_parts import handler, local
from clerk_app.domain.papers import PAPER_NAMES, Column, Fact, Notice, PaperKind, Span, plain
from clerk_app.domain.persons import Applicant, NaturalPerson, applicant_name
from clerk_app.domain.wording import paper_moment

_COLUMNS = (
    Column("序号", 0.06, "centre"),
    Column("受理单号", 0.24, "centre"),
    Column("事项", 0.24),
    Column("申请人", 0.22),
    Column("份数", 0.07, "centre"),
    Column("页数", 0.07, "centre"),
    Column("备注", 0.10),
)


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """One case on the sheet: its papers in pieces and pages (0: not counted). The applicant is masked where needed."""

    case_number: str
    matter_name: str
    applicant: str
    pieces: int
    pages: int = 0
    remark: str = ""


def handed_over_name(applicant: Applicant | None) -> str:
    """A person's name is masked on a sheet that many hands hold; an organisation's is public."""
    name = applicant_name(applicant)
    return mask_name(name) if isinstance(applicant, NaturalPerson) else name


def handover_sheet(
    rows: Sequence[HandoverRow], *, hall: HallProfile, number: str, actor: Actor, to: str, at: datetime
) -> Notice:
    """The sheet for these cases, from the actor's window to the department ``to``.

    Raises ``ValueError`` without a case.
    """
    if not rows:
        raise ValueError("a hand-over sheet needs a case")
    when = local(at)
    window = actor.window_no or ""
    desk = f"{hall.name} {window}号窗口" if window else hall.name
    pages = sum(row.pages for row in rows)
    total = f"{len(rows)} 件，材料 {sum(row.pieces for row in rows)} 份" + (f" {pages} 页" if pages else "")
    return Notice(
        kind=PaperKind.HANDOVER_SHEET,
        title=PAPER_NAMES[PaperKind.HANDOVER_SHEET],
        document_number=number,
        case_number="",
        addressee="",
        opening=(),
        facts=(
            Fact("移交方", plain(f"{desk}（{actor.user_name}）")),
            Fact("接收方", (Span(to, bold=True),)),
            Fact("移交时间", plain(paper_moment(when))),
            Fact("合计", (Span(total, bold=True),)),
        ),
        list_heading="移交的办件和材料：",
        columns=_COLUMNS,
        rows=tuple(
            (
                str(n),
                row.case_number,
                row.matter_name,
                row.applicant,
                str(row.pieces),
                str(row.pages) if row.pages else "—",
                row.remark,
            )
            for n, row in enumerate(rows, 1)
        ),
        closing=(plain("双方当面点清份数后签字，签字的时间为交接时间。数量不符的，当场在备注栏写明。"),),
        handler=handler(hall, actor.user_name, window, hall.phone),
        query_hint="",
        query=number,
        agency=hall.name,
        seal="",
        issued_on=when.date(),
        footer=f"{PAPER_NAMES[PaperKind.HANDOVER_SHEET]} · {len(rows)} 件",
        signatures=("移交人", "接收人"),
        holders=("移交方留存", "接收方留存"),
    )
