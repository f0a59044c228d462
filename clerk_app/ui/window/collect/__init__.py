"""Handing out results (出件): everything of the visit on one page, one service receipt."""
