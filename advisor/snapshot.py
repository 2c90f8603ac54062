"""Folders of derived indexes: each is built once, sealed with a manifest, never changed, and checked before use.

A folder `NAME/<sequence>` holds an index of the ledger as it was at that sequence number. A build that was killed
leaves no manifest, damage changes a hash, and both are simply not used. What the ledger gained since is searched
exactly, so an index may lag without a wrong answer.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from advisor.errors import DerivedIndexError

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Snapshot:
    """A sealed index folder: where it is and which state of the ledger it shows."""

    path: Path
    sequence: int
    count: int
    model: str


def _hashes(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        # tantivy keeps lock files in its folder; they carry no content.
        if path.is_file() and path.name != MANIFEST and not path.name.endswith(".lock"):
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def build(root: Path, sequence: int, count: int, model: str, write: Callable[[Path], None]) -> Snapshot:
    """Build a folder with `write`, seal it, put it in place and drop older ones.

    Args:
        root: Folder that holds the snapshots of one index.
        sequence: The ledger's sequence number that is being shown.
        count: Number of entries.
        model: Name of the embedding model, or an empty string.
        write: Writes the index into the folder it is given.

    Returns:
        The sealed snapshot.

    Raises:
        DerivedIndexError: When it cannot be written; what was there before is still there.
    """
    working = root / f"building-{os.getpid()}"
    shutil.rmtree(working, ignore_errors=True)
    try:
        working.mkdir(parents=True)
        write(working)
        manifest = {"sequence": sequence, "count": count, "model": model, "files": _hashes(working)}
        (working / MANIFEST).write_text(json.dumps(manifest))
        final = root / str(sequence)
        shutil.rmtree(final, ignore_errors=True)
        working.rename(final)
    except Exception as error:  # tantivy tells a full disk as a ValueError, Chroma with errors of its own
        raise DerivedIndexError(
            f"The index {str(root)!r} could not be written ({error}). Exact search is used; free some space or make the "
            "folder writable, then run `gig-advisor ingest`."
        ) from error
    finally:
        shutil.rmtree(working, ignore_errors=True)
    for other in root.iterdir():
        if other != final and (other.name.isdigit() or _is_left_over(other)):
            shutil.rmtree(other, ignore_errors=True)
    return Snapshot(final, sequence, count, model)


def _is_left_over(folder: Path) -> bool:
    """Return whether a working folder belongs to a process that is gone."""
    name, _, pid = folder.name.partition("-")
    if name not in {"building", "open"} or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def newest(root: Path, model: str, up_to: int) -> tuple[Snapshot | None, str]:
    """Return the newest sound snapshot and a word for its state.

    Args:
        root: Folder that holds the snapshots of one index.
        model: Only snapshots of this embedding model count.
        up_to: The ledger's sequence; a snapshot beyond it belongs to another ledger.

    Returns:
        The snapshot or None, and `ready`, `missing`, `stale` (usable, but behind) or `damaged`.
    """
    state = "missing"
    try:
        folders = sorted((path for path in root.iterdir() if path.name.isdigit()), key=lambda path: -int(path.name))
    except OSError:
        return None, state
    for folder in folders:
        snapshot = verify(folder)
        if snapshot is None:
            state = "damaged"
        elif snapshot.model == model and snapshot.sequence <= up_to:
            return snapshot, "ready" if snapshot.sequence == up_to else "stale"
    return None, state


def verify(folder: Path) -> Snapshot | None:
    """Return the snapshot when its manifest is there and every file still has its hash, else None."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        manifest = json.loads((folder / MANIFEST).read_text())
        if manifest["files"] == _hashes(folder):
            return Snapshot(folder, int(manifest["sequence"]), int(manifest["count"]), str(manifest["model"]))
    return None
