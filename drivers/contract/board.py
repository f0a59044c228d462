"""The contract of a call board: whole lines or none, no sign in place of another, and nobody says that it is shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pytest

from drivers.base.devices import CallBoard
from drivers.base.errors import NotConnected, Unprintable
from drivers.base.health import HealthState
from drivers.base.trace import TraceLog
from drivers.contract.benches import often

PATIENCE = 20.0
CALL = "请A035到3号窗口"
RARE = "请𠮷先生到3号窗口"


class BoardBench(Protocol):
    """What stands on the strip."""

    def wait_for(self, text: str, timeout: float) -> bool:
        """Whether the strip came to show ``text``."""

    def unplug(self) -> None: ...

    def replug(self) -> None: ...


class CallBoardContract:
    def make_bench(self, folder: Path) -> BoardBench | AbstractContextManager[BoardBench]:
        raise NotImplementedError

    def make_board(self, bench: BoardBench, trace: TraceLog) -> CallBoard:
        raise NotImplementedError

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[BoardBench]:
        made = self.make_bench(tmp_path)
        with made if isinstance(made, AbstractContextManager) else nullcontext(made) as bench:
            yield bench

    @pytest.fixture
    def board(self, bench: BoardBench) -> Iterator[CallBoard]:
        board = self.make_board(bench, TraceLog(lambda: datetime.now().astimezone()))
        yield board
        board.close()

    def test_a_line_arrives_and_the_next_replaces_it(self, bench: BoardBench, board: CallBoard) -> None:
        board.send(CALL)
        assert bench.wait_for(CALL, PATIENCE)
        board.send("3号窗口暂停")
        assert bench.wait_for("3号窗口暂停", PATIENCE)

    def test_nobody_says_that_it_is_shown(self, board: CallBoard) -> None:
        board.send(CALL)
        assert board.health().word == "sent"
        assert "显示" not in board.health().advice

    def test_a_sign_that_the_strip_lacks_is_refused_and_nothing_is_sent(
        self, bench: BoardBench, board: CallBoard
    ) -> None:
        board.send(CALL)
        with pytest.raises(Unprintable) as caught:
            board.send(RARE)
        assert "没有发送" in caught.value.advice
        assert "𠮷" not in str(caught.value)
        assert bench.wait_for(CALL, PATIENCE)
        assert board.health().usable

    def test_a_strip_that_is_away_is_told_and_comes_back(self, bench: BoardBench, board: CallBoard) -> None:
        assert board.probe().state is HealthState.READY
        bench.unplug()
        with pytest.raises(NotConnected) as caught:
            often(lambda: board.send(CALL))
        assert "叫号照常" in caught.value.advice
        assert board.probe().state is HealthState.ABSENT
        bench.replug()
        board.send(CALL)
        assert bench.wait_for(CALL, PATIENCE)

    def test_closing_and_sending_again_opens_it_again(self, bench: BoardBench, board: CallBoard) -> None:
        board.send(CALL)
        board.close()
        board.close()
        assert board.health().state is HealthState.ABSENT
        board.send("3号窗口")
        assert bench.wait_for("3号窗口", PATIENCE)
