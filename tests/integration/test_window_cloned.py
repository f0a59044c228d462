"""A window's disk on two computers, at a real server: noticed, stopped from numbering, and nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from clerk_app.bootstrap.enrolled import Device, open_device
from clerk_app.bootstrap.server import open_hall
from clerk_app.client.hall import HallClient
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import Locked
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.law import OutcomeKind
from clerk_app.ports.clock import SystemClock, SystemEntropy
from clerk_app.ports.window import WindowStore
from clerk_app.services.window.outbox import Outbox
from clerk_app.services.window.presence import PresenceDesk
from db.window.store import open_window_store
from support import forked
from support.server import ServerProcess, server
from support.window import CLERK, Window


class Pc:
    """One computer: the data folder, and the services of a window as its program has them."""

    def __init__(self, data: Path, address: str, code: str = "") -> None:
        self.device: Device = open_device(
            data / "window-12",
            DeviceKind.WINDOW,
            "12号窗口",
            SystemEntropy(),
            window_no="12",
            address=address,
            code=code,
        )
        enrolled = self.device.enrolment.enrolled
        self.store = open_window_store(
            self.device.folder / "window.db", self.device.keys.key("sqlcipher"), enrolled.hall.hall_id
        )
        # Window binds to a device of its own in tests; here the enrolled one counts.
        self.window = _window(self.store, enrolled.hall, enrolled.device_id)
        self.client: HallClient = self.device.client(SystemClock(), SystemEntropy())
        self.outbox = Outbox(self.store, self.client, self.window.journal, self.window.clock)
        self.presence = PresenceDesk(self.store, self.client, self.window.journal, SystemEntropy())
        self.clerk = CLERK.__class__(
            enrolled.hall.hall_id, enrolled.device_id, CLERK.user_id, CLERK.user_name, CLERK.roles, "12"
        )

    def starts(self) -> None:
        """What the sync thread does first."""
        self.outbox.push_once()
        self.presence()

    def concludes(self) -> str:
        case = self.window.cases.conclude(self.window.complete(actor=self.clerk), OutcomeKind.ACCEPTED, self.clerk)
        return case.case_number

    def close(self) -> None:
        self.store.close()
        self.client.close()


def _window(store: WindowStore, hall: HallProfile, device_id: str) -> Window:
    class Enrolled(Window):
        def __init__(self) -> None:
            self.device_id = device_id
            super().__init__(store, clock=SystemClock(), hall=hall)  # type: ignore[arg-type]

        def restart(self) -> None:
            try:
                super().restart()
            except Locked:
                # As the program does when the computer was enrolled anew.
                self.binding.settle(hall, "12", device_id)
                super().restart()

    made = Enrolled()
    made.entropy = SystemEntropy()  # type: ignore[assignment]
    made.restart()
    return made


@pytest.fixture
def running(tmp_path: Path):  # type: ignore[no-untyped-def]
    with server(tmp_path / "hall") as process:
        yield process


def _code(running: ServerProcess) -> str:
    hall = open_hall(running.folder)
    code = hall.enrol_code(DeviceKind.WINDOW, "12").code
    hall.close()
    return code


def test_the_copy_of_a_window_is_stopped_and_its_records_come_over_by_hand(
    running: ServerProcess, tmp_path: Path
) -> None:
    one = Pc(tmp_path / "pc1", running.address, _code(running))
    one.starts()
    numbers = [one.concludes()]
    one.close()
    shutil.copytree(tmp_path / "pc1", tmp_path / "pc2")

    one = Pc(tmp_path / "pc1", running.address)
    one.starts()
    copy = Pc(tmp_path / "pc2", running.address)
    # Two of one image, and nobody has noticed yet: the server is away for a moment.
    unsent = copy.concludes()
    assert unsent.endswith("-0002")
    copy.starts()
    with pytest.raises(Locked, match="还有另一份在用"):
        copy.concludes()
    numbers += [one.concludes(), one.concludes()]
    one.starts()
    status = one.outbox.status()
    assert status.waiting == 0
    # Two papers bear 0002: the server took the one that came first, the other is named and waits for a person.
    (line,) = status.set_aside
    assert "请技术员检查这台电脑是否是复制的" in line.reason
    assert numbers[1] == unsent
    copy.close()

    # By hand: a code for window 12 and the command. Whatever the copy still holds goes over.
    words = ("--number", "12", "--server", running.address, "--code", _code(running))
    done = forked.run("clerk_app.cli", "send-records", "--data", str(tmp_path / "pc2"), *words)
    assert done.returncode in (0, 1), done.stderr
    assert "还有 0 条记录" in done.stdout
    # Enrolled anew it numbers again, above everything that either has given.
    copy = Pc(tmp_path / "pc2", running.address, _code(running))
    copy.starts()
    fresh = copy.concludes()
    assert fresh not in [*numbers, unsent]
    assert int(fresh[-4:]) > 500
    copy.outbox.push_once()
    one.close()
    copy.close()
    running.stop()

    hall = open_hall(running.folder)
    stored = hall.desk.store.read(hall.hall_id, lambda unit: unit.journal.after(0, 10_000))
    hall.desk.sequencer.run(hall.hall_id)
    cases = [entry.payload["case_number"] for entry in stored if entry.kind == "case.stored"]
    assert sorted(cases) == sorted({*numbers, fresh})
    kinds = [entry.kind for entry in stored]
    assert kinds.count("device.doubled") == 1
    hall.close()
