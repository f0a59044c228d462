"""The socket that the server listens on."""

from __future__ import annotations

import asyncio
import socket

import pytest

from clerk_app.bootstrap.server import _listen
from clerk_app.domain.errors import Fault


def test_an_answer_is_never_held_back_until_the_client_acknowledges_the_one_before() -> None:
    """Headers and body go out in two writes: Nagle's algorithm would let every answer wait for 40 ms."""

    async def accepted_option() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def met(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        server = await asyncio.start_server(met, sock=_listen("127.0.0.1", 0))
        async with server:
            _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            try:
                return await found
            finally:
                writer.close()

    assert asyncio.run(accepted_option()) != 0


def test_a_port_in_use_is_a_sentence_for_the_technician() -> None:
    with _listen("127.0.0.1", 0) as first, pytest.raises(Fault, match="换一个端口"):
        _listen("127.0.0.1", first.getsockname()[1])
