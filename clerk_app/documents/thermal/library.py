"""python-escpos as the renderer, without what its import leaves behind."""

from __future__ import annotations

import logging
import os
import shutil
from functools import cache
from typing import Any


@cache
def _classes() -> tuple[Any, Any]:
    """Import python-escpos 3.1 (half a second) and take back its side effects.

    Its import sets a handler on the root logger and leaves one temporary folder per process behind.
    """
    root = logging.getLogger()
    handlers = list(root.handlers)
    from escpos import capabilities
    from escpos.printer import Dummy

    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    return Dummy, capabilities.Profile


def dummy_printer(dots: int) -> Any:
    """Return a printer that collects bytes (``output``); pictures wider than ``dots`` raise its ``ImageWidthError``."""
    dummy, profile_class = _classes()
    profile = profile_class()
    # without a width the library writes a warning to standard output for every picture
    profile.profile_data = {**profile.profile_data, "media": {"width": {"pixels": dots, "mm": dots / 8}}}
    return dummy(profile=profile)
