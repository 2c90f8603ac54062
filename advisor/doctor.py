"""What `gig-advisor doctor` shows: settings, index, model endpoint, disk, and what to do about problems."""

import os
import shutil
from typing import Any

from advisor import __version__, snapshot
from advisor.embedding import open_embedding
from advisor.errors import AdvisorError
from advisor.ledger import Ledger
from advisor.settings import Settings

_LOW_DISK_BYTES = 500_000_000


def examine(settings: Settings, *, digest: bool = False) -> dict[str, Any]:
    """Return a JSON-ready report; nothing is built, and no model is called.

    Args:
        settings: What is configured.
        digest: Include the digest of the ledger's content.
    """
    problems: list[str] = []
    index: dict[str, Any] = {"chunks": 0, "facts": 0, "digest": "", "dense": "missing", "lexical": "missing"}
    try:
        model = open_embedding(settings).name
        with Ledger(settings.ledger_path, read_only=True) as ledger:
            index["chunks"], index["facts"] = ledger.count_chunks(), ledger.count_facts()
            index["digest"] = ledger.digest() if digest else ""
            index["dense"] = snapshot.newest(settings.dense_path, model, ledger.sequence)[1]
            index["lexical"] = snapshot.newest(settings.lexical_path, "", ledger.sequence)[1]
            index["without_vector"] = len(ledger.missing_vectors(model))
            problems += [f"The ledger is damaged: {line}" for line in ledger.check()]
            if index["without_vector"]:
                problems.append(f"{index['without_vector']} texts have no vector yet. Run `gig-advisor ingest`.")
    except AdvisorError as error:
        problems.append(str(error))
    for name in ("dense", "lexical"):
        if index[name] == "damaged":
            problems.append(f"The {name} index is damaged; exact search is used. Run `gig-advisor ingest --rebuild`.")
    problems += _disk(settings)
    return {
        "version": __version__,
        "settings": settings.public(),
        "index": index,
        "model": _model(settings, problems),
        "problems": problems,
    }


def _disk(settings: Settings) -> list[str]:
    folder = settings.data_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    found = []
    free = shutil.disk_usage(folder).free
    if free < _LOW_DISK_BYTES:
        found.append(f"Only {free // 1_000_000} MB are free on the disk of {str(folder)!r}.")
    if not os.access(folder, os.W_OK):
        found.append(f"The folder {str(folder)!r} cannot be written. Choose another with GIG_ADVISOR_DATA_DIR.")
    return found


def _model(settings: Settings, problems: list[str]) -> dict[str, Any]:
    if settings.is_offline:
        has_key = bool(settings.api_key.get_secret_value())
        if has_key or settings.base_url:
            problems.append(
                "An API key or base address is set but GIG_ADVISOR_MODEL is not: answers stay offline. Set "
                "GIG_ADVISOR_MODEL, for instance to openai:NAME, to use it."
            )
        return {"name": "offline", "answers": "extractive, nothing leaves this machine"}
    from advisor.answer.llm import server_of

    return {"name": settings.model, "server": server_of(settings), "context_tokens": settings.context_tokens}
