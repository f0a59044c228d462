"""Pads that a citizen signs on with a pen."""
