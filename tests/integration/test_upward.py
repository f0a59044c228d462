"""A hall's server under its city's: two real servers, a window's papers and pages, and everything killed in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clerk_app.bootstrap.server import OpenHall, open_hall
from clerk_app.client.enrol import enrol
from clerk_app.domain.actor import DeviceKind
from clerk_app.domain.errors import NotAllowed
from clerk_app.ports.hall import Login
from clerk_app.services.hall.tools import canonical_json, system_actor
from support import forked
from support.server import PASSWORD, ServerProcess, client_of, close_pipes, start_server
from support.sync_window import SyncWindow, window_of

CITY = '[hall]\ncode = "SJ"\nname = "明河市政务服务中心"\n\n[server]\nmany_halls = true\n'


def command(folder: Path, *words: str) -> tuple[int, str]:
    done = forked.run("clerk_app.cli", *words, "--data", str(folder))
    return done.returncode, done.stdout + done.stderr


class TwoLevels:
    """A city, a hall below it, and window 12 of the hall."""

    def __init__(self, tmp_path: Path) -> None:
        self.city_folder, self.hall_folder = tmp_path / "city", tmp_path / "hall"
        self.city_folder.mkdir()
        (self.city_folder / "clerk.toml").write_text(CITY, encoding="utf-8")
        (tmp_path / "window").mkdir()
        self.city = start_server(self.city_folder)
        status, said = command(self.city_folder, "enrol", "hall", "--number", "MH")
        assert status == 0, said
        self.hall = self._start_hall(0, "--upstream-code", said.split()[3].split("（")[0])
        enrolment = self.hall.enrol(window_no="12")
        self.window: SyncWindow = window_of(enrolment.enrolled, tmp_path / "window", client_of(enrolment))
        self.hall_id = enrolment.enrolled.hall.hall_id

    def _start_hall(self, port: int, *options: str) -> ServerProcess:
        upstream = ("--upstream", self.city.address, *options)
        return start_server(self.hall_folder, port, *upstream, program="support.upward_server")

    def serves(self, citizens: int, pages: int = 0) -> list[str]:
        """Concluded, printed, and pushed to the hall."""
        cases = [self.window.serve(pages=pages)[0] for _ in range(citizens)]
        while self.window.outbox.push_once().stopped:
            # On a busy machine the hall may take longer than a window waits; it asks again.
            pass
        return cases

    def kill_city(self) -> None:
        self.city.kill()
        close_pipes(self.city)

    def start_city(self) -> None:
        self.city = start_server(self.city_folder, self.city.port)

    def restart_hall(self) -> None:
        self.hall.kill()
        close_pipes(self.hall)
        self.hall = self._start_hall(self.hall.port)

    def close(self) -> None:
        self.window.close()
        for running in (self.hall, self.city):
            if running.process.poll() is None:
                running.kill()
            close_pipes(running)

    def at_city(self, look: Callable[[OpenHall], Any]) -> Any:
        return self._at(self.city_folder, look)

    def at_hall(self, look: Callable[[OpenHall], Any]) -> Any:
        return self._at(self.hall_folder, look)

    @staticmethod
    def _at(folder: Path, look: Callable[[OpenHall], Any]) -> Any:
        hall = open_hall(folder)
        try:
            return look(hall)
        finally:
            hall.close()

    def is_up(self) -> None:
        """Wait until nothing is left at the hall."""

        def nothing_left(hall: OpenHall) -> bool:
            if hall.desk.store.read(hall.hall_id, lambda unit: unit.journal.unsequenced(1)):
                return False
            status = hall.desk.upward(hall.hall_id).status()
            left = status.records or status.files or status.set_aside or status.run.trouble
            return not left and status.run.done_at is not None

        self._until(nothing_left)

    def until_trouble(self) -> str:
        """Why nothing goes up, once the hall says so."""
        return str(self._until(lambda hall: hall.desk.upward(hall.hall_id).status().run.trouble))

    def _until(self, look: Callable[[OpenHall], Any]) -> Any:
        deadline = time.monotonic() + 240
        while not (found := self.at_hall(look)):
            assert time.monotonic() < deadline, self.at_hall(lambda hall: hall.desk.upward(hall.hall_id).status())
            # Each look opens the store, which the servers need the processor for too.
            time.sleep(0.5)
        return found

    def everything(self, opened: OpenHall) -> dict[str, tuple[Any, ...]]:
        """Every case with its body and numbers, and its files with their content."""
        store, uploads = opened.desk.store, opened.desk.uploads
        auditor = self.window.clerk

        def work(unit: Any) -> dict[str, tuple[Any, ...]]:
            stored = [one.subject for one in unit.journal.after(0, 100_000) if one.kind == "case.stored"]
            assert len(stored) == len(set(stored))
            found = {}
            for case_id in stored:
                head = unit.files.head(case_id)
                files = {
                    one.head: uploads.content(unit, one.head) for one in uploads.of_subject(unit, auditor, case_id)
                }
                found[case_id] = (canonical_json(unit.cases.body(case_id)), head, files)
            return found

        opened.desk.sequencer.run(self.hall_id)
        actor = system_actor(self.hall_id)
        assert store.read(self.hall_id, lambda unit: opened.desk.sequencer.verify(unit, actor)).broken_at is None
        found: dict[str, tuple[Any, ...]] = store.read(self.hall_id, work)
        return found


@pytest.fixture
def levels(tmp_path: Path) -> Iterator[TwoLevels]:
    made = TwoLevels(tmp_path)
    yield made
    made.close()


@pytest.mark.timeout(400)
def test_what_a_window_printed_is_at_the_city_once_and_the_same_whoever_was_killed(levels: TwoLevels) -> None:
    promised = levels.serves(1, pages=1)
    levels.is_up()

    # The city is away: the hall goes on, and says why nothing goes up.
    levels.kill_city()
    promised += levels.serves(2, pages=1)
    assert "连不上" in levels.until_trouble()
    status, said = command(levels.hall_folder, "upstream", "status")
    assert status == 1
    assert "现在传不上去" in said

    # Both die while it goes up.
    levels.start_city()
    promised += levels.serves(1, pages=1)
    levels.kill_city()
    levels.restart_hall()
    levels.start_city()
    levels.is_up()

    here, there = levels.at_hall(levels.everything), levels.at_city(levels.everything)
    assert set(promised) <= set(here)
    assert there == here
    assert all(len(files) >= 2 for _, _, files in there.values())


@pytest.mark.timeout(400)
def test_a_hall_is_told_apart_and_may_do_nothing_else_at_the_city(levels: TwoLevels) -> None:
    levels.serves(1)
    levels.is_up()
    status, said = command(levels.city_folder, "enrol", "hall", "--number", "MH")
    assert status == 0
    profile = levels.at_hall(lambda hall: hall.desk.store.read(hall.hall_id, lambda unit: unit.setup.profile()))
    made = enrol(levels.city.address, said.split()[3].split("（")[0], DeviceKind.HALL, "明河", hall=profile)
    assert made.enrolled.hall.hall_id == levels.hall_id
    client = client_of(made)
    try:
        assert client.server_time().hall_id == levels.hall_id
        for attempt in (
            client.snapshot,
            client.groups,
            client.catalogue_info,
            lambda: client.login(Login("wangxm", PASSWORD)),
            lambda: client.call_next(),
            lambda: client.server_case("MH"),
        ):
            with pytest.raises(NotAllowed):
                attempt()
    finally:
        client.close()
    # A code of one hall lets no other hall in.
    _, said = command(levels.city_folder, "enrol", "hall", "--number", "XX")
    with pytest.raises(NotAllowed):
        enrol(levels.city.address, said.split()[3].split("（")[0], DeviceKind.HALL, "明河", hall=profile)
    figures = [line for line in _metrics(levels.hall) if line.startswith("clerk_upstream_")]
    assert sorted(figures) == ["clerk_upstream_set_aside 0.0", "clerk_upstream_up 1.0", "clerk_upstream_waiting 0.0"]


def _metrics(running: ServerProcess) -> list[str]:
    import ssl
    import urllib.request

    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(f"{running.address}/metrics", context=context) as answer:
        lines: list[str] = answer.read().decode().splitlines()
    return lines


def test_a_server_of_one_hall_gives_no_codes_to_halls(tmp_path: Path) -> None:
    status, said = command(tmp_path, "enrol", "hall", "--number", "MH")
    assert status == 1
    assert "many_halls" in said
