"""What the parts of the hall's client share: one way to read, one to change, one to ask."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any


class Calls(ABC):
    """The base of ``QueueCalls``, ``CaseCalls``, ``RunningCalls``, ``SyncCalls``; ``HallClient`` carries them out."""

    @abstractmethod
    def _get(self, path: str, kind: Any, query: dict[str, Any] | None = None) -> Any: ...

    @abstractmethod
    def _post(self, path: str, kind: Any, key: str | None, body: Any = None, body_kind: Any = None) -> Any:
        """Under an idempotency key, which is made when there is none."""

    @abstractmethod
    def _ask(self, path: str, kind: Any, body: Any, body_kind: Any) -> Any:
        """A question whose words must not stand in an address; without a key, since asking again is harmless."""

    @abstractmethod
    def _send(
        self,
        method: str,
        path: str,
        kind: Any,
        content: bytes | None = None,
        query: dict[str, Any] | None = None,
        more: dict[str, str] | None = None,
    ) -> Any:
        """Bytes as they are, with further headers; without a key, since repeating it is harmless."""
