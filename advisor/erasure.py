"""Erase what a person added, for good: no byte of it stays in ledger, write-ahead log, indexes or folder.

The order makes it safe to be killed at any moment: the ledger first notes what is to be erased, and opening the adviser
or erasing again finishes what was begun.
"""

import shutil
from pathlib import Path

from advisor import index
from advisor.ledger import Ledger
from advisor.settings import Settings

PENDING = "erasing"
STORE = "saved.sqlite3"
"""File of the page's history and clients inside the data folder."""
DOCUMENTS = "documents"
"""Folder of copies of uploaded files inside the data folder."""


def own_documents(ledger: Ledger) -> dict[str, str]:
    """Return id and origin of every document that came neither with the corpus nor with an official release."""
    return {d.id: d.origin for d in ledger.documents() if not d.origin.startswith(("corpus/", "onet/", "esco/"))}


def erase_document(settings: Settings, document: str) -> bool:
    """Erase one document that the person added; return whether it was there.

    Args:
        settings: Where the ledger and the indexes are.
        document: Its id or its origin (path or address).

    Raises:
        LedgerError: When the ledger cannot be written, or another process writes.
    """
    with Ledger(settings.ledger_path) as ledger, ledger.writing():
        own = own_documents(ledger)
        name = next((key for key, origin in own.items() if document in {key, origin}), None)
        if name is None:
            return False
        copy = Path(own[name])
        ledger.set_meta(PENDING, str(copy) if copy.parent == settings.data_dir / DOCUMENTS else "-")
        ledger.remove_document(name)
        _finish(ledger, settings)
    return True


def erase_all(settings: Settings) -> list[str]:
    """Erase everything personal: documents, work log, job posts, history, clients; return what was there."""
    from advisor import jobs, worklog

    gone = []
    if settings.ledger_path.exists():
        with Ledger(settings.ledger_path, read_only=True) as ledger:
            own = list(own_documents(ledger))
        gone += [f"document {name}" for name in own if erase_document(settings, name)]
    gone += ["work log"] if worklog.erase(worklog.path_in(settings.data_dir)) else []
    gone += ["job posts"] if jobs.erase(jobs.path_in(settings.data_dir)) else []
    for path in (*settings.data_dir.glob(f"{STORE}*"), settings.data_dir / DOCUMENTS):
        if path.exists():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            gone.append(path.name)
    return gone


def finish(settings: Settings) -> None:
    """Finish an erasure that was cut short; costs one look at the ledger when there is none."""
    if not settings.ledger_path.exists():
        return
    with Ledger(settings.ledger_path, read_only=True) as ledger:
        if not ledger.meta(PENDING):
            return
    with Ledger(settings.ledger_path) as ledger, ledger.writing():
        _finish(ledger, settings)


def _finish(ledger: Ledger, settings: Settings) -> None:
    model = ledger.meta("embedding")
    copy = ledger.meta(PENDING)
    if copy != "-":
        Path(copy).unlink(missing_ok=True)
    ledger.drop_unused_vectors(model)
    had_dense = settings.dense_path.is_dir() and any(settings.dense_path.iterdir())
    # An index holds the words of every document it was built from: the old ones go, new ones show the ledger of now.
    index.build_lexical(ledger, settings)
    if had_dense:
        index.build_dense(ledger, settings, model)
    ledger.forget_removed()
    ledger.set_meta(PENDING, "")
    ledger.compact()
