"""The installer: puts versions side by side, guards the stores, switches, switches back. Standard library only."""
