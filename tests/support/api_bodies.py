"""A body that the server takes, for every endpoint that wants one, and the ways to bend it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from clerk_app.domain.acts import Channel, Doer
from clerk_app.domain.queue import VisitReason
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall import RatingRecord
from clerk_app.ports.hall_cases import (
    ConsultationRecord,
    OnlineSupplement,
    PreCheck,
    SignatureRecord,
    SuppliedMaterial,
    VisitRecord,
)
from support.api_hall import ApiHall
from support.case_flow import AGENT, APPLICANT, SM3, TASK, arrived, opening, record, supplement_opening, uuid

LONG = "长" * 3000
DEEP: Any = []
for _ in range(300):
    DEEP = [DEEP]
NASTY: tuple[Any, ...] = (
    *("", " ", "\x00", "a\x00b", "\ud800", "\u202e王\u200f", LONG, "'; --", "𠮷\ue863", "NaN", "null"),
    *(0, -1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63, 10**40, 0.5, 1e308, float("nan"), float("inf"), True, None),
    *([], {}, [None], {"a": None}, {"\ud800": 1}, {"\x00": "\x00"}, DEEP),
    *("2026-11-23T10:24:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-02-30", "9999-12-31"),
    *("0001-01-01", "99999-01-01T00:00:00Z", "2026-11-23T10:24:00+08:00", "00:00:00", "23:59:59.999999"),
    *(uuid(77), uuid(77).upper(), "0" * 64, "12", "999"),
)
"""Values that somebody's program might send by mistake or to see what happens."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that is right. ``asker``: who may send it."""

    method: str
    path: str
    body: Any
    asker: str = "clerk"


def _plain(value: Any) -> Any:
    return TypeAdapter(type(value)).dump_python(value, mode="json")


