"""The frozen installer."""

import sys

from clerk_setup.program import main

if __name__ == "__main__":
    sys.exit(main())
