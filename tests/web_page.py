"""The page served on a free loopback port, over a small corpus of one platform and one path."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from advisor import Advisor, Settings
from advisor.settings import default_corpus_dir
from advisor.web import app as web
from tests.guides import write_corpus


def small_settings(folder: Path) -> Settings:
    """Return settings over an invented platform and the bundled path to data analyst."""
    corpus = write_corpus(folder / "corpus")
    (corpus / "paths").mkdir(exist_ok=True)
    shutil.copy(default_corpus_dir() / "paths" / "data-analyst.md", corpus / "paths")
    return Settings(data_dir=folder / "data", corpus_dir=corpus)


@contextmanager
def served(advisor: Advisor, *, personal: bool = True) -> Iterator[str]:
    """Serve the page and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = web.create(advisor, personal=personal)
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
