"""Never more wrong answers than the table says, whatever comes in whatever order, and nobody is kept out for long."""

from __future__ import annotations

import threading
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from clerk_app.services.hall.progress_limit import HOUR, WrongAnswers, WrongLimits

LIMITS = WrongLimits(pair=2, number=3, address=4, hall=7, seconds=100.0)


class Hand:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


asked = st.tuples(st.sampled_from("abcd"), st.sampled_from("1234"), st.booleans(), st.floats(0, 60, allow_nan=False))


@given(st.lists(asked, max_size=80))
def test_no_window_of_time_has_more_wrong_answers_than_the_table_allows(
    questions: list[tuple[str, str, bool, float]],
) -> None:
    hand = Hand()
    gate = WrongAnswers(hand, LIMITS)
    wrong: list[tuple[float, str, str]] = []
    for address, number, right, wait in questions:
        hand.now += wait
        recent = [one for one in wrong if one[0] > hand.now - LIMITS.seconds]
        here = [one for one in recent if one[1] == address]
        there = [one for one in recent if one[2] == number]
        both = [one for one in here if one[2] == number]
        full = (
            len(both) >= LIMITS.pair
            or len(there) >= LIMITS.number
            or len(here) >= LIMITS.address
            or len(recent) >= LIMITS.hall
        )
        attempt = gate.begin(address, number)
        # Exactly when a limit is reached, and not a moment longer.
        assert (attempt is None) == full
        if attempt is None:
            continue
        if right:
            gate.forgive(attempt)
            gate.forgive(attempt)
        else:
            wrong.append((hand.now, address, number))
    for at, _, _ in wrong:
        window = [one for one in wrong if at <= one[0] < at + LIMITS.seconds]
        assert len(window) <= LIMITS.hall
        for limit, place in ((LIMITS.address, 1), (LIMITS.number, 2)):
            assert max(Counter(one[place] for one in window).values()) <= limit
        assert max(Counter(one[1:] for one in window).values()) <= LIMITS.pair
    assert len(gate._tries) <= LIMITS.hall
    assert len(gate._counts) <= 4 * LIMITS.hall


def test_one_stranger_cannot_lock_a_number_for_its_citizen() -> None:
    hand = Hand()
    gate = WrongAnswers(hand)
    tries = [gate.begin("stranger", "MH-12-20261123-0001") for _ in range(50)]
    assert [one is not None for one in tries].count(True) == WrongLimits().pair
    assert gate.begin("citizen", "MH-12-20261123-0001") is not None


def test_a_lock_ends_after_an_hour_although_somebody_goes_on_trying() -> None:
    hand = Hand()
    gate = WrongAnswers(hand)
    number = "MH-12-20261123-0001"
    for address in ("a", "a", "a", "b", "b", "b"):
        assert gate.begin(address, number) is not None
    for _ in range(59):
        hand.now += 60
        assert gate.begin("c", number) is None
    hand.now += HOUR - 59 * 60
    assert gate.begin("citizen", number) is not None


def test_right_answers_cost_nothing() -> None:
    gate = WrongAnswers(Hand())
    for _ in range(1000):
        attempt = gate.begin("the hall's Wi-Fi", "MH-12-20261123-0001")
        assert attempt is not None
        gate.forgive(attempt)
    assert gate._counts == {}


def test_questions_at_the_same_moment_get_no_more_than_the_limit() -> None:
    gate = WrongAnswers(Hand())
    start = threading.Barrier(8)
    let_in: list[bool] = []

    def ask() -> None:
        start.wait()
        let_in.extend(gate.begin("a", str(number % 10)) is not None for number in range(50))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert let_in.count(True) == WrongLimits().address


def test_memory_does_not_grow_with_what_strangers_send() -> None:
    hand = Hand()
    gate = WrongAnswers(hand)
    for number in range(5000):
        hand.now += 0.1
        gate.begin(f"address {number}", f"number {number}")
    assert len(gate._tries) == WrongLimits().hall
    assert len(gate._counts) <= 3 * WrongLimits().hall + 1
