"""The list of a consultation on a phone: a page for who has the token, one sentence for everybody else."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import asdict, replace
from html.parser import HTMLParser

import httpx2
import pytest

from clerk_app.client.enrol import Enrolment
from clerk_app.client.hall import HallClient
from clerk_app.client.tls import trusting
from clerk_app.design.tokens import COLOR
from clerk_app.domain.enrolment import SERVER_NAME
from clerk_app.domain.errors import Rejected
from clerk_app.ports.clock import SystemClock
from clerk_app.ports.hall_cases import ConsultationRecord, GuidanceMaterial, GuidancePage, GuidanceSection
from support.case_flow import uuid
from support.server import ServerProcess, clerk_at, server

GUIDE = GuidancePage(
    title="一次性告知单",
    matter="食品经营许可（新办）",
    sections=(
        GuidanceSection("到哪里办", ("一楼 A 区综合窗口", "周一至周五 9:00–17:00")),
        GuidanceSection("多久办好", ("10 个工作日",)),
    ),
    materials=(
        GuidanceMaterial("营业执照", "复印件 1 份", "在有效期内，经营范围含食品销售", "可免交：系统已核验"),
        GuidanceMaterial("<b>健康证明</b> & 其他", "原件核验", "“有效期”不少于 30 天"),
    ),
    footer="按您说的情形列出；情形有变请再问一次",
)


class _Texts(HTMLParser):
    """What a reader sees, and every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._hidden = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden and data.strip():
            self.texts.append(data.strip())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with server(tmp_path_factory.mktemp("server")) as process:
        yield process


@pytest.fixture(scope="module")
def counter(running: ServerProcess) -> Iterator[tuple[HallClient, Enrolment]]:
    client, enrolment = clerk_at(running)
    yield client, enrolment
    client.close()


def _given(number: int, page: GuidancePage = GUIDE) -> ConsultationRecord:
    return ConsultationRecord(
        consultation_id=uuid(number, 700),
        matter_code="12441500196720244T3442199806003",
        matter_name=page.matter,
        matter_version=1,
        answers={},
        given_at=SystemClock().now(),
        window_no="12",
        number="明市监告〔2026〕12-0001 号",
        token=secrets.token_urlsafe(16),
        content=asdict(page),
    )


def _open(enrolment: Enrolment, token: str) -> tuple[httpx2.Response, _Texts]:
    """As a phone does: no device, no login."""
    with httpx2.Client(base_url=enrolment.address, verify=trusting(enrolment.ca_pem), trust_env=False) as phone:
        answer = phone.get(f"/p/{token}", extensions={"sni_hostname": SERVER_NAME})
    seen = _Texts()
    seen.feed(answer.text)
    return answer, seen


def test_everything_of_the_list_stands_on_the_page(counter: tuple[HallClient, Enrolment]) -> None:
    client, enrolment = counter
    given = _given(1)
    client.store_consultation(given)
    answer, seen = _open(enrolment, given.token)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    text = "\n".join(seen.texts)
    for section in GUIDE.sections:
        assert section.heading in seen.texts
        assert all(line in seen.texts for line in section.lines)
    for material in GUIDE.materials:
        assert material.name in seen.texts
        assert f"接件标准：{material.criterion}" in seen.texts
        assert material.form in seen.texts
    assert "可免交：系统已核验" in seen.texts
    assert "要带的材料（2 件）" in text
    assert given.number in text
    assert GUIDE.footer in seen.texts
    assert client.hall().name in text


def test_texts_are_texts_and_nothing_runs_or_loads(counter: tuple[HallClient, Enrolment]) -> None:
    client, enrolment = counter
    wicked = '"><script src=https://evil.example/x.js></script><img src=x onerror=alert(1)>'
    page = replace(
        GUIDE,
        title=wicked,
        matter=wicked,
        footer=wicked,
        sections=(GuidanceSection(wicked, (wicked,)),),
        materials=(GuidanceMaterial(wicked, wicked, wicked, wicked),),
    )
    given = _given(2, page)
    client.store_consultation(given)
    answer, seen = _open(enrolment, given.token)
    assert wicked in seen.texts
    assert not {"script", "img", "b", "link", "iframe"} & set(seen.tags)
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]


@pytest.mark.parametrize("token", ["A" * 22, "1", "..%2f..%2fetc", "%E6%9D%8E", "A" * 500])
def test_an_unknown_page_says_so_in_a_sentence(counter: tuple[HallClient, Enrolment], token: str) -> None:
    answer, seen = _open(counter[1], token)
    if answer.headers["content-type"].startswith("text/html"):
        assert "没有这张告知单，可能链接没有复制全" in "".join(seen.texts)
    assert answer.status_code == 404


def test_the_page_wears_the_houses_colours(counter: tuple[HallClient, Enrolment]) -> None:
    answer, _ = _open(counter[1], "A" * 22)
    assert f"--rail: {COLOR.rail};" in answer.text
    assert 'name="viewport"' in answer.text
    assert 'lang="zh-CN"' in answer.text


def test_a_token_that_could_be_guessed_is_refused(counter: tuple[HallClient, Enrolment]) -> None:
    with pytest.raises(Rejected) as caught:
        counter[0].store_consultation(replace(_given(3), token="20261123-0001"))
    assert caught.value.field == "token"
