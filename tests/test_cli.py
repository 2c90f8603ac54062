"""The command line: the contracts of every command, exit codes, and one line on what to do."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from advisor import Advisor, Settings
from tests.guides import PAGE


def call(
    settings: Settings, *arguments: str, stdin: str | None = None, **environment: str
) -> "subprocess.CompletedProcess[str]":
    variables = {
        **os.environ,
        "GIG_ADVISOR_DATA_DIR": str(settings.data_dir),
        "GIG_ADVISOR_CORPUS_DIR": str(settings.corpus_dir),
        **environment,
    }
    command = [sys.executable, "-m", "advisor", *arguments]
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=variables,
        input=stdin,
        timeout=120,
        check=False,
        cwd=settings.corpus_dir,
    )


@pytest.fixture
def ready(settings: Settings) -> Settings:
    Advisor.open(settings).close()
    return settings


def test_ask_prints_the_answer_with_its_sources(settings: Settings) -> None:
    done = call(settings, "ask", "How much does Examplia take?")
    assert done.returncode == 0
    assert done.stdout.startswith("Examplia takes 0–15%")
    assert (
        "[1] Freelancer fees: how they work - Examplia (official, 2026-05-01) https://help.examplia.example/fees"
        in done.stdout
    )


def test_ask_as_json_has_the_fields_of_the_contract(ready: Settings) -> None:
    done = call(ready, "ask", "How much does Examplia take?", "--json")
    value = json.loads(done.stdout)
    assert set(value) == {"text", "citations", "results", "missing", "abstained", "model", "seconds"}
    assert set(value["citations"][0]) == {"n", "title", "publisher", "url", "source_kind", "as_of", "quote"}


def test_an_abstention_is_exit_code_zero(ready: Settings) -> None:
    done = call(ready, "ask", "How do I bake bread?", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["abstained"] is True


def test_a_profile_is_read_and_a_bad_one_named(ready: Settings, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text('{"country": "US", "hours_per_week": 20}')
    bad.write_text('{"hours_per_week": "many"}')
    assert call(ready, "ask", "How much does Examplia take?", "--profile", str(good)).returncode == 0
    done = call(ready, "ask", "How much does Examplia take?", "--profile", str(bad))
    assert done.returncode == 1
    assert "hours_per_week is 'many'" in done.stderr
    assert call(ready, "ask", "x", "--profile", str(tmp_path / "none.json")).returncode == 1


def test_search_as_json_has_the_fields_of_the_contract(ready: Settings) -> None:
    rows = json.loads(call(ready, "search", "fee", "-k", "3", "--json").stdout)
    assert len(rows) == 3
    assert set(rows[0]) == {"id", "score", "title", "heading", "text", "url", "as_of", "source_kind"}


def test_run_lists_tools_prints_schemas_and_runs(ready: Settings, tmp_path: Path) -> None:
    assert "offer" in call(ready, "run").stdout
    schema = json.loads(call(ready, "run", "offer", "--schema").stdout)
    assert "minutes" in schema["properties"]
    file = tmp_path / "input.json"
    file.write_text('{"pay": 12, "miles": 6, "minutes": 30}')
    for given, stdin in (('{"pay": 12, "miles": 6, "minutes": 30}', None), (f"@{file}", None), ("-", file.read_text())):
        value = json.loads(call(ready, "run", "offer", "--input", given, "--json", stdin=stdin).stdout)
        assert set(value) == {"tool", "input", "output", "assumptions", "facts", "table", "chart"}
        assert value["output"]["net_per_hour"] == pytest.approx(20.4)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("run", "nothing"), 1, "There is no tool 'nothing'"),
        (("run", "offer", "--input", "{"), 1, "is not JSON"),
        (("run", "offer", "--input", "[]"), 1, "must be a JSON object"),
        (("run", "offer", "--input", '{"pay": -1, "miles": 1, "minutes": 1}'), 1, "pay is -1"),
        (("ask",), 2, "Missing argument"),
        (("fly",), 2, "No such command"),
        (("search", "x", "-k", "0"), 2, "-k"),
        (("check", "nowhere.md"), 1, "no guide"),
        (("ingest", "nowhere"), 1, ""),
    ],
)
def test_failures_have_one_line_and_a_code(ready: Settings, arguments: tuple[str, ...], code: int, words: str) -> None:
    done = call(ready, *arguments)
    assert done.returncode == code, done.stderr
    assert words in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named_with_its_value(ready: Settings) -> None:
    done = call(ready, "ask", "x", GIG_ADVISOR_THREADS="none")
    assert done.returncode == 1
    assert "GIG_ADVISOR_THREADS is 'none'" in done.stderr
    assert call(ready, "ask", "x", GIG_ADVISOR_EMBEDDING="word2vec").returncode == 1


def test_ingest_reports_each_source_as_json(ready: Settings, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    value = json.loads(call(ready, "ingest", str(page), "--json").stdout)
    assert set(value) == {"sources", "seconds"}
    assert value["sources"][0]["status"] == "added"
    assert set(value["sources"][0]) == {"source", "status", "chunks", "reason"}
    assert json.loads(call(ready, "ingest", str(page), "--json").stdout)["sources"][0]["status"] == "unchanged"


def test_doctor_masks_the_key_and_says_what_is_configured(ready: Settings) -> None:
    done = call(ready, "doctor", "--digest", "--json", GIG_ADVISOR_API_KEY="sk-very-secret")
    value = json.loads(done.stdout)
    assert set(value) == {"version", "settings", "index", "model", "problems"}
    assert {"chunks", "facts", "digest", "dense", "lexical"} <= set(value["index"])
    assert len(value["index"]["digest"]) == 64
    assert "sk-very-secret" not in done.stdout + done.stderr
    assert any("GIG_ADVISOR_MODEL" in problem for problem in value["problems"])


def test_doctor_tells_about_a_ledger_that_is_missing_or_damaged(settings: Settings) -> None:
    assert json.loads(call(settings, "doctor", "--json").stdout)["problems"]
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    settings.ledger_path.write_bytes(b"no database" * 500)
    assert "damaged" in " ".join(json.loads(call(settings, "doctor", "--json").stdout)["problems"])
    done = call(settings, "ask", "x")
    assert done.returncode == 1
    assert "Move it away" in done.stderr


def test_one_shot_commands_import_neither_chroma_nor_gradio_nor_a_model_client(ready: Settings) -> None:
    code = (
        "import sys; from advisor.cli import run; sys.argv = ['gig-advisor', 'ask', 'How much does Examplia take?'];\n"
        "code = run(); heavy = {'chromadb', 'gradio', 'openai', 'langchain', 'langchain_openai', 'langchain_core'};\n"
        "print('HEAVY', sorted(heavy & set(sys.modules))); sys.exit(code)"
    )
    variables = {
        **os.environ,
        "GIG_ADVISOR_DATA_DIR": str(ready.data_dir),
        "GIG_ADVISOR_CORPUS_DIR": str(ready.corpus_dir),
    }
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=variables, check=True)
    assert "HEAVY []" in done.stdout


def test_a_read_only_folder_still_answers(ready: Settings) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere, so nothing is read-only for it")
    for path in [*ready.data_dir.rglob("*"), ready.data_dir]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert call(ready, "ask", "How much does Examplia take?").stdout.startswith("Examplia takes")
