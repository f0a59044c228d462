"""Whose store this is. A store copied to another machine (cloned image) must not give out numbers.

Numbers on paper are final and unique without asking anybody: hall, window, day, sequence. That holds only while one
store alone numbers for a window, so enrolment binds the store to its machine.
"""

from __future__ import annotations

from dataclasses import replace

from clerk_app.domain.actor import Actor
from clerk_app.domain.errors import Locked
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.window import Binding, Machine, WindowStore, WindowUnit
from clerk_app.services.window.journal import Journal, system_actor

NOT_BOUND = "本窗口还没有登记，不能编号。请技术员先登记这台电脑"
CLONED = "这份数据是从别的电脑拷来的，为免编号重复，本机不能编号。请技术员重新登记本窗口"
DOUBLED = (
    "服务器发现这份数据还有另一份在用（电脑被复制，或数据是从旧映像恢复的），为免编号重复，本机不能编号。"
    "已办的件照常上传；请技术员重新登记本窗口"
)
OTHER_WINDOW = "这份数据属于 {} 号窗口，和本机的登记对不上，不能编号。请技术员重新登记本窗口"

DOUBLED_FACT = "doubled"
"""When the server told this store that another copy of it is in use; empty after a new enrolment."""
_PRESENCE_FACTS = ("presence", "presence_next")
_NUMBERS_ON = 500
"""More than a window gives in a day: so far a store that was an old image goes on above the numbers it knows."""


class StoreBinding:
    """Binds a store and checks it before each number."""

    def __init__(self, store: WindowStore, machine: Machine, journal: Journal) -> None:
        self._store = store
        self._machine = machine
        self._journal = journal

    def ensure(self, hall: HallProfile, window_no: str, device_id: str) -> Binding:
        """Bind on the first start; later return the binding as it is, without judging it (``check`` does).

        Raises ``Locked`` when the store belongs to another hall, window or device.
        """

        def work(unit: WindowUnit) -> Binding:
            bound = unit.binding.binding()
            if bound is None:
                return self._bind(unit, self._fresh(hall, window_no, device_id))
            if (bound.hall_id, bound.window_no, bound.device_id) != (hall.hall_id, window_no, device_id):
                raise Locked(OTHER_WINDOW.format(bound.window_no))
            return bound

        return self._store.write(work)

    def rebind(self, hall: HallProfile, window_no: str, device_id: str, actor: Actor) -> Binding:
        """Bind anew after the technician enrolled this machine again; the series go on.

        ``device_id`` must be a new one: the server ended the old device then, so no second store numbers.
        Raises ``Locked`` when it is not, or when the store belongs to another hall.
        """

        def work(unit: WindowUnit) -> Binding:
            bound = unit.binding.binding()
            if bound is not None and bound.device_id == device_id:
                raise Locked(CLONED)
            if bound is not None and bound.hall_id != hall.hall_id:
                raise Locked(OTHER_WINDOW.format(bound.window_no))
            fresh = self._fresh(hall, window_no, device_id)
            if bound is not None:
                fresh = replace(fresh, store_id=bound.store_id)
            if unit.binding.fact(DOUBLED_FACT):
                # The other copy may have given numbers that this one does not know.
                unit.numbers.jump(_NUMBERS_ON)
            for name in (DOUBLED_FACT, *_PRESENCE_FACTS):
                unit.binding.set_fact(name, "")
            return self._bind(unit, replace(fresh, fingerprint=self._fingerprint(fresh.store_id)), actor)

        return self._store.write(work)

    def check(self, unit: WindowUnit) -> Binding:
        """The binding, if this machine is the one it names; ``Locked`` otherwise."""
        bound = unit.binding.binding()
        if bound is None:
            raise Locked(NOT_BOUND)
        if bound.fingerprint != self._fingerprint(bound.store_id):
            raise Locked(CLONED)
        if unit.binding.fact(DOUBLED_FACT):
            raise Locked(DOUBLED)
        return bound

    def settle(self, hall: HallProfile, window_no: str, device_id: str) -> Binding:
        """``ensure``, but ``rebind`` when this computer was enrolled anew since the last start."""
        bound = self._store.read(lambda unit: unit.binding.binding())
        if bound is None or bound.device_id == device_id:
            return self.ensure(hall, window_no, device_id)
        return self.rebind(hall, window_no, device_id, system_actor(replace(bound, device_id=device_id)))

    def problem(self) -> str:
        """The sentence why this window cannot number, empty when it can; for the banner at the start."""
        try:
            self._store.read(self.check)
        except Locked as refusal:
            return str(refusal)
        return ""

    def _fresh(self, hall: HallProfile, window_no: str, device_id: str) -> Binding:
        store_id = self._journal.new_id()
        return Binding(
            store_id=store_id,
            epoch=self._journal.new_id(),
            hall_id=hall.hall_id,
            hall_code=hall.code,
            window_no=window_no,
            device_id=device_id,
            fingerprint=self._fingerprint(store_id),
            bound_at=self._journal.now(),
        )

    def _bind(self, unit: WindowUnit, binding: Binding, actor: Actor | None = None) -> Binding:
        unit.binding.bind(binding)
        payload = {"window_no": binding.window_no, "device_id": binding.device_id}
        self._journal.write(unit, "store.bound", binding.store_id, actor or system_actor(binding), payload)
        return binding

    def _fingerprint(self, store_id: str) -> str:
        return self._journal.sha(f"{store_id}/{self._machine.fingerprint()}".encode())
