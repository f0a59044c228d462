"""What the hall's store promises the office's pages, whichever database it stands on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from clerk_app.domain.actor import Role
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.errors import Conflict, Locked
from clerk_app.domain.routing import ANY, OfficeDesk, OfficeList, Route, responsible
from clerk_app.ports.stores_hall_office import WorkQuery
from support.case_flow import opening, record, staff
from support.hall import HallInHand, hall_in_hand
from support.office_web import GRANT, Office

DEPARTMENTS = ("甲局", "乙局")
MATTERS = ("m-1", "m-2")


@pytest.fixture
def hall(hall_place: Path | str) -> Iterator[HallInHand]:
    with hall_in_hand(hall_place) as found:
        yield found


def test_the_store_finds_whose_a_case_is_as_the_domain_says(hall: HallInHand) -> None:
    people = staff(hall)
    places = list(itertools.product(MATTERS, DEPARTMENTS))
    for number, (matter, department) in enumerate(places, 1):
        start = opening(number, people.clerk.user_id, matter_code=matter, department=department)
        people.clerk.stores(record(start, hall.hall_id))
    every = [Route(OfficeDesk.REVIEW, ANY, ANY, "丁"), Route(OfficeDesk.REVIEW, "甲局", ANY, "丙")]
    every += [Route(OfficeDesk.REVIEW, ANY, "m-1", "乙局"), Route(OfficeDesk.REVIEW, "甲局", "m-1", "甲局")]
    every.append(Route(OfficeDesk.SEAL, ANY, ANY, "不相干"))
    for wanted in itertools.chain.from_iterable(itertools.combinations(every, count) for count in (0, 1, 3, 5)):

        def work(unit, routes=wanted):  # type: ignore[no-untyped-def]
            for one in unit.office.routes():
                unit.office.drop_route(one)
            for one in routes:
                unit.office.put_route(one)
            found = {}
            for name in ("甲局", "乙局", "丙", "丁"):
                query = WorkQuery(OfficeList.TO_REVIEW, frozenset({name}))
                heads = unit.office.work(query, 50, 0)
                assert unit.office.count(query) == len(heads)
                found |= {(one.matter_code, one.standing.department): name for one in heads}
            return found

        assert hall.write(work) == {
            (matter, own): responsible(wanted, matter, own, OfficeDesk.REVIEW) for matter, own in places
        }


def test_many_who_decide_at_once_one_decides_and_numbers_are_given_once(hall: HallInHand) -> None:
    office = Office.over(hall)
    people = [office.person(f"r{at}", f"审{at}", Role.REVIEWER) for at in range(4)]
    cases = [office.accepted(number) for number in (1, 2)]
    for person in people:
        assert person.at_work

    def decide(who_and_case: tuple[int, str]) -> bool:
        at, case_id = who_and_case
        try:
            people[at].does(case_id, CaseStep.GRANT, **GRANT)
        except (Conflict, Locked):
            # Who opens the page after the first one decided is told by the law instead.
            return False
        return True

    tries = [(at, case_id) for case_id in cases for at in range(len(people))]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(decide, tries))
    assert sum(done) == 2
    numbers = [people[0].open(one).opened.file.acts[0].papers[0].number for one in cases]
    assert sorted(numbers) == ["政务准〔2026〕HT-0001 号", "政务准〔2026〕HT-0002 号"]
    assert all(people[0].open(one).opened.file.state is CaseState.GRANTED for one in cases)


def test_departments_and_look_ins_are_kept_and_replaced(hall: HallInHand) -> None:
    office = Office.over(hall)
    person = office.person("shenming", "沈明", Role.REVIEWER)
    now = hall.clock.now()
    session_id = person.at_work.session_id
    assert session_id is not None

    def work(unit):  # type: ignore[no-untyped-def]
        unit.office.set_departments(person.user_id, ["甲局", "乙局", "甲局"])
        unit.office.set_departments(person.user_id, ["乙局"])
        unit.office.set_seen(session_id, now)
        unit.office.set_seen(session_id, now + timedelta(minutes=3))

    hall.write(work)
    assert hall.read(lambda unit: unit.office.departments_of(person.user_id)) == frozenset({"乙局"})
    assert hall.read(lambda unit: unit.office.departments()) == {person.user_id: frozenset({"乙局"})}
    assert hall.read(lambda unit: unit.office.seen_at(session_id)) == now + timedelta(minutes=3)
