"""Strips of lamps over the windows."""
