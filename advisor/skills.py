"""The skill graph on disk: skills, occupations, titles and what links them, from O*NET and ESCO, in one SQLite file.

It is derived from official releases and can be deleted at any time; taking the release in again builds it anew. Each
occupation or skill is written with everything that belongs to it, so a run that was stopped goes on where it was.
"""

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from advisor.errors import LedgerError
from advisor.ledger import Vectors, text_hash

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sources (
    name TEXT PRIMARY KEY, release TEXT NOT NULL, attribution TEXT NOT NULL, url TEXT NOT NULL, complete INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS skills (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, label TEXT NOT NULL, kind TEXT NOT NULL, description TEXT NOT NULL, hash TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS skills_label ON skills (label COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS names (skill TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (skill, name)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS names_name ON names (name COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS occupations (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, code TEXT NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,
    zone INTEGER, education TEXT NOT NULL, kind TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS titles (occupation TEXT NOT NULL, title TEXT NOT NULL, PRIMARY KEY (occupation, title)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS titles_title ON titles (title COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS needs (
    occupation TEXT NOT NULL, skill TEXT NOT NULL, relation TEXT NOT NULL, importance REAL, level REAL,
    PRIMARY KEY (occupation, skill, relation)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS needs_skill ON needs (skill);
CREATE TABLE IF NOT EXISTS links (
    a TEXT NOT NULL, b TEXT NOT NULL, kind TEXT NOT NULL, rank INTEGER, PRIMARY KEY (a, b, kind)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS links_b ON links (b);
CREATE TABLE IF NOT EXISTS vectors (
    model TEXT NOT NULL, text_hash TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (model, text_hash)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Release:
    """A data release: its short name, version, the attribution its licence asks for, and its address."""

    name: str
    version: str
    attribution: str
    url: str


@dataclass(frozen=True)
class Skill:
    """A skill, piece of knowledge, technology, language or skill group, with its other names and what it belongs to."""

    id: str
    source: str
    label: str
    kind: str = "skill"
    description: str = ""
    names: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    """`(id, kind)` of what it is linked to: broader, essential, optional."""


@dataclass(frozen=True)
class Need:
    """What an occupation needs: a skill, how (skill, knowledge, technology, essential, optional), importance and level."""

    skill: str
    relation: str
    importance: float | None = None
    level: float | None = None


@dataclass(frozen=True)
class Occupation:
    """An occupation, or a group of them, with its titles, needs, and related or broader occupations."""

    id: str
    source: str
    code: str
    title: str
    description: str = ""
    zone: int | None = None
    education: str = ""
    kind: str = "occupation"
    titles: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    links: tuple[tuple[str, str, int], ...] = ()
    """`(id, kind, rank)` of related or broader occupations."""


def path_in(data_dir: Path) -> Path:
    """Return where the skill graph of a data folder is kept."""
    return data_dir / "skills.sqlite"


@contextlib.contextmanager
def opened(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the skill graph.

    Raises:
        LedgerError: When there is none to read, or the file is damaged or cannot be written.
    """
    if not write and not path.is_file():
        raise LedgerError(
            f"There is no skill data at {str(path)!r}. Add an official release: `gig-advisor ingest FOLDER --as onet` "
            "or `--as esco`."
        )
    connection = None
    try:
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path.absolute().as_uri() + ("?mode=rwc" if write else "?mode=ro"),
            uri=True,
            timeout=10,
            isolation_level=None,
        )
        if write:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.executescript(_SCHEMA)
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
            raise LedgerError(
                f"The skill data {str(path)!r} is of another version. Delete it and take the data in again."
            )
        yield connection
    except (sqlite3.Error, OSError) as error:
        raise LedgerError(
            f"The skill data {str(path)!r} cannot be used ({error}). Check the folder and free space, or delete the file "
            "and take the data in again."
        ) from error
    finally:
        if connection is not None:
            connection.close()


def _hash(item: Skill | Occupation) -> str:
    return hashlib.sha256(repr(item).encode()).hexdigest()[:32]


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def put_release(connection: sqlite3.Connection, release: Release, *, complete: bool) -> None:
    """Note which release is being taken in, or that all of it is there."""
    row = (release.name, release.version, release.attribution, release.url, int(complete))
    connection.execute("INSERT OR REPLACE INTO sources VALUES (?,?,?,?,?)", row)


def releases(connection: sqlite3.Connection) -> list[tuple[Release, bool]]:
    """Return the releases that were taken in, and whether each is complete."""
    rows = connection.execute("SELECT name, release, attribution, url, complete FROM sources ORDER BY name")
    return [(Release(*row[:4]), bool(row[4])) for row in rows]


def put_skills(connection: sqlite3.Connection, skills: Sequence[Skill]) -> int:
    """Store skills in one transaction; return how many were new or changed."""
    known = dict(connection.execute("SELECT id, hash FROM skills"))
    changed = [skill for skill in skills if known.get(skill.id) != _hash(skill)]
    with _transaction(connection):
        for skill in changed:
            for table, column in (("names", "skill"), ("links", "a")):
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (skill.id,))
            row = (skill.id, skill.source, skill.label, skill.kind, skill.description, _hash(skill))
            connection.execute("INSERT OR REPLACE INTO skills VALUES (?,?,?,?,?,?)", row)
            connection.executemany("INSERT OR IGNORE INTO names VALUES (?,?)", [(skill.id, n) for n in skill.names])
            connection.executemany(
                "INSERT OR IGNORE INTO links VALUES (?,?,?,NULL)",
                [(skill.id, other, kind) for other, kind in skill.links],
            )
    return len(changed)


def put_occupations(connection: sqlite3.Connection, occupations: Sequence[Occupation]) -> list[str]:
    """Store occupations in one transaction; return the ids of those that were new or changed."""
    known = dict(connection.execute("SELECT id, hash FROM occupations"))
    changed = [item for item in occupations if known.get(item.id) != _hash(item)]
    with _transaction(connection):
        for item in changed:
            for table, column in (("titles", "occupation"), ("needs", "occupation"), ("links", "a")):
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (item.id,))
            connection.execute(
                "INSERT OR REPLACE INTO occupations VALUES (?,?,?,?,?,?,?,?,?)",
                (item.id, item.source, item.code, item.title, item.description, item.zone, item.education, item.kind, _hash(item)),
            )  # fmt: skip
            connection.executemany("INSERT OR IGNORE INTO titles VALUES (?,?)", [(item.id, t) for t in item.titles])
            connection.executemany(
                "INSERT OR IGNORE INTO needs VALUES (?,?,?,?,?)",
                [(item.id, need.skill, need.relation, need.importance, need.level) for need in item.needs],
            )
            connection.executemany(
                "INSERT OR IGNORE INTO links VALUES (?,?,?,?)", [(item.id, *link) for link in item.links]
            )
    return [item.id for item in changed]


def remove_gone(connection: sqlite3.Connection, source: str, skills: Iterable[str], occupations: Iterable[str]) -> int:
    """Delete what a new release of a source no longer has; return how many items."""
    count = 0
    with _transaction(connection):
        for table, keep in (("skills", set(skills)), ("occupations", set(occupations))):
            ids = [row[0] for row in connection.execute(f"SELECT id FROM {table} WHERE source = ?", (source,))]
            for item in ids:
                if item not in keep:
                    for name, column in (("names", "skill"), ("titles", "occupation"), ("needs", "occupation"), ("links", "a"), (table, "id")):  # fmt: skip
                        connection.execute(f"DELETE FROM {name} WHERE {column} = ?", (item,))
                    count += 1
    return count


def texts_to_embed(connection: sqlite3.Connection, model: str) -> list[tuple[str, str]]:
    """Return `(hash, text)` of each name and title that has no vector of this model yet."""
    done = {row[0] for row in connection.execute("SELECT text_hash FROM vectors WHERE model = ?", (model,))}
    texts = connection.execute(
        "SELECT label FROM skills WHERE kind <> 'group' UNION SELECT name FROM names UNION SELECT title FROM titles "
        "UNION SELECT title FROM occupations WHERE kind = 'occupation' "
        "UNION SELECT title || char(10) || description FROM occupations WHERE kind = 'occupation'"
    )
    return [(hashed, text) for (text,) in texts if (hashed := text_hash(text)) not in done]


def put_vectors(connection: sqlite3.Connection, model: str, vectors: Iterable[tuple[str, Vectors]]) -> None:
    """Store vectors by text hash in half precision, one transaction."""
    rows = [(model, hashed, vector.astype(np.float16).tobytes()) for hashed, vector in vectors]
    with _transaction(connection):
        connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?,?)", rows)


def vectors_of(connection: sqlite3.Connection, model: str, texts: Sequence[str]) -> Vectors:
    """Return one row a text, shape `(n, d)`; a text without a vector yet has zeros, so that it is never nearest."""
    found = dict(connection.execute("SELECT text_hash, vector FROM vectors WHERE model = ?", (model,)))
    if not found or not texts:
        return np.zeros((len(texts), 1), dtype=np.float32)
    width = len(next(iter(found.values()))) // 2
    out = np.zeros((len(texts), width), dtype=np.float32)
    for row, text in enumerate(texts):
        if data := found.get(text_hash(text)):
            out[row] = np.frombuffer(data, dtype=np.float16)
    return out


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many skills, occupations, titles, needs and links there are."""
    tables = ("skills", "names", "occupations", "titles", "needs", "links", "vectors")
    return {table: int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]) for table in tables}
