"""The person's own work log on this machine: time, zone, distance, duration and pay of each trip, in one SQLite file.

Nothing else of an export is kept, nothing leaves the machine, and `erase` removes all of it.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.errors import LedgerError

if TYPE_CHECKING:
    import pandas as pd

_TABLE = """
CREATE TABLE IF NOT EXISTS rows(
    start TEXT NOT NULL, end TEXT, pay REAL, tips REAL, miles REAL, minutes REAL, zone TEXT, platform TEXT, kind TEXT, done INTEGER,
    UNIQUE(start, end, pay, miles, platform, kind))
"""


def path_in(data_dir: Path) -> Path:
    """Return where the log of a data folder is kept."""
    return data_dir / "worklog.sqlite"


def add(path: Path, rows: "pd.DataFrame") -> int:
    """Add rows of a log; those that are there already are not counted twice.

    Args:
        path: The log's file.
        rows: Rows as `ingest.readers.earnings.read_log` gives them.

    Returns:
        How many rows are new.

    Raises:
        LedgerError: When the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(_TABLE)
            before = connection.execute("SELECT count(*) FROM rows").fetchone()[0]
            values = rows.assign(
                start=rows["start"].astype(str), end=rows["end"].astype(str), done=rows["done"].astype(int)
            )
            # SQLite counts two missing values as different, so what is missing is stored as a number that no row has.
            values = values.fillna({"pay": 0.0, "miles": 0.0, "minutes": 0.0, "tips": 0.0})
            connection.executemany(
                "INSERT OR IGNORE INTO rows VALUES(?,?,?,?,?,?,?,?,?,?)", values.itertuples(index=False, name=None)
            )
            return int(connection.execute("SELECT count(*) FROM rows").fetchone()[0]) - int(before)
    except (sqlite3.Error, OSError) as error:
        raise LedgerError(
            f"The work log {str(path)!r} cannot be written: {error}. Check the disk and the folder's rights."
        ) from error


def load(path: Path) -> "pd.DataFrame":
    """Return all rows, oldest first; empty when there is no log.

    Raises:
        LedgerError: When the file is damaged.
    """
    import pandas as pd

    columns = ["start", "end", "pay", "tips", "miles", "minutes", "zone", "platform", "kind", "done"]
    if not path.is_file():
        return pd.DataFrame(columns=columns)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            rows = pd.read_sql_query("SELECT * FROM rows ORDER BY start", connection)
    except (sqlite3.Error, pd.errors.DatabaseError) as error:
        raise LedgerError(
            f"The work log {str(path)!r} is damaged ({error}). Erase it with `gig-advisor log --erase` and add the files again."
        ) from error
    rows["start"], rows["end"] = (
        pd.to_datetime(rows["start"], format="mixed"),
        pd.to_datetime(rows["end"], format="mixed", errors="coerce"),
    )
    rows["done"] = rows["done"].astype(bool)
    return rows


def erase(path: Path) -> bool:
    """Overwrite and delete the log; return whether there was one."""
    if not path.is_file():
        return False
    with path.open("r+b") as file:
        file.write(b"\0" * path.stat().st_size)
    path.unlink()
    return True
