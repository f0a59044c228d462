"""What the login page does not need: imported when it is first used, so that the first paint waits for none of it.

Half a second in all. ``load`` is called by the thread that opens the services; then the GUI's thread finds it ready.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from clerk_app.ports.hall import ConnectionState as ConnectionState
    from clerk_app.ports.window import Step as Step
    from clerk_app.ui.citizen.placing import CitizenPlace as CitizenPlace
    from clerk_app.ui.citizen.placing import ScreenMode as ScreenMode
    from clerk_app.ui.window.case.case_page import CasePage as CasePage
    from clerk_app.ui.window.control import DeskControl as DeskControl
    from clerk_app.ui.window.desk import Desk as Desk
    from clerk_app.ui.window.errands import Errands as Errands
    from clerk_app.ui.window.facing import Facing as Facing
    from clerk_app.ui.window.filerooms import FileRooms as FileRooms
    from clerk_app.ui.window.first_account import FirstAccount as FirstAccount
    from clerk_app.ui.window.help_page import HelpPage as HelpPage
    from clerk_app.ui.window.idle_page import IdlePage as IdlePage
    from clerk_app.ui.window.network_page import NetworkPage as NetworkPage
    from clerk_app.ui.window.rail import Rail as Rail
    from clerk_app.ui.window.rooms import Rooms as Rooms
    from clerk_app.ui.window.side import Side as Side
    from clerk_app.ui.window.statusbar import StatusBar as StatusBar
    from clerk_app.ui.window.ticket_card import WalkIn as WalkIn
    from clerk_app.ui.window.wording import DeviceNow as DeviceNow
    from clerk_app.ui.window.wording import arrived as arrived

_MODULES: Final = {
    "ConnectionState": "clerk_app.ports.hall",
    "Step": "clerk_app.ports.window",
    "CasePage": "clerk_app.ui.window.case.case_page",
    "CitizenPlace": "clerk_app.ui.citizen.placing",
    "DeskControl": "clerk_app.ui.window.control",
    "Errands": "clerk_app.ui.window.errands",
    "Facing": "clerk_app.ui.window.facing",
    "FileRooms": "clerk_app.ui.window.filerooms",
    "FirstAccount": "clerk_app.ui.window.first_account",
    "HelpPage": "clerk_app.ui.window.help_page",
    "IdlePage": "clerk_app.ui.window.idle_page",
    "NetworkPage": "clerk_app.ui.window.network_page",
    "Rail": "clerk_app.ui.window.rail",
    "Rooms": "clerk_app.ui.window.rooms",
    "ScreenMode": "clerk_app.ui.citizen.placing",
    "Side": "clerk_app.ui.window.side",
    "StatusBar": "clerk_app.ui.window.statusbar",
    "WalkIn": "clerk_app.ui.window.ticket_card",
    "DeviceNow": "clerk_app.ui.window.wording",
    "arrived": "clerk_app.ui.window.wording",
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
