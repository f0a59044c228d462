"""What every test gets: no screen needed, no cache or settings of the person who runs them touched by accident."""

from __future__ import annotations

import gc
import os

from hypothesis import HealthCheck, settings

from support.postgres import (  # noqa: F401  fixtures that any test may ask for
    durable_postgres,
    empty_place,
    empty_postgres_url,
    hall_place,
    postgres_server,
    postgres_url,
)

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Wall-clock deadlines fail on a busy machine and prove nothing about the program.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("project")

FULL_COLLECTION_EVERY = 25
_seen = [0]


def pytest_sessionstart() -> None:
    # Widgets in reference cycles must die on this thread, never on a lane's (clerk_app/ui/collector.py).
    gc.disable()


def pytest_runtest_logfinish() -> None:
    _seen[0] += 1
    gc.collect(2 if _seen[0] % FULL_COLLECTION_EVERY == 0 else 1)
