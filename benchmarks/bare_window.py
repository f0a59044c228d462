"""The floor of ``window_start``: a process with a main window that shows one label.

``python -m benchmarks.bare_window START_NS`` prints one line of JSON.
"""

from __future__ import annotations

import json
import sys

from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

from benchmarks.first_paint import FirstPaint, milliseconds_since


def main() -> None:
    started = int(sys.argv[1])
    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.setCentralWidget(QLabel("ready"))
    window.resize(1366, 690)

    def painted() -> None:
        print(json.dumps({"painted": milliseconds_since(started)}), flush=True)
        app.quit()

    FirstPaint(window, painted)
    window.show()
    app.exec()


if __name__ == "__main__":
    main()
