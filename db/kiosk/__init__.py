"""The ticket machine's store."""
