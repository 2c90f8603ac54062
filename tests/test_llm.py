"""The chat model's contract: text within deadlines and caps, or a ModelError that names the server, never the key."""

import threading
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from advisor.answer.llm import ModelStream, server_of, stream
from advisor.errors import ModelError
from advisor.schema import Brief, Plan
from advisor.settings import Settings
from tests import scripted_server as does
from tests.scripted_server import Behaviour, ScriptedServer

KEY = "sk-very-secret-key-1234567890"
FIRST_TOKEN, DEADLINE = 0.5, 1.2
BRIEF = Brief(plan=Plan(question="What does Examplia take?", query="Examplia fee", day=date(2026, 11, 22)), passages=())


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """Pay for the four-second import once, outside the measured time."""
    import langchain_openai  # noqa: F401


def settings(server: ScriptedServer, **more: Any) -> Settings:
    values: dict[str, Any] = {
        "model": "openai:local-model",
        "base_url": server.url,
        "api_key": KEY,
        "first_token_seconds": FIRST_TOKEN,
        "answer_seconds": DEADLINE,
        "max_answer_bytes": 2048,
    }
    return Settings(**(values | more))


def ask(server: ScriptedServer, *behaviours: Behaviour, **more: Any) -> tuple[str, ModelStream]:
    server.queue(*behaviours)
    with stream(BRIEF, settings(server, **more)) as answer:
        return "".join(answer), answer


def fails(server: ScriptedServer, *behaviours: Behaviour, **more: Any) -> str:
    started = time.monotonic()
    with pytest.raises(ModelError) as caught:
        ask(server, *behaviours, **more)
    assert time.monotonic() - started < DEADLINE + 1
    assert KEY not in str(caught.value)
    assert server.host in str(caught.value)
    return str(caught.value)


def test_deltas_arrive_in_order_and_as_sent(scripted_server: ScriptedServer) -> None:
    text, answer = ask(scripted_server, does.answer("The fee ", "is 10%. ", "[1]"))
    assert text == "The fee is 10%. [1]"
    assert (answer.finish_reason, answer.notices, answer.tool_calls_dropped) == ("stop", [], 0)


def test_request_holds_prompt_key_and_limits_and_offers_no_tool(scripted_server: ScriptedServer) -> None:
    ask(scripted_server, does.answer("Yes. [1]"), temperature=0.3)
    (request,) = scripted_server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body["model"] == "local-model"
    assert request.body["stream"] is True
    assert request.body["temperature"] == 0.3
    assert request.body["max_tokens"] == 800
    assert "tools" not in request.body
    assert [message["role"] for message in request.body["messages"]] == ["system", "user"]
    assert "What does Examplia take?" in request.body["messages"][-1]["content"]


def test_first_text_is_handed_out_before_the_answer_is_complete(scripted_server: ScriptedServer) -> None:
    scripted_server.queue(does.drip(before="At once"))
    with stream(BRIEF, settings(scripted_server)) as answer:
        started = time.monotonic()
        assert next(answer) == "At once"
        assert time.monotonic() - started < FIRST_TOKEN


def test_length_limit_gives_the_text_and_a_notice(scripted_server: ScriptedServer) -> None:
    text, answer = ask(scripted_server, does.answer("Half an ans", finish="length"))
    assert text == "Half an ans"
    assert "length" in answer.notices[0]


