"""What a person or a counsellor chose to keep: conversations, clients, roadmaps, one SQLite file in the data folder.

Deleted rows are overwritten (`secure_delete`) and the file is compacted, so that what is erased is gone from the disk.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from advisor import AdvisorError, erasure

FILE = erasure.STORE
_SCHEMA = """
CREATE TABLE IF NOT EXISTS settings(name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS clients(id TEXT PRIMARY KEY, alias TEXT NOT NULL UNIQUE, notes TEXT NOT NULL DEFAULT '', created TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS items(
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, data TEXT NOT NULL, client TEXT NOT NULL DEFAULT '',
    created TEXT NOT NULL, changed TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS items_client ON items(client, kind);
"""


@dataclass(frozen=True)
class Client:
    """A client of a counsellor, under a pseudonym."""

    id: str
    alias: str
    notes: str = ""


@dataclass(frozen=True)
class Item:
    """Something saved: a conversation or a roadmap, as JSON data."""

    id: str
    kind: str
    title: str
    data: Any
    client: str
    changed: str


class Store:
    """The open store. Safe to use from several threads; the file appears with the first thing that is kept."""

    def __init__(self, data_dir: Path) -> None:
        """Name the store of a data folder.

        Args:
            data_dir: The data folder.
        """
        self.path = data_dir / FILE
        self._lock = threading.Lock()

    @contextmanager
    def _open(self, *, create: bool = True) -> Iterator[sqlite3.Connection | None]:
        if not create and not self.path.is_file():
            yield None
            return
        try:
            with self._lock:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                if not self.path.exists():
                    self.path.touch(mode=0o600)
                connection = sqlite3.connect(self.path, timeout=10)
                try:
                    connection.execute("PRAGMA secure_delete = ON")
                    connection.executescript(_SCHEMA)
                    with connection:
                        yield connection
                finally:
                    connection.close()
        except (sqlite3.DatabaseError, OSError) as error:
            raise AdvisorError(
                f"What you saved cannot be read or written ({error}). Look at {str(self.path)!r}: free the disk, or move "
                "the file away to start anew."
            ) from error

    def _rows(self, sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        with self._open(create=False) as connection:
            return connection.execute(sql, parameters).fetchall() if connection else []

    def _write(self, sql: str, parameters: tuple[Any, ...] = ()) -> int:
        with self._open() as connection:
            return connection.execute(sql, parameters).rowcount if connection else 0

    def _compact(self) -> None:
        with self._open(create=False) as connection:
            if connection:
                connection.commit()
                connection.execute("VACUUM")

    # Switches ---------------------------------------------------------------------------------------------------

    @property
    def is_on(self) -> bool:
        """Whether conversations are saved; off until the person switches it on."""
        return self._rows("SELECT value FROM settings WHERE name = 'history'") == [("on",)]

    def switch(self, *, on: bool) -> None:
        """Save conversations from now on, or no more; what is saved stays until it is deleted."""
        if on or self.path.is_file():
            self._write("INSERT OR REPLACE INTO settings VALUES('history', ?)", ("on" if on else "off",))

    # Conversations and roadmaps ---------------------------------------------------------------------------------

    def save(self, kind: str, title: str, data: Any, *, item: str = "", client: str = "") -> str:
        """Save something new, or the newer state of `item`; return its id. A name the person gave stays."""
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        name = item or uuid4().hex
        body = json.dumps(data, ensure_ascii=False, default=str)
        self._write(
            "INSERT INTO items VALUES(?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET data = excluded.data, changed = excluded.changed",
            (name, kind, " ".join(title.split())[:120] or kind, body, client, now, now),
        )
        return name

    def items(self, kind: str = "", *, client: str = "", containing: str = "") -> list[Item]:
        """Return what is saved, newest first.

        Args:
            kind: `conversation` or `roadmap`; both when empty.
            client: Only that client's; without it, only what belongs to no client.
            containing: Only those whose title or content has these words.
        """
        rows = self._rows(
            "SELECT id, kind, title, data, client, changed FROM items WHERE client = ? AND (? = '' OR kind = ?) "
            "AND (? = '' OR instr(lower(title || ' ' || data), lower(?)) > 0) ORDER BY changed DESC, rowid DESC",
            (client, kind, kind, containing, containing),
        )
        return [Item(row[0], row[1], row[2], json.loads(row[3]), row[4], row[5]) for row in rows]

    def item(self, name: str) -> Item | None:
        """Return one saved thing, or None."""
        rows = self._rows("SELECT id, kind, title, data, client, changed FROM items WHERE id = ?", (name,))
        return Item(rows[0][0], rows[0][1], rows[0][2], json.loads(rows[0][3]), *rows[0][4:]) if rows else None

    def rename(self, name: str, title: str) -> bool:
        """Give a saved thing another title; return whether it was there."""
        plain = " ".join(title.split())[:120]
        return bool(plain) and self._write("UPDATE items SET title = ? WHERE id = ?", (plain, name)) > 0

    def delete(self, name: str) -> bool:
        """Delete one saved thing for good; return whether it was there."""
        gone = self._write("DELETE FROM items WHERE id = ?", (name,)) > 0
        self._compact()
        return gone

    def delete_all(self) -> int:
        """Delete all that belongs to no client for good; return how many."""
        count = self._write("DELETE FROM items WHERE client = ''")
        self._compact()
        return count

    # Clients ----------------------------------------------------------------------------------------------------

    def clients(self) -> list[Client]:
        """Return all clients by pseudonym."""
        rows = self._rows("SELECT id, alias, notes FROM clients ORDER BY lower(alias)")
        return [Client(*row) for row in rows]

    def client(self, name: str) -> Client | None:
        """Return one client by id, or None."""
        return next((client for client in self.clients() if client.id == name), None)

    def add_client(self, alias: str) -> Client | None:
        """Add a client under a pseudonym; return None when the pseudonym is taken."""
        client = Client(uuid4().hex, " ".join(alias.split())[:60])
        if any(other.alias.lower() == client.alias.lower() for other in self.clients()):
            return None
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        self._write("INSERT INTO clients VALUES(?,?,?,?)", (client.id, client.alias, "", now))
        return client

    def note(self, client: str, notes: str) -> None:
        """Keep the notes about a client."""
        self._write("UPDATE clients SET notes = ? WHERE id = ?", (notes[:50_000], client))

    def erase_client(self, client: str) -> bool:
        """Erase a client with notes, conversations and roadmaps for good; return whether there was one."""
        self._write("DELETE FROM items WHERE client = ? AND client <> ''", (client,))
        gone = self._write("DELETE FROM clients WHERE id = ?", (client,)) > 0
        self._compact()
        return gone
