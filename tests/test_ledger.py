"""The ledger: one transaction a document, a sequence of changes, one writer, and clear words when it cannot."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from advisor.errors import LedgerBusyError, LedgerError
from advisor.ledger import Ledger, StoredDocument, text_hash
from advisor.schema import Chunk


def chunk(name: str, text: str, document: str = "d") -> Chunk:
    return Chunk(id=name, document=document, kind="document", title="T", heading="", text=text)


def document(name: str = "d", source_hash: str = "1") -> StoredDocument:
    return StoredDocument(name, f"/{name}", name, source_hash)


def test_a_document_is_added_kept_changed_and_removed(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite3") as ledger:
        assert ledger.put_document(document(), [chunk("a", "one"), chunk("b", "two")]) == "added"
        assert ledger.put_document(document(), [chunk("a", "one"), chunk("b", "two")]) == "unchanged"
        before = ledger.sequence
        assert ledger.put_document(document(source_hash="2"), [chunk("a", "one"), chunk("c", "three")]) == "changed"
        assert ledger.changes_since(before) == (["c"], ["b"])
        assert ledger.remove_document("d")
        assert not ledger.remove_document("d")
        assert ledger.count_chunks() == 0


def test_vectors_are_shared_by_equal_texts_and_listed_as_missing_until_stored(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite3") as ledger:
        ledger.put_document(document(), [chunk("a", "same"), chunk("b", "same"), chunk("c", "other")])
        missing = ledger.missing_vectors("m")
        assert len(missing) == 2
        ledger.put_vectors("m", [(hashed, np.full(3, 1.0, dtype=np.float32)) for hashed, _ in missing[:1]])
        assert [hashed for hashed, _ in ledger.missing_vectors("m")] == [missing[1][0]]
        ledger.put_vectors("m", [(missing[1][0], np.zeros(3, dtype=np.float32))])
        ids, matrix = ledger.vectors("m")
        assert ids == ["a", "b", "c"]
        assert matrix.shape == (3, 3)
        assert ledger.vectors("other-model")[0] == []


def test_new_vectors_move_the_sequence_so_that_indexes_take_them_in(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite3") as ledger:
        ledger.put_document(document(), [chunk("a", "one")])
        before = ledger.sequence
        ledger.put_vectors("m", [(text_hash(chunk("a", "one").indexed_text), np.ones(3, dtype=np.float32))])
        assert ledger.changes_since(before) == (["a"], [])


def test_more_than_one_batch_of_chunks_comes_back_whole(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.sqlite3") as ledger:
        many = [chunk(f"c{number:04}", f"text {number}") for number in range(1201)]
        ledger.put_document(document(), many)
        vector = np.array([1, 0], dtype=np.float32)
        ledger.put_vectors("m", [(hashed, vector) for hashed, _ in ledger.missing_vectors("m")])
        ids = [one.id for one in many]
        assert {i: c.text for i, c in ledger.chunks(ids).items()} == {one.id: one.text for one in many}
        found, vectors = ledger.vectors("m", ids)
        assert sorted(found) == ids
        assert vectors.shape == (1201, 2)


def test_the_digest_depends_on_content_and_not_on_the_order_of_work(tmp_path: Path) -> None:
    one, two = Ledger(tmp_path / "1.sqlite3"), Ledger(tmp_path / "2.sqlite3")
    one.put_document(document("x"), [chunk("x", "text x", "x")])
    one.put_document(document("y"), [chunk("y", "text y", "y")])
    two.put_document(document("y"), [chunk("old", "text old", "y")])
    two.put_document(document("x"), [chunk("x", "text x", "x")])
    two.put_document(document("y"), [chunk("y", "text y", "y")])
    assert one.digest() == two.digest()
    two.put_document(document("y"), [chunk("y", "text Y", "y")])
    assert one.digest() != two.digest()


def test_a_second_writer_is_told_which_process_writes(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite3"
    Ledger(path).close()
    code = (
        "import sys, pathlib; from advisor.ledger import Ledger\n"
        "with Ledger(pathlib.Path(sys.argv[1])).writing(): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdin=-1, stdout=-1, text=True) as holder:
        assert holder.stdout
        assert holder.stdin
        assert holder.stdout.readline() == "held\n"
        with Ledger(path) as ledger:
            with pytest.raises(LedgerBusyError, match=f"in use by process {holder.pid}"), ledger.writing():
                pass
            assert ledger.count_chunks() == 0  # reading goes on
        holder.stdin.close()
    with Ledger(path) as ledger, ledger.writing():
        ledger.put_document(document(), [chunk("a", "one")])


def test_a_missing_a_foreign_and_a_newer_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="gig-advisor ingest"):
        Ledger(tmp_path / "none.sqlite3", read_only=True)
    (tmp_path / "text.sqlite3").write_bytes(b"this is no database at all" * 100)
    with pytest.raises(LedgerError, match="damaged or not a ledger"):
        Ledger(tmp_path / "text.sqlite3")
    path = tmp_path / "newer.sqlite3"
    Ledger(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    connection.close()
    with pytest.raises(LedgerError, match="schema '99'"):
        Ledger(path)


def test_a_read_only_ledger_refuses_to_write(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite3"
    Ledger(path).close()
    with Ledger(path, read_only=True) as ledger, pytest.raises(LedgerError, match="read-only"):
        ledger.put_document(document(), [chunk("a", "one")])


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="GIG_ADVISOR_DATA_DIR"):
        Ledger(tmp_path / "file" / "below" / "l.sqlite3")


def test_damage_inside_the_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite3"
    with Ledger(path) as ledger:
        ledger.put_document(document(), [chunk(f"c{n}", "word " * 300) for n in range(200)])
        ledger._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert ledger.check() == []
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 4096 * 4] = os.urandom(4096 * 4)
    path.write_bytes(data)
    with Ledger(path) as ledger:
        try:
            assert ledger.check() != []
        except LedgerError as error:
            assert "damaged" in str(error)  # noqa: PT017 - either way of reporting it will do


def test_a_ledger_whose_making_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite3"
    with sqlite3.connect(path) as connection:  # what a process leaves that dies right after choosing the journal
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    assert path.stat().st_size > 0
    with Ledger(path) as ledger:
        assert ledger.put_document(document(), [chunk("a", "one")]) == "added"


def test_making_a_ledger_is_all_or_nothing(tmp_path: Path) -> None:
    """A trace of every statement shows that tables and version are made inside one transaction."""
    code = (
        "import sqlite3, sys, pathlib\n"
        "real = sqlite3.connect; seen = []\n"
        "def connect(*a, **k):\n"
        "    c = real(*a, **k); c.set_trace_callback(seen.append); return c\n"
        "sqlite3.connect = connect\n"
        "from advisor.ledger import Ledger\n"
        "Ledger(pathlib.Path(sys.argv[1]))\n"
        "kinds = [s.split()[0].strip(';') for s in seen if s.split()[0].strip(';') in ('BEGIN', 'COMMIT', 'CREATE', 'INSERT')]\n"
        "print(kinds[0], kinds[-1], kinds.count('BEGIN'), kinds.count('CREATE') > 5, kinds.count('INSERT'))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "l.sqlite3")], capture_output=True, text=True)
    assert done.stdout.strip() == "BEGIN COMMIT 1 True 1", done.stderr
