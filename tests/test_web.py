"""The served page: answers over its own API, headers, no foreign origin, safe rendering, and plain history."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn

from advisor import Advisor, Answer, Citation, Settings
from advisor.web import app as web
from advisor.web import chat, strings


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Advisor]:
    from tests.guides import write_corpus

    folder = tmp_path_factory.mktemp("web")
    settings = Settings(data_dir=folder / "data", corpus_dir=write_corpus(folder / "corpus"))
    with Advisor.open(settings) as advisor:
        yield advisor


@pytest.fixture(scope="module")
def address(opened: Advisor) -> Iterator[str]:
    """Serve the page on a free loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(web.create(opened), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.started
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=20)


@pytest.mark.filterwarnings("ignore")
def test_a_question_over_the_pages_api_gives_answer_and_sources(address: str) -> None:
    from gradio_client import Client

    client = Client(address, verbose=False, analytics_enabled=False)
    text, sources = client.predict("How much does Examplia take?", "US", api_name="/answer")
    assert "Examplia takes 0–15%" in text
    assert "https://help.examplia.example/fees" in sources
    assert "official" in sources
    text, sources = client.predict("How do I bake bread?", "", api_name="/answer")
    assert "will not guess" in text
    assert strings.NO_SOURCES in sources


def test_every_response_carries_the_headers_that_keep_the_page_to_itself(address: str) -> None:
    page = httpx.get(address, trust_env=False)
    assert page.status_code == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http:" not in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["referrer-policy"] == "no-referrer"


def test_no_foreign_origin_is_allowed(address: str) -> None:
    for path in ("/", "/config", "/gradio_api/info"):
        page = httpx.get(address + path, headers={"Origin": "https://evil.example"}, trust_env=False)
        assert "access-control-allow-origin" not in page.headers


def test_health_tells_the_state_of_the_index(address: str) -> None:
    state = httpx.get(address + "/health", trust_env=False).json()
    assert state["chunks"] > 10
    assert {"facts", "lexical", "dense"} <= set(state)


def test_the_page_names_the_model_that_answers(opened: Advisor, settings: Settings) -> None:
    assert "no model is used" in web.about(opened)
    online = settings.model_copy(update={"model": "openai:gpt-x", "base_url": "http://127.0.0.1:9/v1"})
    with Advisor.open(online) as advisor:
        assert "openai:gpt-x" in web.about(advisor)
        assert "127.0.0.1" in web.about(advisor)


def test_history_of_the_browser_and_of_the_api_become_plain_text() -> None:
    history: list[dict[str, Any]] = [
        {"role": "user", "content": [{"type": "text", "text": "one"}]},
        {"role": "assistant", "content": "two", "metadata": None},
        {"role": "system", "content": "three"},
    ]
    assert chat.plain_history(history) == [{"role": "user", "content": "one"}, {"role": "assistant", "content": "two"}]


def test_a_source_card_escapes_everything_and_links_only_to_web_pages() -> None:
    bad = Citation(
        n=1,
        title="<img src=x>",
        publisher="<b>",
        url="javascript:alert(1)",
        source_kind="<i>",
        quote="<script>x</script>",
    )
    shown = chat.cards([bad])
    for forbidden in ("<img", "<b>", "<i>", "<script", "href"):
        assert forbidden not in shown
    good = bad.model_copy(update={"url": "https://a.example/?q='><script>"})
    assert "<script" not in chat.cards([good])


def test_an_answer_with_markup_is_shown_as_text() -> None:
    shown = chat.answer_html(Answer(text="![x](https://evil.example/a.png) <img src=x onerror=y> **bold**"))
    assert "<img" not in shown
    assert "<strong>bold</strong>" in shown


def test_a_question_that_is_too_long_is_told_so(opened: Advisor) -> None:
    text, _ = next(chat.respond(opened, "x" * 3000, []))
    assert "3000" in text


def test_updates_are_a_few_a_second_and_end_with_the_whole_answer(opened: Advisor) -> None:
    shown = list(chat.respond(opened, "How much does Examplia take?", []))
    assert 1 <= len(shown) <= 6
    assert "Freelancer fees" in shown[-1][1]


def test_a_taken_port_is_named() -> None:
    from advisor import AdvisorError
    from advisor.settings import load

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(AdvisorError, match="choose another with --port"):
            web.serve(load(), host="127.0.0.1", port=taken.getsockname()[1])
