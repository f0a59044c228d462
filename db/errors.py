"""What the stores' own parts tell one another; nobody above them sees these."""

from __future__ import annotations

from clerk_app.domain.errors import StoreFault


class Again(StoreFault):
    """The transaction cannot go on but may well succeed from its beginning: another one stored the same meanwhile, or
    the store itself broke it off with ``error``."""

    def __init__(self, error: BaseException | None = None) -> None:
        super().__init__("服务器正忙，这一步没有存下，请再做一次")
        self.error = error


class Apart(Exception):
    """Writes that were to share a transaction have to go one by one; nothing of them is stored."""
