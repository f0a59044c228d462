"""The clerk's desk: one window, three columns, keyboard first."""
