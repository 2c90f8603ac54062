"""Fixtures that several test files share."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from advisor import Advisor, Settings
from advisor.settings import default_corpus_dir
from tests.guides import write_corpus
from tests.scripted_server import ScriptedServer

# pytest rewrites the modules of its plugins at their first import, and two threads that parse at once can break each other
# on CPython 3.11; so anyio's, which are imported when they are used, are imported before a test starts a server in a thread.
for module in pkgutil.walk_packages(anyio.__path__, "anyio.", onerror=lambda _: None):
    if not module.name.endswith(("_trio", "pytest_plugin")):
        importlib.import_module(module.name)
importlib.import_module("hypothesis.internal.conjecture.providers")


@pytest.fixture
def scripted_server() -> Iterator[ScriptedServer]:
    """Return an OpenAI-compatible server on loopback that does what the test queues."""
    server = ScriptedServer().start()
    yield server
    server.stop()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings with an empty data folder and a corpus of one invented guide."""
    return Settings(data_dir=tmp_path / "data", corpus_dir=write_corpus(tmp_path / "corpus"))


@pytest.fixture(scope="session")
def bundled_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return settings with a data folder for the bundled corpus, shared by the whole run."""
    return Settings(data_dir=tmp_path_factory.mktemp("bundled"), corpus_dir=default_corpus_dir())


@pytest.fixture(scope="session")
def bundled(bundled_settings: Settings) -> Iterator[Advisor]:
    """Return an adviser over the bundled corpus."""
    with Advisor.open(bundled_settings) as advisor:
        yield advisor
