"""Copies of devices' stores, and what is past its time, in SQL."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, or_, select, update

from clerk_app.domain.queue import OPEN
from clerk_app.ports.stores_hall_operations import DeviceInstance
from db.hall.instance_models import DeviceInstanceRow
from db.hall.models import EnrolCodeRow, SessionRow, TicketRow
from db.hall.queue_models import AppointmentRow
from db.hall.upload_models import UploadChunkRow, UploadRow

_I = DeviceInstanceRow.__table__.c
_T = TicketRow.__table__.c
_A = AppointmentRow.__table__.c
_C = EnrolCodeRow.__table__.c
_S = SessionRow.__table__.c
_U = UploadRow.__table__.c
_P = UploadChunkRow.__table__.c


class SqlInstances:
    """``InstanceStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def get(self, device_id: str) -> DeviceInstance | None:
        wanted = select(_I.device_id, _I.sign, _I.shown_at, _I.doubles, _I.doubled_at).where(
            _I.hall_id == self._hall, _I.device_id == device_id
        )
        # Two copies that show up at once must not both be taken for the one: who is second waits here.
        row = self._db.execute(wanted.with_for_update()).one_or_none()
        return None if row is None else DeviceInstance(**row._mapping)

    def put(self, instance: DeviceInstance) -> None:
        values = asdict(instance)
        mine = (_I.hall_id == self._hall, _I.device_id == instance.device_id)
        changed = self._db.execute(update(DeviceInstanceRow).where(*mine).values(**values))
        if changed.rowcount == 0:
            self._db.execute(insert(DeviceInstanceRow).values(hall_id=self._hall, **values))


class SqlHousekeeping:
    """``HousekeepingStore`` of one hall in one transaction."""

    def __init__(self, connection: Connection, hall_id: str) -> None:
        self._db = connection
        self._hall = hall_id

    def forget_persons(self, before: date) -> int:
        tickets = self._db.execute(
            update(TicketRow)
            .where(
                *(_T.hall_id == self._hall, _T.day < before, _T.state.not_in(OPEN)),
                or_(_T.person != "", _T.person_hash.is_not(None)),
            )
            .values(person="", person_hash=None)
        )
        # The digest is part of a key, so something unique stands in its place.
        appointments = self._db.execute(
            update(AppointmentRow)
            .where(
                *(_A.hall_id == self._hall, _A.day < before, _A.person_hash != _A.appointment_id),
            )
            .values(person="", birth=None, person_hash=_A.appointment_id)
        )
        return tickets.rowcount + appointments.rowcount

    def drop_codes(self, before: datetime) -> int:
        return self._db.execute(delete(EnrolCodeRow).where(_C.hall_id == self._hall, _C.expires_at < before)).rowcount

    def drop_sessions(self, before: datetime) -> int:
        ended = (_S.hall_id == self._hall, _S.ended_at.is_not(None), _S.ended_at < before)
        # The newest login of each window carries its fencing number: the next one counts on from there.
        other = SessionRow.__table__.alias("other")
        later = select(other.c.session_id).where(
            other.c.hall_id == self._hall,
            other.c.window_no.is_not_distinct_from(_S.window_no),
            other.c.fencing > _S.fencing,
        )
        return self._db.execute(delete(SessionRow).where(*ended, later.exists())).rowcount

    def drop_uploads(self, before: datetime) -> int:
        stale = select(_U.file_id).where(_U.hall_id == self._hall, _U.synced_at.is_(None), _U.begun_at < before)
        self._db.execute(delete(UploadChunkRow).where(_P.hall_id == self._hall, _P.file_id.in_(stale)))
        return self._db.execute(
            delete(UploadRow).where(_U.hall_id == self._hall, _U.synced_at.is_(None), _U.begun_at < before)
        ).rowcount
