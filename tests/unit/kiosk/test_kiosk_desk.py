"""A ticket counts from the server's commit; its paper is printed, kept and printed again honestly."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import pytest

from clerk_app.domain.errors import Conflict, Unreachable
from clerk_app.domain.papers import QueueTicket
from clerk_app.domain.queue import PrintState, PriorityClass
from clerk_app.ports.devices import PrintOutcome, PrintResult
from clerk_app.ports.hall_queue import CardPerson, TakeTicket
from clerk_app.services.kiosk.desk import KioskDesk, Modules
from support.halls import PROFILE, CountingEntropy, HallInMemory, HandClock
from support.kiosks import THEMES, TicketNotes, TicketPrinter, sample_records

CARD = CardPerson("李晓彤", "110101199003070038", date(1990, 3, 7))


def dots(text: str) -> Modules:
    """A stand-in for a QR code that can be read back in the test."""
    return (tuple(bool(int(bit)) for char in text for bit in f"{ord(char):016b}"),)


@dataclass
class Machine:
    clock: HandClock = field(default_factory=HandClock)
    printer: TicketPrinter = field(default_factory=TicketPrinter)
    notes: TicketNotes = field(default_factory=TicketNotes)

    def __post_init__(self) -> None:
        self.hall = HallInMemory(self.clock, sample_records())
        self.desk = KioskDesk(
            self.hall, self.notes, self.printer, dots, self.clock, CountingEntropy(), themes=THEMES, machine="取号机 2"
        )

    @property
    def paper(self) -> QueueTicket:
        return self.notes.drawn[-1]


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_the_paper_says_what_the_server_committed(machine: Machine) -> None:
    issued = machine.desk.take(TakeTicket("g-A", card=CARD), machine.desk.new_key(), PROFILE)
    machine.desk.print(issued)
    paper = machine.paper
    assert (paper.number, paper.ahead, paper.wait_minutes, paper.area) == ("A047", 9, 11, "一楼 A 区")
    assert (paper.hall_name, paper.holder, paper.machine) == ("明河区政务服务中心", "李*", "取号机 2")
    assert paper.subject == "企业准入"
    assert paper.matters == ()
    assert paper.call_expected_at is not None
    assert (paper.call_expected_at - machine.clock.now()).total_seconds() == 11 * 60


def test_the_code_carries_the_number_alone_without_a_public_address(machine: Machine) -> None:
    issued = machine.desk.take(TakeTicket("g-A"), machine.desk.new_key(), PROFILE)
    assert issued.paper.query == "A047"
    assert issued.qr == dots("A047")


def test_a_chosen_matter_brings_its_list(machine: Machine) -> None:
    machine.desk.matters.load()
    lines = machine.desk.matters.of_group("企业准入")
    food = next(line for line in lines if line.name.startswith("食品经营许可"))
    issued = machine.desk.take(TakeTicket("g-A", matters=(food.code,)), machine.desk.new_key(), PROFILE)
    assert issued.paper.subject == food.name
    assert "食品经营许可申请书" in [item.name for item in issued.paper.matters[0].bring]
    assert [item.exempt for item in issued.paper.matters[0].bring if item.name == "营业执照等主体资格证明"] == [""]


def test_groups_offer_their_own_matters_and_only_detailed_ones(machine: Machine) -> None:
    machine.desk.matters.load()
    assert "不动产转移登记（二手房买卖）" in [line.name for line in machine.desk.matters.of_group("不动产")]
    assert "社会保障卡申领" not in [line.name for line in machine.desk.matters.of_group("不动产")]
    assert machine.desk.matters.of_group("不知道办哪个") == ()
    named_only = {"code": "x", "name": "没有材料的事项", "theme": "住房保障"}
    other = Machine()
    other.hall._matters = (named_only,)
    other.desk.matters.load()
    assert other.desk.matters.of_group("不动产") == ()


def test_claimed_and_known_priority_stand_on_the_paper(machine: Machine) -> None:
    claimed = TakeTicket("g-B", priority=PriorityClass.PREGNANT)
    assert machine.desk.take(claimed, machine.desk.new_key(), PROFILE).paper.priority == "孕妇优先"
    old = CardPerson("张三", "110101195003070011", date(1950, 3, 7))
    assert (
        machine.desk.take(TakeTicket("g-B", card=old), machine.desk.new_key(), PROFILE).paper.priority == "老年人优先"
    )


def test_a_lost_answer_never_makes_a_second_ticket(machine: Machine) -> None:
    wish, key = TakeTicket("g-A"), machine.desk.new_key()
    machine.hall.lose_answers = 1
    with pytest.raises(Unreachable):
        machine.desk.take(wish, key, PROFILE)
    assert machine.desk.take(wish, key, PROFILE).number == "A047"
    assert len(machine.hall.tickets) == 1


def test_the_same_card_is_told_its_number_which_can_be_printed_again(machine: Machine) -> None:
    first = machine.desk.take(TakeTicket("g-A", card=CARD), machine.desk.new_key(), PROFILE)
    with pytest.raises(Conflict, match="已取 A047"):
        machine.desk.take(TakeTicket("g-B", card=CARD), machine.desk.new_key(), PROFILE)
    assert machine.desk.knows("A047")
    again = machine.desk.again("A047", PROFILE)
    assert again.ticket_id == first.ticket_id
    machine.desk.print(again, 1)
    assert machine.paper.reprint == 1


def test_a_number_of_another_machine_or_day_is_not_known(machine: Machine) -> None:
    machine.desk.take(TakeTicket("g-A"), machine.desk.new_key(), PROFILE)
    assert not machine.desk.knows("B001")
    machine.clock.advance(86_400)
    assert not machine.desk.knows("A047")


@pytest.mark.parametrize(
    ("outcome", "kept"),
    [
        (PrintOutcome.PRINTED, PrintState.PRINTED),
        (PrintOutcome.UNKNOWN, PrintState.UNKNOWN),
        (PrintOutcome.REFUSED, PrintState.FAILED),
    ],
)
def test_the_fate_of_the_paper_is_kept_at_the_server(machine: Machine, outcome: PrintOutcome, kept: PrintState) -> None:
    issued = machine.desk.take(TakeTicket("g-A"), machine.desk.new_key(), PROFILE)
    machine.printer.results = [PrintResult(outcome)]
    machine.desk.keep(issued.ticket_id, machine.desk.print(issued).outcome)
    assert machine.hall.states == [("t-A047", kept)]


def test_print_states_wait_for_the_server_in_order_and_are_told_once(machine: Machine) -> None:
    issued = machine.desk.take(TakeTicket("g-A"), machine.desk.new_key(), PROFILE)
    machine.hall.down = True
    machine.desk.keep(issued.ticket_id, PrintOutcome.REFUSED)
    machine.desk.keep(issued.ticket_id, PrintOutcome.PRINTED)
    assert machine.desk.settle() == 2
    machine.hall.down = False
    machine.hall.lose_answers = 1
    assert machine.desk.settle() == 2
    assert machine.desk.settle() == 0
    assert machine.hall.states == [("t-A047", PrintState.FAILED), ("t-A047", PrintState.PRINTED)]


def test_without_a_printer_nothing_is_called_printed() -> None:
    hall = HallInMemory(HandClock())
    desk = KioskDesk(hall, TicketNotes(), None, dots, hall.clock, CountingEntropy(), themes={})
    issued = desk.take(TakeTicket("g-A"), desk.new_key(), PROFILE)
    assert desk.print(issued).outcome is PrintOutcome.REFUSED
    assert not desk.prints
