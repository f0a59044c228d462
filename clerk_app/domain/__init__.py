"""The rules of the counter: law, numbers, dates, masking. No I/O, no clock, no randomness."""
