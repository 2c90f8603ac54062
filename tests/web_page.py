"""The page served on a free loopback port, over a small corpus of one platform and one path."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from advisor import Advisor, Settings
from advisor.settings import default_corpus_dir
from advisor.web import app as web
from advisor.web.signin import Doors, Guard, People
from tests.guides import write_corpus


def small_settings(folder: Path) -> Settings:
    """Return settings over an invented platform and the bundled path to data analyst."""
    corpus = write_corpus(folder / "corpus")
    (corpus / "paths").mkdir(exist_ok=True)
    shutil.copy(default_corpus_dir() / "paths" / "data-analyst.md", corpus / "paths")
    return Settings(data_dir=folder / "data", corpus_dir=corpus)


@contextmanager
def served(advisor: Advisor, *, personal: bool = True, people: People | None = None) -> Iterator[str]:
    """Serve the page and yield its address; with people, only they get in."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = web.create(advisor, personal=personal)
    if people is not None:
        made = Guard(made, Doors(people))
    server = uvicorn.Server(uvicorn.Config(made, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)


def routes(app: Any, before: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Yield path and methods of every route of an app, those of mounted apps included."""
    for route in app.routes:
        path = before + getattr(route, "path", "")
        inner = getattr(route, "app", None) or getattr(route, "original_router", None)
        if hasattr(route, "methods"):
            yield path, frozenset(route.methods or ())
        elif inner is not None and hasattr(inner, "routes"):
            yield from routes(inner, path)
        else:
            yield path, frozenset()
