"""The frozen installer."""

from clerk_setup.program import run

if __name__ == "__main__":
    run()