def good_requests(api: ApiHall) -> list[Sent]:
    """One for every endpoint with a body; ids that may be used once are fresh for each call."""
    hall = api.hall
    known = {name: values[0] for name, values in api.known.items()}
    group, ticket = known["group_id"], known["ticket_id"]
    now = hall.clock.now()
    doer = Doer("user-1", "王晓梅", "12", "device-12")
    case = opening(501, "user-1", now - timedelta(hours=2))
    waits = supplement_opening(1, "user-1", now - timedelta(hours=1))
    came = arrived(502, waits.case_id, doer, now, ("m1",), whole=False, channel=Channel.WINDOW)
    detail = {"materials": [{"id": "m1", "name": "营业执照", "verdict": "copy", "pieces": 1}], "answers": {"q": ["a"]}}
    intake = record(case, hall.hall_id, detail=detail, agent=AGENT, parties=(replace(APPLICANT, kind="person"),))
    file = {
        "file_id": uuid(503),
        "subject": "case",
        "subject_id": waits.case_id,
        "kind": "page",
        "media_type": "image/jpeg",
        "size": 10,
        "sha": SM3,
        "made_at": now.isoformat(),
        "window_no": "12",
        "title": "营业执照",
        "material_id": "m1",
        "position": 1,
        "sheets": 1,
    }
    card = {"name": "李晓彤", "id_number": "110101199003070038", "birth": "1990-03-07"}
    material = SuppliedMaterial("m1", "营业执照", 2, SM3)
    supplement = OnlineSupplement(uuid(504), waits.case_number, "WSBJ-1", now - timedelta(minutes=1), (material,))
    check = PreCheck("WSYS-1", TASK, APPLICANT, now, "网上预审岗", "材料齐全", True, {"q": ["a"]}, valid_to=now.date())
    rating = RatingRecord(uuid(505), 2, now, "12", ticket_id=ticket)
    visit = VisitRecord(uuid(506), (VisitReason.SUBMIT,), "12", now, now, None, (waits.case_id,))
    advice = ConsultationRecord(uuid(507), TASK, "食品经营许可", 1, {"q": ["a"]}, now, "12", "MH-12-20261123-9001")
    signature = SignatureRecord(uuid(508), waits.case_id, uuid(509), SM3, "李晓彤", now, SM3)
    seal = {
        "use_id": uuid(510),
        "seal": "acceptance",
        "case_id": waits.case_id,
        "paper_id": uuid(511),
        "paper_kind": "acceptance_notice",
        "paper_number": "明市监受〔2026〕12-0001 号",
        "user_id": "user-1",
        "user_name": "王晓梅",
        "window_no": "12",
        "at": now.isoformat(),
        "count": 1,
    }
    emergency = {
        "ticket_id": uuid(512),
        "number": "A901",
        "group_id": group,
        "taken_at": now.isoformat(),
        "window_no": "12",
        "called_at": now.isoformat(),
        "ended_at": now.isoformat(),
        "outcome": "accepted",
    }
    later = {"from_at": now.isoformat(), "until_at": (now + timedelta(hours=1)).isoformat()}
    matter = {
        "code": TASK,
        "name": "食品经营许可",
        "department": "区市场监督管理局",
        "type": "01",
        "type_name": "行政许可",
    }
    batch = {
        "records": [
            {"stream": case.case_id, "kind": "case", "key": uuid(513), "body": _plain(intake)},
        ]
    }
    return [
        Sent("POST", "/v1/cases", _plain(intake)),
        Sent("POST", "/v1/acts", _plain(came)),
        Sent("POST", "/v1/batches", batch),
        Sent("POST", "/v1/files", file),
        Sent("POST", "/v1/ratings", _plain(rating)),
        Sent("POST", "/v1/visits", _plain(visit)),
        Sent("POST", "/v1/consultations", _plain(advice)),
        Sent("POST", "/v1/signatures", _plain(signature)),
        Sent("POST", "/v1/seal-uses", seal),
        Sent("POST", "/v1/pre-checks", _plain(check), "platform"),
        Sent("POST", "/v1/supplements", _plain(supplement), "platform"),
        Sent("POST", "/v1/appointments", {"group_id": group, "starts_at": now.isoformat(), "card": card}, "platform"),
        Sent("POST", "/v1/appointments/find", card),
        Sent("POST", "/v1/appointments/cancel", {"code": "40281937"}, "platform"),
        Sent("POST", "/v1/appointments/check-in", {"code": "40281937", "card": card, "paper": True}, "kiosk"),
        Sent("POST", "/v1/tickets", {"group_id": group, "reason": "submit", "matters": [TASK], "card": card}, "kiosk"),
        Sent("POST", "/v1/queue/walk-in", {"group_id": group, "reason": "consult"}),
        Sent("POST", f"/v1/tickets/{ticket}/finish", {"outcome": "accepted"}),
        Sent("POST", f"/v1/tickets/{ticket}/hold", {"kind": "papers_kept", "note": "等复印"}),
        Sent("POST", f"/v1/tickets/{ticket}/transfer", {"group_id": group, "window_no": "", "user_id": ""}),
        Sent("POST", f"/v1/tickets/{ticket}/print", {"state": "printed"}, "kiosk"),
        Sent("POST", f"/v1/tickets/{ticket}/move", {"group_id": group}),
        Sent("POST", "/v1/window/away", {"reason": "break"}),
        Sent("POST", "/v1/emergency/visits", emergency),
        Sent("POST", "/v1/emergency/blocks/held", {"block_nos": [1]}),
        Sent("POST", "/v1/notices", {"text": "今天下午 3 点停电检修", **later}),
        Sent("POST", "/v1/roster", {"day": "2026-11-24", "window_no": "12", "user_id": "user-1", **_TIMES}),
        Sent("POST", "/v1/rules", _plain(QueueRules())),
        Sent("POST", "/v1/groups", _plain(hall.groups()[0])),
        Sent("POST", "/v1/windows/12/groups", [{"group_id": group, "weight": 1.0}]),
        Sent("POST", "/v1/windows/12/open", {"open": True}),
        Sent("POST", "/v1/hall-day/open", {"outside": "双色球 2026134 期", "source": "开奖公告"}),
        Sent(
            "POST",
            "/v1/users",
            {"login_name": "lisi", "name": "李四", "password": "qing-fang-xin-9", "roles": ["clerk"]},
        ),
        Sent("POST", "/v1/login", {"login_name": "lisi", "password": "wrong", "window_no": "13"}, "window"),
        Sent("POST", "/v1/approvals", {"login_name": "lisi", "password": "wrong", "step": "grant", "case_id": uuid(1)}),
        Sent("POST", "/v1/enrol-codes", {"kind": "kiosk", "window_no": None}),
        Sent("POST", "/v1/enrol", {"secret": "7Q4KM2XW8D", "kind": "kiosk", "name": "取号机"}, "nobody"),
        Sent("POST", "/v1/catalogue", {"matters": [matter]}),
        Sent("POST", "/v1/results", {"id_number": APPLICANT.document_no}),
        Sent("POST", "/v1/presence", {"shown": "", "following": "0" * 32}),
    ]


_TIMES = {"from_time": "09:00:00", "to_time": "12:00:00"}


def leaves(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value, the whole of it included."""
    yield at
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*at, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, (*at, number))


def bent(value: Any, at: tuple[Any, ...], with_: Any) -> Any:
    """The value with another one in one place."""
    if not at:
        return with_
    if isinstance(value, dict):
        return {name: bent(inner, at[1:], with_) if name == at[0] else inner for name, inner in value.items()}
    return [bent(inner, at[1:], with_) if number == at[0] else inner for number, inner in enumerate(value)]


_ID = re.compile(r"(-8\d{3}-)0{9}(5\d\d)")
_PAPER = re.compile(r"-05\d\d\b")


def renewed(body: Any, number: int) -> Any:
    """The same content under ids that were never seen."""
    text = _ID.sub(lambda found: f"{found[1]}{number:09d}{found[2]}", json.dumps(body))
    return json.loads(_PAPER.sub(f"-{number:05d}", text))
