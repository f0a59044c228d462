"""The simulated network does to requests what it says, and the program takes it as it should."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from clerk_app.domain.errors import Unreachable
from clerk_app.ports.hall_queue import TakeTicket
from simulation.network import Network
from simulation.world import World


def test_a_request_that_breaks_off_in_the_middle_changes_nothing_and_is_no_error_of_the_server() -> None:
    world = World(1)
    with world.running():
        world.start(world.server)
        world.start(world.kiosk)
        group = world.kiosk.client.groups()[0].group_id
        with patch.object(Network, "_fate", lambda self: "request cut"), pytest.raises(Unreachable):
            world.kiosk.client.take_ticket(TakeTicket(group))
        assert world.server.disk.rows("SELECT count(*) FROM ticket") == [(0,)]
        assert world.errors == []


def test_a_request_that_comes_twice_or_late_takes_one_ticket() -> None:
    world = World(2)
    with world.running():
        world.start(world.server)
        world.start(world.kiosk)
        kiosk = world.kiosk
        group = kiosk.client.groups()[0].group_id
        for fate in ("doubled", "doubled later", "answer lost"):
            fates = iter((fate,))
            with patch.object(Network, "_fate", lambda self, fates=fates: next(fates, "")):
                kiosk.client.take_ticket(TakeTicket(group), key=kiosk.desk.new_key())
        while world.network.late:
            assert world.network.arrive()
        assert world.server.disk.rows("SELECT count(*) FROM ticket") == [(3,)]
        assert world.network.requests > 3
