"""Adapters to other people's systems, which take the hall's cases (docs/platforms.md)."""
