"""Paths and addresses to sources: what a document is called, who published it, and when."""

import hashlib
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from advisor.errors import SourceError
from advisor.schema import Source
from ingest.readers import FORMATS
from ingest.readers.guide_model import Guide


def is_address(target: str) -> bool:
    """Return whether a target is an address and not a path."""
    return target.lower().startswith(("http://", "https://"))


def document_id(origin: str) -> str:
    """Return the stable id of the document that came from a path or an address."""
    return "doc-" + hashlib.sha256(origin.encode()).hexdigest()[:20]


def files_under(path: Path) -> list[Path]:
    """Return the readable files of a path: the file itself, or all known formats in a folder, in name order.

    Hidden files and folders, symbolic links that leave the folder, and unknown suffixes are left out.

    Raises:
        SourceError: When the path is not there or holds nothing that can be read.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SourceError(f"There is no file or folder {str(path)!r}. Check the path.", "not_found")
    root = path.resolve()
    found = []
    for file in sorted(path.rglob("*")):
        parts = file.relative_to(path).parts
        if any(part.startswith(".") for part in parts) or file.suffix.lower() not in FORMATS or not file.is_file():
            continue
        if file.is_symlink() and not file.resolve().is_relative_to(root):
            continue
        found.append(file)
    if not found:
        raise SourceError(
            f"The folder {str(path)!r} holds no file that can be read ({', '.join(sorted(FORMATS))}).", "empty"
        )
    return found


def file_source(path: Path, title: str, published: date | None, today: date) -> Source:
    """Return the source of a local file."""
    return Source(
        id="s1", title=title or path.name, publisher="your file", source_kind="user", published=published, read=today
    )


def page_source(url: str, title: str, published: date | None, today: date) -> Source:
    """Return the source of a fetched page; its host is the publisher until somebody says more."""
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    kind = (
        "official"
        if host.endswith((".gov", ".gov.uk", ".europa.eu", ".gc.ca", ".gov.au", ".gov.in"))
        else "independent"
    )
    return Source(
        id="s1", title=title or url, publisher=host, url=url, source_kind=kind, published=published, read=today
    )


def guide_source(guide: Guide) -> Source:
    """Return a guide itself as a source; its date is the day it was last reviewed."""
    return Source(
        id="guide",
        title=f"Guide: {guide.name}",
        publisher="Gig Advisor corpus",
        source_kind="independent",
        read=guide.reviewed,
    )
