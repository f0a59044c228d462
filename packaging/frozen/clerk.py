"""The frozen program: the same as the command ``clerk``; a spawned child of it must not become a second program."""

import multiprocessing
import sys

from clerk_app.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
