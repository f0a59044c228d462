"""What has to hold in the simulated hall: after every step, at every sheet, and when everything has calmed down.

Stores are looked at beside the program, by plain SQL on the disks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from clerk_app.domain.acts import CaseAct
from clerk_app.domain.queue import TicketState
from clerk_app.ports.hall import CaseRecord, RatingRecord
from clerk_app.ports.hall_cases import SealUse, VisitRecord
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.ports.window import OutboxKind
from clerk_app.services.hall import records
from clerk_app.services.hall.tools import canonical, system_actor
from simulation.nodes import WindowNode
from simulation.people import Desk
from simulation.world import World

_ACTIVE = (TicketState.CALLED.value, TicketState.SERVING.value)
_NUMBER = "prefix || printf('%03d', serial)"
_AT_THE_SERVER = {
    OutboxKind.CASE.value: ("intake_case", "case_id", "stream", CaseRecord),
    OutboxKind.ACT.value: ("case_act", "act_id", "entry_id", CaseAct),
    OutboxKind.RATING.value: ("rating", "rating_id", "entry_id", RatingRecord),
    OutboxKind.VISIT.value: ("visit", "visit", "entry_id", VisitRecord),
    OutboxKind.SEAL_USE.value: ("seal_use", "use_id", "entry_id", SealUse),
}
"""Where the server keeps what a window's outbox sends: table, key, the entry's column with the key, type."""


class Broken(AssertionError):
    """An invariant does not hold."""


def expect(holds: bool, sentence: str) -> None:
    if not holds:
        raise Broken(sentence)


class Invariants:
    """``tickets`` is how many there were at the beginning. ``history`` counts the restorations of the server: what it
    told before one is not its word any more, but what windows keep is."""

    def __init__(self, world: World, desks: Iterable[Desk], tickets: int = 0) -> None:
        self.world = world
        self.tickets = tickets
        self.desks = {desk.window.name: desk for desk in desks}
        self.history = 0
        self.checked = 0
        self._calls: dict[tuple[int, str, Any], str] = {}
        self._numbers: dict[tuple[str, str], str] = {}
        self._tickets: dict[str, str] = {}
        self._sheets: Counter[str] = Counter()
        self._seen: dict[str, int] = {}
        self._compared: set[tuple[str, str]] = set()
        world.papers.told = self.sheet

    def restored(self) -> None:
        """The server was restored from an older image."""
        self.history += 1
        self.tickets = self.world.server.disk.rows("SELECT count(*) FROM ticket")[0][0]
        self.world.network.wishes.clear()

    # --- at every sheet -----------------------------------------------------------------------------------------
    def sheet(self, node: str, sheet: bytes) -> None:
        """Printed implies stored, and nothing comes out twice unless a person said so."""
        window = self.world.windows.get(node)
        if window is None:
            return
        rows = window.disk.rows("SELECT original_id, state FROM paper WHERE content = ?", sheet)
        expect(not window.disk.raw.in_transaction, f"{node} prints within a transaction: it may not be stored")
        expect(len(rows) == 1, f"{node} printed a sheet that its store does not have: {sheet[:120]!r}")
        original, state = rows[0]
        expect(state == "sending", f"{node} printed a sheet that its store says is {state}")
        self._sheets[original] += 1
        said = sum(desk.words.get(original, 0) for desk in self.desks.values())
        expect(
            self._sheets[original] <= 1 + said,
            f"{node} printed {original} {self._sheets[original]} times, a clerk asked for {said} more",
        )

    # --- at every call ------------------------------------------------------------------------------------------
    def called(self, window_no: str, ticket_id: str, called_at: Any) -> None:
        """A window was told of a call."""
        before = self._calls.setdefault((self.history, ticket_id, called_at), window_no)
        expect(before == window_no, f"ticket {ticket_id} was called by windows {before} and {window_no} at {called_at}")

    # --- after every step ---------------------------------------------------------------------------------------
    def after_step(self) -> None:
        """Of what has changed since the last time."""
        self.checked += 1
        expect(not self.world.errors, f"logged as an error: {self.world.errors}")
        if self._changed("server"):
            self._queue()
        for window in self.world.windows.values():
            if self._changed(window.name):
                self._window_numbers(window)
                self._window_chain(window)
                if self.trusts_server(window):
                    self._acknowledged(window, ("done",))

    def _changed(self, name: str) -> bool:
        commits = self.world.node(name).disk.commits
        changed = self._seen.get(name) != commits
        self._seen[name] = commits
        return changed

    def _queue(self) -> None:
        disk = self.world.server.disk
        active = disk.rows(f"SELECT {_NUMBER}, window_no, state FROM ticket WHERE state IN (?, ?)", *_ACTIVE)
        windows = Counter(window_no for _, window_no, _ in active)
        for number, window_no, state in active:
            expect(bool(window_no), f"{number} is {state} at no window")
            expect(windows[window_no] == 1, f"window {window_no} has {windows[window_no]} active tickets")
        taken = disk.rows("SELECT count(*) FROM ticket")[0][0]
        wishes = self.tickets + len(self.world.network.wishes)
        expect(taken <= wishes, f"there were {wishes} wishes for a ticket, and {taken} tickets came of them")
        for number, ticket_id in disk.rows(f"SELECT day || ' ' || {_NUMBER}, ticket_id FROM ticket"):
            before = self._tickets.setdefault(number, ticket_id)
            expect(before == ticket_id, f"number {number} stands for the tickets {before} and {ticket_id}")
        doubles = disk.rows("SELECT case_no, count(*) FROM intake_case GROUP BY case_no HAVING count(*) > 1")
        expect(not doubles, f"official numbers of two cases: {doubles}")

    def _window_numbers(self, window: WindowNode) -> None:
        own = window.disk.rows("SELECT case_number, case_id FROM concluded_case WHERE origin = ''")
        sheets = window.disk.rows("SELECT number, case_id || kind FROM paper WHERE kind <> 'receipt'")
        for kind, rows in (("case", own), ("paper", sheets)):
            for number, whose in rows:
                if number:
                    before = self._numbers.setdefault((kind, number), whose)
                    expect(before == whose, f"{kind} number {number} stands for {before} and {whose}")

    def _window_chain(self, window: WindowNode) -> None:
        if window.up:
            checked = window.journal.check(window.store)
            expect(checked.sound, f"the journal of window {window.name} breaks at {checked.broken_at}")

    def server_chain(self) -> None:
        """The server's whole journal."""
        server = self.world.server
        actor = system_actor(server.hall_id)
        report = server.desk.store.read(server.hall_id, lambda unit: server.desk.sequencer.verify(unit, actor))
        expect(report.broken_at is None, f"the server's journal breaks at {report.broken_at}: {report.reason}")

    def trusts_server(self, window: WindowNode) -> bool:
        """Whether what the window calls done was acknowledged by the store as the server has it now."""
        epoch = window.disk.rows("SELECT value FROM store_fact WHERE name = 'server_epoch'")
        now = self.world.server.disk.rows("SELECT value FROM store_meta WHERE name = 'epoch'")
        return bool(epoch) and epoch == now

    def _acknowledged(self, window: WindowNode, states: tuple[str, ...]) -> int:
        """Every entry in these states is at the server, once, with the same bytes; how many."""
        marks = ", ".join("?" * len(states))
        rows = window.disk.rows(f"SELECT kind, entry_id, stream, payload FROM outbox WHERE state IN ({marks})", *states)
        for kind, entry_id, stream, payload in rows:
            if kind == OutboxKind.FILE.value:
                self._file(window, entry_id)
                continue
            table, column, key, value_kind = _AT_THE_SERVER[kind]
            subject = stream if key == "stream" else entry_id
            found = self.world.server.disk.rows(f"SELECT body FROM {table} WHERE {column} = ?", subject)
            expect(len(found) == 1, f"{kind} {subject} of window {window.name} is {len(found)} times at the server")
            same = (entry_id, found[0][0])
            if same in self._compared:
                continue
            mine = canonical(records.load(value_kind, json.loads(payload)))
            theirs = canonical(records.load(value_kind, json.loads(found[0][0])))
            expect(mine == theirs, f"{kind} {subject} of window {window.name} is another one at the server")
            self._compared.add(same)
        return len(rows)

    def _file(self, window: WindowNode, file_id: str) -> None:
        found = self.world.server.disk.rows("SELECT synced_at, sha FROM upload WHERE file_id = ?", file_id)
        mine = window.disk.rows("SELECT sha FROM paper WHERE paper_id = ?", file_id)
        expect(
            len(found) == 1 and found[0][0] is not None and found[0][1] == mine[0][0],
            f"the sheet {file_id} of window {window.name} is {found} at the server",
        )

    # --- at the end ---------------------------------------------------------------------------------------------
    def at_the_end(self) -> int:
        """Everything is drained: each record that a window printed a receipt for is at the server exactly once,
        byte-identical; all chains are whole. Returns how many records were compared."""
        self.server_chain()
        self._queue()
        compared = 0
        for window in self.world.windows.values():
            self._window_numbers(window)
            self._window_chain(window)
            left = window.disk.rows(
                "SELECT kind, state, title, reason FROM outbox WHERE state IN ('waiting', 'set_aside')"
            )
            expect(not left, f"window {window.name} could not tell the server of {left}")
            compared += self._acknowledged(window, ("done",))
            self._receipts(window)
            self._files(window)
        self._nothing_twice()
        self._dispatch()
        return compared

    def _receipts(self, window: WindowNode) -> None:
        printed = window.disk.rows(
            "SELECT DISTINCT p.number, p.case_id FROM paper p JOIN concluded_case c ON c.case_id = p.case_id "
            "WHERE p.kind = 'receipt' AND p.state IN ('printed', 'sent') AND c.origin = ''"
        )
        for number, case_id in printed:
            at = self.world.server.disk.rows("SELECT case_number FROM intake_case WHERE case_id = ?", case_id)
            expect(at == [(number,)], f"the receipt {number} of window {window.name} is {at} at the server")

    def _files(self, window: WindowNode) -> None:
        """Every sheet that was printed is at the server, byte by byte."""
        server = self.world.server
        sheets = window.disk.rows("SELECT paper_id, content FROM paper WHERE state IN ('printed', 'sent')")
        for paper_id, content in sheets:

            def read(unit: HallUnit, paper_id: str = paper_id) -> bytes:
                state = unit.uploads.get(paper_id)
                return server.desk.uploads.content(unit, state.head) if state else b""

            theirs = server.desk.store.read(server.hall_id, read)
            expect(theirs == content, f"the sheet {paper_id} of window {window.name} is another one at the server")

    def _nothing_twice(self) -> None:
        out = {key: count for key, count in self.world.papers.out.items() if count > 1}
        expect(not out, f"the very same sheet came out twice: {out}")

    def _dispatch(self) -> None:
        """Every call is one that the rules and the day's draws allow."""
        server = self.world.server
        actor = system_actor(server.hall_id)

        def work(unit: Any) -> Any:
            return server.desk.dispatch.verify(unit, actor, server.desk.days.today(unit))

        if server.disk.rows("SELECT 1 FROM hall_day"):
            found = server.desk.store.read(server.hall_id, work)
            expect(not found.report.findings, f"the dispatch check says: {[str(one) for one in found.report.findings]}")
