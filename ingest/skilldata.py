"""O*NET and ESCO releases into the ledger (one document an occupation) and into the skill graph; incremental, resumable."""

import hashlib
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from tqdm import tqdm

from advisor import skills
from advisor.embedding import Embedding, open_embedding
from advisor.errors import SourceError
from advisor.ledger import SHELVED, Ledger, StoredDocument
from advisor.schema import Source
from advisor.settings import Settings
from ingest import sources
from ingest.build import Report, SourceReport
from ingest.chunk import chunk_document
from ingest.readers import esco, onet
from ingest.readers.onet import Entry

READERS = {"onet": onet.read_onet, "esco": esco.read_esco}
_FORMAT = "2"
"""Part of every hash: raising it makes each occupation be written again after a change of reader."""
_AT_ONCE = 200
_EMBED_BATCH = 512


def ingest_skill_data(
    targets: Sequence[str],
    settings: Settings,
    kind: str,
    *,
    rebuild: bool = False,
    today: date | None = None,
    progress: bool = False,
) -> Report:
    """Take releases into ledger and skill graph; what is there already is left alone, what is gone is removed.

    A run that was stopped goes on where it was: occupations are stored in small batches, vectors too. The ledger is only
    locked while documents are written, so questions can be asked meanwhile.

    Args:
        targets: Folders, zip files or addresses of zip files.
        settings: Where ledger and graph are.
        kind: `onet` or `esco`.
        rebuild: Write every document again.
        today: The day that counts as the day of reading.
        progress: Show progress bars on standard error.

    Returns:
        One line per target.

    Raises:
        LedgerError: When ledger or graph cannot be written.
    """
    start = time.monotonic()
    day = today or date.today()  # noqa: DTZ011 - the reader's own calendar day is meant
    how = {"onet": onet.HOW_TO_GET, "esco": esco.HOW_TO_GET}[kind]
    reports = []
    if not targets:
        raise SourceError(f"Name the folder or zip file of the release. {how}", "not_found")
    for target in targets:
        try:
            reports.append(_one(target, settings, kind, day, rebuild=rebuild, progress=progress))
        except SourceError as error:
            text = str(error) if how in str(error) else f"{error} {how}"
            reports.append(SourceReport(target, "refused", 0, error.reason, text))
    return Report(tuple(reports), time.monotonic() - start)


def _one(target: str, settings: Settings, kind: str, day: date, *, rebuild: bool, progress: bool) -> SourceReport:
    if not sources.is_address(target):
        return _store(Path(target).expanduser(), target, settings, kind, day, rebuild=rebuild, progress=progress)
    from ingest import fetch

    fetched = fetch.fetch(target, settings)
    folder = Path(tempfile.mkdtemp(prefix="gig-advisor-"))
    try:
        file = folder / (fetched.final_url.rsplit("/", 1)[-1].split("?")[0] or "release.zip")
        file.write_bytes(fetched.body)
        return _store(file, target, settings, kind, day, rebuild=rebuild, progress=progress)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _store(
    path: Path, target: str, settings: Settings, kind: str, day: date, *, rebuild: bool, progress: bool
) -> SourceReport:
    try:
        release, found, entries = READERS[kind](path)
    except (KeyError, ValueError) as error:
        raise SourceError(
            f"The tables in {str(path)!r} are not laid out like the official release ({type(error).__name__}: {error}).",
            "damaged",
        ) from error
    graph = skills.path_in(settings.data_dir)
    with skills.opened(graph, write=True) as connection:
        first = not any(known.name == release.name for known, _ in skills.releases(connection))
        skills.put_release(connection, release, complete=False)
        changed = skills.put_skills(connection, found)
        chunks, written = _documents(connection, settings, release, entries, day, rebuild=rebuild, progress=progress)
        occupations = [entry.occupation.id for entry in entries]
        gone = skills.remove_gone(connection, release.name, (skill.id for skill in found), occupations)
        embedding = open_embedding(settings)
        embedded = embed_names(connection, embedding, progress=progress)
        skills.put_release(connection, release, complete=True)
    text = (
        f"{release.name} {release.version}: {len(entries):,} occupations and groups, {len(found):,} skills; {written:,} documents "
        f"and {changed:,} skills new or changed, {gone:,} gone, {embedded:,} names embedded. {release.attribution}"
    )
    status: Literal["added", "changed", "unchanged"] = (
        "added" if first else "changed" if written or changed or gone or embedded else "unchanged"
    )
    return SourceReport(target, status, chunks, "", text)


