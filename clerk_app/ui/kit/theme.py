"""The look in force: factor, fonts and icons of the running application, set once at start."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication

from clerk_app.design.tokens import scaled
from clerk_app.ui.kit import fonts as faces
from clerk_app.ui.kit.icons import Icons
from clerk_app.ui.kit.style import palette, sheet

_current: list[Theme] = []


class Theme(QObject):
    """Fonts, icons and sizes at the clerk's factor; ``changed`` is emitted after a new factor is in force."""

    changed = Signal()

    def __init__(self, app: QApplication, families: list[str], factor: float) -> None:
        super().__init__(app)
        self._app = app
        self.factor = factor
        self.icons = Icons()
        self.fonts = faces.Fonts(families, factor)
        app.setStyle("Fusion")
        app.setPalette(palette())
        self._dress()
        app.screenAdded.connect(self.icons.drop)
        app.primaryScreenChanged.connect(self.icons.drop)

    def px(self, value: float) -> int:
        """A token size in px at the present factor."""
        return scaled(value, self.factor)

    def set_factor(self, factor: float) -> None:
        """Change the clerk's factor; every kit widget and layout follows."""
        if factor == self.factor:
            return
        self.factor = factor
        self.fonts = faces.Fonts(self.fonts.families, factor)
        self.icons.drop()
        self._dress()
        self.changed.emit()

    def _dress(self) -> None:
        faces.use_as_default(self.fonts)
        self._app.setStyleSheet(sheet(self.fonts.families, self.factor))


def install(app: QApplication, files: faces.FontFiles, factor: float = 1.0) -> Theme:
    """Load the fonts and dress the application, before its first widget; a second call changes the factor only.

    Raises ``FontFault`` when the typeface cannot show Chinese.
    """
    if _current:
        _current[0].set_factor(factor)
        return _current[0]
    made = Theme(app, faces.load(files), factor)
    _current.append(made)
    app.aboutToQuit.connect(_current.clear)
    return made


def theme() -> Theme:
    """The theme in force; raises ``RuntimeError`` before ``install``."""
    if not _current:
        raise RuntimeError("install(app, files) must run before the first widget")
    return _current[0]


def px(value: float) -> int:
    """A token size in px at the present factor."""
    return theme().px(value)
