"""The corpus linter: what more than one field, or more than one guide, must keep; and the coverage matrix."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advisor.corpus import corpus_guides
from advisor.errors import CorpusError
from advisor.settings import load
from ingest.check_errors import ERRORS
from ingest.check_warnings import coverage, warnings
from ingest.readers.guide import parse_guide
from ingest.readers.guide_model import Guide


@dataclass(frozen=True)
class Problem:
    """One finding: where, which rule, and what to write instead."""

    path: str
    line: int
    code: str
    message: str


@dataclass
class Report:
    """What the linter found."""

    guides: list[Guide] = field(default_factory=list)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


def check(paths: Sequence[Path], today: date, *, base: Sequence[Path] | None = None) -> Report:
    """Lint guides.

    Args:
        paths: The guides to report on.
        today: The day on which shelf lives are judged.
        base: All guides that links, names and skills may refer to; `paths` when None.
    """
    report = Report()
    known: list[Guide] = []
    for path in dict.fromkeys([*paths, *(base or ())]):
        try:
            guide = parse_guide(path)
        except CorpusError as error:
            if path in paths:
                report.errors.append(Problem(str(path), error.line, "front-matter", error.message))
            continue
        except OSError as error:
            report.errors.append(Problem(str(path), 0, "unreadable", f"the guide cannot be read: {error}"))
            continue
        known.append(guide)
    skills = {step.skill for guide in known for step in guide.steps}
    for guide in known:
        if guide.path not in paths:
            continue
        report.guides.append(guide)
        name = str(guide.path)
        report.errors += [Problem(name, problem.line, "field", problem.message) for problem in guide.problems]
        for rule in ERRORS:
            report.errors += [Problem(name, *finding) for finding in rule(guide)]
        for finding in warnings(guide, today, skills):
            report.warnings.append(Problem(name, *finding))
    report.errors += _names(known, set(paths))
    report.errors.sort(key=lambda problem: (problem.path, problem.line))
    report.warnings.sort(key=lambda problem: (problem.path, problem.line))
    return report


# Rules across guides


def _names(guides: Sequence[Guide], shown: set[Path]) -> list[Problem]:
    problems = []
    seen: dict[str, Guide] = {}
    # Guides that are only referred to come first, so that a clash is reported on the guide under check.
    for guide in sorted(guides, key=lambda guide: guide.path in shown):
        lines = {guide.id: guide.lines.get("id", 1)}
        lines.setdefault(guide.name.lower(), guide.lines.get("name", 1))
        for number, alias in enumerate(guide.aliases):
            lines.setdefault(alias.lower(), guide.lines.get(f"aliases.{number}", 1))
        for name, line in lines.items():
            other = seen.setdefault(name, guide)
            if other is not guide and guide.path in shown:
                message = f"the name {name!r} already belongs to {other.path.name}"
                problems.append(Problem(str(guide.path), line, "name", message))
    return problems


# Output


def run_check(path: Path | None, *, coverage: bool, as_json: bool, today: date | None = None) -> tuple[str, int]:
    """Lint a guide or a folder and return what to print and the exit code (1 on errors).

    Args:
        path: A guide or a folder; the corpus when None.
        coverage: Show the matrix of cells in place of the problems.
        as_json: Return one JSON value.
        today: The day on which shelf lives are judged.

    Raises:
        CorpusError: When there is nothing to check at the path.
    """
    return _run([] if path is None else [path], coverage=coverage, as_json=as_json, today=today)


def _run(asked: Sequence[Path], *, coverage: bool, as_json: bool, today: date | None = None) -> tuple[str, int]:
    corpus = load().corpus_dir
    base = corpus_guides(corpus)
    paths: list[Path] = []
    for path in asked or [corpus]:
        found = (corpus_guides(path) or sorted(path.glob("*.md"))) if path.is_dir() else [path] * path.is_file()
        if not found:
            raise CorpusError(f"There is no guide at {str(path)!r}. Give a Markdown file or a corpus folder.")
        paths += [found_path.resolve() for found_path in found]
    is_inside = any(path.is_relative_to(corpus) for path in paths)
    report = check(paths, today or date.today(), base=base if is_inside else ())  # noqa: DTZ011 - shelf life
    code = 1 if report.errors else 0
    matrix = _matrix(report.guides)
    if as_json:
        return json.dumps(_as_json(report) | ({"coverage": matrix} if coverage else {})), code
    lines = [f"{_shown(p.path)}:{p.line}: {p.code} {p.message}" for p in report.errors]
    lines += [f"{_shown(p.path)}:{p.line}: warning {p.code} {p.message}" for p in report.warnings]
    if coverage:
        lines = _coverage_lines(matrix)
    facts = sum(len(guide.facts) for guide in report.guides)
    questions = sum(len(guide.questions) for guide in report.guides)
    lines.append(
        f"{len(report.guides)} guides, {facts} facts, {questions} questions: "
        f"{len(report.errors)} errors, {len(report.warnings)} warnings"
    )
    return "\n".join(lines), code


def _shown(path: str) -> str:
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


_matrix = coverage


def _as_json(report: Report) -> dict[str, object]:
    kinds = Counter(source.source_kind for guide in report.guides for source in guide.sources.values())
    return {
        "guides": len(report.guides),
        "facts": sum(len(guide.facts) for guide in report.guides),
        "questions": sum(len(guide.questions) for guide in report.guides),
        "source_kinds": dict(sorted(kinds.items())),
        "errors": [vars(problem) | {"path": _shown(problem.path)} for problem in report.errors],
        "warnings": [vars(problem) | {"path": _shown(problem.path)} for problem in report.warnings],
    }


def _coverage_lines(matrix: dict[str, dict[str, dict[str, str]]]) -> list[str]:
    signs = {"value": "+", "not found": "-", "HOLE": "HOLE"}
    lines = []
    states: Counter[str] = Counter()
    for kind, rows in matrix.items():
        names = list(next(iter(rows.values())))
        width = max(len(name) for name in rows)
        lines.append(f"{kind.upper():{width}}  " + "  ".join(names))
        for guide, row in rows.items():
            states.update(row.values())
            lines.append(f"{guide:{width}}  " + "  ".join(f"{signs[row[name]]:{len(name)}}" for name in names))
    total = sum(states.values()) or 1
    decided = states["value"] + states["not found"]
    lines.append(
        f"+ value, - looked for and not found: {decided / total:.0%} decided, "
        f"{states['value'] / total:.0%} with a value"
    )
    return lines


def main(arguments: Sequence[str]) -> int:
    """Run the linter as `python -m ingest.check [PATH…] [--coverage] [--json]` and return the exit code."""
    options = {argument for argument in arguments if argument.startswith("-")}
    paths = [Path(argument) for argument in arguments if not argument.startswith("-")]
    if unknown := options - {"--coverage", "--json"}:
        sys.stderr.write(f"There is no option {sorted(unknown)[0]!r}; use --coverage or --json.\n")
        return 2
    try:
        text, code = _run(paths, coverage="--coverage" in options, as_json="--json" in options)
    except CorpusError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(text + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
