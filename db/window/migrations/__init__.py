"""Alembic scripts of the window's schema."""
