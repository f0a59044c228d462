"""打印测试: shows in one paper what may go wrong with a receipt printer: width, rare characters, mixed lines, QR."""

from __future__ import annotations

from datetime import datetime

from clerk_app.design.fontset import FontSet
from clerk_app.documents.thermal.blocks import Block, Cell, QrBeside, Row, Rule, Text
from clerk_app.documents.thermal.parts import headline
from clerk_app.documents.thermal.profile import PrinterProfile
from clerk_app.documents.thermal.render import render

RARE = "𠮷㐂〇䶮𬱖𫖯龘㛃"
"""Names hold these; none of them is in what most printers have built in but the last but one."""
QR_TEXT = "https://example.invalid/clerk/printer-test"


def render_proof(place: str, printer: str, at: datetime, profile: PrinterProfile, fonts: FontSet) -> bytes:
    """The print job; ``place`` names window and hall, ``printer`` the driver and address."""
    return render(proof_blocks(place, printer, at, profile), profile, fonts)


def proof_blocks(place: str, printer: str, at: datetime, profile: PrinterProfile) -> list[Block]:
    """Lay the paper out for a width."""
    ruler = "".join(str(n % 10) for n in range(1, profile.columns + 1))
    return [
        headline("打印测试", profile),
        Text(place, align="center"),
        Rule(),
        Text(ruler),
        Text("上面一行刚好一行、不换行，宽度就对", align="center"),
        Rule(),
        Text("生僻字应和旁边的字一样粗细、一样大："),
        Text(f"姓名 {RARE}"),
        Text(f"加粗 {RARE}", bold=True),
        Rule(),
        Text("右边应对齐："),
        Row((Cell("张三"), Cell("1 份", 8, "right"))),
        Row((Cell("欧阳𠮷㐂"), Cell("12 份", 8, "right"))),
        Row((Cell("AB 公司（个体）"), Cell("123 份", 8, "right"))),
        Rule(),
        QrBeside(QR_TEXT, (Text("用手机扫一扫，应显示"), Text("printer-test", bold=True))),
        Rule(),
        Text(printer),
        Text(f"{at:%Y-%m-%d %H:%M:%S}"),
        Text("看得到这一行就是打完了", align="center", bold=True),
    ]
