"""The ticket machine."""
