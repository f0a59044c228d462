"""Catalogue files from disk to the records of a version: all of it, or every bad row by line and reason."""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from clerk_app.design.resources import resource
from clerk_app.documents.catalogue_files import read_catalogue_file
from clerk_app.domain.catalogue_reading import read_matter
from clerk_app.domain.errors import Rejected
from clerk_app.domain.law import ProcedureLaw
from clerk_app.domain.synthetic import synthetic_catalogue
from clerk_app.services.hall.catalogue_import import ImportReport, check_catalogue

SAMPLE = resource("catalogue", "sample.json")
HEADER = ("部门", "主项", "事项名称", "事项编码", "区划代码", "事项类型", "部门编码")
KEYS = ("department", "main_item", "name", "item_code", "area_code", "task_type", "dept_code")
ROW = ("区林业局", "林木", "林木采伐许可", "511A001", "239900000000", "1", "68236467-9")


def table(*rows: Sequence[str], header: Sequence[str] = HEADER) -> str:
    return "\r\n".join(",".join(row) for row in (header, *rows)) + "\r\n"


def imported(*paths: Path) -> ImportReport:
    return check_catalogue([read_catalogue_file(path) for path in paths])


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def row(**changes: str) -> tuple[str, ...]:
    return tuple(changes.get(key, value) for key, value in zip(KEYS, ROW, strict=True))


def bad_lines(report: ImportReport) -> dict[int, str]:
    assert report.matters == ()
    assert not report.ok
    return {bad.line: "；".join(bad.reasons) for bad in report.bad}


# ---------------------------------------------------------------- json
def test_the_sample_catalogue_is_imported_whole_and_stays_a_catalogue() -> None:
    report = imported(SAMPLE)
    assert report.ok
    assert len(report.matters) == 18
    for body in report.matters:
        assert read_matter(json.loads(json.dumps(body))).materials
        assert body["pinyin"]
        assert body["initials"]
    food = next(body for body in report.matters if body["id"] == "spjyxk_xb")
    assert food["initials"].startswith("spjyxkxb|")
    assert food["materials"][0]["sources"], "provenance travels along"


def test_redirects_lead_to_codes() -> None:
    bodies = {body["id"]: body for body in imported(SAMPLE).matters}
    matter = read_matter(bodies["spjyxk_xb"])
    target = next(o.outcome.matter for s in matter.situations for o in s.options if o.outcome)
    assert target == bodies["ybzspba"]["code"]


def sample_with(change: Any) -> str:
    data = copy.deepcopy(json.loads(SAMPLE.read_text(encoding="utf-8")))
    change(data["matters"])
    return json.dumps(data, ensure_ascii=False, indent=1)


def test_every_broken_record_is_named_with_its_line(tmp_path: Path) -> None:
    def spoil(matters: list[dict[str, Any]]) -> None:
        matters[1]["name"] = ""
        matters[1]["materials"][0]["necessity"] = "7"
        matters[3]["situations"][0]["options"][0]["add"] = ["nothing"]

    text = sample_with(spoil)
    report = imported(written(tmp_path / "a.json", text))
    lines = text.splitlines()
    starts = [bad.line for bad in report.bad]
    assert [lines[start - 1].strip() for start in starts] == ["{", "{"]
    assert lines[starts[0]].strip() == '"id": "gs_sl",'
    assert bad_lines(report)[starts[0]].count("；") == 1
    assert "没有事项名称" in bad_lines(report)[starts[0]]
    assert len(report.good) == 16


