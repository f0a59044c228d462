"""Trips are counted by both rules, side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clerk_app.domain.queue import VisitReason
from clerk_app.domain.visits import LENIENT, Trips, trips

R = VisitReason


@pytest.mark.parametrize(
    ("visits", "every", "counted"),
    [
        ([], 0, 0),
        ([(R.SUBMIT,)], 1, 1),
        ([(R.CONSULT,), (R.SUBMIT,), (R.SUPPLEMENT,), (R.COLLECT,)], 4, 2),
        ([(R.CONSULT, R.SUBMIT)], 1, 1),
        ([(R.SUPPLEMENT, R.CONSULT)], 1, 0),
        ([(R.VERIFY,), (R.PAY,), (R.RATE,)], 3, 3),
        ([(R.SUPPLEMENT,), (R.SUPPLEMENT,), (R.SUPPLEMENT,)], 3, 0),
    ],
)
def test_each_visit_counts_and_advice_and_supplements_do_not(
    visits: list[tuple[VisitReason, ...]], every: int, counted: int
) -> None:
    assert trips(visits) == Trips(every, counted)


@given(st.lists(st.sets(st.sampled_from(VisitReason), min_size=1)))
def test_the_lenient_rule_never_counts_more(visits: list[set[VisitReason]]) -> None:
    found = trips(visits)
    assert found.counted <= found.every == len(visits)
    assert found.counted == sum(1 for visit in visits if any(reason not in LENIENT for reason in visit))
