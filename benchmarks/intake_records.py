"""Intake records accepted by the server one at a time, beside an empty endpoint of the same server; for information.

Each is checked, stored with its revision and its journal entry, committed and acknowledged with an official number.
"""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from statistics import median

from benchmarks.hall_server import Window, windows
from benchmarks.measure import in_turns, seconds, spread
from benchmarks.report import Result
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall import CaseRecord, PaperRecord, PartyRecord

_ROUNDS, _RECORDS = 4, 100
_SHA = sha256(b"paper").hexdigest()


def run() -> list[Result]:
    numbers = iter(range(1, _ROUNDS * _RECORDS + 1))
    with windows(1) as (window,):

        def stored() -> float:
            records = [_record(window, next(numbers)) for _ in range(_RECORDS)]
            return _RECORDS / seconds(partial(_send, window, records))

        def empty() -> float:
            return _RECORDS / seconds(partial(_ask, window))

        values, floors = in_turns(stored, empty, _ROUNDS)
    detail = {"rounds": spread(values), "floor_rounds": spread(floors), "floor": "GET /v1/health"}
    return [Result("intake_records", median(values), "records/s", median(floors), None, detail)]


def _send(window: Window, records: list[CaseRecord]) -> None:
    for record in records:
        window.hall.store_case(record)


def _ask(window: Window) -> None:
    for _ in range(_RECORDS):
        window.empty()


def _record(window: Window, number: int) -> CaseRecord:
    clock, entropy = SystemClock(), SystemEntropy()
    now = clock.now()
    case = f"MH-{int(window.number):02d}-{now:%Y%m%d}-{number:04d}"
    return CaseRecord(
        case_id=uuid7(now, entropy.bytes(RANDOM_BYTES)),
        case_number=case,
        hall_id=window.enrolment.enrolled.hall.hall_id,
        window_no=window.number,
        matter_code="511A9900030001-239900000000-000-11239900MB0000001X-1-00",
        matter_name="食品经营许可（新办）",
        matter_version=1,
        applicant=PartyRecord("natural", "张三", "111", "23990119491231002X", "13900000000", "示例街道 12 号"),
        outcome="accepted",
        received_at=now,
        clerk="王晓梅",
        accepted_at=now,
        documents=(PaperRecord(uuid7(now, entropy.bytes(RANDOM_BYTES)), "acceptance_notice", case, _SHA),),
        detail={"rows": [{"material": f"m{row}", "verdict": "original", "pieces": 1} for row in range(7)]},
    )
