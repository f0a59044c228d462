"""``clerk demo --offscreen`` as somebody without a screen runs it: what it tells and what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from clerk_app import typefaces
from clerk_app.bootstrap import demo, sample_hall
from clerk_app.bootstrap.server import open_hall
from clerk_app.ports.window import PaperState
from clerk_app.services.hall.folding import fold_of
from clerk_app.ui.demo_panel import DemoPanel
from clerk_app.ui.hands import Hands
from clerk_app.ui.window.shell import WindowShell
from support.e2e_facts import window_facts
from support.look import clear_screen, dressed

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 280
STATES = {"supplement": "accepted", "instant": "delivered", "collection": "delivered"}
"""Visit → where its case stands in the end."""
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")

pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Played:
    """One run of the demo: its folder, its summary, and what it said on the terminal."""

    out: Path
    summary: dict[str, Any]
    said: str


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    out = tmp_path_factory.mktemp("demo")
    environment = {key: value for key, value in os.environ.items() if key != "CLERK_REAL_DATA"}
    done = subprocess.run(
        [sys.executable, "-m", "clerk_app.cli", "demo", "--offscreen", "--out", str(out)],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return Played(out, summary, done.stdout + done.stderr)


def ink(picture: Image.Image) -> float:
    """The part of a picture that is not paper."""
    shades = picture.convert("L").histogram()
    return sum(shades[:128]) / sum(shades)


def words_of(pdf: Path) -> str:
    """All words of a paper, without the gaps of its layout."""
    document = pypdfium2.PdfDocument(pdf.read_bytes())
    return re.sub(r"\s+", "", "".join(page.get_textpage().get_text_bounded() for page in document))


def test_the_summary_tells_what_became_of_the_citizen(played: Played) -> None:
    summary = played.summary
    assert re.fullmatch(r"[A-F]\d{3}", summary["ticket"])
    assert summary["window"] == "12"
    assert summary["clerk"] == "王晓梅"
    assert summary["applicant"] == {"name": "张三", "id_number": "1101**********0011", "entered": "card"}
    assert "户口迁移" in summary["matter_name"]
    assert summary["matter_code"]
    assert (summary["outcome"], summary["outcome_name"]) == ("accepted", "受理")
    assert re.fullmatch(r"MH-12-\d{8}-0001", summary["case_number"])
    assert summary["case_no"].startswith(summary["matter_code"][:31])
    assert date.fromisoformat(summary["promised_date"]) > datetime.fromisoformat(summary["synced_at"]).date()
    assert datetime.fromisoformat(summary["synced_at"]).tzinfo is not None
    assert UUID.fullmatch(summary["server_record_id"])
    assert summary["rating"] == "rated"
    assert summary["catalogue"] == {"matters": 18, "real": False}
    assert summary["ticket"] in played.said
    assert summary["case_number"] in played.said


def test_the_papers_are_named_with_number_state_and_digest(played: Played) -> None:
    receipt, notice = played.summary["documents"]
    assert (receipt["kind"], receipt["state"]) == ("receipt", "printed")
    assert receipt["number"] == played.summary["case_number"]
    assert (notice["kind"], notice["state"]) == ("acceptance_notice", "saved")
    assert re.fullmatch(r"明公受〔\d{4}〕12-0001 号", notice["number"])
    for paper in (receipt, notice):
        assert re.fullmatch(r"[0-9a-f]{64}", paper["sm3"])


@pytest.mark.parametrize("name", ["ticket", "receipt"])
def test_what_was_printed_lies_there_as_bytes_and_as_a_picture(played: Played, name: str) -> None:
    job = (played.out / f"{name}.bin").read_bytes()
    assert b"\x1b@\x1c&" in job
    assert played.summary["ticket"].encode() in job or played.summary["case_number"].encode() in job
    with Image.open(played.out / f"{name}.png") as picture:
        assert picture.height > picture.width / 2
        assert picture.convert("L").getextrema() == (0, 255)


def test_the_notice_lies_there_as_pdf_and_as_a_picture(played: Played) -> None:
    assert (played.out / "notice.pdf").read_bytes().startswith(b"%PDF-")
    with Image.open(played.out / "notice.png") as picture:
        assert picture.height / picture.width == pytest.approx(297 / 210, abs=0.01)


def test_every_step_has_its_screenshot(played: Played) -> None:
    names = played.summary["screens"]
    assert names == sorted(path.name for path in (played.out / "screens").iterdir())
    steps = {name.split("-", 1)[1].removesuffix(".png") for name in names}
    assert steps >= {
        "kiosk-first",
        "kiosk-ticket",
        "display-call",
        "login",
        "idle",
        "called",
        "applicant",
        "situations",
        "checklist-defect",
        "checklist-done",
        "outcome-supplement",
        "outcome-accepted",
        "citizen-data",
        "citizen-signing",
        "papers-signed",
        "papers-rated",
        "idle-after",
        "consult-list",
        "applicant-together",
        "citizen-data-together",
        "outcome-three-defects",
        "decision-desk",
        "decision",
        "sealing",
        "work-lists",
        "case-file",
        "supplement-complete",
        "instant-waiting",
        "instant-ready",
        "instant-issued",
        "collection",
        "citizen-signing-receipt",
        "collection-issued",
    }
    for name in names:
        with Image.open(played.out / "screens" / name) as picture:
            assert len(picture.convert("L").getcolors()) > 8, f"{name} is blank"


# --- the visits after the first -------------------------------------------------------------------------------
def test_the_server_holds_every_case_where_the_visits_left_it(played: Played) -> None:
    hall = open_hall(played.out / "data")
    try:
        for name, state in STATES.items():
            case_id = played.summary["visits"][name]["case_id"]
            file = hall.desk.store.read(hall.hall_id, lambda unit, one=case_id: fold_of(unit, one))
            assert file.state.value == state == played.summary["visits"][name]["state"], name
    finally:
        hall.close()


@pytest.mark.parametrize("name", ["instant", "collection"])
def test_taking_deciding_and_sealing_were_three_people_at_three_windows(played: Played, name: str) -> None:
    case = played.summary["visits"][name]
    did = {act["step"]: (act["by"], act["window"]) for act in case["acts"]}
    assert case["received_by"] == "王晓梅"
    assert did["grant"] == ("周文博", "21")
    assert did["seal"] == ("孙立", "22")
    assert did["deliver"] == ("王晓梅", "12")


def test_an_instant_case_needs_one_number_only(played: Played) -> None:
    case = played.summary["visits"]["instant"]
    assert [act["step"] for act in case["acts"]] == ["grant", "seal", "deliver"]
    assert case["visits"][0] != case["case_id"], "it belongs to a ticket"
    assert {paper["kind"] for paper in case["documents"]} >= {
        "acceptance_notice",
        "grant_decision",
        "service_receipt",
    }


def test_the_supplement_was_accepted_on_the_day_it_came(played: Played) -> None:
    case = played.summary["visits"]["supplement"]
    assert case["applicants"] == ["周建国", "吴敏"]
    assert [act["step"] for act in case["acts"]] == ["receive_all", "accepted"]
    assert [paper["kind"] for paper in case["documents"]] == ["receipt", "supplement_notice", "acceptance_notice"]
    notice = next(path for path in played.summary["papers"] if "一次性补正" in path)
    text = words_of(played.out / "papers" / notice)
    for material in ("不动产登记申请书", "存量房买卖合同", "契税等完税（免税）凭证"):
        assert material in text
    assert "不动产权证书（房产证）" not in text, "what was in order is not asked for"


def test_both_stages_of_both_results_were_rated(played: Played) -> None:
    hall = open_hall(played.out / "data")
    try:
        for name in ("instant", "collection"):
            visits = played.summary["visits"][name]["visits"]
            for stage in ("acceptance", "issue"):
                stored = [
                    hall.desk.store.read(hall.hall_id, lambda unit, v=visit, s=stage: unit.cases.rating_of_visit(v, s))
                    for visit in visits
                ]
                assert sum(one is not None for one in stored) == 1, (name, stage)
            assert played.summary["visits"][name]["rated"] == ["acceptance", "issue"]
    finally:
        hall.close()


def test_no_sheet_of_any_case_is_left_undecided(played: Played) -> None:
    for name in STATES:
        states = {paper["state"] for paper in played.summary["visits"][name]["documents"]}
        assert states <= {"printed", "saved"}, name
    facts = window_facts(played.out / "data")
    assert {paper.state for paper in facts.papers} <= {PaperState.PRINTED, PaperState.SAVED}
    assert facts.to_upload == 0
    assert facts.journal_sound


def test_every_paper_lies_there_as_pdf_and_as_a_picture(played: Played) -> None:
    names = played.summary["papers"]
    assert {name.split("/")[0] for name in names} == {"window-12", "window-21", "window-22"}
    words = {name.rsplit("-", 1)[1].removesuffix(".pdf") for name in names}
    assert words >= {
        "受理通知书",
        "不予受理（一次性补正）告知书",
        "准予行政许可决定书",
        "准予办理决定书",
        "取件通知书",
        "送达回证",
    }
    for name in names:
        pdf = played.out / "papers" / name
        assert pdf.read_bytes().startswith(b"%PDF-")
        with Image.open(pdf.with_suffix(".png")) as picture:
            assert ink(picture) > 0.01, f"{name} is empty"


def test_the_advice_is_a_slip_of_paper(played: Played) -> None:
    with Image.open(played.out / played.summary["visits"]["consultation"]["paper"]) as picture:
        assert picture.height > picture.width
        assert ink(picture) > 0.02


# --- with a screen --------------------------------------------------------------------------------------------
def test_the_panel_opens_the_windows_of_those_who_decide_and_seal(qapp: QApplication, tmp_path: Path) -> None:
    hands = Hands(qapp)
    seen: dict[str, str] = {}
    dressed(qapp)

    def somebody_tries_it() -> int:
        (panel,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, DemoPanel))
        for office, button in zip(sample_hall.OFFICES, panel.offices, strict=True):
            hands.touch(button)
            shell = next(
                one
                for one in QApplication.topLevelWidgets()
                if isinstance(one, WindowShell) and one.windowTitle().startswith(office.window_no)
            )
            hands.front(shell)
            hands.wait("ready", lambda one=shell: one.is_ready)
            hands.type(shell.login_page.name.edit, office.login)
            hands.press(shell, "Return")
            hands.type(shell.login_page.password.edit, sample_hall.PASSWORD)
            hands.press(shell, "Return")
            hands.wait("logged in", lambda one=shell: one.files is not None and one.rooms.current is one.files.office)
            lists = [card for card in shell.files.office.cards.values() if card.isVisible()]
            seen[office.duty] = lists[0].title.text()
        return 0

    hall = demo.DemoHall.open(tmp_path, typefaces.find())
    try:
        assert demo.by_hand(somebody_tries_it, hall) == 0
    finally:
        hall.close()
    # What the windows still had to tell themselves comes before they go.
    hands.settle(0.5)
    clear_screen(qapp)
    assert seen == {"审批": "待我决定", "用印": "待我用印"}


def test_the_whole_identity_number_stands_in_no_summary_and_no_log(played: Played) -> None:
    logs = sorted(played.out.rglob("*.log"))
    assert {path.name for path in logs} >= {"demo.log", "server.log"}
    for path in [played.out / "summary.json", *logs]:
        text = path.read_text(encoding="utf-8")
        for card in sample_hall.CITIZENS.values():
            assert card.number not in text, path
            assert card.address not in text, path
    for path in logs:
        text = path.read_text(encoding="utf-8")
        assert [name for name in sample_hall.CITIZENS if name in text] == [], path
    assert [card.number for card in sample_hall.CITIZENS.values() if card.number in played.said] == []


def test_nothing_of_the_citizen_lies_in_clear_in_the_data_folder(played: Played) -> None:
    # Short words in two-byte sets could come about by chance in an encrypted file.
    wanted: list[bytes] = []
    for card in sample_hall.CITIZENS.values():
        wanted += [card.name.encode(), json.dumps(card.name).strip('"').encode(), card.number.encode()]
        wanted += [card.number.encode("utf-16-le")]
        wanted += [card.address.encode(coding) for coding in ("utf-8", "gbk", "utf-16-le")]
    files = [path for path in (played.out / "data").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"hall.db", "window.db"}
    for path in files:
        content = path.read_bytes()
        assert [found for found in wanted if found in content] == [], path
    stores = [path for path in files if path.name in {"hall.db", "window.db"}]
    assert len(stores) == 4, "the server's and those of three windows"
    for store in stores:
        assert not store.read_bytes().startswith(b"SQLite format 3")
