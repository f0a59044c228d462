"""Finds the files of ``resources/``, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
# The wheel carries resources/ as clerk_app/_resources; an editable install reads the checkout's own folder.
_ROOT = next((path for path in (_PACKAGE / "_resources", _PACKAGE.parent / "resources") if path.is_dir()), None)


def resource(*parts: str) -> Path:
    """Path of a shipped file, e.g. ``resource("catalogue", "sample.json")``.

    Raises ``FileNotFoundError`` when the installation lacks it.
    """
    if _ROOT is None:
        raise FileNotFoundError("this installation has no resources folder")
    path = _ROOT.joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"this installation lacks resources/{'/'.join(parts)}")
    return path
