"""What a person erases is gone from every file of the data folder, also when the program dies in the middle."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from advisor import Advisor, Settings, erasure
from advisor.cli import app
from advisor.jobs import path_in as jobs_path
from advisor.web.store import Store
from advisor.worklog import path_in as log_path
from ingest.build import ingest

CANARY = "quokkaharbour"
TEXT = f"The {CANARY} bonus pays forty dollars for each tenth delivery in rainy weeks. " * 12


def files_with(settings: Settings, words: str) -> list[str]:
    """Return the files of the data folder that hold the bytes of `words`, whatever the case."""
    found = []
    for path in settings.data_dir.rglob("*"):
        if path.is_file() and words.encode() in path.read_bytes().lower():
            found.append(path.relative_to(settings.data_dir).as_posix())
    return found


@pytest.fixture
def added(settings: Settings) -> Settings:
    """Return settings whose ledger and indexes hold an uploaded document with the canary."""
    folder = settings.data_dir / erasure.DOCUMENTS
    folder.mkdir(parents=True)
    (folder / "note.txt").write_text(TEXT)
    ingest([str(folder / "note.txt")], settings)
    with Advisor.open(settings) as advisor:
        advisor.build_dense()
    assert len(files_with(settings, CANARY)) >= 2, "the canary is in the copy and in the ledger"
    return settings


def vector_bytes(settings: Settings) -> list[bytes]:
    with Advisor.open(settings) as advisor:
        own = advisor.ledger.chunk_ids(next(iter(erasure.own_documents(advisor.ledger))))
        _, vectors = advisor.ledger.vectors(advisor.embedding.name, own)
        return [row.tobytes()[:64] for row in vectors]


def test_an_erased_document_is_in_no_file_and_nor_is_its_vector(added: Settings) -> None:
    vectors = vector_bytes(added)
    with Advisor.open(added) as reader:
        assert erasure.erase_document(added, next(iter(erasure.own_documents(reader.ledger))))
        # A process that serves meanwhile answers on, without it.
        assert CANARY not in reader.ask(f"What does the {CANARY} bonus pay?").text
    assert files_with(added, CANARY) == []
    kept = [path.read_bytes() for path in added.data_dir.rglob("*") if path.is_file()]
    assert not any(vector in data for vector in vectors for data in kept)
    with Advisor.open(added) as advisor:
        assert "Examplia takes" in advisor.ask("How much does Examplia take?").text


@pytest.mark.parametrize(
    "point", ["build_lexical", "build_dense", "drop_unused_vectors", "forget_removed", "compact", "remove_document"]
)
def test_an_erasure_that_was_killed_is_finished_at_the_next_start(added: Settings, point: str) -> None:
    code = (
        "import os, signal, sys, pathlib\n"
        "from advisor import erasure, index\n"
        "from advisor.ledger import Ledger\n"
        "from advisor.settings import Settings\n"
        "owner = index if hasattr(index, sys.argv[3]) else Ledger\n"
        "real = getattr(owner, sys.argv[3])\n"
        "def die(*a, **k):\n"
        "    real(*a, **k); os.kill(os.getpid(), signal.SIGKILL)\n"
        "setattr(owner, sys.argv[3], die)\n"
        "settings = Settings(data_dir=pathlib.Path(sys.argv[1]), corpus_dir=pathlib.Path(sys.argv[2]))\n"
        "with Ledger(settings.ledger_path, read_only=True) as ledger:\n"
        "    name = next(iter(erasure.own_documents(ledger)))\n"
        "erasure.erase_document(settings, name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(added.data_dir), str(added.corpus_dir), point], check=False)
    assert done.returncode == -9
    with Advisor.open(added) as advisor:
        assert erasure.own_documents(advisor.ledger) == {}
    assert files_with(added, CANARY) == []


def test_everything_personal_is_erased_at_once(added: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(added.data_dir)
    client = store.add_client(f"{CANARY} one")
    assert client
    store.note(client.id, f"{CANARY} lives by the sea")
    for path in (log_path(added.data_dir), jobs_path(added.data_dir)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(CANARY)
    monkeypatch.setenv("GIG_ADVISOR_DATA_DIR", str(added.data_dir))
    monkeypatch.setenv("GIG_ADVISOR_CORPUS_DIR", str(added.corpus_dir))
    listed = CliRunner().invoke(app, ["erase"])
    assert "note.txt" in listed.output
    done = CliRunner().invoke(app, ["erase", "--all"])
    assert done.exit_code == 0, done.output
    assert files_with(added, CANARY) == []
    assert "nothing of yours" in CliRunner().invoke(app, ["erase", "--all"]).output


def test_a_name_that_is_not_there_is_told_and_guides_cannot_be_erased(
    added: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIG_ADVISOR_DATA_DIR", str(added.data_dir))
    assert not erasure.erase_document(added, "examplia")
    assert CliRunner().invoke(app, ["erase", "nothing.txt"]).exit_code == 1


def test_what_is_saved_is_readable_by_the_person_alone(settings: Settings) -> None:
    store = Store(settings.data_dir)
    store.add_client("Anna")
    saved: Path = store.path
    assert saved.stat().st_mode & 0o077 == 0
