"""The hall's call screen."""
