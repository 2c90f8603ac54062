"""Fixtures shared by the tests."""

from collections.abc import Iterator

import pytest

from tests.scripted_server import ScriptedServer


@pytest.fixture
def scripted_server() -> Iterator[ScriptedServer]:
    """An OpenAI-compatible server on loopback; queue what it shall do (`tests/scripted_server.py`)."""
    server = ScriptedServer().start()
    yield server
    server.stop()
