"""What every driver of a kind must keep, as tests to subclass: for ours and for third parties' drivers.

They need pytest and are imported by tests only.
"""
