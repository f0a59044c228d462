"""The city platform of ACME: a line of CSV for each acceptance and each decision, into the folder of its front end.

An example: ACME wants eight columns under its own names and codes, takes everything else from the register of the hall,
and reads ``*.csv`` files. A file that comes again under its name replaces the one before.
"""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

from clerk_app.domain.errors import Rejected
from clerk_app.domain.platform import Fault, Field, FieldMap, Group
from clerk_app.ports.platform import Batch, NotTaken, Options, Parcel, Platform, PlatformAway

FIELDS = FieldMap(
    "ACME 一体化平台",
    (
        Group(
            "change",
            "change",
            "变更",
            (Field("change_id", "SN", "变更标识", required=True), Field("case_no", "PROJID", "办件编号", 50)),
        ),
        Group(
            "application",
            "apply",
            "申请",
            (
                Field(
                    "applicant_name", "APPLYNAME", "申请者名称", 100, required=True, strict=frozenset({Fault.TOO_LONG})
                ),
                Field("applicant_document_no", "CARDNO", "申请者证件号码", 18, required=True),
                Field("case_type", "TYPE", "办件类型", codes={"1": "JBJ", "2": "CNJ", "9": "QT"}),
            ),
        ),
        Group("acceptance", "accept", "受理", (Field("at", "SLTIME", "受理时间"),)),
        Group("completion", "done", "办结", (Field("at", "BJTIME", "办结时间"), Field("result", "BJJG", "办结结果"))),
    ),
    moment="%Y-%m-%d %H:%M:%S",
)
COLUMNS = [field.name for group in FIELDS.groups for field in group.fields]


class AcmePlatform:
    """A ``PlatformAdapter``."""

    suffix = "csv"

    def __init__(self, folder: Path, fields: FieldMap) -> None:
        self._folder = folder
        self.fields = fields

    def write(self, batch: Batch) -> bytes:
        made = io.StringIO()
        table = csv.DictWriter(made, COLUMNS, extrasaction="ignore", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        table.writeheader()
        for item in batch.items:
            table.writerow({name: text for rows in item.groups.values() for name, text in rows[0].items()})
        return made.getvalue().encode("utf-8-sig")

    def send(self, parcel: Parcel) -> tuple[NotTaken, ...]:
        fresh = self._folder / f".{parcel.name}"
        try:
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(parcel.content)
                os.fsync(file.fileno())
            os.replace(fresh, self._folder / parcel.name)
        except OSError as error:
            raise PlatformAway(f"ACME 的前置机文件夹写不进去（{error.strerror}），下次接着导出") from error
        return ()

    def close(self) -> None:
        """Nothing is held."""


def _make(options: Options) -> AcmePlatform:
    unknown = set(options.more) - {"front_end"}
    if unknown or not options.more.get("front_end"):
        raise Rejected("platform", '[platform.options] 要写 front_end，如 front_end = "/srv/acme/in"')
    return AcmePlatform(Path(options.more["front_end"]), options.fields or FIELDS)


PLATFORMS = (Platform("acme", "ACME 一体化平台", FIELDS, _make, tried="本机文件夹；没有接过 ACME 的前置机"),)
