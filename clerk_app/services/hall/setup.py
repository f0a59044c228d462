"""A new hall: its profile, the groups citizens choose from, which windows serve what."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from clerk_app.domain.actor import Actor, Role
from clerk_app.domain.errors import Conflict
from clerk_app.domain.hall import HallProfile
from clerk_app.ports.hall_queue import ServiceGroup
from clerk_app.ports.stores_hall import HallStore, HallUnit
from clerk_app.services.hall.tools import Tools, system_actor

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A group before it has an id."""

    prefix: str
    name: str
    hint: str
    place: str = ""


DEFAULT_GROUPS = (
    GroupPlan("A", "企业准入", "开店、办公司"),
    GroupPlan("B", "社保医保", "养老、医保、社保卡"),
    GroupPlan("C", "不动产", "房屋、过户、抵押"),
    GroupPlan("D", "公安出入境", "户口、护照、通行证"),
    GroupPlan("E", "领证、补材料", "不用再排长队"),
    GroupPlan("F", "不知道办哪个", "工作人员帮您选"),
)
"""Six plain words, not department names; a hall changes them."""


@dataclass(frozen=True, slots=True)
class HallPlan:
    """All that a hall starts with. ``serves`` maps a window's number to group prefixes; absent windows serve all.
    ``among_many``: the store holds several halls, and this is the one with the profile's code."""

    profile: HallProfile
    groups: tuple[GroupPlan, ...] = DEFAULT_GROUPS
    serves: dict[str, tuple[str, ...]] = field(default_factory=dict)
    among_many: bool = False


class Setup:
    """Makes halls in a store."""

    def __init__(self, store: HallStore, tools: Tools) -> None:
        self._store = store
        self._tools = tools

    def ensure(self, plan: HallPlan) -> str:
        """The hall's id; the hall is made when the store has none. An existing hall is left as it is."""
        found = self._found(plan)
        if found is not None:
            return found
        hall_id = self._tools.new_id()
        actor = system_actor(hall_id)
        try:
            self._store.write(hall_id, actor.device_id, lambda unit: self._create(unit, actor, plan))
        except Conflict:
            # Another server made it at the same moment.
            found = self._found(plan)
            if found is None:
                raise
            return found
        return hall_id

    def renew(self, hall_id: str, wanted: HallProfile, named: Collection[str]) -> tuple[str, ...]:
        """Take over those fields of ``wanted`` that are ``named``: a hall moves, its telephone changes. Its code stays:
        numbers on papers begin with it. Which fields changed."""
        before = self._store.read(hall_id, lambda unit: unit.setup.profile())
        if "code" in named and wanted.code != before.code:
            _LOG.warning("[hall] code is %s, the hall keeps %s: its numbers begin with it", wanted.code, before.code)
        fields = {name: getattr(wanted, name) for name in sorted(named) if name not in {"hall_id", "code"}}
        changed = tuple(name for name, value in fields.items() if getattr(before, name) != value)
        if not changed:
            return ()
        actor = system_actor(hall_id)

        def work(unit: HallUnit) -> None:
            unit.setup.change_hall(replace(unit.setup.profile(), **{name: fields[name] for name in changed}))
            self._tools.record(unit, actor, "hall.changed", hall_id, {"changed": list(changed)})

        self._store.write(hall_id, actor.device_id, work)
        return changed

    def _found(self, plan: HallPlan) -> str | None:
        halls = self._store.halls()
        codes = {self._store.read(hall_id, lambda unit: unit.setup.profile()).code: hall_id for hall_id in halls}
        if plan.among_many or (len(halls) > 1 and plan.profile.code in codes):
            return codes.get(plan.profile.code)
        return halls[0] if halls else None

    def _create(self, unit: HallUnit, actor: Actor, plan: HallPlan) -> None:
        actor.require(Role.SYSTEM)
        unit.setup.add_hall(replace(plan.profile, hall_id=unit.hall_id))
        ids: dict[str, str] = {}
        for position, group in enumerate(plan.groups):
            ids[group.prefix] = self._tools.new_id()
            unit.setup.add_group(
                ServiceGroup(ids[group.prefix], group.prefix, group.name, group.hint, group.place, position)
            )
        for window_no, prefixes in plan.serves.items():
            unit.setup.set_served(window_no, {ids[prefix]: 1.0 for prefix in prefixes})
        self._tools.record(unit, actor, "hall.created", unit.hall_id, {"groups": len(ids)})
