"""A server with a mistake of ours in it: storing a case of which the number ends in 0666 fails, and the words of the
exception quote the whole record. ``python -m support.failing_server`` takes the options of the server.
"""

from __future__ import annotations

import sys
from typing import Any

from clerk_app.bootstrap import server
from clerk_app.services.hall.cases import Cases


def main() -> int:
    store = Cases.store_ready

    def failing(self: Cases, unit: Any, actor: Any, ready: Any) -> Any:
        if ready.record.case_number.endswith("0666"):
            try:
                raise KeyError(ready.record.applicant.name)
            except KeyError as error:
                raise RuntimeError(f"cannot store {ready.record!r}") from error
        return store(self, unit, actor, ready)

    Cases.store_ready = failing  # type: ignore[method-assign]
    return server.main()


if __name__ == "__main__":
    sys.exit(main())