def test_ollama_names_default_to_the_local_port_and_get_the_v1_path(scripted_server: ScriptedServer) -> None:
    assert server_of(Settings(model="ollama:llama3.1:8b")) == "127.0.0.1:11434"
    base = scripted_server.url.removesuffix("/v1")
    text, answer = ask(scripted_server, does.answer("Hi.", usage=321), model="ollama:llama3.1:8b", base_url=base)
    assert (text, answer.prompt_tokens) == ("Hi.", 321)
    assert scripted_server.requests[0].body["model"] == "llama3.1:8b"
    assert scripted_server.requests[0].path == "/v1/chat/completions"


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (does.status(401, f"bad key {KEY}"), "GIG_ADVISOR_API_KEY"),
        (does.status(403), "GIG_ADVISOR_API_KEY"),
        (does.status(404), "GIG_ADVISOR_MODEL"),
        (does.status(429, Retry_After="50"), "wait 50 seconds"),
        (does.status(400, f"prompt too long, key {KEY}"), "some_code"),
        (does.status(500), "status 500"),
        (does.status(503, Retry_After="50"), "status 503"),
        (does.status(302), "redirects"),
        (does.cut("The fee is"), "broke off"),
        (does.cut(), "broke off"),
        (does.reset(), "broke off"),
        (does.reset("The fee"), "connection"),
        (does.answer("The fee is 10%.", finish=None), "complete"),
        (does.answer("No.", finish="content_filter"), "content_filter"),
        (does.answer(""), "empty"),
        (does.answer("  ", "\n"), "empty"),
        (does.raw(b"data: {not json\n\n"), "not a chat answer"),
        (does.raw(b"data: [1, 2]\n\n"), "not a chat answer"),
        (does.raw(b'data: {"choices": 5}\n\n'), "not a chat answer"),
        (does.raw(b'data: {"choices": null}\n\n'), ""),
        (does.raw(b'data: {"choices": [{"delta": {"content": 7}}]}\n\n'), ""),
        (does.raw(b'data: {"choices": [{"delta": {"content": "\xff\xfe"}}]}\n\n'), "not a chat answer"),
        (does.raw(b"\x00\xff" * 500), ""),
        (does.raw(b'data: {"error": {"message": "out of memory", "code": 500}}\n\n'), "error"),
        (does.raw(b"<html>Sign in to the network</html>", "text/html"), "text/html"),
        (does.raw(b'{"choices": []}', "application/json"), "application/json"),
        (does.raw(b"\x1f\x8b\x08\x00" + b"\0" * 50, Content_Encoding="gzip"), "compressed"),
        (does.raw(b""), "broke off"),
        (does.tool_call(), "tool_calls"),
        (does.tool_call("Let me look. "), "tool_calls"),
        (does.slow(9), "begin to answer within 0.5"),
        (does.slow(9, headers_first=True), "begin to answer within 0.5"),
        (does.drip(), "begin to answer within 0.5"),
        (does.drip(b"d"), "begin to answer within 0.5"),
        (does.drip(before="The fee"), "finish its answer within 1.2"),
        (does.endless(""), ""),
    ],
)
def test_every_failure_becomes_a_model_error_in_time(
    scripted_server: ScriptedServer, behaviour: Behaviour, said: str
) -> None:
    assert said in fails(scripted_server, behaviour)
    assert len(scripted_server.requests) == 1, "a failure is not repeated behind the user's back"


def test_slow_but_honest_server_is_waited_for(scripted_server: ScriptedServer) -> None:
    assert ask(scripted_server, does.slow(0.2, does.answer("Yes.")))[0] == "Yes."


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirect_sends_no_byte_to_the_other_host(scripted_server: ScriptedServer, code: int) -> None:
    other = ScriptedServer().start().queue(does.answer("Trapped."))
    try:
        assert "redirects" in fails(scripted_server, does.redirect(f"{other.url}/chat/completions", code))
        assert (other.connections, other.bytes_received) == (0, 0)
    finally:
        other.stop()


def test_environment_sends_no_byte_elsewhere(scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    other = ScriptedServer().start().queue(does.answer("Trapped."))
    names = "HTTP_PROXY http_proxy ALL_PROXY OPENAI_PROXY OPENAI_BASE_URL OPENAI_API_BASE LANGSMITH_ENDPOINT"
    for name in names.split():
        monkeypatch.setenv(name, f"http://{other.host}")
    for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
        monkeypatch.setenv(name, "true")
    monkeypatch.setenv("LANGSMITH_API_KEY", "x")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-project")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-another-project")
    try:
        assert ask(scripted_server, does.answer("Here."), api_key="")[0] == "Here."
        time.sleep(0.2)
        assert (other.connections, other.bytes_received) == (0, 0)
        assert "another-project" not in str(scripted_server.requests[0].headers)
    finally:
        other.stop()


def test_answer_past_the_cap_is_cut_off_with_a_notice(scripted_server: ScriptedServer) -> None:
    text, answer = ask(scripted_server, does.endless("größer "))
    assert 2040 <= len(text.encode()) <= 2048
    assert answer.finish_reason == "length"
    assert answer.notices
    assert does.wait_until(lambda: scripted_server.disconnects == 1), "the server is told to stop"


