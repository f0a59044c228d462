"""The building blocks of every screen: fonts, one style sheet, icons and widgets, all fed by ``design.tokens``."""
