"""The line at the bottom: every device, the server, what waits to be uploaded, the catalogue's version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QSize, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent

from clerk_app.design.tokens import SIZE, SPACE
from clerk_app.design.words import clock_time
from clerk_app.ports.feed import ConnectionChange, ConnectionState
from clerk_app.services.window.outbox import SyncStatus
from clerk_app.ui.kit.labels import Light, Text
from clerk_app.ui.kit.layout import Row
from clerk_app.ui.kit.paint import Lamp
from clerk_app.ui.kit.surfaces import Surface
from clerk_app.ui.kit.theme import px
from clerk_app.ui.window.wording import DeviceNow, device_light


class StatusBar(Surface):
    """Where there is no room for all, first the version leaves, then the devices that are ready become one light."""

    devices_wanted = Signal()
    """A click on a device's light."""

    def __init__(self) -> None:
        super().__init__("paper", edges="top", height=SIZE.status_bar)
        self.devices: dict[str, Light] = {}
        self.others = Light("其余设备")
        self.server = Light("服务器")
        self.upload = Light("待上传")
        self.clock = Light("时间")
        self.version = Text("", "note", "ink5", right=True)
        self._device_row = Row(gap=SPACE.x20)
        lights = (self._device_row, self.others, self.server, self.upload, self.clock)
        self.setLayout(Row(*lights, None, self.version, gap=SPACE.x20, margins=(0, SPACE.x16)))
        self.others.set(Lamp.OK)
        self.others.setVisible(False)
        self.server.set(Lamp.OFF, "正在连接")
        self.upload.set(Lamp.OK, "0 件")
        self.clock.setVisible(False)

    def show_devices(self, devices: Sequence[DeviceNow]) -> None:
        """One light for each device, in this order."""
        if [device.key for device in devices] != list(self.devices):
            self._device_row.empty()
            self.devices = {device.key: Light(device.short or device.name) for device in devices}
            self._device_row.put(*self.devices.values())
        for device in devices:
            light = self.devices[device.key]
            light.set(*device_light(device.health))
            light.setToolTip(device.health.advice)
        self._fit()

    def show_server(self, change: ConnectionChange | None) -> None:
        """State of the connection; None while nothing is known yet."""
        state = change.state if change else ConnectionState.CONNECTING
        if state is ConnectionState.ONLINE:
            self.server.set(Lamp.OK)
        elif state is ConnectionState.CONNECTING or change is None:
            self.server.set(Lamp.OFF, "正在连接")
        else:
            self.server.set(Lamp.BAD, f"{clock_time(change.since)} 断开")
        self._fit()

    def show_sync(self, status: SyncStatus) -> None:
        """How much is still only here; amber while the last try failed or something needs a person."""
        count = f"{status.waiting + len(status.set_aside)} 件"
        if status.set_aside:
            self.upload.set(Lamp.WARN, f"{count}，{len(status.set_aside)} 件要处理")
        elif status.waiting and status.error:
            self.upload.set(Lamp.WARN, count)
        else:
            self.upload.set(Lamp.OK, count)
        # A clock that is right needs no light.
        skew = status.skew
        wrong = skew is not None and skew.beyond
        self.clock.setVisible(wrong)
        if skew is not None and wrong:
            self.clock.set(Lamp.WARN, skew.words)
            self.clock.setToolTip(skew.sentence)
        self._fit()

    def show_catalogue(self, version: int, published_at: datetime | None) -> None:
        """The catalogue that the matters come from; version 0 says that there is none yet."""
        day = f"{published_at:%Y-%m-%d} " if published_at else ""
        self.version.setText(f"目录 {day}第 {version} 版" if version else "还没有事项目录")
        self._fit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if any(light.isVisible() and light.geometry().contains(at) for light in (*self.devices.values(), self.others)):
            self.devices_wanted.emit()
        super().mouseReleaseEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self.layout() is not None:
            self._fit()

    def _fit(self) -> None:
        room = self.width() - 2 * px(SPACE.x16)
        ready = [light for light in self.devices.values() if light.state() is Lamp.OK]
        self.version.setVisible(True)
        self.others.setVisible(False)
        for light in self.devices.values():
            light.setVisible(True)
        if self._wanted() > room:
            self.version.setVisible(False)
        if self._wanted() > room and len(ready) > 1:
            for light in ready:
                light.setVisible(False)
            self.others.setVisible(True)

    def _wanted(self) -> int:
        lights = (self.others, self.server, self.upload, self.clock)
        shown = [*self.devices.values(), *lights, self.version]
        widths = [widget.sizeHint().width() for widget in shown if not widget.isHidden()]
        return sum(widths) + px(SPACE.x20) * len(widths)