def test_ten_megabytes_in_one_delta_are_not_read_to_the_end(scripted_server: ScriptedServer) -> None:
    big = b'data: {"choices": [{"index": 0, "delta": {"content": "' + b"A" * 10_000_000 + b'"}}]}\n\n'
    assert "bytes" in fails(scripted_server, does.raw(big))


def test_tool_calls_are_dropped_and_counted(scripted_server: ScriptedServer) -> None:
    text, answer = ask(scripted_server, does.tool_call("The fee is 10%. [1]", finish="stop"))
    assert (text, answer.tool_calls_dropped) == ("The fee is 10%. [1]", 1)


def test_text_after_the_finish_reason_is_ignored_and_not_waited_for(scripted_server: ScriptedServer) -> None:
    def late(handler: does.Handler) -> None:
        handler.head()
        handler.delta("Done.")
        handler.delta(finish="stop")
        handler.delta(" Buy now!")
        handler.pause(9)

    text, _ = ask(scripted_server, late, answer_seconds=30)
    assert text == "Done."


def test_characters_that_cannot_be_stored_are_replaced(scripted_server: ScriptedServer) -> None:
    lone = b'{"index": 0, "delta": {"content": "a\\ud800b\\u0000c"}, "finish_reason": "stop"}'
    text, _ = ask(scripted_server, does.raw(b'data: {"id": "c", "choices": [' + lone + b"]}\n\ndata: [DONE]\n\n"))
    assert text.encode().decode() == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"


def test_stopping_early_closes_the_connection(scripted_server: ScriptedServer) -> None:
    scripted_server.queue(does.endless())
    answer = stream(BRIEF, settings(scripted_server, max_answer_bytes=60_000, answer_seconds=30))
    next(answer)
    answer.close()
    answer.close()
    assert list(answer) == []
    assert does.wait_until(lambda: scripted_server.disconnects == 1)


def test_closing_interrupts_a_blocked_read(scripted_server: ScriptedServer) -> None:
    scripted_server.queue(does.slow(30))
    answer = stream(BRIEF, settings(scripted_server, answer_seconds=30))
    with pytest.raises(ModelError, match="begin"):
        next(answer)
    assert does.wait_until(lambda: all(thread.name != "model-stream" for thread in threading.enumerate()))


def test_nothing_is_sent_before_the_first_delta_is_asked_for(scripted_server: ScriptedServer) -> None:
    stream(BRIEF, settings(scripted_server)).close()
    assert scripted_server.connections == 0


def test_server_that_is_not_there_is_named() -> None:
    gone = ScriptedServer()
    gone.server_close()
    with pytest.raises(ModelError, match=f"{gone.host}.*check that the server runs"):
        next(stream(BRIEF, settings(gone)))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"model": "gpt"}, "openai:NAME"),
        ({"model": "openai:"}, "openai:NAME"),
        ({"model": "nosuchprovider:x"}, "nosuchprovider"),
        ({"model": "groq:x"}, "langchain-groq"),
        ({"base_url": "ftp://127.0.0.1/v1"}, "GIG_ADVISOR_BASE_URL"),
        ({"base_url": f"http://user:{KEY}@127.0.0.1/v1"}, "GIG_ADVISOR_BASE_URL"),
        ({"base_url": "", "api_key": ""}, "api.openai.com needs a key"),
    ],
)
def test_settings_that_name_no_usable_model_are_refused_before_anything_is_sent(
    scripted_server: ScriptedServer, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        stream(BRIEF, settings(scripted_server, **values))
    assert KEY not in str(caught.value)
    assert scripted_server.connections == 0


def test_server_name_shows_neither_user_nor_path() -> None:
    given = Settings(model="openai:x", base_url="https://me:pw@models.example:8443/deep/v1")
    assert server_of(given) == "models.example:8443"


def test_embeddings_route_puts_equal_texts_at_the_same_place(scripted_server: ScriptedServer) -> None:
    import httpx

    with httpx.Client(trust_env=False) as client:
        reply = client.post(f"{scripted_server.url}/embeddings", json={"input": ["a b", "b a"], "model": "e"}).json()
    assert reply["data"][0]["embedding"] == reply["data"][1]["embedding"]


def test_iterating_yields_strings(scripted_server: ScriptedServer) -> None:
    scripted_server.queue(does.answer("a", "b"))
    parts: Iterator[str] = stream(BRIEF, settings(scripted_server))
    assert list(parts) == ["a", "b"]
