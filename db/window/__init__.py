"""The window's own encrypted store; open it with ``db.window.store.open_window_store``."""
