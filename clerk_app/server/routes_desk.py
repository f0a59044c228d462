"""Time, enrolment, people, intake records, ratings and the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from clerk_app import __version__
from clerk_app.domain.actor import Actor
from clerk_app.ports.hall import (
    CaseAck,
    CaseRecord,
    Catalogue,
    CatalogueInfo,
    EnrolCode,
    Enrolled,
    EnrolRequest,
    Login,
    NewEnrolCode,
    NewUser,
    RatingAck,
    RatingRecord,
    ServerTime,
    Session,
    UserInfo,
)
from clerk_app.ports.speaking import API, OLDEST_API
from clerk_app.ports.stores_hall import HallUnit
from clerk_app.server.calls import Changing, Reading

router = APIRouter(prefix="/v1")


@dataclass(frozen=True, slots=True)
class Health:
    """Open to everybody: the server lives."""

    at: datetime
    version: str
    epoch: str


@dataclass(frozen=True, slots=True)
class NewCatalogue:
    """All matters of the next version."""

    matters: tuple[dict[str, Any], ...]


@router.get("/health", tags=["time"])
def health(request: Request) -> Health:
    desk = request.app.state.desk
    return Health(desk.tools.now(), __version__, desk.store.epoch)


@router.get("/time", tags=["time"])
def server_time(call: Reading) -> ServerTime:
    cursor = call.read(lambda unit, actor: call.desk.waiting.cursor(unit))
    hall_id, at = call.caller.actor.hall_id, call.desk.tools.now()
    return ServerTime(at, __version__, cursor.epoch, hall_id, cursor.feed_no, API, OLDEST_API)


@router.get("/enrol/ca", tags=["enrolment"], response_class=PlainTextResponse)
def authority(request: Request) -> str:
    """The hall's certificate authority (PEM). Fetched unverified; believed only after its fingerprint fits the code."""
    pem: str = request.app.state.ca_pem
    return pem


@router.post("/enrol", tags=["enrolment"])
def enrol(request: Request, wish: EnrolRequest) -> Enrolled:
    """Has no idempotency key: the code itself is good once, and an answer with a token is never stored."""
    desk = request.app.state.desk
    enrolled: Enrolled = desk.devices.enrol(wish)
    desk.committed(enrolled.hall.hall_id)
    request.app.state.activity.touch()
    return enrolled


@router.post("/enrol-codes", tags=["enrolment"], response_model=EnrolCode)
def create_enrol_code(call: Changing, wish: NewEnrolCode) -> Any:
    return call.once(EnrolCode, lambda unit, actor: call.desk.devices.make_code(unit, actor, wish))


@router.post("/devices/{device_id}/revoke", tags=["enrolment"], response_model=None)
def revoke_device(call: Changing, device_id: str) -> Response:
    return call.once(type(None), lambda unit, actor: call.desk.devices.revoke(unit, actor, device_id))


@router.post("/login", tags=["people"])
def login(call: Reading, wish: Login) -> Session:
    """Has no idempotency key: a repeated login just makes a newer session, and a token is never stored."""
    try:
        return call.desk.people.login(call.caller, wish)
    finally:
        call.desk.committed(call.caller.actor.hall_id)


@router.post("/logout", tags=["people"])
def logout(call: Reading) -> None:
    """Has no idempotency key: logging out twice is logging out."""
    call.write(lambda unit, actor: call.desk.people.logout(unit, call.caller))


@router.post("/users", tags=["people"], response_model=UserInfo)
def create_user(call: Changing, wish: NewUser) -> Any:
    user = call.desk.people.prepare(wish)
    return call.once(UserInfo, lambda unit, actor: call.desk.people.create(unit, actor, user))


@router.post("/cases", tags=["intake"], response_model=CaseAck)
def store_case(call: Changing, record: CaseRecord) -> Any:
    sent = call.sent()
    return call.once(CaseAck, lambda unit, actor: call.desk.cases.store(unit, actor, record, sent), patient=True)


@router.get("/cases/{case_id}", tags=["intake"])
def case(call: Reading, case_id: str) -> dict[str, Any]:
    """The stored record; looking leaves a trace."""

    def look(unit: HallUnit, actor: Actor) -> dict[str, Any]:
        return call.desk.cases.body(unit, actor, case_id)

    return call.write(look)


@router.post("/ratings", tags=["intake"], response_model=RatingAck)
def store_rating(call: Changing, rating: RatingRecord) -> Any:
    return call.once(RatingAck, lambda unit, actor: call.desk.cases.rate(unit, actor, rating), patient=True)


@router.get("/catalogue/info", tags=["catalogue"])
def catalogue_info(call: Reading) -> CatalogueInfo:
    return call.read(call.desk.catalogues.info)


@router.get("/catalogue", tags=["catalogue"], response_class=Response, responses={200: {"model": Catalogue}})
def catalogue(call: Reading, since: Annotated[int, Query(ge=0)] = 0) -> Response:
    """``Catalogue`` as JSON, always gzip; ``matters`` is null when ``since`` is the published version."""
    packed = call.read(lambda unit, actor: call.desk.catalogues.packed(unit, actor, since))
    return Response(packed, media_type="application/json", headers={"Content-Encoding": "gzip"})


@router.post("/catalogue", tags=["catalogue"], response_model=CatalogueInfo)
def publish_catalogue(call: Changing, new: NewCatalogue) -> Any:
    return call.once(CatalogueInfo, lambda unit, actor: call.desk.catalogues.publish(unit, actor, new.matters))
