"""What stands on the strip of lamps over a window. It says whom the window calls and nothing about who that is."""

from __future__ import annotations

from clerk_app.domain.queue import WindowState


def strip_line(window_no: str, state: WindowState, number: str) -> str:
    """One line: the call until the visit is over (who looks up late still finds the way), else what the window does.

    ``number`` is the ticket that is called or served, empty for none.
    """
    window = f"{window_no}号窗口"
    if number:
        return f"请{number}到{window}"
    return {WindowState.AWAY: f"{window}暂停", WindowState.OFF: f"{window}停办"}.get(state, window)
