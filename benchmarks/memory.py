"""Whether the window and the server grow with what passes through them.

The window is ``clerk window`` as a process, with its server, card reader, receipt printer and keypad: one citizen after
the other takes a number, is called by F2, lays a card down, applies for a matter, everything is there, 受理, receipt,
rating, F9. The server is ``clerk server`` on its encrypted SQLite: four windows take and call numbers over HTTPS, and a
display and the windows listen to the feed.

What is measured is the memory that the process alone has written (``Private_Dirty`` and ``Swap`` of
``/proc/PID/smaps_rollup``): unlike USS and PSS it does not change when another program maps the same library or ends.
Both stand in the detail. The value is after many, the floor after few; the median of some samples at rest.

``BENCH_CITIZENS`` and ``BENCH_TICKETS`` in the environment shorten the two; ``BENCH_MINUTES`` ends each early. The
entry says how many there were.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from benchmarks.hall_server import OUT, ROOT, Window, at_once, furnished, open_window, running_server
from benchmarks.report import Goal, Result
from clerk_app import typefaces
from clerk_app.bootstrap.server import open_hall
from clerk_app.bootstrap.server_files import RUNTIME_FILE, server_folder
from clerk_app.client.enrol import Enrolment, enrol
from clerk_app.client.feed import FeedHandlers, FeedListener
from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Unreachable
from clerk_app.domain.identity.resident import check_digit
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.hall_queue import FreeNow, TakeTicket
from drivers.base.readings import CardReading
from drivers.idcard.samples import RESIDENT

if TYPE_CHECKING:
    from support.e2e_clerk import WindowProcess
    from support.e2e_hall import E2eHall

T = TypeVar("T")
CITIZENS, FEW_CITIZENS = 1_000, 10
TICKETS, FEW_TICKETS = 100_000, 1_000
_WINDOWS, _ROUND = 4, 400
_GOAL_WINDOW = Goal("ratio", "<=", 1.1)
"""A tenth: what is cached up to a bound (glyphs, statements, pages of the store) still fills up after the first few,
and a window that kept 35 KB of each citizen would miss it."""
_GOAL_SERVER = Goal("ratio", "<=", 1.6)
"""Each of the store's nine connections keeps up to 8 MB of its pages (SQLCipher's default), of which little is in use
after the first thousand. A server that kept 1 KB of each ticket would miss it."""
_SAMPLES, _APART_S, _REST_S = 5, 0.5, 3.0
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许邓韩冯曹"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂兰玉珍凤英建华文辉斌宇鑫波慧"


def run() -> list[Result]:
    OUT.mkdir(exist_ok=True)
    return [
        window_memory(int(os.environ.get("BENCH_CITIZENS", CITIZENS))),
        server_memory(int(os.environ.get("BENCH_TICKETS", TICKETS))),
    ]


# --- memory of a process ----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Memory:
    """Of one process at rest, in MB of 2^20 bytes."""

    own: float
    uss: float
    pss: float


def memory_of(pid: int) -> Memory:
    """The median of some samples, each figure by itself."""
    time.sleep(_REST_S)
    samples = []
    for _ in range(_SAMPLES):
        samples.append(_sample(pid))
        time.sleep(_APART_S)
    return Memory(*(round(median(column), 2) for column in zip(*samples, strict=True)))


def _sample(pid: int) -> tuple[float, float, float]:
    rows = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    size = {row[0].rstrip(":"): int(row[1]) / 1024 for row in rows}
    own = size["Private_Dirty"] + size["Swap"]
    return own, size["Private_Clean"] + size["Private_Dirty"], size["Pss"]


class Course:
    """The memory after so many, told while it goes on."""

    def __init__(self, what: str, pid: int) -> None:
        self._what, self._pid = what, pid
        self.at: dict[int, Memory] = {}
        self._since = time.monotonic()

    def note(self, count: int) -> None:
        found = self.at[count] = memory_of(self._pid)
        passed = time.monotonic() - self._since
        print(f"  {self._what}: after {count} {found.own:.1f} MB ({passed:.0f} s)", flush=True)

    def result(self, name: str, goal: Goal, few: int, meant: int, **detail: Any) -> Result:
        counts = sorted(self.at)
        last, half = counts[-1], min(counts, key=lambda count: abs(count - counts[-1] / 2))
        later_kb = (self.at[last].own - self.at[half].own) * 1024 / max(last - half, 1)
        return Result(
            name,
            self.at[last].own,
            "MB",
            self.at[few].own,
            goal,
            {
                "after": last,
                "full_size": meant,
                "floor": f"the same process after {few}",
                "own_mb": {str(count): self.at[count].own for count in counts},
                "uss_mb": [self.at[few].uss, self.at[last].uss],
                "pss_mb": [self.at[few].pss, self.at[last].pss],
                "kb_each_in_the_later_half": round(later_kb, 3),
                "minutes": round((time.monotonic() - self._since) / 60, 1),
                **detail,
            },
        )


def _stops(few: int, total: int) -> list[int]:
    """Where to look: after few, then at twentieths of the whole."""
    return sorted({few, *(total * part // 20 for part in range(1, 21) if total * part // 20 > few)})


def _deadline() -> float:
    return time.monotonic() + 60 * float(os.environ.get("BENCH_MINUTES", "inf"))


# --- the window -------------------------------------------------------------------------------------------------
def window_memory(citizens: int) -> Result:
    """Whole visits at the real window, each citizen with another name and number."""
    with _e2e_hall() as hall:
        window = hall.window()
        window.log_in()
        course = Course("window, citizens", window.process.pid)
        stops, ends = _stops(FEW_CITIZENS, citizens), _deadline()
        for number in range(1, max(stops) + 1):
            _visit(hall, window, citizen(number))
            late = number > FEW_CITIZENS and time.monotonic() > ends
            if number in stops or late:
                window.wait("the upload", lambda seen: seen["to_upload"] == 0)
                course.note(number)
            if late:
                break
        printed = len(hall.receipts())
        window.close()
    if printed != number:
        raise AssertionError(f"{number} citizens, {printed} receipts")
    return course.result("window_memory", _GOAL_WINDOW, FEW_CITIZENS, CITIZENS, receipts=printed)


@contextmanager
def _e2e_hall() -> Iterator[E2eHall]:
    sys.path.insert(0, str(ROOT / "tests"))
    from support.e2e_hall import furnish, open_e2e_hall

    os.environ.pop("CLERK_REAL_DATA", None)
    with TemporaryDirectory(prefix="bench-memory-", dir=OUT) as name:
        template = Path(name) / "furnished"
        template.mkdir()
        furnish(template)
        with open_e2e_hall(template, Path(name), typefaces.find().regular) as hall:
            yield hall


def citizen(number: int) -> CardReading:
    """An invented person, another one for each number below 900,000."""
    born = date(1960, 1, 1) + timedelta(days=number * 7919 % 15_000)
    first17 = f"110101{born:%Y%m%d}{number % 900 + 100:03d}"
    name = _SURNAMES[number % 30] + _GIVEN[number // 30 % 36] + _GIVEN[number // 1080 % 36]
    sex = "1" if number % 2 else "2"
    return replace(RESIDENT, name=name, number=first17 + check_digit(first17), birth_date=born, sex_code=sex)


def _visit(hall: E2eHall, window: WindowProcess, card: CardReading) -> None:
    number = hall.take_ticket()
    called = window.call()
    if called["ticket"] != number:
        raise AssertionError(f"{number} was taken, {called['ticket']} was called")
    hall.station.place_card(card)
    window.to_checklist()
    hall.station.lift_card()
    window.accept()
    hall.station.press(1)
    window.wait_for_papers()
    window.wait("the rating", lambda seen: seen["rating"] == "rated")
    window.finish()


# --- the server -------------------------------------------------------------------------------------------------
def server_memory(tickets: int) -> Result:
    """Numbers taken and called over HTTPS, while a display and the windows listen."""
    with TemporaryDirectory(prefix="bench-memory-", dir=OUT) as name, ExitStack() as stack:
        folder = Path(name)
        numbers = [str(number) for number in range(1, _WINDOWS + 1)]
        codes, screen_code = furnished(folder, numbers), _screen_code(folder)
        address = stack.enter_context(running_server(folder))
        windows = [open_window(address, *pair) for pair in zip(numbers, codes, strict=True)]
        screen = enrol(address, screen_code, DeviceKind.DISPLAY, "大屏", None)
        heard = [stack.enter_context(_listening(enrolled)) for enrolled in (screen, *(w.enrolment for w in windows))]
        for window in windows:
            stack.callback(window.close)
        told = json.loads((server_folder(folder) / RUNTIME_FILE).read_text(encoding="utf-8"))
        course = Course("server, tickets", told["pid"])
        groups = [group.group_id for group in _patiently(windows[0].hall.groups)]
        served, stops, ends = 0, _stops(FEW_TICKETS, tickets), _deadline()
        while served < stops[-1]:
            each = max(1, min(_ROUND, min(stop for stop in stops if stop > served) - served) // _WINDOWS)
            at_once([partial(_serve, window, groups, each) for window in windows])
            served += each * _WINDOWS
            late = served > FEW_TICKETS and time.monotonic() > ends
            if served in stops or late:
                course.note(served)
            if late:
                break
        entries = min(sum(one) for one in heard)
        if entries < 3 * served:
            raise AssertionError(f"{served} tickets were taken, called and finished, a listener heard {entries} things")
        return course.result(
            "server_memory", _GOAL_SERVER, FEW_TICKETS, TICKETS, windows=_WINDOWS, entries_heard=entries
        )


def _screen_code(folder: Path) -> str:
    hall = open_hall(folder)
    try:
        return hall.enrol_code(DeviceKind.DISPLAY, None).code
    finally:
        hall.close()


@contextmanager
def _listening(enrolled: Enrolment) -> Iterator[list[int]]:
    """A device at the feed; gives how many entries came each time."""
    heard: list[int] = []
    clock, entropy, token = SystemClock(), SystemEntropy(), enrolled.enrolled.token
    client = HallClient(enrolled.address, enrolled.ca_pem, token, clock, entropy)
    handlers = FeedHandlers(
        lambda found: heard.append(len(found)), lambda change: None, lambda: client.snapshot().cursor
    )
    listener = FeedListener(enrolled.address, enrolled.ca_pem, token, client.feed_page, handlers, clock, entropy)
    listener.start()
    try:
        yield heard
    finally:
        listener.stop()
        client.close()


def _serve(window: Window, groups: Sequence[str], count: int) -> None:
    """``count`` times: take a number, end the visit before it and call the next. Nobody is at the window afterwards."""
    hall, at_window = window.hall, ""
    for number in range(count):
        _patiently(partial(hall.take_ticket, TakeTicket(groups[number % len(groups)]), key=str(uuid4())))
        call = partial(hall.finish_and_call, at_window, "accepted") if at_window else hall.call_next
        answer: FreeNow = _patiently(partial(call, key=str(uuid4())))
        if answer.ticket is None:
            raise AssertionError("somebody waits, and nobody was called")
        at_window = answer.ticket.ticket_id
    _patiently(partial(hall.finish, at_window, "accepted", key=str(uuid4())))


def _patiently(request: Callable[[], T]) -> T:
    """The answer, however long a busy machine takes: asked again under the same key, which changes nothing twice."""
    while True:
        try:
            return request()
        except Unreachable:
            time.sleep(1)
