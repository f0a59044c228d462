"""Lanes: order, call-backs on the GUI thread, failures with an id, an orderly end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication, QLabel
from shiboken6 import delete

from clerk_app.domain.errors import Rejected, StoreFault
from clerk_app.ui.lanes import Failure, Lanes


class Sink:
    def __init__(self) -> None:
        self.failures: list[Failure] = []

    def __call__(self, failure: Failure) -> None:
        self.failures.append(failure)


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def lanes(qapp: QApplication, sink: Sink) -> Iterator[Lanes]:
    numbers = iter(range(1, 1000))
    made = Lanes(lambda: f"7Q{next(numbers)}K", sink)
    yield made
    made.shutdown().join()
    qapp.processEvents()


def test_results_come_back_on_the_gui_thread_in_order(qtbot, lanes: Lanes) -> None:
    gui, seen, workers = threading.get_ident(), [], set()

    def work(number: int) -> int:
        workers.add(threading.get_ident())
        return number * number

    def done(result: int) -> None:
        assert threading.get_ident() == gui
        seen.append(result)

    for number in range(200):
        lanes.lane("store").run(work, number, done=done)
    qtbot.waitUntil(lambda: len(seen) == 200)
    assert seen == [number * number for number in range(200)]
    assert len(workers) == 1
    assert gui not in workers


def test_the_gui_thread_never_waits(qtbot, lanes: Lanes) -> None:
    gate, seen = threading.Event(), []
    lanes.lane("reader").run(gate.wait, done=seen.append)
    assert seen == []  # run came back while the work still stands at the gate
    gate.set()
    qtbot.waitUntil(lambda: seen == [True])


def test_lanes_do_not_wait_for_each_other(qtbot, lanes: Lanes) -> None:
    gate, seen = threading.Event(), []
    lanes.lane("network").run(gate.wait, done=lambda _result: seen.append("network"))
    lanes.lane("store").run(lambda: "store", done=seen.append)
    qtbot.waitUntil(lambda: seen == ["store"])
    gate.set()
    qtbot.waitUntil(lambda: seen == ["store", "network"])


def test_a_pool_works_side_by_side(qtbot, lanes: Lanes) -> None:
    meet, seen = threading.Barrier(3), []
    pool = lanes.lane("pool", threads=3)
    for _ in range(3):
        pool.run(meet.wait, done=seen.append)
    qtbot.waitUntil(lambda: sorted(seen) == [0, 1, 2])


def test_only_the_newest_of_a_key_counts(qtbot, lanes: Lanes) -> None:
    gate, ran, shown = threading.Event(), [], []
    lane = lanes.lane("search")

    def search(text: str) -> str:
        ran.append(text)
        gate.wait()
        return text

    for text in ("s", "sp", "spj", "spjy"):
        lane.run(search, text, done=shown.append, key="matter")
        if text == "s":
            qtbot.waitUntil(lambda: ran == ["s"])
    gate.set()
    qtbot.waitUntil(lambda: shown == ["spjy"])
    assert ran == ["s", "spjy"]


def test_waiting_news_of_a_key_is_replaced_by_the_newest(qtbot, lanes: Lanes) -> None:
    shown: list[int] = []

    def produce() -> None:
        for number in range(1000):
            lanes.post(shown.append, number, key="waiting")
        lanes.post(shown.append, -1)

    thread = threading.Thread(target=produce)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: shown == [999, -1])


def test_a_refusal_comes_with_its_own_sentence_and_no_id(qtbot, lanes: Lanes, sink: Sink, caplog) -> None:
    heard: list[Failure] = []

    def refuse() -> None:
        raise Rejected("number", "身份证号第 18 位对不上，请再看一遍证件（应为 X）")

    lanes.lane("store").run(refuse, failed=heard.append)
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert heard[0].text == "身份证号第 18 位对不上，请再看一遍证件（应为 X）"
    assert heard[0].quotable == ""
    assert isinstance(heard[0].error, Rejected)
    assert sink.failures == []
    assert caplog.records == []


def test_a_fault_that_nobody_takes_reaches_the_sink(qtbot, lanes: Lanes, sink: Sink) -> None:
    def full() -> None:
        raise StoreFault("磁盘满了，清出 200 MB 后继续，内容都在")

    lanes.lane("store").run(full)
    qtbot.waitUntil(lambda: [failure.text for failure in sink.failures] == ["磁盘满了，清出 200 MB 后继续，内容都在"])


def test_our_mistake_is_logged_under_the_id_without_personal_data(qtbot, lanes: Lanes, sink: Sink, caplog) -> None:
    caplog.set_level(logging.INFO)
    heard: list[Failure] = []
    number = "239900" + "199001010426"

    def stumble() -> None:
        try:
            raise KeyError(number)
        except KeyError as cause:
            raise ValueError(number) from cause

    lanes.lane("store").run(stumble, failed=heard.append)
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert heard[0].text == "这一步没做成，内容都在。报编号 7Q1K 给技术员"
    assert sink.failures == heard
    assert "7Q1K" in caplog.text
    assert "ValueError from KeyError in store" in caplog.text
    assert "stumble" in caplog.text
    assert number not in caplog.text


def test_a_lane_goes_on_after_an_error(qtbot, lanes: Lanes, sink: Sink) -> None:
    seen: list[str] = []

    def stumble() -> None:
        raise ZeroDivisionError

    lanes.lane("store").run(stumble)
    lanes.lane("store").run(lambda: "next", done=seen.append)
    qtbot.waitUntil(lambda: seen == ["next"] and len(sink.failures) == 1)


def test_a_call_back_that_fails_does_not_stop_the_others(qtbot, lanes: Lanes, sink: Sink) -> None:
    seen: list[int] = []

    def bad(_result: int) -> None:
        raise RuntimeError

    lanes.lane("store").run(lambda: 1, done=bad)
    lanes.lane("store").run(lambda: 2, done=seen.append)
    qtbot.waitUntil(lambda: seen == [2] and [failure.where for failure in sink.failures] == ["call-back"])


def test_a_sink_that_fails_is_logged_and_not_told_again(qtbot, qapp: QApplication, caplog) -> None:
    calls: list[Failure] = []

    def broken(failure: Failure) -> None:
        calls.append(failure)
        raise OSError

    lanes = Lanes(lambda: "7Q4K", broken)
    lanes.lane("store").run(lambda: 1 // 0)
    qtbot.waitUntil(lambda: "OSError from" in caplog.text or "OSError in error sink" in caplog.text)
    lanes.shutdown().join()
    qapp.processEvents()
    assert len(calls) == 1


def test_a_deleted_widget_hears_nothing(qtbot, qapp: QApplication, lanes: Lanes, sink: Sink) -> None:
    label, owner, seen, gate = QLabel(), QObject(), [], threading.Event()
    lane = lanes.lane("store")
    lane.run(gate.wait)
    lane.run(lambda: "late", done=label.setText)
    lane.run(lambda: "late", done=seen.append, owner=owner)
    lane.run(lambda: "end", done=seen.append)
    delete(label)
    delete(owner)
    gate.set()
    qtbot.waitUntil(lambda: seen == ["end"])
    assert sink.failures == []


def test_a_cancelled_job_does_not_begin_and_says_nothing(qtbot, lanes: Lanes) -> None:
    gate, ran, seen = threading.Event(), [], []
    lane = lanes.lane("store")
    running = lane.run(gate.wait, done=seen.append)
    waiting = lane.run(ran.append, "waiting", done=seen.append)
    running.cancel()
    waiting.cancel()
    gate.set()
    lane.run(lambda: "end", done=seen.append)
    qtbot.waitUntil(lambda: seen == ["end"])
    assert ran == []


def test_many_call_backs_let_the_event_loop_breathe(qtbot, qapp: QApplication, lanes: Lanes) -> None:
    seen: list[int] = []
    for number in range(500):
        lanes.post(seen.append, number)
    lanes.mailbox._deliver()
    assert 0 < len(seen) < 500
    qtbot.waitUntil(lambda: seen == list(range(500)))


def test_the_end_stops_producers_drains_lanes_then_closes_devices(qtbot, qapp: QApplication, sink: Sink) -> None:
    lanes, story, gui = Lanes(lambda: "7Q4K", sink), [], QThread.currentThread()
    gate = threading.Event()

    def stop() -> None:
        story.append("stop producers")
        gate.set()

    def broken() -> None:
        raise OSError

    def work() -> None:
        gate.wait()
        story.append("last record written")

    lanes.lane("store").run(work)
    lanes.shutdown(
        producers=[broken, stop],
        closers=[lambda: story.append("close devices")],
        done=lambda: story.append("leave" if QThread.currentThread() is gui else "wrong thread"),
    )
    qtbot.waitUntil(lambda: story[-1:] == ["leave"])
    assert story == ["stop producers", "last record written", "close devices", "leave"]
    assert [failure.where for failure in sink.failures] == ["stop"]
    assert lanes.lane("store").run(story.append, "too late").cancelled()
