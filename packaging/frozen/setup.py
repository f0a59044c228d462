"""The frozen installer."""

from clerk_setup.program import run
from environment import give_back

if __name__ == "__main__":
    give_back()
    run()
