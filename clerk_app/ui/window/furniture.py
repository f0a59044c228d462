"""The three columns behind the login page, and what lies over them: toast, help, network."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QStackedWidget, QWidget

from clerk_app.design.tokens import SIZE
from clerk_app.ui.kit.layout import Row
from clerk_app.ui.kit.surfaces import Toast
from clerk_app.ui.window.drawer import Drawer
from clerk_app.ui.window.help_page import HelpPage
from clerk_app.ui.window.idle_page import IdlePage
from clerk_app.ui.window.network_page import NetworkPage
from clerk_app.ui.window.rail import Rail
from clerk_app.ui.window.rooms import Rooms
from clerk_app.ui.window.side import Side
from clerk_app.ui.window.statusbar import StatusBar

NOT_YET = frozenset({"history"})
"""Keys of the table that this version has nothing behind; the help page leaves them out."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """``page`` holds rail, middle and side; ``rooms`` lie in the middle, over the free page and the case."""

    page: QWidget
    rail: Rail
    middle: QStackedWidget
    side: Side
    drawer: Drawer
    idle: IdlePage
    rooms: Rooms
    statusbar: StatusBar
    toast: Toast
    help: HelpPage
    network: NetworkPage

    def set_narrow(self, narrow: bool) -> None:
        """Whether there is room for two columns only."""
        self.rail.set_narrow(narrow)
        self.drawer.set_narrow(narrow)


def furnish(host: QWidget) -> Furniture:
    """Make everything; ``host`` is the window that help and network lie over."""
    rail, middle, side, idle = Rail(), QStackedWidget(), Side(), IdlePage()
    middle.addWidget(idle)
    page = QWidget()
    columns = Row(rail, middle, side)
    page.setLayout(columns)
    columns.setStretch(1, 1)
    return Furniture(
        page=page,
        rail=rail,
        middle=middle,
        side=side,
        drawer=Drawer(page, columns, side),
        idle=idle,
        rooms=Rooms(middle),
        statusbar=StatusBar(),
        toast=Toast(middle, lift=SIZE.action_bar + SIZE.legend),
        help=HelpPage(host, without=NOT_YET),
        network=NetworkPage(host),
    )
