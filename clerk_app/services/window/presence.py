"""Shows the server that this is the one store of its window; a store that is not gives no numbers any more."""

from __future__ import annotations

from clerk_app.domain.errors import Fault, NotAllowed
from clerk_app.ports.clock import Entropy
from clerk_app.ports.hall_presence import Presence, PresenceCalls
from clerk_app.ports.window import WindowStore, WindowUnit
from clerk_app.services.window.binding import DOUBLED_FACT
from clerk_app.services.window.journal import Journal, system_actor

_SIGN, _NEXT = "presence", "presence_next"
_EPOCH = "server_epoch"
_WORD_BYTES = 24


class PresenceDesk:
    """A chore of the sync thread: shown once at each start, and again when the server became another store."""

    def __init__(self, store: WindowStore, server: PresenceCalls, journal: Journal, entropy: Entropy) -> None:
        self._store, self._server, self._journal, self._entropy = store, server, journal, entropy
        self._shown_to: str | None = None

    def __call__(self) -> bool:
        """True when the server answered. Without an answer it is tried again with the same word, which changes nothing
        at a server that has taken it already; a server of before this does not know the question, and other chores must
        not wait for that."""
        epoch = self._store.read(lambda unit: unit.binding.fact(_EPOCH)) or ""
        if self._shown_to == epoch or self._store.read(lambda unit: unit.binding.binding()) is None:
            return False
        presence = self._store.write(self._prepared)
        try:
            answer = self._server.present(presence, key=f"presence-{presence.following}")
        except (Fault, NotAllowed):
            return False
        self._store.write(lambda unit: self._keep(unit, presence, answer.accepted))
        self._shown_to = epoch
        return True

    def _prepared(self, unit: WindowUnit) -> Presence:
        following = unit.binding.fact(_NEXT)
        if not following:
            following = self._entropy.bytes(_WORD_BYTES).hex()
            # Durable before it is sent: after a power cut the same word goes again.
            unit.binding.set_fact(_NEXT, following)
        return Presence(unit.binding.fact(_SIGN) or "", following)

    def _keep(self, unit: WindowUnit, presence: Presence, accepted: bool) -> None:
        unit.binding.set_fact(_NEXT, "")
        if accepted:
            unit.binding.set_fact(_SIGN, presence.following)
            return
        binding = unit.binding.binding()
        assert binding is not None
        unit.binding.set_fact(DOUBLED_FACT, self._journal.now().isoformat())
        self._journal.write(unit, "store.doubled", binding.store_id, system_actor(binding), {})
