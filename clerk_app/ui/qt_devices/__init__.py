"""Devices that Qt speaks to. Loaded only when the settings name one: the modules are in PySide6-Addons, an extra."""
