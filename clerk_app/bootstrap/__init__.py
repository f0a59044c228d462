"""Composition roots: one module per program, and the only place that picks concrete drivers and adapters."""
