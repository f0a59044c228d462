"""Alembic scripts of the hall's schema."""
