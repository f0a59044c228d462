"""What the login page does not need: imported when it is first used, so that the first paint waits for none of it.

Half a second in all. ``load`` is called by the thread that opens the services; then the GUI's thread finds it ready.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from clerk_app.ui.window.control import DeskControl as DeskControl
    from clerk_app.ui.window.desk import Desk as Desk
    from clerk_app.ui.window.first_account import FirstAccount as FirstAccount
    from clerk_app.ui.window.furniture import Furniture as Furniture
    from clerk_app.ui.window.furniture import furnish as furnish
    from clerk_app.ui.window.screens import Screens as Screens
    from clerk_app.ui.window.wording import arrived as arrived

_MODULES: Final = {
    "DeskControl": "clerk_app.ui.window.control",
    "FirstAccount": "clerk_app.ui.window.first_account",
    "Screens": "clerk_app.ui.window.screens",
    "arrived": "clerk_app.ui.window.wording",
    "furnish": "clerk_app.ui.window.furniture",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(name)
    found = globals()[name] = getattr(importlib.import_module(_MODULES[name]), name)
    return found


def load() -> None:
    """Import everything now; for any thread."""
    for name in _MODULES:
        __getattr__(name)
