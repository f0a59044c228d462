"""What every test gets: no screen needed, no cache or settings of the person who runs them touched by accident."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Wall-clock deadlines fail on a busy machine and prove nothing about the program.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("project")
