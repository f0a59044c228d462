"""Caller keypads on the clerk's desk."""
