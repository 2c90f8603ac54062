"""From sources to a searchable ledger: read, cut, store, embed, derive; incremental, resumable, idempotent."""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
from tqdm import tqdm

from advisor import index
from advisor.corpus import FORMAT_VERSION, corpus_fingerprint, corpus_guides, shipped_vectors
from advisor.embedding import Embedding, open_embedding
from advisor.errors import AdvisorError, SourceError
from advisor.ledger import Ledger, StoredDocument, Vectors
from advisor.schema import Source
from advisor.settings import Settings
from ingest import fetch, sources
from ingest.chunk import chunk_document
from ingest.guide_chunks import guide_chunks
from ingest.readers import detect
from ingest.readers.guide import is_guide, read_guide
from ingest.sandbox import Sandbox

CORPUS = "corpus"
_EMBED_BATCH = 256

Status = Literal["added", "changed", "unchanged", "removed", "refused"]


@dataclass(frozen=True)
class SourceReport:
    """What happened to one source: status, number of chunks, and the reason of a refusal."""

    source: str
    status: Status
    chunks: int = 0
    reason: str = ""
    message: str = ""


@dataclass(frozen=True)
class Report:
    """What an ingest did, per source, and how long it took."""

    sources: tuple[SourceReport, ...]
    seconds: float
    notices: tuple[str, ...] = field(default=())


def _hash(data: bytes, kind: str | None = None) -> str:
    return hashlib.sha256(f"{FORMAT_VERSION}:{kind or ''}:".encode() + data).hexdigest()


def _store_guide(ledger: Ledger, path: Path, origin: str) -> SourceReport:
    data = path.read_bytes()
    hashed = _hash(data)
    guide = read_guide(path)
    about: dict[str, Any] = {"kind": guide.kind, "aliases": list(guide.aliases), "family": guide.family}
    if guide.steps:
        # What the skill graph is made of; the texts of steps are chunks as well.
        about["steps"] = [{k: v for k, v in asdict(step).items() if k != "line"} for step in guide.steps]
        about["first_paid"] = [{k: v for k, v in asdict(item).items() if k != "line"} for item in guide.first_paid]
    document = StoredDocument(guide.id, origin, guide.name, hashed, json.dumps(about))
    own = sources.guide_source(guide)
    # Advice that cites nothing else is cited as the guide's own, with the day it was last read against its sources.
    chunks = [c if c.fact_ids else c.model_copy(update={"sources": (*c.sources, own)}) for c in guide_chunks(guide)]
    return SourceReport(str(path), ledger.put_document(document, chunks, guide.facts), len(chunks))


def _store_read(
    ledger: Ledger, data: bytes, name: str, origin: str, kind: str | None, sandbox: Sandbox, make: Callable[..., Source]
) -> SourceReport:
    read = sandbox.read(data, name, kind)
    source = make(read.title, read.published)
    document = StoredDocument(sources.document_id(origin), origin, source.title, _hash(data, kind))
    chunks = chunk_document(document.id, read, source)
    if not chunks:
        raise SourceError(f"{name!r} holds no text.", "no_text")
    return SourceReport(origin, ledger.put_document(document, chunks), len(chunks))


