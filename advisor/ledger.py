"""The truth on disk: documents, chunks, vectors and facts in one SQLite file; indexes are derived from it.

One writer at a time (a lock file names the process), many readers. Every change of content gets the next number of
one sequence, so an index or a cache knows what it has missed. Chunks keep their own data as JSON; only what is
searched by has a column, which keeps the schema portable to another database.
"""

import contextlib
import hashlib
import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import filelock
import numpy as np
from numpy.typing import NDArray

from advisor.errors import LedgerBusyError, LedgerError
from advisor.schema import Chunk, Fact

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, origin TEXT NOT NULL, title TEXT NOT NULL, content_hash TEXT NOT NULL,
    source_hash TEXT NOT NULL, data TEXT NOT NULL, sequence INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS documents_origin ON documents (origin);
CREATE TABLE IF NOT EXISTS chunks (
    id TEXT PRIMARY KEY, document TEXT NOT NULL, ordinal INTEGER NOT NULL, subject TEXT NOT NULL,
    text_hash TEXT NOT NULL, content_hash TEXT NOT NULL, data TEXT NOT NULL, sequence INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS chunks_document ON chunks (document);
CREATE INDEX IF NOT EXISTS chunks_sequence ON chunks (sequence);
CREATE INDEX IF NOT EXISTS chunks_text ON chunks (text_hash);
CREATE TABLE IF NOT EXISTS removed (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS vectors (
    model TEXT NOT NULL, text_hash TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (model, text_hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (
    id TEXT PRIMARY KEY, document TEXT NOT NULL, subject TEXT NOT NULL, key TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS facts_document ON facts (document);
CREATE INDEX IF NOT EXISTS facts_subject ON facts (subject, key);
"""

# One transaction: a process that dies here leaves either no table at all or a whole ledger.
_SET_UP = f"""
BEGIN IMMEDIATE;
{_SCHEMA}
INSERT OR IGNORE INTO meta VALUES ('schema', '{SCHEMA_VERSION}');
COMMIT;
"""

SHELVED = "occupation-data"
"""Subject of chunks that are kept but not searched: reference data on thousands of occupations would bury the guides."""

Status = Literal["added", "changed", "unchanged"]
Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class StoredDocument:
    """A document as the ledger lists it: id, origin, title, the hash of its bytes, and what else a guide says of itself."""

    id: str
    origin: str
    title: str
    source_hash: str
    data: str = "{}"


def text_hash(text: str) -> str:
    """Return the key under which the vector of `text` is stored (SHA-256, first 32 hex digits)."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


_OPEN_SECONDS = 10


def _use_log(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; SQLite's own timeout does not hold while two processes open a new file at once."""
    end = time.monotonic() + _OPEN_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


class Ledger:
    """One open ledger. Reading is safe from any thread; writing needs `with ledger.writing():`."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the ledger, creating it when it is missing and `read_only` is false.

        Args:
            path: The SQLite file.
            read_only: Never create or change anything.

        Raises:
            LedgerError: When the file cannot be opened, is damaged, or was made by a newer version.
        """
        self.path = path
        self.read_only = read_only
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._write_lock = filelock.FileLock(str(path.with_suffix(".lock")), timeout=0, thread_local=False)
        if read_only and not path.exists():
            raise LedgerError(f"There is no ledger at {str(path)!r}. Run `gig-advisor ingest` once to build it.")
        try:
            if not read_only:
                path.parent.mkdir(parents=True, exist_ok=True)
                # Only a file without tables is set up here, so that opening a ledger never waits for its writer.
                if not self._query("SELECT 1 FROM sqlite_master LIMIT 1"):
                    self._connection().executescript(_SET_UP)
            version = self.meta("schema")
        except OSError as error:
            raise LedgerError(
                f"Cannot create {str(path)!r}: {error.strerror}. Choose a writable folder with GIG_ADVISOR_DATA_DIR."
            ) from error
        except sqlite3.Error as error:
            self.close()
            raise _as_ledger_error(path, error) from error
        if version != str(SCHEMA_VERSION):
            self.close()
            raise LedgerError(
                f"The ledger {str(path)!r} has schema {version!r}, this program reads {SCHEMA_VERSION}. Upgrade "
                "gig-advisor, or move the file away and run `gig-advisor ingest` to build a new one."
            )

    # Connections ------------------------------------------------------------------------------------------------

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            writable = not self.read_only and os.access(self.path.parent, os.W_OK)
            connection = self._connect("?mode=rwc") if writable else self._connect_for_reading()
            if writable:
                _use_log(connection)
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA secure_delete=ON")
            self._local.connection = connection
            with self._guard:
                self._connections.append(connection)
        return connection

    def _connect(self, how: str) -> sqlite3.Connection:
        address = self.path.absolute().as_uri() + how
        return sqlite3.connect(address, uri=True, timeout=10, check_same_thread=False, isolation_level=None)

    def _connect_for_reading(self) -> sqlite3.Connection:
        connection = self._connect("?mode=ro")
        try:
            connection.execute("PRAGMA schema_version")
        except sqlite3.OperationalError:
            connection.close()
            log = self.path.with_name(self.path.name + "-wal")
            if log.exists() and log.stat().st_size:
                raise
            # A full disk or a folder that cannot be written leaves no room for the shared-memory file of a WAL database:
            # with nothing in its log, the file itself is the whole ledger.
            return self._connect("?immutable=1")
        return connection

    def _query(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        try:
            return self._connection().execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise _as_ledger_error(self.path, error) from error

    def close(self) -> None:
        """Close all connections; the ledger cannot be used afterwards."""
        with self._guard:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._local = threading.local()

    def __enter__(self) -> Self:
        """Return the ledger itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the ledger."""
        self.close()

    # Reading ----------------------------------------------------------------------------------------------------

    def meta(self, key: str) -> str:
        """Return a stored value, or an empty string."""
        rows = self._query("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else ""

    @property
    def sequence(self) -> int:
        """Number of the last change of content."""
        return int(self.meta("sequence") or 0)

    def documents(self, origin: str | None = None) -> list[StoredDocument]:
        """Return all documents, or those of one origin, ordered by id."""
        where, parameters = ("WHERE origin = ?", (origin,)) if origin is not None else ("", ())
        rows = self._query(
            f"SELECT id, origin, title, source_hash, data FROM documents {where} ORDER BY id", parameters
        )
        return [StoredDocument(*row) for row in rows]

    def chunk_ids(self, document: str | None = None) -> list[str]:
        """Return the ids of all chunks that are searched, or of all of one document's, in reading order."""
        where, parameter = ("document = ?", document) if document is not None else ("subject <> ?", SHELVED)
        return [
            row[0]
            for row in self._query(f"SELECT id FROM chunks WHERE {where} ORDER BY document, ordinal", (parameter,))
        ]

    def chunks(self, ids: Iterable[str]) -> dict[str, Chunk]:
        """Return the chunks with these ids; unknown ids are left out."""
        found: dict[str, Chunk] = {}
        wanted = list(ids)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._query(f"SELECT id, data, ordinal, content_hash FROM chunks WHERE id IN ({marks})", part)
            for chunk_id, data, ordinal, written in rows:
                # SQLite does not notice a changed byte inside a row; an answer must not quote one.
                if _digest(str(ordinal), data) != written:
                    raise _damaged(self.path, f"chunk {chunk_id!r} is not what was written")
                found[chunk_id] = Chunk.model_validate_json(data)
        return found

    def changes_since(self, sequence: int) -> tuple[list[str], list[str]]:
        """Return the ids of chunks added or changed, and of chunks removed, after `sequence`."""
        changed = self._query(
            "SELECT id FROM chunks WHERE sequence > ? AND subject <> ? ORDER BY document, ordinal", (sequence, SHELVED)
        )
        gone = self._query("SELECT id FROM removed WHERE sequence > ? ORDER BY id", (sequence,))
        return [row[0] for row in changed], [row[0] for row in gone]

    def count_chunks(self) -> int:
        """Return the number of chunks."""
        return int(self._query("SELECT COUNT(*) FROM chunks")[0][0])

    def facts(self, subject: str | None = None) -> list[Fact]:
        """Return all facts, or those about one subject, ordered by id."""
        rows = self._query("SELECT document, id, data, subject FROM facts ORDER BY document, rowid")
        by_document: dict[str, list[str]] = {}
        for document, _, data, _ in rows:
            by_document.setdefault(document, []).append(data)
        for document, written in self._query("SELECT key, value FROM meta WHERE key LIKE 'facts of %'"):
            if _digest(*by_document.get(document.removeprefix("facts of "), ())) != written:
                raise _damaged(self.path, f"the {document} are not what was written")
        wanted = sorted((fact_id, data) for _, fact_id, data, about in rows if subject is None or about == subject)
        return [Fact.model_validate_json(data) for _, data in wanted]

    def count_facts(self) -> int:
        """Return the number of facts."""
        return int(self._query("SELECT COUNT(*) FROM facts")[0][0])

    def vectors(self, model: str, ids: Sequence[str] | None = None) -> tuple[list[str], Vectors]:
        """Return chunk ids and their vectors (shape `(n, d)`, float32) for one embedding model.

        Chunks that have not been embedded yet are left out. With `ids`, only those chunks.
        """
        # CROSS JOIN keeps SQLite from walking through all vectors of a model for a few dozen chunks.
        sql = "SELECT c.id, v.vector FROM chunks c CROSS JOIN vectors v ON v.text_hash = c.text_hash AND v.model = ?"
        if ids is None:
            rows = self._query(sql + " ORDER BY c.id", (model,))
        else:
            rows = []
            for start in range(0, len(ids), 500):
                part = ids[start : start + 500]
                rows += self._query(f"{sql} WHERE c.id IN ({','.join('?' * len(part))})", (model, *part))
        if not rows:
            return [], np.zeros((0, 0), dtype=np.float32)
        flat = np.frombuffer(b"".join(row[1] for row in rows), dtype=np.float32)
        return [row[0] for row in rows], flat.reshape(len(rows), -1)

    def text_vectors(self, model: str) -> list[tuple[str, Vectors]]:
        """Return `(text_hash, vector)` of every text of one embedding model, ordered by hash."""
        rows = self._query("SELECT text_hash, vector FROM vectors WHERE model = ? ORDER BY text_hash", (model,))
        return [(row[0], np.frombuffer(row[1], dtype=np.float32)) for row in rows]

    def missing_vectors(self, model: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return `(text_hash, texts)` of what has no vector of this model yet; the vector is the mean of its texts'."""
        rows = self._query(
            "SELECT c.text_hash, MIN(c.data) FROM chunks c LEFT JOIN vectors v ON v.text_hash = c.text_hash "
            "AND v.model = ? WHERE v.text_hash IS NULL AND c.subject <> ? GROUP BY c.text_hash ORDER BY c.text_hash",
            (model, SHELVED),
        )
        return [(row[0], Chunk.model_validate_json(row[1]).embedded_texts) for row in rows]

    def digest(self) -> str:
        """Return a hash over ids, texts, metadata and facts; equal content gives an equal digest."""
        total = hashlib.sha256()
        for sql in (
            "SELECT id || char(31) || origin || char(31) || content_hash FROM documents ORDER BY id",
            "SELECT id || char(31) || ordinal || char(31) || data FROM chunks ORDER BY id",
            "SELECT id || char(31) || data FROM facts ORDER BY id",
        ):
            for (row,) in self._query(sql):
                total.update(row.encode())
                total.update(b"\x1e")
        return total.hexdigest()

    def check(self) -> list[str]:
        """Return what SQLite's own integrity check finds; an empty list when the file is sound."""
        found = [str(row[0]) for row in self._query("PRAGMA integrity_check(20)")]
        return [] if found == ["ok"] else found

    # Writing ----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the one write lock.

        Raises:
            LedgerBusyError: When another process holds it; the text names the process.
        """
        owner = self.path.with_suffix(".owner.json")
        try:
            self._write_lock.acquire()
        except filelock.Timeout as error:
            holder = "?"
            with contextlib.suppress(OSError, ValueError):
                holder = str(json.loads(owner.read_text())["pid"])
            raise LedgerBusyError(
                f"The ledger {str(self.path)!r} is in use by process {holder}. Wait until it is done, or stop it, and "
                "try again. Questions can be asked meanwhile."
            ) from error
        except OSError as error:
            raise LedgerError(
                f"Cannot write to {str(self.path.parent)!r}: {error.strerror or error}. Make the folder writable, or "
                "choose another with GIG_ADVISOR_DATA_DIR."
            ) from error
        try:
            with contextlib.suppress(OSError):
                owner.write_text(json.dumps({"pid": os.getpid()}))
            yield
        finally:
            self._write_lock.release()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if self.read_only:
            raise LedgerError(f"The ledger {str(self.path)!r} was opened read-only. Open it for writing first.")
        connection = self._connection()
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise _as_ledger_error(self.path, error) from error
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    def _set_meta(self, key: str, value: str) -> None:
        self._connection().execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def set_meta(self, key: str, value: str) -> None:
        """Store a value under `key`."""
        with self._transaction():
            self._set_meta(key, value)

    def put_document(self, document: StoredDocument, chunks: Sequence[Chunk], facts: Sequence[Fact] = ()) -> Status:
        """Store a whole document in one transaction, keeping what has not changed.

        Args:
            document: Its id, origin (a path, an address, or `corpus`), title and source hash.
            chunks: Its chunks in reading order.
            facts: Its facts.

        Returns:
            `added`, `changed` or `unchanged`.
        """
        rows = [
            (chunk.id, chunk.model_dump_json(exclude_defaults=True), text_hash("\x1e".join(chunk.embedded_texts)))
            for chunk in chunks
        ]
        fact_rows = [(fact.id, fact.model_dump_json(exclude_defaults=True)) for fact in facts]
        content = _digest(document.title, document.data, *(row[1] for row in rows), *(row[1] for row in fact_rows))
        known = self._query("SELECT content_hash, origin, source_hash FROM documents WHERE id = ?", (document.id,))
        if known and tuple(known[0]) == (content, document.origin, document.source_hash):
            return "unchanged"
        with self._transaction() as connection:
            sequence = self.sequence + 1
            old = {
                row[0]: (row[1], row[2])
                for row in connection.execute(
                    "SELECT id, content_hash, text_hash FROM chunks WHERE document = ?", (document.id,)
                )
            }
            for ordinal, (chunk, (chunk_id, data, hashed)) in enumerate(zip(chunks, rows, strict=True)):
                own = _digest(str(ordinal), data)
                if old.pop(chunk_id, None) != (own, hashed):
                    connection.execute(
                        "INSERT OR REPLACE INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                        (chunk_id, document.id, ordinal, chunk.subject, hashed, own, data, sequence),
                    )
                    connection.execute("DELETE FROM removed WHERE id = ?", (chunk_id,))
            self._drop_chunks(connection, list(old), sequence)
            connection.execute("DELETE FROM facts WHERE document = ?", (document.id,))
            connection.executemany(
                "INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?)",
                [
                    (fact.id, document.id, fact.subject, fact.key.value, row[1])
                    for fact, row in zip(facts, fact_rows, strict=True)
                ],
            )
            connection.execute(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    document.id,
                    document.origin,
                    document.title,
                    content,
                    document.source_hash,
                    document.data,
                    sequence,
                ),
            )
            self._set_meta(f"facts of {document.id}", _digest(*(row[1] for row in fact_rows)))
            self._set_meta("sequence", str(sequence))
        return "changed" if known else "added"

    def remove_document(self, document: str) -> bool:
        """Remove a document with its chunks, facts and vectors; return whether it was there."""
        with self._transaction() as connection:
            sequence = self.sequence + 1
            ids = [row[0] for row in connection.execute("SELECT id FROM chunks WHERE document = ?", (document,))]
            self._drop_chunks(connection, ids, sequence)
            connection.execute("DELETE FROM facts WHERE document = ?", (document,))
            connection.execute("DELETE FROM meta WHERE key = ?", (f"facts of {document}",))
            gone = connection.execute("DELETE FROM documents WHERE id = ?", (document,)).rowcount
            self._set_meta("sequence", str(sequence))
        return bool(gone)

    @staticmethod
    def _drop_chunks(connection: sqlite3.Connection, ids: Sequence[str], sequence: int) -> None:
        for chunk_id in ids:
            connection.execute("DELETE FROM chunks WHERE id = ?", (chunk_id,))
            connection.execute("INSERT OR REPLACE INTO removed VALUES (?, ?)", (chunk_id, sequence))

    def put_vectors(self, model: str, vectors: Iterable[tuple[str, Vectors]]) -> None:
        """Store vectors by text hash, one transaction; the sequence moves on so that indexes take them in."""
        rows = [(model, hashed, np.ascontiguousarray(vector, dtype=np.float32).tobytes()) for hashed, vector in vectors]
        if not rows:
            return
        with self._transaction() as connection:
            sequence = self.sequence + 1
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
            connection.executemany(
                "UPDATE chunks SET sequence = ? WHERE text_hash = ?", [(sequence, row[1]) for row in rows]
            )
            self._set_meta("sequence", str(sequence))

    def drop_unused_vectors(self, keep_model: str) -> int:
        """Delete vectors of other models and of texts that no chunk has any more; return how many."""
        with self._transaction() as connection:
            return connection.execute(
                "DELETE FROM vectors WHERE model <> ? OR text_hash NOT IN (SELECT text_hash FROM chunks)", (keep_model,)
            ).rowcount

    def forget_removed(self) -> None:
        """Forget the ids of removed chunks; only right when no index is older than the last change."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM removed")

    def compact(self) -> None:
        """Write the file anew without what was deleted, and empty the write-ahead log."""
        try:
            self._connection().execute("VACUUM")
            for _ in range(50):
                # A reader in the middle of a query holds the log for a moment.
                if not self._connection().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    break
                time.sleep(0.1)
        except sqlite3.Error as error:
            raise _as_ledger_error(self.path, error) from error


def _damaged(path: Path, what: str) -> LedgerError:
    return LedgerError(
        f"The ledger {str(path)!r} is damaged: {what}. Move the file away and run `gig-advisor ingest` to build it anew; "
        "documents of your own are taken in again from their folders."
    )


def _as_ledger_error(path: Path, error: sqlite3.Error) -> LedgerError:
    name = getattr(error, "sqlite_errorname", "") or type(error).__name__
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return LedgerBusyError(f"The ledger {str(path)!r} is being written by another process. Try again in a moment.")
    if name.startswith("SQLITE_FULL"):
        return LedgerError(f"The disk that holds {str(path)!r} is full. Free some space and run the command again.")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR")):
        return LedgerError(
            f"The ledger {str(path)!r} cannot be opened for this ({error}). Check the folder's permissions and free "
            "space, or choose another folder with GIG_ADVISOR_DATA_DIR."
        )
    return LedgerError(
        f"The ledger {str(path)!r} is damaged or not a ledger ({error}). Move it away and run `gig-advisor ingest` to "
        "build a new one; documents that you added must be added again."
    )
