"""The one application style sheet and palette, both made from the tokens."""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

from clerk_app.design.tokens import COLOR, RADIUS, SIZE, SPACE, TYPE, colors, scaled

_SHEET = Template("""
QLabel { background: transparent; }
QToolTip { background: $ink9; color: $paper; border: none; padding: $x6 $x8; }

QFrame[surface="paper"] { background: $paper; }
QFrame[surface="sunk"] { background: $sunk; }
QFrame[surface="canvas"] { background: $canvas; }
QFrame[surface="desk"] { background: $desk; }
QFrame[surface="rail"] { background: $rail; }
QFrame[surface="night"] { background: $night; }
QFrame[surface="ticket"] { background: $rail; border-radius: $radius_card; }
QFrame[surface="card"] { background: $paper; border: $hairline solid $line; border-radius: $radius_card; }
QFrame[surface="quiet"] { background: $sunk; border: $hairline solid $line; border-radius: $radius_card; }
QFrame[surface="picked"] { background: $paper; border: $frame solid $pri; border-radius: $radius_card; }
QFrame[surface="notice"] { background: $warn_soft; border: $hairline solid $warn_line; border-radius: $radius_card; }
QFrame[surface="warn"] { background: $warn_soft; border-bottom: $hairline solid $warn_line; }
QFrame[surface="bad"] { background: $bad_soft; border-bottom: $hairline solid $bad_solid; }
QFrame[surface="ask"] { background: $paper; border: $frame solid $bad_solid; border-radius: $radius_card; }
QFrame[surface="askhead"] { background: $bad_soft; border-top-left-radius: $radius_button;
    border-top-right-radius: $radius_button; }
QFrame[surface="toast"] { background: $ink9; border-radius: $radius_card; }
QFrame[surface="dashed"] { background: transparent; border: $hairline dashed $edge; border-radius: $radius_card; }
QFrame[surface="field"] { background: $paper; border: $hairline solid $edge; border-radius: $radius_button; }
QFrame[edges~="bottom"] { border-bottom: $hairline solid $line; }
QFrame[edges~="top"] { border-top: $hairline solid $line; }
QFrame[edges~="right"] { border-right: $hairline solid $line; }
QFrame[edges~="left"] { border-left: $hairline solid $line; }
QFrame[divider="h"] { background: $line; max-height: $hairline; min-height: $hairline; border: none; }
QFrame[divider="v"] { background: $line; max-width: $hairline; min-width: $hairline; border: none; }

QLineEdit, QPlainTextEdit, QTextEdit {
    background: $paper; color: $ink9; border: $hairline solid $edge; border-radius: $radius_button;
    padding: 0 $input_pad; min-height: $input_inner; font-size: $item_px;
    placeholder-text-color: $ink5; selection-background-color: $pri; selection-color: $paper; }
QPlainTextEdit, QTextEdit { padding: $x6 $input_pad; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {
    background: $field; border: $frame solid $pri; padding: 0 $input_pad_thick; min-height: $input_inner_thick; }
QPlainTextEdit:focus, QTextEdit:focus { padding: $text_pad_thick $input_pad_thick; }
QLineEdit[error="true"], QLineEdit[error="true"]:focus {
    border: $frame solid $bad_solid; padding: 0 $input_pad_thick; min-height: $input_inner_thick; }
QLineEdit:disabled, QLineEdit[readOnly="true"] { background: $sunk; color: $ink5;
    border-color: $line; }
QLineEdit[bare="true"], QLineEdit[bare="true"]:focus { border: none; background: transparent; padding: 0;
    min-height: 0; }

QCheckBox { color: $ink9; spacing: $x8; }
QCheckBox:disabled { color: $ink5; }
QRadioButton { color: $ink9; spacing: $x8; }
QRadioButton:focus { background: $pri_soft; }

QAbstractItemView { background: $paper; color: $ink9; border: none; outline: none;
    selection-background-color: $pri_soft; selection-color: $ink9; }
QHeaderView { background: $sunk; border: none; }
QHeaderView::section { background: $sunk; color: $ink5; font-size: $tiny_px; font-weight: 400; border: none;
    text-align: left;
    border-bottom: $hairline solid $line; padding: $x6 $x8; }
QTableView { gridline-color: $line; }
QTableView::item { border-bottom: $hairline solid $line; padding: 0 $x8; }
QTableView::item:selected { background: $pri_soft; color: $ink9; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget[clear="true"] { background: transparent; }
QScrollBar:vertical { background: transparent; width: $scroll_bar; margin: 0; }
QScrollBar:horizontal { background: transparent; height: $scroll_bar; margin: 0; }
QScrollBar::handle { background: $edge; border-radius: $radius_cap; }
QScrollBar::handle:vertical { min-height: $scroll_handle; }
QScrollBar::handle:horizontal { min-width: $scroll_handle; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page { background: none;
    border: none; width: 0; height: 0; }
QProgressBar { background: $line; border: none; border-radius: $radius_cap; max-height: $x8; min-height: $x8;
    color: transparent; }
QProgressBar::chunk { background: $pri; border-radius: $radius_cap; }
QSplitter::handle { background: $line; }
QMenu { background: $paper; color: $ink9; border: $hairline solid $edge; padding: $x4; }
QMenu::item { padding: $x6 $x16; border-radius: $radius_cap; }
QMenu::item:selected { background: $pri_soft; color: $pri; }

$roles
$tones
QLabel[strong="true"] { font-weight: 700; }
QLabel[strong="false"] { font-weight: 400; }
QLabel:disabled { color: $ink5; }
""")