def ingest(
    targets: Sequence[str],
    settings: Settings,
    *,
    kind: str | None = None,
    rebuild: bool = False,
    today: date | None = None,
    progress: bool = False,
) -> Report:
    """Take files, folders and addresses into the ledger, embed what is new and derive the indexes.

    Args:
        targets: Paths and addresses; with none, the bundled corpus.
        settings: Where the ledger is and what the limits are.
        kind: Name of a reader, when it should not be guessed.
        rebuild: Read everything again and make new indexes even where nothing changed.
        today: The day that counts as the day of reading.
        progress: Show progress bars on standard error.

    Returns:
        One line per source; a refused source never stops the others.

    Raises:
        LedgerError: When the ledger cannot be written; what was stored before stays stored.
        EmbeddingError: When the embedding fails; the next run goes on where this one stopped.
    """
    start = time.monotonic()
    day = today or date.today()  # noqa: DTZ011 - the reader's own calendar day is meant
    reports: list[SourceReport] = []
    with Ledger(settings.ledger_path) as ledger, ledger.writing():
        known = {} if rebuild else {document.origin: document for document in ledger.documents()}
        if not targets:
            reports += _ingest_corpus(ledger, settings, day, known, progress=progress)
        with Sandbox(settings) as sandbox:
            for target in targets:
                reports += _ingest_target(ledger, settings, target, kind, day, known, sandbox, progress=progress)
        embedding = open_embedding(settings)
        embed_missing(ledger, embedding, settings, progress=progress)
        ledger.set_meta("embedding", embedding.name)
        notices = index.derive(ledger, settings, rebuild=rebuild)
    return Report(tuple(reports), time.monotonic() - start, notices)


def _ingest_corpus(
    ledger: Ledger, settings: Settings, today: date, known: dict[str, StoredDocument], *, progress: bool
) -> list[SourceReport]:
    paths = corpus_guides(settings.corpus_dir)
    if not paths:
        raise SourceError(
            f"There is no guide under {str(settings.corpus_dir)!r}. Unset GIG_ADVISOR_CORPUS_DIR or point it at a corpus.",
            "empty",
        )
    reports = []
    seen = set()
    for path in _bar(paths, "Reading guides", progress=progress):
        origin = f"{CORPUS}/{path.relative_to(settings.corpus_dir).as_posix()}"
        seen.add(origin)
        reports.append(_guarded(origin, lambda p=path, o=origin: _one_guide(ledger, p, o, today, known)))  # type: ignore[misc]
    reports += _remove_gone(ledger, f"{CORPUS}/", seen)
    if not any(report.status == "refused" for report in reports):
        ledger.set_meta("corpus", corpus_fingerprint(settings.corpus_dir))
    return reports


def _one_guide(ledger: Ledger, path: Path, origin: str, today: date, known: dict[str, StoredDocument]) -> SourceReport:
    old = known.get(origin)
    if old and old.source_hash == _hash(path.read_bytes()):
        return SourceReport(origin, "unchanged", len(ledger.chunk_ids(old.id)))
    report = _store_guide(ledger, path, origin)
    return SourceReport(origin, report.status, report.chunks)


def _ingest_target(
    ledger: Ledger,
    settings: Settings,
    target: str,
    kind: str | None,
    today: date,
    known: dict[str, StoredDocument],
    sandbox: Sandbox,
    *,
    progress: bool,
) -> list[SourceReport]:
    if sources.is_address(target):
        return [_guarded(target, lambda: _ingest_address(ledger, settings, target, kind, today, sandbox))]
    path = Path(target).expanduser()
    folder = str(path.resolve())
    try:
        files = sources.files_under(path)
    except SourceError as error:
        gone = _remove_gone(ledger, folder, set()) if error.reason in {"not_found", "empty"} else []
        return gone or [SourceReport(target, "refused", 0, error.reason, str(error))]
    reports = []
    seen = set()
    for file in _bar(files, f"Reading {path.name}", progress=progress and len(files) > 1):
        origin = str(file.resolve())
        seen.add(origin)

        def one(file: Path = file, origin: str = origin) -> SourceReport:
            return _ingest_file(ledger, settings, file, origin, kind, today, known, sandbox)

        reports.append(_guarded(origin, one))
    if path.is_dir():
        reports += _remove_gone(ledger, folder + "/", seen)
    return reports


