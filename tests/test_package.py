"""The package as a stranger meets it: the wheel, the README's code, the public names, the lock file."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import advisor
from advisor import Settings

ROOT = Path(__file__).parent.parent


def test_all_public_names_exist_and_none_is_missing_from_the_list() -> None:
    for name in advisor.__all__:
        assert getattr(advisor, name) is not None
    homes = {name for names in advisor._HOMES.values() for name in names}
    assert homes | {"__version__"} == set(advisor.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = advisor.nothing


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = "import sys, advisor; print(sorted({'pydantic', 'numpy', 'chromadb', 'gradio', 'langchain_core'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_a_wheel_in_an_empty_folder_answers_a_question(tmp_path: Path) -> None:
    if not (ROOT / "pyproject.toml").is_file():
        pytest.skip("the tests run outside a checkout, there is nothing to build")
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path / "dist"),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True)
    wheel = next((tmp_path / "dist").glob("gig_advisor-*.whl"))
    target, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    variables = {**os.environ, "PYTHONPATH": str(target), "GIG_ADVISOR_DATA_DIR": str(tmp_path / "data")}
    where = subprocess.run(
        [sys.executable, "-c", "import advisor, ingest; print(advisor.__file__, ingest.__file__)"],
        cwd=empty, env=variables, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert all(path.startswith(str(target)) for path in where.stdout.split())
    done = subprocess.run(
        [sys.executable, "-m", "advisor", "ask", "How old must I be to drive for Uber?", "--json"],
        cwd=empty, env=variables, capture_output=True, text=True, check=True,
    )  # fmt: skip
    value = json.loads(done.stdout)
    assert not value["abstained"]
    assert value["citations"]
    assert not (empty / "corpus").exists()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("block", blocks("python"))
def test_the_python_of_the_readme_runs(block: str, bundled_settings: Settings) -> None:
    variables = {**os.environ, "GIG_ADVISOR_DATA_DIR": str(bundled_settings.data_dir)}
    done = subprocess.run([sys.executable, "-c", block], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "http" in done.stdout


def test_the_commands_of_the_readme_exist() -> None:
    shown = {
        line.split()[1]
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith(".venv/bin/gig-advisor")
    }
    done = subprocess.run([sys.executable, "-m", "advisor", "--help"], capture_output=True, text=True, check=True)
    assert shown
    assert all(f" {name} " in done.stdout for name in shown)
    targets = {line.split()[1] for block in blocks("sh") for line in block.splitlines() if line.startswith("make ")}
    makefile = (ROOT / "Makefile").read_text()
    assert all(f"\n{name}:" in makefile for name in targets)


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text()
    assert all(f"`GIG_ADVISOR_{name.upper()}`" in text for name in Settings.model_fields)


def test_the_lock_file_holds_names_versions_and_hashes_only() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert "://" not in text
    assert "index-url" not in text
    for line in re.split(r"(?<!\\)\n", text.strip()):
        assert re.match(r"[A-Za-z0-9._-]+==\S+", line), line[:80]
        assert "--hash=sha256:" in line


def test_the_shipped_vectors_are_in_step_with_the_corpus() -> None:
    from advisor.corpus import corpus_guides, shipped_vectors
    from advisor.embedding import MiniLM
    from advisor.ledger import text_hash
    from advisor.settings import default_corpus_dir
    from ingest.guide_chunks import guide_chunks
    from ingest.readers.guide import read_guide

    corpus = default_corpus_dir()
    wanted = {
        text_hash("\x1e".join(c.embedded_texts))
        for path in corpus_guides(corpus)
        for c in guide_chunks(read_guide(path))
    }
    shipped = shipped_vectors(corpus, MiniLM.name)
    assert wanted == set(shipped), "run `make vectors`"
