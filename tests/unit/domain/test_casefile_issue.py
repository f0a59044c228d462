"""From the decision to the citizen's hands: seal, pieces, identity, post.

行政许可法第三十九条 (certificate and seal), 第四十四条 (handed over); 民事诉讼法第八十九条 (left with a witness).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clerk_app.domain.acts import ActFacts, Delivery, DeliveryManner, Pieces, Sealing
from clerk_app.domain.case_rules import apply
from clerk_app.domain.casefile import CaseFile, opened
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import CaseType
from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.papers import PaperKind
from support.casefiles import (
    CLERK,
    COPIES,
    GRANTED,
    HANDED_OVER,
    POSTED,
    REVIEWER,
    SEALER,
    act,
    decision_paper,
    later,
    lawful,
    opening,
    walked,
)

T, S = CaseStep, CaseState
TO_READY = (T.TAKE_UP, T.GRANT, T.CERTIFY, T.SEAL, T.MAKE_READY)
INSTANT = opening(case_type=CaseType.INSTANT)


def done(file: CaseFile, step: CaseStep, facts: ActFacts | None, by: str = CLERK) -> CaseFile:
    return apply(file, act(step, by, (file.acts[-1].at if file.acts else later()) + timedelta(hours=1), facts))


# --- seal: 第三十九条 -----------------------------------------------------------------------------------------------
def sealed_with(file: CaseFile, *paper_ids: str, register_no: str = "用印-1", copies: int = 2) -> CaseFile:
    return done(file, T.SEAL, ActFacts(sealing=Sealing(register_no, paper_ids, copies)), SEALER)


@pytest.mark.parametrize("decided", [T.GRANT, T.REFUSE])
def test_the_approval_seal_goes_on_decisions(decided: CaseStep) -> None:
    assert sealed_with(walked(opening(), decided), "decision").state is S.SEALED


def test_and_on_nothing_else() -> None:
    slip = decision_paper(PaperKind.COLLECTION_SLIP, "slip")
    file = opened(opening())
    granting = act(T.GRANT, REVIEWER, later(), ActFacts(decision=GRANTED), decision_paper(), slip)
    file = apply(file, granting)
    for papers in ((), ("slip",), ("decision", "slip"), ("another case's",)):
        with pytest.raises(Locked, match="只盖在决定上"):
            sealed_with(file, *papers)


def test_every_use_stands_in_the_register() -> None:
    for wrong in ({"register_no": " "}, {"copies": 0}):
        with pytest.raises(Rejected, match="登记编号和份数"):
            sealed_with(walked(opening(), T.GRANT), "decision", **wrong)  # type: ignore[arg-type]
    with pytest.raises(Rejected, match="登记编号和份数"):
        done(walked(opening(), T.GRANT), T.SEAL, None, SEALER)


# --- hand-over of the result: 第四十四条 -----------------------------------------------------------------------------
def delivered(file: CaseFile, delivery: Delivery) -> CaseFile:
    return done(file, T.DELIVER, ActFacts(delivery=delivery))


def test_a_promised_case_is_issued_only_when_the_office_has_sent_the_result() -> None:
    sealed = walked(opening(), *TO_READY[:4])
    for step in (T.DELIVER, T.POST):
        with pytest.raises(Locked, match="等后台送到窗口"):
            apply(sealed, lawful(sealed, step, later(days=1)))
    assert walked(sealed, T.MAKE_READY, T.DELIVER).state is S.DELIVERED


def test_an_instant_case_is_decided_sealed_and_issued_in_one_visit() -> None:
    file = walked(INSTANT, T.GRANT, T.SEAL, T.DELIVER)
    assert file.state is S.DELIVERED
    assert file.ended_at == file.acts[-1].at
    assert {one.by.user_id for one in file.acts} == {REVIEWER, SEALER, CLERK}


@pytest.mark.parametrize(
    ("field", "sentence"),
    [("receiver", "谁领走了"), ("relation", "和申请人的关系"), ("id_number", "核验身份证")],
)
def test_whoever_takes_the_result_is_known(field: str, sentence: str) -> None:
    file = walked(opening(), *TO_READY)
    with pytest.raises(Rejected, match=sentence) as refusal:
        delivered(file, replace(HANDED_OVER, **{field: " "}))
    assert refusal.value.field == field
    agent = replace(HANDED_OVER, receiver="李晓彤", relation="代理人")
    assert delivered(file, agent).state is S.DELIVERED


def test_what_is_left_with_somebody_who_refuses_has_a_witness() -> None:
    file = walked(opening(), *TO_READY)
    left = replace(HANDED_OVER, manner=DeliveryManner.LEFT, id_number="", refusal="拒绝签收", witness="社区干部 陈某")
    assert delivered(file, left).state is S.DELIVERED
    for missing in ("refusal", "witness"):
        with pytest.raises(Rejected, match="见证人"):
            delivered(file, replace(left, **{missing: ""}))


def test_all_pieces_go_at_once() -> None:
    file = walked(opening(), *TO_READY)
    for pieces in ((), COPIES[:1], (*COPIES, "副本 2"), (COPIES[0], COPIES[0])):
        with pytest.raises(Rejected, match="一次交清"):
            delivered(file, replace(HANDED_OVER, pieces=pieces))
    assert delivered(file, replace(HANDED_OVER, pieces=COPIES[::-1])).state is S.DELIVERED


def test_of_two_copies_with_the_same_name_both_are_handed_over() -> None:
    sealed = walked(opening(), *TO_READY[:4])
    file = done(sealed, T.MAKE_READY, ActFacts(pieces=Pieces(("副本", "副本"), "A3 柜")), SEALER)
    with pytest.raises(Rejected, match="一次交清"):
        delivered(file, replace(HANDED_OVER, pieces=("副本",)))


def test_what_lies_ready_is_listed() -> None:
    sealed = walked(opening(), *TO_READY[:4])
    for pieces in (None, Pieces((), "A3 柜")):
        with pytest.raises(Rejected, match="有几件结果"):
            done(sealed, T.MAKE_READY, ActFacts(pieces=pieces), SEALER)


@pytest.mark.parametrize("field", ["carrier", "tracking", "address"])
def test_what_is_posted_can_be_followed(field: str) -> None:
    file = walked(opening(), *TO_READY)
    assert done(file, T.POST, ActFacts(delivery=POSTED)).state is S.POSTED
    with pytest.raises(Rejected):
        done(file, T.POST, ActFacts(delivery=replace(POSTED, **{field: ""})))


def test_the_post_is_no_way_round_the_identity_card() -> None:
    file = walked(opening(), *TO_READY)
    with pytest.raises(Rejected, match="先登记寄出"):
        delivered(file, replace(POSTED, id_number=""))
    assert walked(file, T.POST, T.DELIVER).state is S.DELIVERED


def test_what_the_post_brings_back_lies_ready_again() -> None:
    file = walked(opening(), *TO_READY, T.POST, T.POST_RETURNED)
    assert file.state is S.READY
    assert walked(file, T.DELIVER).state is S.DELIVERED
