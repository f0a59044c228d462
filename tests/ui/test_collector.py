"""Cycles that hold widgets are collected by the GUI thread and by nobody else."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtWidgets import QLabel

from clerk_app.ui.collector import GuiCollector


class Loop:
    """A cycle with a widget in it, as signal handlers make them."""

    def __init__(self) -> None:
        self.me = self
        self.label = QLabel("环")


def test_a_worker_that_allocates_much_destroys_no_widget(qapp) -> None:  # type: ignore[no-untyped-def]
    collector = GuiCollector(qapp)
    died_on: list[str] = []
    loop = Loop()
    watch = weakref.finalize(loop, lambda: died_on.append(threading.current_thread().name))
    del loop
    worker = threading.Thread(target=lambda: [[{} for _ in range(5)] for _ in range(50_000)], name="worker")
    worker.start()
    worker.join()
    assert watch.alive
    [[] for _ in range(5_000)]
    gc.collect(0)
    for _ in range(3):
        collector.collect()
    gc.collect()
    assert died_on == [threading.main_thread().name]
    collector.release()
    gc.disable()
