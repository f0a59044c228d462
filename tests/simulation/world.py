"""The whole simulated hall, from one seed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

import anyio.to_thread
import stamina

from clerk_app.client import transport
from clerk_app.services.hall import uploads
from clerk_app.services.hall.restoring import GAP, after_restore
from clerk_app.services.hall.tools import system_actor
from db.hall.backup import begin_new_life, each_hall
from simulation.clocks import NodeClock, WorldClock
from simulation.disk import Disk
from simulation.moments import Moments, PowerCut
from simulation.network import Network
from simulation.nodes import KioskNode, Node, Outside, ServerNode, WindowNode
from simulation.papers import Papers
from simulation.template import COUNTERS, KIOSK, OFFICE, template
from support.hall import SeededEntropy

CHUNK = 4096
"""Bytes of a piece of a file: the sheets of the simulated printers are small, and should come in several pieces."""

_disks: dict[str, Disk] = {}
"""One a node name and process: see ``Disk``."""


def disk_of(name: str) -> Disk:
    if name not in _disks:
        _disks[name] = Disk()
    return _disks[name]


class World:
    """``windows`` are the counters and the office by window number.

    ``trace`` tells what happened, for whoever has to find out why a seed failed.
    """

    def __init__(self, seed: int) -> None:
        made = template()
        self.seed = seed
        self.random = Random(f"world {seed}")
        self.clock = WorldClock()
        self.moments = Moments()
        self.papers = Papers()
        self.network = Network(self.moments, Random(f"network {seed}"))
        outside = Outside(self.moments, self.papers, Random(f"printers {seed}"), self.network.client)
        self.outside = outside
        self.trace: list[str] = []
        self.errors: list[str] = []
        """What the program logged as an error: faults of its own that it lived on with."""
        self.server = ServerNode("server", disk_of("server"), NodeClock(self.clock), SeededEntropy(seed), outside)
        self.server.disk.restore(made.hall)
        self.network.handle = None
        self.network.server_down = self.server_crashes
        self.windows: dict[str, WindowNode] = {}
        for at, name in enumerate((*COUNTERS, OFFICE), 1):
            self.windows[name] = self._window(name, SeededEntropy(seed * 100 + at), made.window)
        self.kiosk = KioskNode(
            KIOSK,
            disk_of(KIOSK),
            NodeClock(self.clock),
            SeededEntropy(seed * 100 + 50),
            outside,
            made.enrolled[KIOSK],
        )

    def _window(self, name: str, entropy: SeededEntropy, image: bytes) -> WindowNode:
        disk = disk_of(name)
        disk.restore(image)
        return WindowNode(name, disk, NodeClock(self.clock), entropy, self.outside, template().enrolled[name])

    @contextmanager
    def running(self) -> Iterator[World]:
        """Inside, the program's HTTP goes through the simulated network, and nothing waits or runs in another thread.
        No node is up yet."""
        with ExitStack() as patches:
            patches.enter_context(patch.object(anyio.to_thread, "run_sync", _at_once))
            patches.enter_context(patch.object(transport, "trusting", lambda pem: None))
            patches.enter_context(patch.object(transport, "_client", lambda address, _: self.network.client(address)))
            patches.enter_context(stamina.set_testing(True, attempts=2, cap=True))
            patches.enter_context(patch.object(uploads, "CHUNK_BYTES", CHUNK))
            patches.enter_context(_quiet())
            logger, handler = logging.getLogger("clerk_app"), _Errors(self.errors)
            logger.addHandler(handler)
            patches.callback(logger.removeHandler, handler)
            yield self

    # --- starting and ending ------------------------------------------------------------------------------------
    def nodes(self) -> tuple[Node, ...]:
        return (self.server, *self.windows.values(), self.kiosk)

    def node(self, name: str) -> Node:
        return next(node for node in self.nodes() if node.name == name)

    def start_server(self) -> None:
        self.server.start()
        self.network.handle = self.server.handle

    def server_crashes(self) -> None:
        """The power of the server is cut."""
        self.note("server crashes")
        self.network.handle = None
        self.server.crash()

    def crash(self, node: Node) -> None:
        if node is self.server:
            self.server_crashes()
        else:
            self.note(f"{node.name} crashes")
            node.crash()

    def cut(self, cut: PowerCut) -> None:
        """The power cut of a PC has come up through its program."""
        self.crash(self.node(cut.node))

    def start(self, node: Node) -> None:
        """Start a node's program again."""
        self.note(f"{node.name} starts")
        if node is self.server:
            self.start_server()
        elif isinstance(node, WindowNode | KioskNode):
            node.start()

    def restore_server(self, image: bytes) -> None:
        """The server's store is replaced by an older one, as ``clerk restore`` does (``bootstrap.backup``)."""
        self.note("server restored")
        self.server_crashes()
        server = self.server
        server.disk.restore(image)
        tools, story = server.tools(), {"from": "backup"}
        with server.disk.writer.begin() as connection:
            begin_new_life(connection, tools.secret(16).hex(), story)
            each_hall(connection, lambda unit: after_restore(unit, tools, system_actor(unit.hall_id), GAP, story))
        self.start(server)

    def clone(self, window: WindowNode) -> WindowNode:
        """A second PC with the window's disk; it is not up."""
        disk = disk_of("clone")
        disk.restore(window.disk.image())
        clock = NodeClock(self.clock)
        clone = WindowNode("clone", disk, clock, SeededEntropy(self.seed * 100 + 60), self.outside, window.enrolled)
        return clone

    def images(self) -> dict[str, bytes]:
        """Every disk as it is now."""
        return {node.name: node.disk.image() for node in self.nodes()}

    def take_over(self, images: dict[str, bytes], clock: WorldClock) -> None:
        """Begin from there instead of from an empty hall; no node is up yet."""
        self.clock.at = clock.at
        for node in self.nodes():
            node.disk.restore(images[node.name])

    def note(self, text: str) -> None:
        self.trace.append(f"{self.clock.at:%d %H:%M:%S} {text}")


class _Errors(logging.Handler):
    """Collects what the program did not foresee. A printer's driver that fails is foreseen and logged all the same."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._found = found

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.endswith(".printing"):
            self._found.append(f"{record.getMessage()} {record.exc_info and record.exc_info[1]!r}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Thousands of faults are played here: their warnings tell nobody anything."""
    loggers = [logging.getLogger(name) for name in ("clerk_app", "stamina", "httpx2")]
    before = [logger.propagate for logger in loggers]
    nowhere = logging.NullHandler()
    for logger in loggers:
        logger.propagate = False
        logger.addHandler(nowhere)
    try:
        yield
    finally:
        for logger, propagate in zip(loggers, before, strict=True):
            logger.propagate = propagate
            logger.removeHandler(nowhere)


async def _at_once(func: Any, *args: Any, **_: Any) -> Any:
    """In place of a worker thread."""
    return func(*args)
