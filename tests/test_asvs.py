"""`docs/asvs.csv`: each requirement of OWASP ASVS 5.0 that binds this program, and tests that are there to show it."""

import ast
import csv
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = list(csv.DictReader((ROOT / "docs" / "asvs.csv").open(encoding="utf-8")))
WANTED = (
    "1.2.1 1.3.5 1.3.6 1.5.1 1.5.2 1.5.3 2.4.1 3.2.1 3.3.2 3.4.2 3.4.3 3.4.4 3.4.5 3.4.6 3.5.1 3.5.2 3.5.3 5.1 5.2 5.3 6.1.1 6.3 7.2 8.2 8.3 8.4.1 "
    "13.1.3 13.2.6 14.1 14.2 14.3 15.1.2 15.4.1 15.4.2 16.2.5 16.5.1 16.5.2 16.5.3"
).split()


@cache
def _tests_of(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["requirement"])
def test_each_requirement_is_shown_by_tests_that_are_there(row: dict[str, str]) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", row["requirement"])
    assert row["title"]
    assert re.match(r"(yes|no|not met)\b", row["binds"]), "yes, no with the reason, or not met with what is missing"
    assert row["binds"] != "no"
    ids = row["shown_by"].split()
    assert ids or not row["binds"].startswith("yes"), "what binds is shown by a test"
    for name in ids:
        file, _, function = name.partition("::")
        assert function in _tests_of(file), f"{name} is not there"


def test_no_requirement_is_left_out_or_listed_twice() -> None:
    listed = [row["requirement"] for row in ROWS]
    assert len(listed) == len(set(listed))
    assert [want for want in WANTED if not any(f"{one}.".startswith(f"{want}.") for one in listed)] == []
