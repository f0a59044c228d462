"""The hall over HTTP: ``HallClient`` is the ``Hall`` of ``clerk_app.ports.hall``, the ``FullCounter`` of
``clerk_app.ports.hall_cases`` and the ``SyncCounter`` of ``clerk_app.ports.hall_sync``."""

from __future__ import annotations

from typing import Any

from clerk_app.client.appointments import AppointmentCalls
from clerk_app.client.cases import CaseCalls
from clerk_app.client.emergency import EmergencyCalls
from clerk_app.client.queue import QueueCalls
from clerk_app.client.running import RunningCalls
from clerk_app.client.sync import SyncCalls
from clerk_app.client.transport import Transport
from clerk_app.domain.hall import HallProfile
from clerk_app.domain.ids import RANDOM_BYTES, uuid7
from clerk_app.ports.clock import Clock, Entropy
from clerk_app.ports.feed import FeedCursor, FeedPage
from clerk_app.ports.hall import (
    CaseAck,
    CaseRecord,
    Catalogue,
    CatalogueInfo,
    EnrolCode,
    Login,
    NewEnrolCode,
    NewUser,
    RatingAck,
    RatingRecord,
    ServerTime,
    Session,
    UserInfo,
)
from clerk_app.ports.hall_presence import Presence, PresenceAnswer


class HallClient(QueueCalls, EmergencyCalls, AppointmentCalls, RunningCalls, CaseCalls, SyncCalls):
    """One enrolled device's view of its server. Calls block: run them on the network lane, never on the GUI thread.

    ``address`` is ``https://host:port``, ``ca_pem`` and ``device_token`` come from the enrolment.
    """

    def __init__(self, address: str, ca_pem: str, device_token: str, clock: Clock, entropy: Entropy) -> None:
        self._transport = Transport(address, ca_pem, device_token)
        self._clock = clock
        self._entropy = entropy
        self._session: Session | None = None

    def close(self) -> None:
        self._transport.close()

    def _key(self, key: str | None) -> str:
        return key or uuid7(self._clock.now(), self._entropy.bytes(RANDOM_BYTES))

    def _get(self, path: str, kind: Any, query: dict[str, Any] | None = None) -> Any:
        return self._transport.call("GET", path, kind, query=query)

    def _post(self, path: str, kind: Any, key: str | None, body: Any = None, body_kind: Any = None) -> Any:
        return self._transport.call("POST", path, kind, body=body, body_kind=body_kind, key=self._key(key))

    def _ask(self, path: str, kind: Any, body: Any, body_kind: Any) -> Any:
        return self._transport.call("POST", path, kind, body=body, body_kind=body_kind)

    def _send(
        self,
        method: str,
        path: str,
        kind: Any,
        content: bytes | None = None,
        query: dict[str, Any] | None = None,
        more: dict[str, str] | None = None,
    ) -> Any:
        body_kind = None if content is None else bytes
        return self._transport.call(method, path, kind, body=content, body_kind=body_kind, query=query, more=more)

    # what every device may do
    def server_time(self) -> ServerTime:
        found: ServerTime = self._get("/v1/time", ServerTime)
        return found

    def hall(self) -> HallProfile:
        found: HallProfile = self._get("/v1/hall", HallProfile)
        return found

    def feed_page(self, cursor: FeedCursor, limit: int = 500) -> FeedPage:
        query = {"epoch": cursor.epoch, "after": cursor.feed_no, "mark": cursor.mark, "limit": limit}
        found: FeedPage = self._get("/v1/feed", FeedPage, query)
        return found

    def present(self, presence: Presence, *, key: str | None = None) -> PresenceAnswer:
        answer: PresenceAnswer = self._post("/v1/presence", PresenceAnswer, key, presence, Presence)
        return answer

    # the window
    def login(self, login: Login) -> Session:
        self._transport.set_session(None)
        self._session = None
        session: Session = self._transport.call("POST", "/v1/login", Session, body=login, body_kind=Login)
        self._transport.set_session(session.token)
        self._session = session
        return session

    def logout(self) -> None:
        self._transport.call("POST", "/v1/logout", None)
        self._transport.set_session(None)
        self._session = None

    def session(self) -> Session | None:
        return self._session

    def store_case(self, record: CaseRecord, *, key: str | None = None) -> CaseAck:
        ack: CaseAck = self._post("/v1/cases", CaseAck, key, record, CaseRecord)
        return ack

    def case(self, case_id: str) -> dict[str, Any]:
        """The record as the server holds it; looking leaves a trace there."""
        found: dict[str, Any] = self._get(f"/v1/cases/{case_id}", dict[str, Any])
        return found

    def store_rating(self, rating: RatingRecord, *, key: str | None = None) -> RatingAck:
        ack: RatingAck = self._post("/v1/ratings", RatingAck, key, rating, RatingRecord)
        return ack

    def catalogue_info(self) -> CatalogueInfo:
        found: CatalogueInfo = self._get("/v1/catalogue/info", CatalogueInfo)
        return found

    def catalogue(self, since: int = 0) -> Catalogue:
        found: Catalogue = self._get("/v1/catalogue", Catalogue, {"since": since})
        return found

    # administration
    def publish_catalogue(self, matters: tuple[dict[str, Any], ...], *, key: str | None = None) -> CatalogueInfo:
        info: CatalogueInfo = self._post(
            "/v1/catalogue", CatalogueInfo, key, {"matters": matters}, dict[str, tuple[dict[str, Any], ...]]
        )
        return info

    def create_user(self, user: NewUser, *, key: str | None = None) -> UserInfo:
        made: UserInfo = self._post("/v1/users", UserInfo, key, user, NewUser)
        return made

    def create_enrol_code(self, wish: NewEnrolCode, *, key: str | None = None) -> EnrolCode:
        code: EnrolCode = self._post("/v1/enrol-codes", EnrolCode, key, wish, NewEnrolCode)
        return code

    def revoke_device(self, device_id: str, *, key: str | None = None) -> None:
        self._post(f"/v1/devices/{device_id}/revoke", None, key)
