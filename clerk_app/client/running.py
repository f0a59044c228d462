"""Running the hall over HTTP: ``HallWatching`` of ``clerk_app.ports.hall_board`` and ``HallRunning`` of
``clerk_app.ports.hall_running``."""

from __future__ import annotations

from datetime import date
from typing import Any

from clerk_app.client.calls import Calls
from clerk_app.domain.queue_rules import QueueRules
from clerk_app.ports.hall import UserInfo
from clerk_app.ports.hall_board import HallBoard
from clerk_app.ports.hall_queue import CounterStatus, ServiceGroup, Ticket
from clerk_app.ports.hall_running import (
    Closing,
    DispatchLog,
    HallDay,
    NewNotice,
    NewRosterEntry,
    Notice,
    OpenHall,
    RosterEntry,
    Weight,
)

_Weights = tuple[Weight, ...]


class RunningCalls(Calls):
    """The part of ``HallClient`` that managers use."""

    def board(self) -> HallBoard:
        found: HallBoard = self._get("/v1/board", HallBoard)
        return found

    # the day
    def hall_day(self, day: date | None = None) -> HallDay | None:
        query = None if day is None else {"day": day.isoformat()}
        found: HallDay | None = self._get("/v1/hall-day", HallDay | None, query)
        return found

    def open_hall(self, wish: OpenHall, *, key: str | None = None) -> HallDay:
        day: HallDay = self._post("/v1/hall-day/open", HallDay, key, wish, OpenHall)
        return day

    def closing(self) -> Closing:
        found: Closing = self._get("/v1/hall-day/closing", Closing)
        return found

    def close_hall(self, cancel_waiting: bool, *, key: str | None = None) -> HallDay:
        body = {"cancel_waiting": cancel_waiting}
        day: HallDay = self._post("/v1/hall-day/close", HallDay, key, body, dict[str, bool])
        return day

    def end_earlier(self, *, key: str | None = None) -> int:
        answer: dict[str, int] = self._post("/v1/hall-day/end-earlier", dict[str, int], key)
        return answer["ended"]

    def dispatch_log(self, day: date) -> DispatchLog:
        found: DispatchLog = self._get(f"/v1/dispatch/{day.isoformat()}", DispatchLog)
        return found

    # rules, groups, windows
    def rules(self) -> QueueRules:
        found: QueueRules = self._get("/v1/rules", QueueRules)
        return found

    def set_rules(self, rules: QueueRules, *, key: str | None = None) -> QueueRules:
        stored: QueueRules = self._post("/v1/rules", QueueRules, key, rules, QueueRules)
        return stored

    def set_group(self, group: ServiceGroup, *, key: str | None = None) -> ServiceGroup:
        stored: ServiceGroup = self._post("/v1/groups", ServiceGroup, key, group, ServiceGroup)
        return stored

    def served(self, window_no: str) -> tuple[Weight, ...]:
        found: tuple[Weight, ...] = self._get(f"/v1/windows/{window_no}/groups", _Weights)
        return found

    def set_served(self, window_no: str, served: tuple[Weight, ...], *, key: str | None = None) -> None:
        self._post(f"/v1/windows/{window_no}/groups", _Weights, key, served, _Weights)

    def set_counter(self, window_no: str, open_: bool, *, key: str | None = None) -> CounterStatus:
        path = f"/v1/windows/{window_no}/open"
        status: CounterStatus = self._post(path, CounterStatus, key, {"open": open_}, dict[str, bool])
        return status

    def release_ticket(self, ticket_id: str, *, key: str | None = None) -> Ticket:
        return self._ticket(f"/v1/tickets/{ticket_id}/release", key)

    def transfer_ticket(self, ticket_id: str, group_id: str, *, key: str | None = None) -> Ticket:
        return self._ticket(f"/v1/tickets/{ticket_id}/move", key, {"group_id": group_id}, dict[str, str])

    def _ticket(self, path: str, key: str | None, body: Any = None, kind: Any = None) -> Ticket:
        ticket: Ticket = self._post(path, Ticket, key, body, kind)
        return ticket

    # notices and roster
    def notices(self) -> tuple[Notice, ...]:
        found: tuple[Notice, ...] = self._get("/v1/notices", tuple[Notice, ...])
        return found

    def add_notice(self, notice: NewNotice, *, key: str | None = None) -> Notice:
        added: Notice = self._post("/v1/notices", Notice, key, notice, NewNotice)
        return added

    def end_notice(self, notice_id: str, *, key: str | None = None) -> None:
        self._post(f"/v1/notices/{notice_id}/end", None, key)

    def people(self) -> tuple[UserInfo, ...]:
        found: tuple[UserInfo, ...] = self._get("/v1/people", tuple[UserInfo, ...])
        return found

    def roster(self, day: date) -> tuple[RosterEntry, ...]:
        found: tuple[RosterEntry, ...] = self._get("/v1/roster", tuple[RosterEntry, ...], {"day": day.isoformat()})
        return found

    def add_roster(self, entry: NewRosterEntry, *, key: str | None = None) -> RosterEntry:
        added: RosterEntry = self._post("/v1/roster", RosterEntry, key, entry, NewRosterEntry)
        return added

    def drop_roster(self, entry_id: str, *, key: str | None = None) -> None:
        self._post(f"/v1/roster/{entry_id}/drop", None, key)
