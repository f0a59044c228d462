"""The environment that programs of the system get from a frozen one.

PyInstaller's loader puts its own folder in front of ``LD_LIBRARY_PATH`` before Python starts; ``dpkg``, ``lp`` or
``aplay`` would then be given our libraries instead of their own. The loader of this process has read it already.
"""

from __future__ import annotations

import os


def give_back() -> None:
    """``LD_LIBRARY_PATH`` as it was before our program started."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)
