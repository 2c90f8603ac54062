"""Run every benchmark: `make bench`. The data of others is looked for beside the project and skipped when absent."""

import sys
from pathlib import Path

from benchmarks import groundedness, retrieval, skills, speed, stock

DATA = Path(__file__).parent.parent.parent / "shared" / "data"


def main() -> int:
    """Run all and print.

    Returns:
        0.
    """
    print("# Start and answer")
    speed.main()
    sets = [DATA / "retrieval" / name for name in ("cranfield", "onet-titles", "msmarco-small")]
    if all(folder.is_dir() for folder in sets):
        print("\n# Retrieval quality")
        retrieval.main([str(folder) for folder in sets])
        print("\n# Next to the stock recipe")
        stock.main([str(sets[0])])
    else:
        print("\nretrieval sets: skipped, there is no ../shared/data/retrieval")
    if (DATA / "skill_extraction").is_dir():
        print("\n# Skill data")
        skills.main([str(DATA)])
    print("\n# Groundedness")
    groundedness.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
