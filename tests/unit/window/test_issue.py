"""Results handed out: all at once, to the right person, with one service receipt; by post in two steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from clerk_app.domain.acts import CaseAct, DeliveryManner, IdentityCheck
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Conflict, Locked, NotAllowed, Rejected
from clerk_app.domain.papers import PaperKind
from clerk_app.domain.persons import Agent
from clerk_app.domain.queue import VisitReason
from clerk_app.domain.rating import RatingStage
from clerk_app.ports.window import Medium, PaperState
from clerk_app.services.window.issue import IssueDesk
from clerk_app.services.window.rating import Rated, RatingDesk
from clerk_app.services.window.visits import VisitDesk
from support.people import agent, company, resident
from support.window import CLERK, REVIEWER, ticket
from support.window_files import Place
from support.window_server import LOST_REQUEST

ZHANG = resident()
STRANGER = resident(name="王五", id_number="11010119900307002X")
NUMBER = ZHANG.id_number


@pytest.fixture
def place() -> Place:
    return Place()


@pytest.fixture
def desk(place: Place) -> IssueDesk:
    window = place.window
    return IssueDesk(
        window.store,
        place.office,  # type: ignore[arg-type]
        window.renderer,
        window.binding,
        window.journal,
        place.files,
        window._wake,
    )


def delivered(act: CaseAct) -> Any:
    assert act.facts.delivery is not None
    return act.facts.delivery


def test_everything_that_waits_for_a_card_is_handed_out_with_one_receipt(place: Place, desk: IssueDesk) -> None:
    first, second = place.ready(), place.ready()
    place.announce(NUMBER, first, second)
    results = desk.results(NUMBER, CLERK)
    assert [(one.can, one.receiver_relation) for one in results] == [(True, "本人"), (True, "本人")]
    issued = desk.issue(results, ZHANG, "本人", actor=CLERK, took_back=("受理通知书",), ticket_id=ticket().ticket_id)
    assert [one.file.state for one in issued.opened] == [CaseState.DELIVERED] * 2
    receipt, slip = issued.papers
    assert (receipt.kind, receipt.medium, receipt.title) == (
        PaperKind.SERVICE_RECEIPT,
        Medium.PAGE,
        "送达回证（2 件合一）",
    )
    assert (slip.kind, slip.medium) == (PaperKind.COLLECTION_SLIP, Medium.RECEIPT)
    for act in issued.acts:
        assert [paper.paper_id for paper in act.papers] == [receipt.paper_id, slip.paper_id]
        assert [paper.number for paper in act.papers] == ["明市监送〔2026〕12-0001 号", "明市监领〔2026〕12-0001 号"]
        facts = delivered(act)
        assert (facts.receiver, facts.relation, facts.checked_by) == ("张三", "本人", IdentityCheck.CARD)
        assert facts.pieces == ("正本 1", "副本 1")
        assert facts.took_back == ("受理通知书",)
        assert facts.servers == ("王晓梅",)
    sheet = place.window.prints.content(receipt.paper_id).decode()
    assert first.file.opening.case_number in sheet
    assert second.file.opening.case_number in sheet
    printed = place.window.prints.print_case(receipt.case_id, CLERK)
    assert {paper.state for paper in printed[-2:]} == {PaperState.PRINTED}


def test_the_server_gets_one_act_for_each_case(place: Place, desk: IssueDesk) -> None:
    opened = [place.ready(), place.ready()]
    place.announce(NUMBER, *opened)
    desk.issue(desk.results(NUMBER, CLERK), ZHANG, "本人", actor=CLERK)
    place.outbox.push_once()
    for one in opened:
        *_, last = place.office.server.acts[one.file.case_id]
        assert last.step is CaseStep.DELIVER
        assert last.papers[0].notice is not None


def test_an_instant_case_goes_on_from_its_seal_in_the_same_visit(place: Place, desk: IssueDesk) -> None:
    a047 = ticket()
    opened = place.instant(ticket=a047)
    place.announce(NUMBER, opened)
    issued = desk.issue(desk.results(NUMBER, CLERK), ZHANG, "本人", actor=CLERK, ticket_id=a047.ticket_id)
    assert issued.opened[0].file.state is CaseState.DELIVERED
    assert delivered(issued.acts[0]).pieces == ("食品经营许可证",)
    visit = VisitDesk(place.window.store, place.window.journal).end(a047.ticket_id, CLERK)
    assert visit is not None
    assert visit.reasons == (VisitReason.SUBMIT, VisitReason.COLLECT)
    assert visit.case_ids == (opened.file.case_id,)


def test_the_visit_is_rated_a_second_time_once(place: Place, desk: IssueDesk) -> None:
    place.announce(NUMBER, place.ready())
    issued = desk.issue(desk.results(NUMBER, CLERK), ZHANG, "本人", actor=CLERK)
    assert issued.visit == issued.acts[0].case_id
    ratings = RatingDesk(place.window.store, place.window.journal)
    assert ratings.store(CLERK, 1, case_id=issued.visit) is Rated.RATED
    assert ratings.store(CLERK, 1, case_id=issued.visit, stage=RatingStage.ISSUE) is Rated.RATED
    assert ratings.store(CLERK, 2, case_id=issued.visit, stage=RatingStage.ISSUE) is Rated.ALREADY


def test_without_the_server_this_window_hands_out_what_it_took(place: Place, desk: IssueDesk) -> None:
    mine, other = place.ready(), place.ready(applicant=STRANGER)
    place.office.plan = [LOST_REQUEST]
    (result,) = desk.results(NUMBER, CLERK)
    assert result.opened.file.case_id == mine.file.case_id != other.file.case_id
    desk.issue((result,), ZHANG, "本人", actor=CLERK)
    place.office.plan = [LOST_REQUEST]
    assert desk.results(NUMBER, CLERK) == ()


def test_an_organisation_s_results_are_found_by_its_code_and_need_its_people(place: Place, desk: IssueDesk) -> None:
    place.ready(applicant=company())
    place.office.plan = [LOST_REQUEST]
    results = desk.results(company().credit_code.lower(), CLERK)
    assert [(one.can, one.receiver_relation) for one in results] == [(True, "")]
    assert "法定代表人" in results[0].checks[0]
    with pytest.raises(NotAllowed, match="委托书"):
        desk.issue(results, STRANGER, "本人", actor=CLERK)
    zhou = resident(name="周文博", id_number="110101199003070054", entered="typed")
    issued = desk.issue(results, zhou, "本人", actor=CLERK)
    assert (delivered(issued.acts[0]).relation, delivered(issued.acts[0]).checked_by) == (
        "法定代表人",
        IdentityCheck.TYPED,
    )


def test_an_agent_needs_the_power_to_collect_and_may_bring_it(place: Place, desk: IssueDesk) -> None:
    li = agent().person
    opened = place.ready(agent=Agent(li, "代为申请"))
    place.announce(li.id_number, opened)
    (result,) = desk.results(li.id_number, CLERK)
    assert not result.can
    assert "没有写“领取”" in result.why
    with pytest.raises(NotAllowed, match=opened.file.opening.case_number):
        desk.issue((result,), li, "代理人", actor=CLERK)
    power = Agent(li, "代为领取")
    assert desk.look(opened, li, CLERK, power).can
    issued = desk.issue((result,), li, "代理人", actor=CLERK, power=power)
    assert delivered(issued.acts[0]).relation == "代理人"


def test_all_or_nothing(place: Place, desk: IssueDesk) -> None:
    mine, other = place.ready(), place.ready(applicant=STRANGER)
    results = (desk.look(mine, ZHANG, CLERK), desk.look(other, ZHANG, CLERK))
    assert [one.can for one in results] == [True, False]
    with pytest.raises(NotAllowed):
        desk.issue(results, ZHANG, "本人", actor=CLERK)
    for one in (mine, other):
        again = place.files.known(one.file.case_id)
        assert again is not None
        assert again.file.state is CaseState.READY
    assert place.window.store.read(lambda unit: unit.numbers.last("document/12/2026/送")) == 0


def test_what_is_not_ready_says_where_it_stands(place: Place, desk: IssueDesk) -> None:
    opened = place.files.open(place.accepted().case_id, CLERK)
    result = desk.look(opened, ZHANG, CLERK)
    assert (result.can, result.why) == (False, "这件现在是“已受理”，不能送达")
    promised = place.sealed(place.accepted())
    assert "还没有登记出件" in desk.look(promised, ZHANG, CLERK).why


def test_handing_out_twice_is_refused(place: Place, desk: IssueDesk) -> None:
    place.announce(NUMBER, place.ready())
    results = desk.results(NUMBER, CLERK)
    desk.issue(results, ZHANG, "本人", actor=CLERK)
    with pytest.raises((Locked, Conflict), match="已送达"):
        desk.issue(results, ZHANG, "本人", actor=CLERK)


def test_by_post_it_is_on_its_way_until_somebody_signed(place: Place, desk: IssueDesk) -> None:
    opened = place.ready()
    result = desk.look(opened, ZHANG, CLERK)
    with pytest.raises(Rejected) as refused:
        desk.issue((result,), ZHANG, "本人", actor=CLERK, manner=DeliveryManner.POST, carrier="邮政")
    assert refused.value.field == "tracking"
    posted = desk.issue(
        (result,), ZHANG, "", actor=CLERK, manner=DeliveryManner.POST, carrier="中国邮政", tracking="EX123456789CN"
    )
    assert posted.opened[0].file.state is CaseState.POSTED
    assert [paper.kind for paper in posted.papers] == [PaperKind.COLLECTION_SLIP]
    assert delivered(posted.acts[0]).address == ZHANG.address
    done = desk.signed_for(posted.opened, "李四", "同住家属", CLERK)
    assert done.opened[0].file.state is CaseState.DELIVERED
    facts = delivered(done.acts[0])
    assert (facts.manner, facts.receiver, facts.relation, facts.checked_by) == (
        DeliveryManner.POST,
        "李四",
        "同住家属",
        IdentityCheck.POSTMAN,
    )
    assert facts.tracking == "EX123456789CN"
    assert facts.id_number == ""
    assert [paper.kind for paper in done.papers] == [PaperKind.SERVICE_RECEIPT]


def test_what_the_post_brings_back_can_be_handed_out_again(place: Place, desk: IssueDesk) -> None:
    opened = place.ready()
    with pytest.raises(Locked):
        desk.signed_for((opened,), "李四", "同住家属", CLERK)
    posted = desk.issue(
        (desk.look(opened, ZHANG, CLERK),),
        ZHANG,
        "本人",
        actor=CLERK,
        manner=DeliveryManner.POST,
        carrier="中国邮政",
        tracking="EX1",
    ).opened[0]
    with pytest.raises(Rejected, match="为什么退回"):
        desk.came_back(posted, " ", CLERK)
    back = desk.came_back(posted, "无人签收", CLERK)
    assert back.file.state is CaseState.READY
    assert desk.look(back, ZHANG, CLERK).can


def test_a_refused_result_is_left_behind_only_with_a_witness(place: Place, desk: IssueDesk) -> None:
    result = desk.look(place.ready(), ZHANG, CLERK)
    left = {"actor": CLERK, "manner": DeliveryManner.LEFT, "refusal": "申请人不肯签收", "address": "示例街道1号"}
    with pytest.raises(Rejected, match="见证人"):
        desk.issue((result,), ZHANG, "本人", **left)
    issued = desk.issue((result,), ZHANG, "本人", witness="社区 赵六", servers=("王晓梅", "钱七"), **left)
    facts = delivered(issued.acts[0])
    assert (facts.witness, facts.servers, facts.place) == ("社区 赵六", ("王晓梅", "钱七"), "")
    (receipt,) = issued.papers
    assert receipt.kind is PaperKind.SERVICE_RECEIPT
    assert "见证人" in place.window.prints.content(receipt.paper_id).decode()


def test_only_a_clerk_hands_out_and_never_nothing(place: Place, desk: IssueDesk) -> None:
    result = desk.look(place.ready(), ZHANG, CLERK)
    with pytest.raises(NotAllowed):
        desk.issue((result,), ZHANG, "本人", actor=REVIEWER)
    with pytest.raises(Rejected, match="还没有选"):
        desk.issue((), ZHANG, "本人", actor=CLERK)
    with pytest.raises(Rejected):
        desk.results("  ", CLERK)


def test_the_slip_comes_out_of_the_page_printer_where_there_is_no_other(place: Place, desk: IssueDesk) -> None:
    place.window.receipt_printer = None
    place.window.restart()
    place.announce(NUMBER, place.ready())
    issued = desk.issue(desk.results(NUMBER, CLERK), ZHANG, "本人", actor=CLERK)
    slip = issued.papers[1]
    printed = place.window.prints.print_paper(slip.paper_id, CLERK)
    assert (printed.medium, printed.state, printed.number) == (Medium.PAGE, PaperState.PRINTED, slip.number)
    again = place.window.prints.reprint(printed.paper_id, "领取人丢了", CLERK)
    assert (again.reprint, again.number) == (1, slip.number)
    assert "reprint=1" in place.window.prints.content(again.paper_id).decode()


def test_a_name_read_from_the_card_is_what_the_receipt_names(place: Place, desk: IssueDesk) -> None:
    changed = replace(ZHANG, name="张叁")
    result = desk.look(place.ready(), changed, CLERK)
    assert "改过名" in result.checks[0]
    issued = desk.issue((result,), changed, "本人", actor=CLERK)
    assert delivered(issued.acts[0]).receiver == "张叁"