def sheet(families: list[str], factor: float) -> str:
    """The application style sheet at this factor."""

    def size(value: float) -> str:
        return f"{scaled(value, factor)}px"

    names = {name: size(value) for group in (SPACE, SIZE) for name, value in asdict(group).items()}
    names |= {f"radius_{name}": size(value) for name, value in asdict(RADIUS).items()}
    names |= {f"{name}_px": size(role.px) for name, role in TYPE.items()}
    names |= colors()
    thin, thick = scaled(SIZE.hairline, factor), scaled(SIZE.frame, factor)
    names["input_inner"] = f"{scaled(SIZE.control, factor) - 2 * thin}px"
    names["input_inner_thick"] = f"{scaled(SIZE.control, factor) - 2 * thick}px"
    names["input_pad"] = size(SPACE.x12)
    names["input_pad_thick"] = f"{scaled(SPACE.x12, factor) - thick + thin}px"
    names["text_pad_thick"] = f"{scaled(SPACE.x6, factor) - thick + thin}px"
    family = ", ".join(f'"{name}"' for name in families)
    names["roles"] = "\n".join(
        f'QLabel[type="{name}"] {{ font-family: {family}; font-size: {size(role.px)}; font-weight: {role.weight}; }}'
        for name, role in TYPE.items()
    )
    names["tones"] = "\n".join(f'QLabel[tone="{name}"] {{ color: {value}; }}' for name, value in colors().items())
    return _SHEET.substitute(names)


def palette() -> QPalette:
    """Every palette role from the tokens, the disabled group too."""
    roles = QPalette.ColorRole
    wanted = {
        roles.Window: COLOR.canvas,
        roles.WindowText: COLOR.ink9,
        roles.Base: COLOR.paper,
        roles.AlternateBase: COLOR.sunk,
        roles.Text: COLOR.ink9,
        roles.PlaceholderText: COLOR.ink5,
        roles.Button: COLOR.paper,
        roles.ButtonText: COLOR.ink9,
        roles.BrightText: COLOR.paper,
        roles.Highlight: COLOR.pri,
        roles.HighlightedText: COLOR.paper,
        roles.Link: COLOR.pri,
        roles.LinkVisited: COLOR.pri_press,
        roles.ToolTipBase: COLOR.ink9,
        roles.ToolTipText: COLOR.paper,
        roles.Light: COLOR.paper,
        roles.Midlight: COLOR.sunk,
        roles.Mid: COLOR.line,
        roles.Dark: COLOR.edge,
        roles.Shadow: COLOR.ink9,
        roles.Accent: COLOR.pri,
    }
    disabled = {
        roles.WindowText: COLOR.ink5,
        roles.Text: COLOR.ink5,
        roles.ButtonText: COLOR.ink5,
        roles.Base: COLOR.sunk,
        roles.Button: COLOR.sunk,
        roles.Highlight: COLOR.line,
        roles.HighlightedText: COLOR.ink7,
        roles.Accent: COLOR.edge,
    }
    made = QPalette()
    for role, color in wanted.items():
        made.setColor(QPalette.ColorGroup.All, role, QColor(color))
    for role, color in disabled.items():
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(color))
    return made


def mark(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at and have the widget styled anew if it changed."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)
    widget.update()
