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

import pytest
from PIL import Image

from drivers.idcard.samples import RESIDENT

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 280
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
        "matter-found",
        "checklist-defect",
        "checklist-done",
        "outcome-supplement",
        "outcome-accepted",
        "citizen-data",
        "citizen-signing",
        "papers-signed",
        "papers-rated",
        "idle-after",
    }
    for name in names:
        with Image.open(played.out / "screens" / name) as picture:
            assert len(picture.convert("L").getcolors()) > 8, f"{name} is blank"


def test_the_whole_identity_number_stands_in_no_summary_and_no_log(played: Played) -> None:
    logs = sorted(played.out.rglob("*.log"))
    assert {path.name for path in logs} >= {"demo.log", "server.log"}
    for path in [played.out / "summary.json", *logs]:
        text = path.read_text(encoding="utf-8")
        assert RESIDENT.number not in text, path
        assert RESIDENT.address not in text, path
    for path in logs:
        assert RESIDENT.name not in path.read_text(encoding="utf-8"), path
    assert RESIDENT.number not in played.said


def test_nothing_of_the_citizen_lies_in_clear_in_the_data_folder(played: Played) -> None:
    # Short words in two-byte sets could come about by chance in an encrypted file.
    wanted = [RESIDENT.name.encode(), json.dumps(RESIDENT.name).strip('"').encode(), RESIDENT.number.encode()]
    wanted += [RESIDENT.number.encode("utf-16-le")]
    wanted += [RESIDENT.address.encode(coding) for coding in ("utf-8", "gbk", "utf-16-le")]
    files = [path for path in (played.out / "data").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"hall.db", "window.db"}
    for path in files:
        content = path.read_bytes()
        assert [found for found in wanted if found in content] == [], path
    for name in ("hall.db", "window.db"):
        (store,) = (path for path in files if path.name == name)
        assert not store.read_bytes().startswith(b"SQLite format 3")
