"""Job posts on this machine: cleaned, each once, with their vectors, in one SQLite file."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from advisor.embedding import Embedding
from advisor.errors import LedgerError

_TABLES = """
CREATE TABLE IF NOT EXISTS posts (id TEXT PRIMARY KEY, feed TEXT NOT NULL, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS vectors (model TEXT NOT NULL, id TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (model, id)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Post:
    """A cleaned job post; `more_skills` counts the skills that the feed cut off (`+3`)."""

    id: str
    title: str
    skills: tuple[str, ...] = ()
    more_skills: int = 0
    kind: str = ""
    low: float | None = None
    high: float | None = None
    budget: float | None = None
    currency: str = ""
    level: str = ""
    description: str = ""
    url: str = ""
    posted: str = ""

    @property
    def text(self) -> str:
        """Return what is embedded."""
        return f"{self.title}\n{', '.join(self.skills)}\n{self.description[:600]}".strip()

    @property
    def rate(self) -> float | None:
        """Return the middle of the hourly range, when one is stated."""
        return (self.low + self.high) / 2 if self.low is not None and self.high is not None else None


def path_in(data_dir: Path) -> Path:
    """Return where the job posts of a data folder are kept."""
    return data_dir / "jobs.sqlite"


@contextmanager
def database(path: Path, *, write: bool = False) -> Iterator[sqlite3.Connection]:
    """Open the posts; what was written is committed when the block ends.

    Raises:
        LedgerError: When there are none to read, or the file is damaged or cannot be written.
    """
    if not write and not path.is_file():
        raise LedgerError(
            "There are no job posts yet. Add a feed: `gig-advisor ingest FILE.csv --as jobs` (CSV, JSON or RSS)."
        )
    try:
        if write:
            path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=10)) as connection, connection:
            if write:
                connection.executescript(_TABLES)
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise LedgerError(
            f"The job posts {str(path)!r} cannot be used ({error}). Check the folder, or delete the file and add the feeds again."
        ) from error


def add(path: Path, posts: Sequence[Post], feed: str, embedding: Embedding) -> int:
    """Store posts and embed the new ones; return how many are new. A run that was stopped goes on where it was.

    Raises:
        LedgerError: When the file cannot be written.
    """
    with database(path, write=True) as connection:
        known = {row[0] for row in connection.execute("SELECT id FROM posts")}
        new = [post for post in posts if post.id not in known]
        connection.executemany(
            "INSERT OR IGNORE INTO posts VALUES (?,?,?)", [(post.id, feed, json.dumps(asdict(post))) for post in new]
        )
        connection.commit()
        done = {row[0] for row in connection.execute("SELECT id FROM vectors WHERE model = ?", (embedding.name,))}
        open_ = [
            (row[0], _post(row[1]).text)
            for row in connection.execute("SELECT id, data FROM posts")
            if row[0] not in done
        ]
        for start in range(0, len(open_), 256):
            batch = open_[start : start + 256]
            vectors = embedding.embed([text for _, text in batch])
            rows = [
                (embedding.name, i, v.astype(np.float16).tobytes()) for (i, _), v in zip(batch, vectors, strict=True)
            ]
            connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?,?,?)", rows)
            connection.commit()
    return len(new)


def feeds(path: Path) -> list[tuple[str, int]]:
    """Return the feeds that were added and how many posts came from each; none when there are no posts."""
    if not path.is_file():
        return []
    with database(path) as connection:
        return [
            (row[0], row[1])
            for row in connection.execute("SELECT feed, count(*) FROM posts GROUP BY feed ORDER BY feed")
        ]


def remove(path: Path, feed: str) -> int:
    """Delete the posts of a feed so that no byte of them stays; return how many there were.

    Raises:
        LedgerError: When the file cannot be written.
    """
    if not path.is_file():
        return 0
    with database(path, write=True) as connection:
        connection.execute("PRAGMA secure_delete = ON")
        gone = connection.execute("DELETE FROM posts WHERE feed = ?", (feed,)).rowcount
        connection.execute("DELETE FROM vectors WHERE id NOT IN (SELECT id FROM posts)")
        connection.commit()
        connection.execute("VACUUM")
    return gone


def erase(path: Path) -> bool:
    """Delete the posts; return whether there were any."""
    found = path.is_file()
    path.unlink(missing_ok=True)
    return found


def _post(data: str) -> Post:
    values = json.loads(data)
    known = {field.name for field in fields(Post)}
    kept: dict[str, Any] = {key: value for key, value in values.items() if key in known}
    return Post(**kept | {"skills": tuple(kept.get("skills", ()))})


def load(path: Path) -> list[Post]:
    """Return all posts in the order of their ids.

    Raises:
        LedgerError: When there are none, or the file is damaged.
    """
    with database(path) as connection:
        return [_post(row[0]) for row in connection.execute("SELECT data FROM posts ORDER BY id")]
