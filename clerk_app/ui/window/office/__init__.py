"""The desks of those who decide and of those who seal, in the program of the counter."""
