"""Jobs for tests and for trying a printer out; the people in them are invented."""

from __future__ import annotations

CUT = b"\x1dV\x00"
NAME = "张三样例"
LAST_LINE = "编号 MH-12-20261123-0031"


def receipt(lines: int = 1, dots: int = 384, image_rows: int = 0, last_line: str = LAST_LINE) -> bytes:
    """A short receipt with a name, ``lines`` of materials, a picture of ``image_rows`` rows, a number and a cut."""
    row_bytes = dots // 8
    head = b"\x1b@\x1c&" + f"收件凭证\n申请人 {NAME}\n".encode("gbk")
    body = b"".join(f"材料 {number} 申请书\n".encode("gbk") for number in range(1, lines + 1))
    picture = b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + image_rows.to_bytes(2, "little")
    dots_of_it = bytes(0xAA if row % 2 else 0x55 for row in range(image_rows) for _ in range(row_bytes))
    return head + body + (picture + dots_of_it if image_rows else b"") + last_line.encode("gbk") + b"\n" + CUT


def words_of(lines: int = 1, last_line: str = LAST_LINE) -> str:
    """What ``receipt`` puts on the paper as text."""
    body = [f"材料 {number} 申请书" for number in range(1, lines + 1)]
    return "\n".join(["收件凭证", f"申请人 {NAME}", *body, last_line])
