"""A case of another window comes into this window's store, so that it can be carried on here, offline too."""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.acts import CaseAct
from clerk_app.domain.errors import Locked
from clerk_app.ports.hall_cases import ServerCase
from clerk_app.ports.window import Binding, WindowUnit
from clerk_app.ports.window_files import ActRow, ActState
from clerk_app.services.window import records
from clerk_app.services.window.filing import case_row

TOO_OLD = "这一件是旧版程序收的，服务器上没有全部内容，请到受理的 {} 号窗口办"


def adopt(unit: WindowUnit, binding: Binding, found: ServerCase) -> None:
    """Store what the server holds: the conclusion if it is new here, and every act with its place.

    Acts of this window that the server has not seen yet stay as they are. ``Locked`` for a record without its
    conclusion (taken by a program that did not send it).
    """
    record = found.record
    if unit.cases.get(record.case_id) is None:
        if not record.conclusion:
            raise Locked(TOO_OLD.format(record.window_no))
        conclusion = records.load_conclusion(record.conclusion)
        origin = record.window_no or binding.window_no
        row = replace(case_row(conclusion, ""), revision=record.revision, case_no=found.case_no, origin=origin)
        unit.cases.add(row, record.conclusion)
    rows = [
        ActRow(
            act.act_id,
            act.case_id,
            act.step,
            act.at,
            act.by.user_id,
            ActState.ACKNOWLEDGED,
            records.dump(CaseAct, act),
            position,
        )
        for position, act in enumerate(found.acts, 1)
    ]
    unit.acts.merge(rows)