def test_records_on_one_line_are_told_apart(tmp_path: Path) -> None:
    matters = json.loads(SAMPLE.read_text(encoding="utf-8"))["matters"]
    matters[4]["type"] = "x"
    matters[6]["code"] = ""
    report = imported(written(tmp_path / "a.json", json.dumps(matters)))
    assert [bad.sentence.partition("：")[0] for bad in report.bad] == [
        "a.json 第 1 行（第 5 个事项）",
        "a.json 第 1 行（第 7 个事项）",
    ]
    assert len(report.good) == 16


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m: m.append({**m[0], "id": "x"}), "重复"),
        (lambda m: m.append({**m[0], "code": "X1"}), "简称“gtgsh_sl”与"),
        (lambda m: m.pop(3), "改办事项“ybzspba”不在目录里"),
        (lambda m: m.append("事项"), "不是一个事项"),
    ],
)
def test_records_have_to_fit_together(tmp_path: Path, change: Any, reason: str) -> None:
    report = imported(written(tmp_path / "a.json", sample_with(change)))
    assert any(reason in sentence for sentence in bad_lines(report).values())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "第 1 行"),
        (b'{"matters": [\n{"code": }]}', "第 2 行第 10 个字符"),
        (b'{"matters": [{}]', "不是正确的 JSON"),
        (b'{"matters": [{},]}', "不是正确的 JSON"),
        (b'{"matters": [{}]} x', "不是正确的 JSON"),
        (b'{"matters": {}}', "matters 应为列表"),
        (b'{"other": []}', "没有 matters"),
        (b'{"format": "other/1", "matters": []}', "format 应为 clerk-catalogue/1"),
        (b'[{"code": NaN}]', "NaN"),
        (b'\n\n\xff{"matters": []}', "第 3 行不是 UTF-8"),
        (b"[" * 100_000, "JSON"),
        (b'[{"code": ' + b"9" * 5000 + b"}]", "数字"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_in_one_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(Rejected, match=r"目录文件 a\.json 没有导入") as caught:
        read_catalogue_file(path)
    assert reason in str(caught.value)


# ---------------------------------------------------------------- csv
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("header", [HEADER, KEYS])
def test_csv_in_every_encoding_and_with_both_headers(tmp_path: Path, encoding: str, header: tuple[str, ...]) -> None:
    report = imported(written(tmp_path / "a.csv", table(row(name="林木采伐许可（𠮷）"), header=header), encoding))
    (body,) = report.matters
    assert body["code"] == "511A001"
    assert body["name"] == "林木采伐许可（𠮷）"
    assert (body["type"], body["type_name"], body["procedure_law"]) == ("01", "行政许可", "licensing")
    assert next(one.missing for one in report.incomplete)[:2] == ("设立依据", "申报材料")


def test_every_bad_row_is_named_and_nothing_is_imported(tmp_path: Path) -> None:
    rows = [
        ROW,
        row(item_code="", task_type="15"),
        row(item_code="511A003", name=" "),
        row(item_code="511A001"),
        ("区林业局", "林木"),
        row(item_code="511A006"),
        row(item_code="511A007", department="区\x07林业局"),
        (*row(item_code="511A008"), "多的"),
    ]
    report = imported(written(tmp_path / "a.csv", table(*rows)))
    assert bad_lines(report) == {
        3: "事项类型“15”不在 GB/T 39046-2020 附录 A.1 里；没有事项编码",
        4: "没有事项名称",
        5: "事项编码“511A001”与 a.csv 第 2 行重复",
        6: "有 2 列，表头是 7 列",
        8: "实施机关里有不可见的控制字符或不完整的字",
        9: "有 8 列，表头是 7 列",
    }
    assert [good.line for good in report.good] == [2, 7]
    assert report.lines()[0] == "没有导入：6 行有问题，2 行没有问题。改好下面各行再导入一次"
    assert report.lines()[1].startswith("a.csv 第 3 行：")


def test_lines_are_counted_in_the_file_not_in_records(tmp_path: Path) -> None:
    text = table(row(name='"林木\n采伐"'), row(item_code="511A002", task_type="x"))
    assert list(bad_lines(imported(written(tmp_path / "a.csv", text)))) == [4]


def test_a_broken_quote_is_named(tmp_path: Path) -> None:
    text = table(ROW, row(item_code="511A002", name='"林木"x'), row(item_code="511A003"))
    assert "引号" in bad_lines(imported(written(tmp_path / "a.csv", text)))[3]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "是空的"),
        ("部门,名称\n甲,乙\n".encode(), "表头缺少事项编码、事项类型列"),
        ("部门,部门,名称,编码,类型\n".encode(), "部门列出现了两次"),
        (b"a,b\n\xff\xff\xff\n", "第 2 行既不是 UTF-8 也不是 GB 18030"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(Rejected) as caught:
        read_catalogue_file(path)
    assert reason in str(caught.value)


@pytest.mark.parametrize(("name", "reason"), [("a.xls", "另存为 .xlsx"), ("a.txt", "只认"), ("missing.csv", "打不开")])
def test_other_files_are_refused(tmp_path: Path, name: str, reason: str) -> None:
    if name != "missing.csv":
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(Rejected) as caught:
        read_catalogue_file(tmp_path / name)
    assert reason in str(caught.value)


def test_odd_codes_are_remarked_on_and_imported_as_they_are(tmp_path: Path) -> None:
    codes = ["511A0014300001-511602000000-000-2222222222222-1-00", "G-1", "2" * 55]
    rows = [row(item_code=code, task_type="20", dept_code="11736", area_code="511602000000") for code in codes]
    report = imported(written(tmp_path / "a.csv", table(*rows)))
    assert [body["code"] for body in report.matters] == codes
    text = "\n".join(report.lines())
    assert "像是占位的（1 行：第 2 行）" in text
    assert "格式不认识" in text
    assert "部门编码长度不是 18 位或 9 位（3 行：第 2、3、4 行）" in text


# ---------------------------------------------------------------- xlsx
def workbook(path: Path, rows: Sequence[Sequence[Any]], materials: Sequence[Sequence[Any]] = ()) -> Path:
    book = Workbook()
    sheet = book.active
    for line in rows:
        sheet.append(list(line))
    if materials:
        second = book.create_sheet("材料")
        for line in materials:
            second.append(list(line))
    book.save(path)
    return path


FULL_HEADER = (
    *(*HEADER, "服务对象", "办件类型", "设立依据", "办理程序", "收费标准"),
    *("法定期限", "承诺期限", "办理地点", "咨询电话", "办理结果"),
)
FULL_ROW = (
    *ROW,
    "自然人、企业法人",
    "承诺件",
    "《森林法》第五十六条；《森林法实施条例》第三十条",
    "受理→审查→决定",
    "不收费",
    "20个工作日",
    "5个工作日",
    "一楼 A 区",
    "0000-1234567",
    "采伐许可证",
)
MATERIAL_HEADER = (
    *("事项编码", "材料名称", "接件标准", "原件份数", "复印件份数"),
    *("原件处理", "必要性", "问题短语", "免交理由", "核验办法"),
)


def test_a_workbook_with_materials_makes_a_complete_matter(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [FULL_HEADER, FULL_ROW],
        [
            MATERIAL_HEADER,
            ("511A001", "申请表", "签名齐全。", 1, 0, "留存", "必要", "没有签名；有涂改"),
            (
                "511A001",
                "身份证",
                "在有效期内。",
                1,
                1,
                "核验后退还",
                "必要",
                None,
                "电子证照免实体",
                "读取身份证，与申请人一致",
            ),
        ],
    )
    report = imported(path)
    assert report.ok, report.lines()
    assert report.incomplete == ()
    matter = read_matter(report.matters[0])
    assert matter.audience == ("1", "2")
    assert matter.legal_basis[1].citation == "《森林法实施条例》第三十条"
    assert (matter.statutory_limit.value, matter.promised_limit.value) == (20, 5)
    assert matter.procedure_law is ProcedureLaw.LICENSING
    assert [material.form.text for material in matter.materials] == ["原件 1 份", "复印件 1 份，核原件"]
    assert matter.materials[0].defect_phrases == ("没有签名", "有涂改")
    assert matter.materials[1].card_holder


def test_codes_that_a_spreadsheet_turned_into_numbers_are_refused(tmp_path: Path) -> None:
    rows = [
        HEADER,
        ("区林业局", "", "采伐", 123456789012345678, 239900000000, 1, "68236467-9"),
        ("区林业局", "", "运输", "511A9", "239900000000", 1, 682364679),
    ]
    lines = bad_lines(imported(workbook(tmp_path / "a.xlsx", rows)))
    assert "事项编码的单元格是数字" in lines[2]
    assert "区划代码的单元格是数字" in lines[2]
    assert "事项类型" not in lines[2], "a plain 1 loses nothing"
    assert "部门编码的单元格是数字" in lines[3]


def test_what_does_not_fit_in_a_workbook_is_named_with_its_sheet(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx",
        [FULL_HEADER, (*FULL_ROW[:12], "20日", *FULL_ROW[13:]), (*ROW[:3], "#N/A", *ROW[4:])],
        [MATERIAL_HEADER, ("511A404", "申请表", "齐全。"), ("511A001", "", "齐全。", "一份")],
    )
    report = imported(path)
    sentences = [bad.sentence for bad in report.bad]
    assert len(sentences) == 4
    assert "法定期限“20日”要写明数字和单位" in sentences[0]
    assert "公式错误" in sentences[1]
    assert sentences[2].startswith("a.xlsx “材料”表第 2 行：事项编码“511A404”不在第一张表里")
    assert "没有材料名称" in sentences[3]
    assert "原件份数“一份”" in sentences[3]


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "a.xlsx", [HEADER, ROW]).read_bytes()
    for content in (b"", b"PK\x03\x04", whole[: len(whole) // 2], whole.replace(b"xl/", b"xx/")):
        path = tmp_path / "b.xlsx"
        path.write_bytes(content)
        with pytest.raises(Rejected, match=r"b\.xlsx"):
            read_catalogue_file(path)


# ---------------------------------------------------------------- several files
def test_the_described_matter_wins_over_the_plain_row(tmp_path: Path) -> None:
    sample = json.loads(SAMPLE.read_text(encoding="utf-8"))["matters"]
    benefit = next(matter for matter in sample if matter["id"] == "dibao")
    plain = written(tmp_path / "list.csv", table(ROW, row(item_code=benefit["code"], name="低保", task_type="20")))
    for order in ((SAMPLE, plain), (plain, SAMPLE)):
        report = imported(*order)
        assert report.ok
        assert len(report.matters) == 19
        chosen = next(body for body in report.matters if body["code"] == benefit["code"])
        assert chosen["name"] == benefit["name"]
        assert "list.csv：事项类型是 20，sample.json 里是 05，按后者（1 行：第 3 行）" in report.lines()


def test_the_same_code_in_two_plain_lists_is_a_fault(tmp_path: Path) -> None:
    one, other = (written(tmp_path / name, table(ROW)) for name in ("one.csv", "other.csv"))
    report = imported(one, other)
    assert [bad.sentence for bad in report.bad] == ["other.csv 第 2 行：事项编码“511A001”与 one.csv 第 2 行重复"]


def test_one_bad_row_keeps_every_file_out(tmp_path: Path) -> None:
    report = imported(SAMPLE, written(tmp_path / "a.csv", table(row(task_type="x"))))
    assert not report.ok
    assert report.matters == ()
    assert len(report.good) == 18


def test_a_file_without_rows_publishes_nothing(tmp_path: Path) -> None:
    report = imported(written(tmp_path / "a.csv", table()))
    assert not report.ok
    assert report.lines() == ["没有导入：文件里没有事项"]


def test_a_made_up_catalogue_goes_through_a_file_unchanged(tmp_path: Path) -> None:
    made = list(synthetic_catalogue(200, Random(4), detailed=20))
    path = written(tmp_path / "a.json", json.dumps({"matters": made}, ensure_ascii=False))
    report = imported(path)
    assert report.ok
    assert [(body["code"], body["initials"].split("/")[0].split("|")[0]) for body in report.matters] == [
        (body["code"], body["initials"].split("|")[0]) for body in made
    ]


# ---------------------------------------------------------------- anything
@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["code", "name", "type", "materials", "situations", "options", "id"]), inner)
    ),
    max_leaves=12,
)


@given(records=st.lists(JSON_VALUES, max_size=4))
def test_any_json_gets_a_report(folder: Path, records: list[Any]) -> None:
    report = imported(written(folder / "any.json", json.dumps({"matters": records})))
    assert len(report.bad) + len(report.good) == len(records)
    assert bool(report.matters) == (bool(records) and not report.bad)


@given(rows=st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=8), max_size=4))
def test_any_table_gets_a_report(folder: Path, rows: list[list[str]]) -> None:
    path = folder / "any.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    report = imported(path)
    assert report.matters == () or not report.bad


@given(content=st.binary(max_size=60))
@pytest.mark.parametrize("suffix", ["json", "csv", "xlsx"])
def test_any_bytes_get_a_sentence(folder: Path, suffix: str, content: bytes) -> None:
    path = folder / f"any.{suffix}"
    path.write_bytes(content)
    try:
        said = imported(path).lines()[0]
    except Rejected as refused:
        said = str(refused)
    assert "没有导入" in said
