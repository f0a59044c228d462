"""The manager's live board and the pages that run the hall."""