def _documents(
    connection: sqlite3.Connection,
    settings: Settings,
    release: skills.Release,
    entries: Sequence[Entry],
    day: date,
    *,
    rebuild: bool,
    progress: bool,
) -> tuple[int, int]:
    """Store the occupations in the graph and their documents in the ledger; return chunks, and documents written."""
    chunks = written = 0
    with Ledger(settings.ledger_path) as ledger, ledger.writing():
        prefix = f"{release.name}/"
        known = {d.id: d.source_hash for d in ledger.documents() if d.origin.startswith(prefix)}
        seen = set()
        bar = tqdm(
            total=len(entries),
            desc=f"Storing {release.name}",
            unit="occupation",
            disable=None if progress else True,
            leave=False,
        )
        with bar:
            for start in range(0, len(entries), _AT_ONCE):
                batch = entries[start : start + _AT_ONCE]
                skills.put_occupations(connection, [entry.occupation for entry in batch])
                for entry in batch:
                    if not entry.document.blocks:
                        continue
                    seen.add(entry.occupation.id)
                    hashed = _hash(entry, release.version)
                    if rebuild or known.get(entry.occupation.id) != hashed:
                        chunks += _document(ledger, entry, release, hashed, day)
                        written += 1
                bar.update(len(batch))
        for gone in set(known) - seen:
            ledger.remove_document(gone)
            written += 1
    return chunks, written


def _hash(entry: Entry, version: str) -> str:
    return hashlib.sha256(f"{_FORMAT}:{version}:{entry.document!r}".encode()).hexdigest()


def _document(ledger: Ledger, entry: Entry, release: skills.Release, hashed: str, day: date) -> int:
    occupation, module = entry.occupation, onet if release.name == "onet" else esco
    code = occupation.code
    url = (
        f"{onet.ADDRESS}{code}"
        if release.name == "onet"
        else f"http://data.europa.eu/esco/occupation/{occupation.id[5:]}"
    )
    source = Source(
        id="s1",
        title=f"{'O*NET' if release.name == 'onet' else 'ESCO'} {release.version}: {occupation.title} ({code})",
        publisher=module.PUBLISHER,
        url=url,
        source_kind="official",
        published=entry.document.published,
        read=day,
        licence=module.LICENCE,
    )
    made = [
        chunk.model_copy(
            update={"subject": SHELVED, "guide_kind": SHELVED, "region": "US" if release.name == "onet" else "global"}
        )
        for chunk in chunk_document(occupation.id, entry.document, source)
    ]
    stored = StoredDocument(occupation.id, f"{release.name}/{code or occupation.id}", occupation.title, hashed)
    ledger.put_document(stored, made)
    return len(made)


def embed_names(connection: sqlite3.Connection, embedding: Embedding, *, progress: bool = False) -> int:
    """Give every skill name and title of the graph its vector; each batch is one transaction; return how many."""
    missing = sorted(skills.texts_to_embed(connection, embedding.name), key=lambda pair: len(pair[1]))
    with tqdm(
        total=len(missing),
        desc="Embedding names",
        unit="name",
        disable=None if progress and missing else True,
        leave=False,
    ) as bar:
        for start in range(0, len(missing), _EMBED_BATCH):
            batch = missing[start : start + _EMBED_BATCH]
            vectors = embedding.embed([text for _, text in batch])
            skills.put_vectors(connection, embedding.name, zip((hashed for hashed, _ in batch), vectors, strict=True))
            bar.update(len(batch))
    return len(missing)
