"""Entry point of `gig-advisor` and `python -m advisor`."""

import sys


def main() -> None:
    """Run the command line."""
    from advisor.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
