"""The frozen program: the same as the command ``clerk``; a spawned child of it must not become a second program."""

import multiprocessing
import sys

from environment import give_back

from clerk_app.cli import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    give_back()
    sys.exit(main())
