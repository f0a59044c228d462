"""What every adapter must keep, as tests to subclass: for ours and for third parties' (docs/platforms.md).

They need pytest and are imported by tests only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol
from xml.etree import ElementTree

import pytest

from clerk_app.domain.calendar import BEIJING
from clerk_app.domain.errors import Fault
from clerk_app.domain.platform import FieldMap, Groups
from clerk_app.ports.platform import Batch, BatchRefused, Item, Parcel, PlatformAdapter

AT = datetime(2026, 11, 23, 10, 24, 7, tzinfo=BEIJING)
APPLICANT = "𠮷㐂\ue863·买买提"
NUMBER = "110101199003070003"
BATCH_ID = "0198f0a0-0000-7000-8700-{:012d}"

Read = Mapping[str, Any]
"""A case as it is read back: group → row, or rows where the map says many."""


class PlatformBench(Protocol):
    """The platform in software that the adapter speaks to, or the folder that it writes into."""

    def cases(self) -> list[Read]:
        """Every change that is there, in order of arrival; one that came twice is there once."""

    def go_away(self) -> None: ...

    def come_back(self) -> None: ...


class RefusingBench(PlatformBench, Protocol):
    """A platform that looks at what it gets."""

    def refuse(self, change_id: str, field: str, reason: str) -> None:
        """Refuse this change from now on and take the others of a batch."""

    def refuse_all(self, reason: str) -> None:
        """Take nothing of any batch from now on."""

    def lose_answers(self) -> None:
        """Take a batch, and let the answer get lost, until ``come_back``."""

    def talk_nonsense(self) -> None:
        """Take nothing and answer what makes no sense, until ``come_back``."""


def sample(number: int) -> Groups:
    """An invented case in all groups, with characters beyond GBK, of private use and of markup."""
    change = f"0198f0a0-0000-7000-8000-{number:012d}:1"
    case_no = f"12441500196720244T344219980600320261123{number:04d}"
    return {
        "change": (
            {
                "change_id": change,
                "change_no": number,
                "kind": "record",
                "case_no": case_no,
                "case_number": f"MH-12-20261123-{number:04d}",
                "hall_code": "MH",
                "changed_at": AT,
                "state": "accepted",
                "state_label": "已受理",
            },
        ),
        "application": (
            {
                "case_no": case_no,
                "task_code": "12441500196720244T3442199806003",
                "matter_name": "食品经营许可 <新办> & 变更",
                "case_type": "2",
                "applicant_name": APPLICANT,
                "applicant_audience": "1",
                "applicant_document_type": "111",
                "applicant_document_no": NUMBER,
                "applicant_address": " 长安路“1”号\r\n2 单元\t",
                "source": "1",
                "applied_at": AT,
            },
        ),
        "materials": tuple(
            {
                "material_id": one,
                "name": f"材料 {one}",
                "collected": True,
                "manner": "1",
                "count": 2,
                "collected_at": AT,
            }
            for one in ("m1", "m2")
        ),
        "acceptance": ({"body": "区市场监督管理局", "handler": "王晓梅", "at": AT, "result": "受理"},),
        "process": (
            {
                "step_id": change,
                "step": "受理",
                "action": "通过",
                "handler": "王晓梅",
                "ended_at": AT,
                "status": "已办",
            },
        ),
        "special": ({"kind": "2", "name": "听证", "started_on": date(2026, 11, 24)},),
        "completion": ({"handler": "赵敏", "at": AT, "result": "已准予", "valid_to": date(2031, 11, 30)},),
    }


def batch_of(fields: FieldMap, first: int = 1, count: int = 3, number: int = 1) -> Batch:
    """A batch of samples."""
    items = []
    for one in range(first, first + count):
        rendered = fields.rendered(sample(one))
        assert not rendered.refusals, [finding.sentence for finding in rendered.refusals]
        items.append(Item(str(sample(one)["change"][0]["change_id"]), rendered.groups))
    return Batch(BATCH_ID.format(number), number, "MH", "明河区政务服务中心", AT, tuple(items))


def packed(adapter: PlatformAdapter, batch: Batch) -> Parcel:
    """The batch as the hall hands it over."""
    ids = tuple(item.change_id for item in batch.items)
    name = f"MH-{batch.number:06d}-{batch.batch_id}.{adapter.suffix}"
    return Parcel(batch.batch_id, name, adapter.write(batch), ids)


def as_read(batch: Batch, fields: FieldMap) -> list[Read]:
    """The cases of a batch as a platform should have them."""
    many = {group.name: group.many for group in fields.groups}
    return [
        {name: [dict(row) for row in rows] if many[name] else dict(rows[0]) for name, rows in item.groups.items()}
        for item in batch.items
    ]


def read_back(content: bytes, form: str, fields: FieldMap) -> list[Read]:
    """What our own JSON or XML says, read by nothing of ours."""
    if form == "json":
        found: list[Read] = json.loads(content)["cases"]
        return found
    groups = {group.name: group for group in fields.groups}
    cases: list[Read] = []
    for case in ElementTree.fromstring(content).iter("case"):
        shown: dict[str, Any] = {}
        for part in case:
            rows = list(part) if groups[part.tag].many else [part]
            texts = [{field.tag: field.text or "" for field in row} for row in rows]
            shown[part.tag] = texts if groups[part.tag].many else texts[0]
        cases.append(shown)
    return cases


class PlatformContract:
    """Inherit and give ``make_bench`` and ``make_adapter``."""

    def make_bench(self, folder: Path) -> PlatformBench | AbstractContextManager[PlatformBench]:
        raise NotImplementedError

    def make_adapter(self, bench: PlatformBench) -> PlatformAdapter:
        raise NotImplementedError

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[Any]:
        made = self.make_bench(tmp_path)
        with made if isinstance(made, AbstractContextManager) else nullcontext(made) as bench:
            yield bench

    @pytest.fixture
    def adapter(self, bench: Any) -> Iterator[PlatformAdapter]:
        adapter = self.make_adapter(bench)
        yield adapter
        adapter.close()

    def test_a_batch_arrives_whole_with_every_character(self, bench: PlatformBench, adapter: PlatformAdapter) -> None:
        batch = batch_of(adapter.fields)
        assert adapter.send(packed(adapter, batch)) == ()
        assert bench.cases() == as_read(batch, adapter.fields)

    def test_the_same_batch_is_the_same_bytes(self, adapter: PlatformAdapter) -> None:
        batch = batch_of(adapter.fields)
        assert adapter.write(batch) == adapter.write(batch)
        assert adapter.write(batch) != adapter.write(batch_of(adapter.fields, first=4))

    def test_sent_again_it_is_there_once(self, bench: PlatformBench, adapter: PlatformAdapter) -> None:
        """A server that was killed before it noted the answer sends the same parcel again."""
        batch = batch_of(adapter.fields)
        for _ in range(3):
            adapter.send(packed(adapter, batch))
        assert bench.cases() == as_read(batch, adapter.fields)

    def test_batches_arrive_in_their_order(self, bench: PlatformBench, adapter: PlatformAdapter) -> None:
        batches = [batch_of(adapter.fields, 1, 2, 1), batch_of(adapter.fields, 3, 1, 2)]
        for batch in batches:
            adapter.send(packed(adapter, batch))
        assert bench.cases() == [case for batch in batches for case in as_read(batch, adapter.fields)]

    def test_a_platform_that_is_away_is_a_fault_that_names_nobody(
        self, bench: PlatformBench, adapter: PlatformAdapter
    ) -> None:
        batch = batch_of(adapter.fields)
        bench.go_away()
        with pytest.raises(Fault) as caught:
            adapter.send(packed(adapter, batch))
        assert not isinstance(caught.value, BatchRefused)
        assert APPLICANT not in str(caught.value)
        assert NUMBER not in str(caught.value)
        bench.come_back()
        adapter.send(packed(adapter, batch))
        assert bench.cases() == as_read(batch, adapter.fields)

    def test_closing_twice_is_closing(self, adapter: PlatformAdapter) -> None:
        adapter.close()
        adapter.close()


class RefusingPlatformContract(PlatformContract):
    """For platforms that answer: the bench is a ``RefusingBench``."""

    def test_what_it_does_not_take_is_named_and_the_rest_is_there(
        self, bench: RefusingBench, adapter: PlatformAdapter
    ) -> None:
        batch = batch_of(adapter.fields)
        second = batch.items[1].change_id
        bench.refuse(second, "applicant_document_no", "证件号码校验不通过")
        refused = adapter.send(packed(adapter, batch))
        assert [(one.change_id, one.reason) for one in refused] == [(second, "证件号码校验不通过")]
        wanted = as_read(batch, adapter.fields)
        assert bench.cases() == [wanted[0], wanted[2]]

    def test_a_batch_of_which_it_takes_nothing_is_refused_as_a_whole(
        self, bench: RefusingBench, adapter: PlatformAdapter
    ) -> None:
        bench.refuse_all("格式不对")
        with pytest.raises(BatchRefused) as caught:
            adapter.send(packed(adapter, batch_of(adapter.fields)))
        assert "格式不对" in str(caught.value)
        assert bench.cases() == []

    def test_an_answer_that_got_lost_is_a_fault_and_the_next_try_adds_nothing(
        self, bench: RefusingBench, adapter: PlatformAdapter
    ) -> None:
        batch = batch_of(adapter.fields)
        bench.lose_answers()
        with pytest.raises(Fault) as caught:
            adapter.send(packed(adapter, batch))
        assert not isinstance(caught.value, BatchRefused)
        bench.come_back()
        assert adapter.send(packed(adapter, batch)) == ()
        assert bench.cases() == as_read(batch, adapter.fields)

    def test_nonsense_is_no_yes(self, bench: RefusingBench, adapter: PlatformAdapter) -> None:
        bench.talk_nonsense()
        with pytest.raises(Fault) as caught:
            adapter.send(packed(adapter, batch_of(adapter.fields)))
        assert not isinstance(caught.value, BatchRefused)
        assert bench.cases() == []
