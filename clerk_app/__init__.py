"""Comprehensive service window (综合窗口): the clerk's desk, the hall's queue and the server behind them."""

__version__ = "0.1.0"
