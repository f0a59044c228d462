"""The card reader's faults played one after the other on a clock of their own, and the table of what came of them.

Every case ends with another citizen's card, which must be read as it is: nothing of the fault or of the card before
may be left.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from drivers.base.readings import CardReading
from drivers.idcard import commands, samples
from drivers.idcard.commands import Command
from drivers.idcard.simulator import Fault
from support.card_steps import Outcome, StepDesk

WAIT = 2.0
"""Seconds that each wait for a card is given."""
LONGEST_OVERRUN = 6.0
"""Seconds beyond it that an exchange under way may take: twice the time-out for reading."""

FIRST = replace(samples.RESIDENT, newest_address="明河市明河区样例路9号")
SECOND = replace(samples.FOREIGNER_2023)
ANSWERS: dict[str, Command] = {
    "status": commands.SAM_STATUS,
    "find": commands.FIND,
    "select": commands.SELECT,
    "text and photo": commands.READ,
    "newest address": commands.READ_NEWEST_ADDRESS,
}
FAULTS: dict[Fault, str] = {
    Fault.SILENCE: "silence",
    Fault.NOISE: "noise instead of an answer",
    Fault.LEADING_NOISE: "noise before the answer",
    Fault.BYTE_BY_BYTE: "byte by byte",
    Fault.DROPPED_FIRST_BYTE: "first byte lost",
    Fault.TRUNCATED: "truncated",
    Fault.BAD_CHECKSUM: "wrong checksum",
    Fault.LENGTH_TOO_LARGE: "length too large",
    Fault.LENGTH_TOO_SMALL: "length too small",
    Fault.LATE_REPLY: "late: comes with the next answer",
    Fault.UNPLUG_MID_FRAME: "unplugged in mid-frame",
    Fault.CARD_LIFTED: "card lifted just before",
}
LASTING = tuple(fault for fault in FAULTS if fault not in (Fault.LATE_REPLY, Fault.UNPLUG_MID_FRAME, Fault.CARD_LIFTED))


class WrongCard(AssertionError):
    """A card was given that does not lie there, or not as it is."""


@functools.cache
def one_fault(fault: Fault, command: Command) -> Outcome:
    """One answer goes wrong while a card is read."""
    desk = _desk()
    desk.device.fail_next(fault, command)
    outcome = desk.wait(WAIT)
    _check(outcome, FIRST)
    _next_citizen(desk)
    return outcome


@functools.cache
def lasting_fault(fault: Fault) -> Outcome:
    """Every answer goes wrong."""
    desk = _desk()
    desk.device.fail_always(fault)
    outcome = desk.wait(WAIT)
    _check(outcome, FIRST)
    desk.device.fail_always(None)
    _next_citizen(desk)
    return outcome


@functools.cache
def dialogue_bytes() -> tuple[int, int]:
    """How many bytes the reader sends and takes from the first question to the end of a card."""
    desk = _desk()
    _check(desk.wait(WAIT), FIRST)
    return desk.port.sent, desk.port.taken


@functools.cache
def unplugged_after_sent(offset: int) -> Outcome:
    """The plug is pulled when the reader has sent ``offset`` bytes."""
    desk = _desk()
    desk.port.cut_after_sent = offset
    return _unplugged(desk)


@functools.cache
def unplugged_after_taken(offset: int) -> Outcome:
    """The plug is pulled when the reader has been sent ``offset`` bytes."""
    desk = _desk()
    desk.port.when_taken[offset] = desk.port.unplug
    return _unplugged(desk)


@functools.cache
def swapped_after_taken(offset: int) -> Outcome:
    """Another citizen's card takes the first one's place when the reader has been sent ``offset`` bytes.

    Either card may come out, or none; never a mixture.
    """
    desk = _desk()
    desk.port.when_taken[offset] = lambda: desk.device.place_card(SECOND)
    outcome = desk.wait(WAIT)
    _check(outcome, FIRST, SECOND)
    if outcome.reading != SECOND:
        later = desk.wait(WAIT)
        _check(later, SECOND)
        if later.reading is None:
            raise WrongCard("the second card was never read")
    return outcome


def table() -> str:
    """The tables of docs/devices/id-readers.md."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    sent, taken = dialogue_bytes()
    longest = 0.0
    yield f"One answer goes wrong, then the line is well; the wait is given {WAIT:g} s (times on the line's own clock)."
    yield ""
    yield f"| fault in the answer to | {' | '.join(ANSWERS)} |"
    yield "|---" * (len(ANSWERS) + 1) + "|"
    for fault, words in FAULTS.items():
        outcomes = [one_fault(fault, command) for command in ANSWERS.values()]
        longest = max(longest, *(outcome.seconds for outcome in outcomes))
        yield f"| {words} | {' | '.join(_cell(outcome) for outcome in outcomes)} |"
    yield ""
    yield "Every answer goes wrong, for as long as the wait lasts."
    yield ""
    yield "| fault | outcome | what the clerk reads |"
    yield "|---|---|---|"
    for fault in LASTING:
        outcome = lasting_fault(fault)
        longest = max(longest, outcome.seconds)
        yield f"| {FAULTS[fault]} | {_cell(outcome)} | {outcome.error.advice if outcome.error else ''} |"
    yield ""
    yield "Something happens at a byte of the dialogue; every offset of every frame is played."
    yield ""
    yield "| what | offsets | outcomes | longest |"
    yield "|---|---|---|---|"
    for words, play, count in (
        ("unplugged while the reader sends", unplugged_after_sent, sent),
        ("unplugged while the reader is asked", unplugged_after_taken, taken),
        ("another card takes the first one's place", swapped_after_taken, taken),
    ):
        outcomes = [play(offset) for offset in range(1, count + 1)]
        counted = Counter(_outcome_words(outcome) for outcome in outcomes)
        slowest = max(outcome.seconds for outcome in outcomes)
        longest = max(longest, slowest)
        told = ", ".join(f"{number} {word}" for word, number in counted.most_common())
        yield f"| {words} | {count} | {told} | {slowest:.2f} s |"
    yield ""
    yield f"Longest of all: {longest:.2f} s for a wait of {WAIT:g} s."


def _desk() -> StepDesk:
    desk = StepDesk()
    desk.device.place_card(FIRST)
    return desk


def _unplugged(desk: StepDesk) -> Outcome:
    outcome = desk.wait(WAIT)
    _check(outcome, FIRST)
    desk.device.replug()
    _next_citizen(desk)
    return outcome


def _next_citizen(desk: StepDesk) -> None:
    """The plug is in again, the first card is lifted, another one is laid down."""
    if not desk.port.plugged:
        desk.device.replug()
    desk.device.lift_card()
    desk.device.place_card(SECOND)
    outcome = desk.wait(WAIT)
    if outcome.reading != SECOND:
        raise WrongCard(f"the next citizen's card was not read: {outcome.word}")


def _check(outcome: Outcome, *cards: CardReading) -> None:
    if outcome.reading is not None and outcome.reading not in cards:
        raise WrongCard("a card was given that does not lie there")
    if outcome.seconds > WAIT + LONGEST_OVERRUN:
        raise AssertionError(f"the wait took {outcome.seconds} s")


def _outcome_words(outcome: Outcome) -> str:
    if outcome.error is not None:
        return f"{outcome.word} ({outcome.error.word})"
    return {"card": "card read", "none": "no card"}[outcome.word]


def _cell(outcome: Outcome) -> str:
    return f"{_outcome_words(outcome)}, {outcome.seconds:.2f} s"
