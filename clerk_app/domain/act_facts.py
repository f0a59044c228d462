"""The facts of acts that need the calendar: dates of acceptance after a supplement, after a special procedure, after an
extension. Pure functions of the case as it stands; ``case_rules.apply`` checks what they give."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from clerk_app.domain.acts import Acceptance, Extension, Resumption, Suspension
from clerk_app.domain.calendar import WORKING_DAY, Due, Limit, WorkingCalendar
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.conclusion import limit_start
from clerk_app.domain.deadlines import decision_due
from clerk_app.domain.errors import Locked


def acceptance_of(file: CaseFile, calendar: WorkingCalendar) -> Acceptance:
    """Accepted on the day on which everything that the notice listed had arrived (行政许可法第三十二条第一款第五项)."""
    accepted_at = file.complete_at or file.opening.received_at
    promised, statutory = _dates(file, accepted_at, calendar, (), None)
    return Acceptance(accepted_at, _at(promised), _at(statutory), bool(promised and promised.provisional))


def resumption_of(file: CaseFile, ends_on: date, result: str, calendar: WorkingCalendar) -> Resumption:
    """The end of the special procedure that is going on, with the dates moved by the days that do not count."""
    running = file.suspended_by
    if running is None or file.accepted_at is None:
        raise Locked("现在没有进行中的特别程序")
    suspensions = (*file.suspensions[:-1], replace(running, ends_on=ends_on))
    promised, statutory = _dates(file, file.accepted_at, calendar, suspensions, file.extension)
    return Resumption(ends_on, result, _at(promised), _at(statutory), bool(promised and promised.provisional))


def extension_of(
    file: CaseFile, days: int, reason: str, approver: str, title: str, calendar: WorkingCalendar
) -> Extension:
    """The one extension, with the dates it leads to. ``case_rules`` says whether it is lawful."""
    extension = Extension(days, reason, approver, title)
    if file.accepted_at is None:
        raise Locked("还没有受理，没有可以延长的期限")
    promised, statutory = _dates(file, file.accepted_at, calendar, file.suspensions, extension)
    return replace(
        extension,
        promised=_at(promised),
        statutory=_at(statutory),
        provisional=bool(promised and promised.provisional),
    )


def _dates(
    file: CaseFile,
    accepted_at: datetime,
    calendar: WorkingCalendar,
    suspensions: tuple[Suspension, ...],
    extension: Extension | None,
) -> tuple[Due | None, Due | None]:
    unit = (file.opening.extension.unit if file.opening.extension else None) or WORKING_DAY

    def due_of(limit: Limit | None) -> Due | None:
        start = limit_start(limit, file.opening.received_at, accepted_at)
        return decision_due(limit, start, calendar, suspensions, extension, unit)

    return due_of(file.opening.promised_limit), due_of(file.opening.statutory_limit)


def _at(found: Due | None) -> datetime | None:
    return found.at if found else None
