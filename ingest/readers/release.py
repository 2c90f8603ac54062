"""The tables of a data release, from its folder or its zip file; knows no release."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO

from advisor.errors import ReadError, SourceError
from ingest.readers.base import clean

MAX_TABLE_BYTES = 400_000_000
"""Largest table of a release that is read; O*NET's and ESCO's largest have about 20 MB."""
_MAX_CELL_CHARS = 1_000_000


@dataclass(frozen=True)
class Package:
    """A folder or zip file that holds the tables of a release."""

    path: Path
    members: Mapping[str, str]
    """File name in lower case -> member of the zip, or path."""

    def has(self, name: str) -> bool:
        """Return whether there is a table of this name."""
        return name.lower() in self.members

    def rows(self, name: str, delimiter: str) -> Iterator[dict[str, str]]:
        """Yield the rows of a table by column name; nothing when the release has no such table.

        Raises:
            ReadError: When the table is damaged or too large.
        """
        if not self.has(name):
            return
        limit = csv.field_size_limit(_MAX_CELL_CHARS)
        try:
            with self._open(name) as file, io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
                table = (
                    csv.DictReader(text, delimiter=delimiter, quoting=csv.QUOTE_NONE)
                    if delimiter == "\t"
                    else csv.DictReader(text, delimiter=delimiter)
                )
                for row in table:
                    yield {key: value or "" for key, value in row.items() if isinstance(key, str)}
        except (csv.Error, UnicodeDecodeError, zipfile.BadZipFile, OSError, RuntimeError, EOFError) as error:
            raise ReadError(
                f"The table {name!r} in {str(self.path)!r} cannot be read ({error}). Download the release again.",
                "damaged",
            ) from error
        finally:
            csv.field_size_limit(limit)

    def _open(self, name: str) -> IO[bytes]:
        member = self.members[name.lower()]
        if self.path.is_dir():
            file = Path(member)
            if file.stat().st_size > MAX_TABLE_BYTES:
                raise ReadError(f"The table {name!r} has more than {MAX_TABLE_BYTES:,} bytes.", "too_large")
            return file.open("rb")
        with zipfile.ZipFile(self.path) as archive:
            info = archive.getinfo(member)
            if info.file_size > MAX_TABLE_BYTES:
                raise ReadError(f"The table {name!r} has more than {MAX_TABLE_BYTES:,} bytes.", "too_large")
            # What a zip says of a size may be a lie: no more than that is unpacked.
            with archive.open(info) as packed:
                return io.BytesIO(packed.read(info.file_size))


def open_package(path: Path, needed: Sequence[str], how_to_get: str) -> Package:
    """Find the tables of a release in a folder (at any depth) or zip file.

    Args:
        path: The folder or zip file.
        needed: Tables without which it is not this release; of alternatives (`a|b`) one is enough.
        how_to_get: Where a person gets the official files, for the error.

    Raises:
        SourceError: When nothing is there, or it is not this release.
    """
    if path.is_dir():
        members = {
            file.name.lower(): str(file) for file in sorted(path.rglob("*")) if file.is_file() and not file.is_symlink()
        }
    elif path.is_file():
        try:
            with zipfile.ZipFile(path) as archive:
                members = {
                    PurePath(name).name.lower(): name for name in sorted(archive.namelist()) if not name.endswith("/")
                }
        except (zipfile.BadZipFile, OSError) as error:
            raise SourceError(
                f"{str(path)!r} is neither a folder nor a zip file that can be read. {how_to_get}", "unknown_kind"
            ) from error
    else:
        raise SourceError(f"There is no folder or zip file {str(path)!r}. {how_to_get}", "not_found")
    missing = [names for names in needed if not any(name.lower() in members for name in names.split("|"))]
    if missing:
        names = ", ".join(repr(names.split("|")[0]) for names in missing)
        raise SourceError(f"{str(path)!r} lacks {names}. {how_to_get}", "incomplete")
    return Package(path, members)


def version_in(path: Path, default: str = "") -> str:
    """Return the version that a release's file or folder name carries, for instance `29.2` in `db_29_2_text.zip`."""
    for part in (path.stem if path.is_file() else path.name, path.parent.name):
        if match := re.search(r"(?<!\d)(\d{1,2}(?:[._]\d{1,2}){1,2})(?!\d)", part):
            return match[1].replace("_", ".")
    return default


def lines(cell: str) -> list[str]:
    """Return the values of a cell that holds one a line, or several with ` | ` between; each once, in order."""
    return list(dict.fromkeys(part for piece in re.split(r"\n|\s\|\s", cell) if (part := clean(piece))))


def slug(text: str) -> str:
    """Return a text as an id: lower case letters and digits with hyphens."""
    return re.sub(r"[^a-z0-9+#]+", "-", text.lower()).strip("-")
