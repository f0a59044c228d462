"""Finds the program's fonts; makes the static weights once and keeps them in a cache.

The fonts come from packages, never from the repository: Noto Sans SC (SIL OFL 1.1) as one variable TrueType file from
``justmytype-intl-cjk``, HanaMinB (SIL OFL 1.1) from Debian's ``fonts-hanazono``. reportlab and Pillow need static
weights; making them takes half a minute, so set-up does it (``python -m clerk_app.typefaces``).
"""

from clerk_app.typefaces.finder import TypefaceFault, cache_folder, find, find_fallback, variable_font

__all__ = ["TypefaceFault", "cache_folder", "find", "find_fallback", "variable_font"]
