"""The ticket machine's screen."""
