"""A full disk, a folder that cannot be written, two writers, a store of an older version: search goes on, nothing is lost."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor import Advisor, LedgerError, Settings
from advisor.ledger import SCHEMA_VERSION, Ledger
from ingest.build import ingest
from tests.torture import disk

FREE = (0, 262_144)


@pytest.fixture
def small(tmp_path: Path, settings: Settings) -> Iterator[tuple[Settings, Path, Path]]:
    docs = tmp_path / "docs"
    docs.mkdir()
    for number in range(30):
        (docs / f"d{number:02}.txt").write_text(f"Document {number} tells of harbour {number}. " * 200)
    with disk.small_disk(tmp_path / "disk", "16m") as mounted:
        if mounted is None:
            pytest.skip("mounting a small file system is not allowed here")
        yield settings.model_copy(update={"data_dir": mounted / "data"}), mounted, docs


def test_a_full_disk_stops_no_answer_loses_nothing_and_is_named(small: tuple[Settings, Path, Path]) -> None:
    settings, mounted, docs = small
    own = docs.parent / "own.txt"
    own.write_text("A note on lighthouses. " * 20)
    ingest([str(own)], settings)
    assert [problem for free in FREE for problem in disk.full(settings, mounted, docs, free)] == []
    report = ingest([str(docs)], settings)
    assert {line.status for line in report.sources} <= {"added", "unchanged"}
    assert report.notices == ()
    with Advisor.open(settings) as advisor:
        assert advisor.notices == ()
        assert len(advisor.ledger.documents()) >= 31


def test_a_write_that_the_system_cuts_off_is_named_and_undone(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit of pages gives SQLite's own "database or disk is full" where nothing can be mounted."""
    note = tmp_path / "note.txt"
    note.write_text("A note on harbours and their market. " * 4000)
    ingest([], settings)
    with Ledger(settings.ledger_path) as ledger:
        before = ledger.digest()
    connect = Ledger._connection

    def limited(ledger: Ledger) -> sqlite3.Connection:
        connection = connect(ledger)
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    with monkeypatch.context() as patched:
        patched.setattr(Ledger, "_connection", limited)
        with pytest.raises(LedgerError, match=r"ledger\.sqlite3.*full.*[Ff]ree some space"):
            ingest([str(note)], settings)
    with Advisor.open(settings) as advisor:
        assert "Examplia takes" in advisor.ask(disk.QUESTION).text
        assert advisor.ledger.digest() == before


def test_a_folder_that_cannot_be_written_still_answers_and_says_what_it_needs(settings: Settings) -> None:
    assert disk.shut_folder(settings.corpus_dir) == []


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    """Two hundred documents here; `python -m tests.torture writers` stores 10,000."""
    waited, bad = disk.two_writers(tmp_path, 200)
    assert bad == []
    assert waited >= 0


def test_a_store_of_an_older_corpus_and_embedding_is_brought_up_to_date_with_what_was_added(
    settings: Settings, tmp_path: Path
) -> None:
    note = tmp_path / "note.txt"
    note.write_text("The harbour of Quokkaville opens at noon. " * 10)
    ingest([str(note)], settings)
    with Advisor.open(settings) as advisor:
        fresh = advisor.ledger.digest()
    with Ledger(settings.ledger_path) as ledger, ledger._transaction() as connection:
        connection.execute("UPDATE vectors SET model = 'older'")
        connection.execute("UPDATE meta SET value = 'older' WHERE key IN ('corpus', 'embedding')")
        connection.execute("UPDATE documents SET source_hash = 'older' WHERE origin LIKE 'corpus/%'")
    with Advisor.open(settings) as advisor:
        assert advisor.notices == ()
        assert advisor.ledger.digest() == fresh
        assert advisor.ledger.missing_vectors(advisor.embedding.name) == []
        assert "Quokkaville" in advisor.search("When does the harbour of Quokkaville open?")[0].chunk.text
        assert "Examplia takes" in advisor.ask(disk.QUESTION).text


@pytest.mark.parametrize("version", ["0", str(SCHEMA_VERSION + 1), ""])
def test_a_ledger_of_another_schema_is_named_and_not_touched(settings: Settings, version: str) -> None:
    with Advisor.open(settings):
        pass
    with Ledger(settings.ledger_path) as ledger:
        ledger.set_meta("schema", version)
        ledger.compact()
    before = settings.ledger_path.read_bytes()
    with pytest.raises(LedgerError, match=r"ledger\.sqlite3.*schema.*(Upgrade|move)"):
        Advisor.open(settings)
    assert settings.ledger_path.read_bytes() == before
