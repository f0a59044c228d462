"""``clerk server`` that tries again quickly, for tests that take the city's server away from it."""

from __future__ import annotations

import sys

from clerk_app.bootstrap import server_upward
from clerk_app.bootstrap.server import main
from clerk_app.services import sending

if __name__ == "__main__":
    sending.FIRST_DELAY_S, sending.LONGEST_DELAY_S = 0.05, 0.3
    server_upward._BREATH_S = 0.1
    sys.exit(main())
