"""Whole lists of a district, imported and searched: a made-up one always, the real one where it is at hand.

The real list (1,135 matters) is other people's data and no part of the repository; ``CLERK_REAL_DATA`` names the folder
that holds it. Without it the tests run on the made-up list only, and the summary of the run says so.
"""

from __future__ import annotations

import csv
import io
import os
import warnings
from pathlib import Path
from random import Random

import pytest

from clerk_app.design.resources import resource
from clerk_app.documents.catalogue_files import read_catalogue_file
from clerk_app.domain.matter_codes import remarks_on_basic_code, type_code
from clerk_app.domain.synthetic import synthetic_catalogue
from clerk_app.ports.window import MatterRow
from clerk_app.services.hall.catalogue_import import ImportReport, check_catalogue
from clerk_app.services.window.matter_index import MatterIndex

SAMPLE = resource("catalogue", "sample.json")
COLUMNS = ("department", "main_item", "name", "item_code", "area_code", "task_type", "dept_code")
REAL_FOLDER = Path(os.environ.get("CLERK_REAL_DATA") or "no-real-data")
REAL_LIST = REAL_FOLDER / "matters_guangan_511602.csv"
REAL_BASIC_CODES = REAL_FOLDER / "liaoning_catalog_30.csv"


def at_hand(*names: str) -> list[str]:
    """The named lists that can be read here; says so when the real ones cannot."""
    real = [name for name in names if name == "real"]
    if real and not (REAL_LIST.is_file() and REAL_BASIC_CODES.is_file()):
        warnings.warn(
            "CLERK_REAL_DATA names no folder with the real lists: the catalogue was tested on made-up data only",
            stacklevel=1,
        )
        return [name for name in names if name != "real"]
    return list(names)


LISTS = at_hand("made up", "real")


def made_up_list() -> str:
    """A list of the same shape and size, with the oddities of the real one."""
    text = io.StringIO()
    out = csv.writer(text)
    out.writerow(COLUMNS)
    for record in synthetic_catalogue(1132, Random(511602), detailed=0):
        out.writerow(
            [
                record["department"],
                record["main_item"],
                record["name"],
                record["code"],
                record["area_code"],
                str(int(record["type"])),
                "",
            ]
        )
    odd = (
        ("511A0014300005", "511602000000-000-2222222222222-1-00"),
        ("G-000007-001", "511602000000"),
        ("5" * 20, "5" * 34),
    )
    for number, (head, tail) in enumerate(odd):
        out.writerow(
            ["区交通运输局", "未分类", f"道路货物运输许可{number}", f"{head}-{tail}", "511602000000", "20", "11736"]
        )
    return text.getvalue()


@pytest.fixture(scope="module", params=LISTS)
def district(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a district's list."""
    if request.param == "real":
        return REAL_LIST
    path = tmp_path_factory.mktemp("lists") / "district.csv"
    path.write_text(made_up_list(), encoding="utf-8", newline="")
    return path


@pytest.fixture(scope="module")
def rows(district: Path) -> list[dict[str, str]]:
    """The list as the csv module reads it."""
    with district.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def report(district: Path) -> ImportReport:
    """The list together with the sample catalogue."""
    return check_catalogue([read_catalogue_file(SAMPLE), read_catalogue_file(district)])


def test_the_whole_list_is_imported(report: ImportReport, rows: list[dict[str, str]]) -> None:
    assert len(rows) == 1135
    assert report.ok, report.lines()
    codes = [body["code"] for body in report.matters]
    assert len(codes) == len(set(codes))
    assert {row["item_code"] for row in rows} <= set(codes)
    assert sum("materials" in body for body in report.matters) == 18


def test_codes_stay_as_they_are(report: ImportReport, rows: list[dict[str, str]]) -> None:
    by_code = {body["code"]: body for body in report.matters}
    lengths = {len(row["item_code"]) for row in rows}
    assert min(lengths) >= 23
    assert max(lengths) == 55
    for row in rows:
        body = by_code[row["item_code"]]
        if "materials" not in body:
            kept = (body["name"], body["department"], body["area_code"], body.get("dept_code", ""))
            assert kept == (row["name"], row["department"], row["area_code"], row["dept_code"])
            assert body["type"] == type_code(row["task_type"])
            assert body["type_name"]


def test_what_is_odd_is_remarked_on_and_stops_nothing(report: ImportReport) -> None:
    text = "\n".join(report.lines())
    for oddity in ("像是占位的", "格式不认识", "部门编码长度不是 18 位或 9 位"):
        assert oddity in text
    assert len(report.remarks) < 15, "one line a kind, not one a row"


def test_it_goes_into_gb18030_and_back(district: Path, report: ImportReport, tmp_path: Path) -> None:
    copy = tmp_path / "gb.csv"
    copy.write_bytes(district.read_text(encoding="utf-8").encode("gb18030"))
    again = check_catalogue([read_catalogue_file(SAMPLE), read_catalogue_file(copy)])
    assert again.matters == report.matters


def test_all_of_it_can_be_searched(report: ImportReport) -> None:
    index = MatterIndex(
        MatterRow(b["code"], b["name"], b["department"], b["type_name"], b["pinyin"], b["initials"], "materials" in b)
        for b in report.matters
    )
    assert index.search("spjy", 30)[0].name == "食品经营许可（新办）"
    assert index.search("gtgsh", 30)[0].name == "个体工商户设立登记"
    for body in report.matters:
        letters = body["initials"].split("|")[0].split("/")[0]
        found = index.search(f"{letters} {body['code']}", 5)
        assert body["code"] in [hit.code for hit in found], body["name"]


@pytest.mark.parametrize("source", LISTS)
def test_basic_codes_are_made_as_the_standard_says(source: str) -> None:
    if source == "real":
        with REAL_BASIC_CODES.open(encoding="utf-8", newline="") as file:
            listed = [(r["catalog_code"], r["task_type"], r["dept_code"]) for r in csv.DictReader(file)]
        assert len(listed) == 30
    else:
        listed = [("239973001000", "99", "73"), ("000131035000", "01", "31"), ("232011084001", "20", "11")]
    assert {code: remarks_on_basic_code(code, kind, office) for code, kind, office in listed} == {
        code: () for code, _, _ in listed
    }
