"""Ideographs on cards, through a window's store, over HTTPS, into the hall's store and back; and found by name.

A card holds 15 UTF-16 units of a name and 35 of an address; a character beyond U+FFFF takes two. Each case has an
applicant and an agent, so two cards.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from clerk_app.bootstrap.devices import card_facts
from clerk_app.client.hall import HallClient
from clerk_app.domain.identity.resident import check_digit
from clerk_app.domain.law import OutcomeKind
from clerk_app.domain.persons import Agent, NaturalPerson
from clerk_app.ports.window import MatterRow
from clerk_app.services.window.matter_index import MatterIndex
from clerk_app.services.window.outbox import Outbox
from db.window.store import open_window_store
from drivers.base.readings import CardReading
from drivers.idcard import commands, samples
from drivers.idcard.frames import Frame, FrameParser, Reply, build_reply
from drivers.idcard.text_block import decode_text_block, encode_text_block
from support.characters import in_pieces
from support.matters import food_licence
from support.server import clerk_at, server
from support.window import CLERK, NOW, FakeClock, Window

_NAME_UNITS, _ADDRESS_UNITS = 15, 35
_KEY = bytes(range(32))
_MATTER_NAME = 12
_ATTEMPTS = 20


@dataclass
class Seen:
    """What a stage saw. ``wrong`` names what came out otherwise than it went in, each once."""

    stage: str
    characters: int = 0
    wrong: list[str] = field(default_factory=list)

    def compare(self, where: str, expected: str, found: str) -> None:
        if expected != found:
            self.wrong.append(f"{where}: {expected!r} became {found!r}")


@dataclass(frozen=True, slots=True)
class Pair:
    """The two cards of a case, and the characters that they carry between them."""

    applicant: CardReading
    agent: CardReading
    characters: str


def pairs(characters: str) -> Iterator[Pair]:
    """``characters`` spread over as few pairs of cards as hold them, each in a name or an address."""
    rest = characters
    number = 0
    while rest:
        made = []
        before = rest
        for _ in range(2):
            name, rest = _fitting(rest, _NAME_UNITS)
            address, rest = _fitting(rest, _ADDRESS_UNITS)
            made.append(_card(number, name or "张三", address))
            number += 1
        yield Pair(*made, before[: len(before) - len(rest)])


def _fitting(text: str, units: int) -> tuple[str, str]:
    end = 0
    while end < len(text) and (size := 1 + (text[end] > "\uffff")) <= units:
        units -= size
        end += 1
    return text[:end], text[end:]


def _card(number: int, name: str, address: str) -> CardReading:
    birth = date(1970, 1, 1) + timedelta(days=number // 900)
    first17 = f"110101{birth:%Y%m%d}{number % 900 + 100}"
    return replace(
        samples.RESIDENT, name=name, address=address, number=first17 + check_digit(first17), birth_date=birth
    )


def laid_down(card: CardReading) -> CardReading:
    """The card as its bytes over the line tell it: frame, lengths, text block."""
    data = commands.build_read_payload(encode_text_block(card), b"")
    (frame,) = FrameParser().feed(build_reply(commands.OK, data))
    assert isinstance(frame, Frame)
    reply = Reply.from_frame(frame)
    assert reply is not None
    return decode_text_block(*commands.read_payload(reply.data))


@contextmanager
def enrolled(folder: Path) -> Iterator[tuple[Window, HallClient]]:
    """A window with its encrypted store, and the hall's server in a process of its own."""
    with server(folder / "hall") as running:
        client, _ = clerk_at(running)
        try:
            yield _window(folder, client), client
        finally:
            client.close()


def _window(folder: Path, client: HallClient) -> Window:
    profile = client.hall()
    return Window(open_window_store(folder / "window.db", _KEY, profile.hall_id), hall=profile, clock=FakeClock())


def through_the_hall(characters: str, folder: Path) -> list[Seen]:
    """Card → window store → API → hall store → API and window store again → search by name."""
    card, window_store, hall, search = map(Seen, ("card", "window store", "API and hall store", "search by name"))
    with enrolled(folder) as (window, client):
        session = client.session()
        assert session is not None
        clerk = replace(CLERK, hall_id=window.hall.hall_id, user_id=session.user_id, user_name=session.user_name)
        made: list[tuple[str, Pair]] = []
        for pair in pairs(characters):
            people: list[NaturalPerson] = []
            for written in (pair.applicant, pair.agent):
                read = laid_down(written)
                card.compare("name", written.name, read.name)
                card.compare("address", written.address, read.address)
                person = card_facts(read).person(NOW.date()).person
                assert isinstance(person, NaturalPerson)
                people.append(replace(person, phone="13900002716"))
            card.characters += len(pair.characters)
            intake = window.cases.open_case(clerk)
            intake = intake.with_applicant(people[0], Agent(people[1], "代为申请、领取"))
            intake = intake.with_matter(food_licence(), NOW).mark_all_as_required()
            made.append((window.cases.conclude(intake, OutcomeKind.ACCEPTED, clerk).case_id, pair))
        outbox = Outbox(window.store, client, window.journal)
        _upload(outbox)
        window.store.close()
        again = _window(folder, client)
        for case_id, pair in made:
            kept = again.cases.case(case_id).conclusion.intake
            assert isinstance(kept.applicant, NaturalPerson)
            assert kept.agent is not None
            told = client.case(case_id)
            for role, written, person in (
                ("applicant", pair.applicant, kept.applicant),
                ("agent", pair.agent, kept.agent.person),
            ):
                window_store.compare(role, written.name + written.address, person.name + person.address)
                hall.compare(role, written.name + written.address, told[role]["name"] + told[role]["address"])
            for seen in (window_store, hall):
                seen.characters += len(pair.characters)
            found = [row.case_id for row in again.cases.find(pair.applicant.name, limit=3)]
            search.compare("case", case_id, found[0] if found else "nothing")
            search.characters += len(pair.applicant.name)
        again.store.close()
    return [card, window_store, hall, search]


def _upload(outbox: Outbox) -> None:
    """Everything to the server; a busy PC may need several attempts, as a window makes them."""
    for _ in range(_ATTEMPTS):
        push = outbox.push_once()
        if not push.stopped:
            break
    assert (push.stopped, outbox.status().set_aside) == ("", ())


def found_as_matters(characters: str) -> Seen:
    """Matters whose names hold the characters are found by each of them."""
    seen = Seen("search of matters")
    rows = [
        MatterRow(f"{number:08d}", name, "市政务服务局", "行政许可", "", "", False)
        for number, name in enumerate(in_pieces(characters, _MATTER_NAME))
    ]
    index = MatterIndex(rows)
    for row in rows:
        for char in row.name:
            hits = index.search(char, 1)
            seen.compare(f"matter by {char}", row.name, hits[0].name if hits else "nothing")
            seen.characters += 1
    return seen