def _ingest_file(
    ledger: Ledger,
    settings: Settings,
    file: Path,
    origin: str,
    kind: str | None,
    today: date,
    known: dict[str, StoredDocument],
    sandbox: Sandbox,
) -> SourceReport:
    size = file.stat().st_size
    if size > settings.max_file_bytes:
        raise SourceError(
            f"{str(file)!r} has {size:,} bytes, the limit is {settings.max_file_bytes:,}. Split it, or raise "
            "GIG_ADVISOR_MAX_FILE_BYTES.",
            "too_large",
        )
    data = file.read_bytes()
    as_guide = kind == "guide" or (kind is None and is_guide(data, file.name))
    old = known.get(origin)
    if old and old.source_hash == _hash(data, None if as_guide else kind):
        return SourceReport(origin, "unchanged", len(ledger.chunk_ids(old.id)))
    if as_guide:
        report = _store_guide(ledger, file, origin)
        return SourceReport(origin, report.status, report.chunks)
    return _store_read(
        ledger, data, file.name, origin, kind, sandbox, lambda title, day: sources.file_source(file, title, day, today)
    )


def _ingest_address(
    ledger: Ledger, settings: Settings, url: str, kind: str | None, today: date, sandbox: Sandbox
) -> SourceReport:
    fetched = fetch.fetch(url, settings)
    name = fetched.final_url.rsplit("/", 1)[-1].split("?")[0] or "page.html"
    guess = kind or detect(name, fetched.content_type, fetched.body[:8192])
    return _store_read(
        ledger,
        fetched.body,
        name,
        url,
        guess,
        sandbox,
        lambda title, day: sources.page_source(fetched.final_url, title, day or fetched.last_modified, today),
    )


def _guarded(origin: str, work: Callable[[], SourceReport]) -> SourceReport:
    """Turn the refusal of one source into its report line, so that the rest goes on."""
    try:
        return work()
    except SourceError as error:
        return SourceReport(origin, "refused", 0, error.reason, str(error))
    except OSError as error:
        return SourceReport(
            origin, "refused", 0, "unreadable", f"{origin!r} cannot be read: {error.strerror or error}."
        )
    except AdvisorError as error:
        if type(error).__name__ != "CorpusError":
            raise
        return SourceReport(origin, "refused", 0, "corpus", str(error))


def _remove_gone(ledger: Ledger, prefix: str, seen: set[str]) -> list[SourceReport]:
    reports = []
    for document in ledger.documents():
        inside = document.origin == prefix or document.origin.startswith(
            prefix if prefix.endswith("/") else prefix + "/"
        )
        if inside and document.origin not in seen:
            ledger.remove_document(document.id)
            reports.append(SourceReport(document.origin, "removed"))
    return reports


def _bar(items: Sequence[Path], text: str, *, progress: bool) -> Iterable[Path]:
    return tqdm(items, desc=text, unit="file", disable=None if progress else True, leave=False)


def _means(vectors: Vectors, batch: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[Vectors]:
    """Yield one vector of length one for each entry: the mean of its texts' vectors."""
    at = 0
    for _, texts in batch:
        mean = vectors[at : at + len(texts)].mean(axis=0)
        at += len(texts)
        yield mean / max(float(np.linalg.norm(mean)), 1e-12)


def embed_missing(ledger: Ledger, embedding: Embedding, settings: Settings, *, progress: bool = False) -> int:
    """Give every text its vector: first those that ship with the corpus, then by embedding; return how many.

    Each batch is one transaction, so a run that was stopped goes on where it was.
    """
    missing = ledger.missing_vectors(embedding.name)
    if not missing:
        return 0
    shipped = shipped_vectors(settings.corpus_dir, embedding.name)
    ready = [(hashed, shipped[hashed]) for hashed, _ in missing if hashed in shipped]
    ledger.put_vectors(embedding.name, ready)
    rest = sorted((pair for pair in missing if pair[0] not in shipped), key=lambda pair: len(pair[1][-1]))
    with tqdm(
        total=len(rest), desc="Embedding", unit="text", disable=None if progress and rest else True, leave=False
    ) as bar:
        for start in range(0, len(rest), _EMBED_BATCH):
            batch = rest[start : start + _EMBED_BATCH]
            vectors = embedding.embed([text for _, texts in batch for text in texts])
            ledger.put_vectors(
                embedding.name, zip((hashed for hashed, _ in batch), _means(vectors, batch), strict=True)
            )
            bar.update(len(batch))
    return len(missing)
