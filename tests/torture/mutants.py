"""Row 18: the guards are tested - small faults are put into a copy of a module, and its tests must notice each.

A fault turns a comparison round, swaps `and` with `or`, drops a `not`, takes a branch always or never, moves a number by
one, turns a truth round, or leaves out a `raise`. `python -m tests.torture mutants [N]` tries N faults of each module.
"""

import ast
import copy
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUARDS: dict[str, tuple[str, ...]] = {
    "advisor/answer/render.py": ("tests/test_render.py",),
    "advisor/answer/grounding.py": ("tests/test_grounding.py",),
    "ingest/address.py": ("tests/test_address.py", "tests/test_fetch.py"),
    "ingest/fetch.py": ("tests/test_fetch.py", "tests/test_address.py"),
    "advisor/ledger.py": ("tests/test_ledger.py", "tests/test_index.py", "tests/test_disk.py"),
    "advisor/web/signin.py": ("tests/test_signin.py",),
}
SECONDS = 240
_OTHER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One fault: where it goes in the tree of a module, its line, and what it is."""

    place: int
    kind: int
    line: int
    what: str


def faults(source: str) -> list[Fault]:
    """Return every fault that can be put into a module, in the order of its lines."""
    found = []
    for place, node in enumerate(ast.walk(ast.parse(source))):
        if isinstance(node, ast.expr | ast.If | ast.Raise):
            for kind in range(2):
                if what := _break(copy.deepcopy(node), kind):
                    found.append(Fault(place, kind, node.lineno, what))
    return sorted(found, key=lambda fault: fault.line)


def broken(source: str, fault: Fault) -> str:
    """Return the source with the fault in it."""
    tree = ast.parse(source)
    _break(next(node for place, node in enumerate(ast.walk(tree)) if place == fault.place), fault.kind)
    return ast.unparse(ast.fix_missing_locations(tree))


def _break(node: ast.AST, kind: int) -> str:
    """Put a fault into a node in place and return its name, or nothing when it cannot hold one."""
    if kind == 0 and isinstance(node, ast.Compare) and type(node.ops[0]) in _OTHER:
        node.ops[0] = _OTHER[type(node.ops[0])]()
        return "comparison turned round"
    if kind == 0 and isinstance(node, ast.BoolOp):
        node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return "and/or swapped"
    if kind == 0 and isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        node.op = ast.UAdd()
        node.operand = ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])
        ast.fix_missing_locations(node)
        return "not dropped"
    if isinstance(node, ast.If | ast.IfExp):
        node.test = ast.copy_location(ast.Constant(bool(kind)), node.test)
        return f"branch {'always' if kind else 'never'} taken"
    if kind == 0 and isinstance(node, ast.Constant) and isinstance(node.value, bool):
        node.value = not node.value
        return "truth turned round"
    if kind == 0 and isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        node.value += 1
        return "number moved"
    if kind == 0 and isinstance(node, ast.Raise) and node.exc is not None:
        node.exc, node.cause = ast.copy_location(ast.Name("ArithmeticError", ast.Load()), node), None
        return "another error raised"
    return ""


def run(count: int, seed: int, only: str = "") -> Iterator[tuple[str, int, int, list[str]]]:
    """Try so many faults of each module.

    Args:
        count: How many of each; all when there are fewer.
        seed: Which ones.
        only: A part of a module's path, to try that one alone.

    Yields:
        The module, how many were tried, how many were noticed, and those that were not.
    """
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for name in ("advisor", "ingest", "tests", "benchmarks"):
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__", "models"))
        for name in ("corpus", "advisor/models", "scripts", "docs", "requirements.lock", "Makefile"):
            (root / name).symlink_to(ROOT / name)
        shutil.copy(ROOT / "pyproject.toml", root)
        for module, tests in GUARDS.items():
            if only not in module:
                continue
            source = (ROOT / module).read_text(encoding="utf-8")
            if not _passes(root, tests):
                yield module, 0, 0, ["its tests fail without any fault"]
                continue
            made = faults(source)
            chosen = sorted(random.Random(seed).sample(range(len(made)), min(count, len(made))))
            alive = []
            for fault in (made[number] for number in chosen):
                (root / module).write_text(broken(source, fault), encoding="utf-8")
                if _passes(root, tests):
                    alive.append(f"{module}:{fault.line} {fault.what}")
            (root / module).write_text(source, encoding="utf-8")
            yield module, len(chosen), len(chosen) - len(alive), alive


def _passes(root: Path, tests: tuple[str, ...]) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, check=False, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
