"""What the program is made of: hashes for every package, licences that allow passing it on, no dangerous calls of our own."""

import ast
import importlib
import json
import re
import subprocess
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
OURS = sorted(
    path for folder in ("advisor", "ingest", "scripts", "benchmarks") for path in (ROOT / folder).rglob("*.py")
)
ALLOWED = re.compile(
    r"\b(mit|mit-0|mit-cmu|bsd|apache|isc|psf|python software foundation|mpl|mozilla|unlicense|0bsd|hpnd|zlib|public domain|zpl|cc0)\b",
    re.IGNORECASE,
)
LGPL = {"chardet", "paramiko", "fqdn"}
"""Weak copyleft that is used unchanged as a library."""
UNSTATED = {"gig-advisor"}
FORBIDDEN_MODULES = frozenset({"pickle", "cPickle", "dill", "marshal", "shelve", "telnetlib", "ftplib"})
EXPLAINED = {
    (
        "B608",
        "advisor/ledger.py",
    ): "2026-11-23: only question marks and conditions of our own are put into the SQL; no text from outside reaches it.",
    (
        "B608",
        "advisor/skills.py",
    ): "2026-11-23: names of tables and columns are constants of the same file; values are parameters.",
    ("B406", "advisor/tools/paper.py"): "2026-11-23: `escape` writes XML; nothing is parsed.",
    ("B105", "advisor/web/strings.py"): "2026-11-23: a label and a message of the sign-in page.",
    ("B404", "ingest/sandbox.py"): "2026-11-23: the child process is the guard.",
    ("B603", "ingest/sandbox.py"): "2026-11-23: our own interpreter and numbers; the file goes through a pipe.",
    ("B101", "ingest/sandbox.py"): "2026-11-23: they tell the type checker that the pipes are there.",
}
"""What bandit reports and why it stays: rule and file, date and whether anything from outside can reach it."""
FORBIDDEN_CALLS = frozenset({"eval", "exec", "compile", "__import__"})


def test_every_package_of_the_lock_has_hashes_and_no_address() -> None:
    entries = [entry for entry in re.split(r"\n(?=[a-zA-Z0-9])", LOCK.strip()) if not entry.startswith("#")]
    assert len(entries) > 100
    for entry in entries:
        first = entry.split("\\")[0]
        assert re.match(r"^[A-Za-z0-9._-]+(\[[\w,-]+\])?==", first), first
        assert "--hash=sha256:" in entry, first
    assert "://" not in LOCK
    assert "--index-url" not in LOCK


def test_the_list_of_parts_is_that_of_the_lock() -> None:
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        sbom = importlib.import_module("sbom")
    finally:
        sys.path.pop(0)
    text = (ROOT / "docs" / "sbom.json").read_text(encoding="utf-8")
    assert text == sbom.made(LOCK), "run `python scripts/sbom.py`"
    listed = json.loads(text)
    assert listed["bomFormat"] == "CycloneDX"
    assert [(part["name"], part["version"]) for part in listed["components"]] == sbom.packages(LOCK)
    assert len(listed["components"]) == len(re.findall(r"^[A-Za-z0-9._-]+(?:\[[^\]]*\])?==", LOCK, re.MULTILINE))


def test_bandit_finds_nothing_that_is_not_explained() -> None:
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", "--format", "json", "advisor", "ingest"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert report["errors"] == []
    assert report["metrics"]["_totals"]["loc"] > 5000, "it looked at the code"
    found = {(one["test_id"], one["filename"]): one["line_number"] for one in report["results"]}
    assert {key: line for key, line in found.items() if key not in EXPLAINED} == {}
    assert set(EXPLAINED) - set(found) == set(), "an explanation that nothing needs any more"


def _calls(tree: ast.AST) -> list[tuple[str, ast.Call]]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found.append((ast.unparse(node.func), node))
    return found


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_file_of_ours_runs_data_or_skips_a_check(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            assert not {name.name.split(".")[0] for name in node.names} & FORBIDDEN_MODULES
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.module.split(".")[0] not in FORBIDDEN_MODULES
    for name, call in _calls(tree):
        keywords = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert name not in FORBIDDEN_CALLS, name
        assert not name.startswith("yaml.") or name in {"yaml.safe_load", "yaml.safe_dump", "yaml.load", "yaml.parse"}
        if name == "yaml.load":
            assert "Safe" in ast.unparse(call)
        assert keywords.get("shell") != "True"
        assert keywords.get("verify") != "False"
        assert keywords.get("allow_pickle") != "True"
        assert name not in {"os.system", "os.popen", "tempfile.mktemp"}


def _runtime_names() -> set[str]:
    """Return the canonical names of our requirements and of everything that they pull in, as installed here."""
    known: dict[str, Distribution] = {
        canonicalize_name(d.metadata["Name"]): d for d in distributions() if d.metadata["Name"]
    }
    todo: list[str] = ["gig-advisor"]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen or name not in known:
            continue
        seen.add(name)
        for line in known[name].requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                todo.append(canonicalize_name(requirement.name))
    return seen


def test_every_package_that_ships_with_us_has_a_licence_that_allows_it() -> None:
    known: dict[str, Distribution] = {
        canonicalize_name(d.metadata["Name"]): d for d in distributions() if d.metadata["Name"]
    }
    names = _runtime_names()
    assert len(names) > 60
    for name in sorted(names - UNSTATED):
        meta = known[name].metadata
        fields = {key.lower(): value for key, value in meta.json.items()}
        said = " ".join(
            [
                str(fields.get("license_expression") or ""),
                str(fields.get("license") or "")[:200],
                *(line for line in meta.get_all("Classifier") or () if line.startswith("License")),
            ]
        )
        files = " ".join(
            Path(str(path.locate())).read_text(encoding="utf-8", errors="replace")[:400]
            for path in (known[name].files or ())
            if re.search(r"licen[cs]e", str(path), re.IGNORECASE) and str(path).endswith((".txt", ".md", "LICENSE"))
        )
        assert ALLOWED.search(said) or ALLOWED.search(files) or name in LGPL, f"{name}: {said!r}"
        assert "AGPL" not in said
