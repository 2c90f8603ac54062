"""The served page: answers over its own API, headers, no foreign origin, safe rendering, and plain history."""

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from advisor import Advisor, Answer, Citation
from advisor.web import app as web
from advisor.web import chat, page, parts, strings
from tests.web_page import served, small_settings


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Advisor]:
    with Advisor.open(small_settings(tmp_path_factory.mktemp("web"))) as advisor:
        yield advisor


@pytest.fixture(scope="module")
def address(opened: Advisor) -> Iterator[str]:
    with served(opened) as url:
        yield url


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
    assert page.headers["referrer-policy"] == "same-origin"


def test_no_foreign_origin_is_allowed(address: str) -> None:
    for path in ("/", "/config", "/gradio_api/info"):
        page = httpx.get(address + path, headers={"Origin": "https://evil.example"}, trust_env=False)
        assert "access-control-allow-origin" not in page.headers


def test_health_tells_the_state_of_the_index(address: str) -> None:
    state = httpx.get(address + "/health", trust_env=False).json()
    assert state["chunks"] > 10
    assert {"facts", "lexical", "dense"} <= set(state)


def test_the_page_names_the_model_that_answers(opened: Advisor) -> None:
    assert "no model is used" in page.about(opened)
    online = opened.settings.model_copy(update={"model": "openai:gpt-x", "base_url": "http://127.0.0.1:9/v1"})
    with Advisor.open(online) as advisor:
        assert "openai:gpt-x" in page.about(advisor)
        assert "127.0.0.1" in page.about(advisor)


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
    shown = parts.cards([bad])
    for forbidden in ("<img", "<b>", "<i>", "<script", "href"):
        assert forbidden not in shown
    good = bad.model_copy(update={"url": "https://a.example/?q='><script>"})
    assert "<script" not in parts.cards([good])


def test_an_answer_with_markup_is_shown_as_text() -> None:
    shown = chat.answer_html(Answer(text="![x](https://evil.example/a.png) <img src=x onerror=y> **bold**"))
    assert "<img" not in shown
    assert "<strong>bold</strong>" in shown


def test_a_question_that_is_too_long_is_told_so(opened: Advisor) -> None:
    turn = next(chat.respond(opened, "x" * 3000))
    assert "3000" in turn.html


def test_updates_are_a_few_a_second_and_end_with_the_whole_answer(opened: Advisor) -> None:
    shown = list(chat.respond(opened, "How much does Examplia take?"))
    assert 2 <= len(shown) <= 7
    assert strings.STEP_LOOKING in shown[0].html
    last = shown[-1]
    assert "Examplia takes 0–15%" in last.html
    assert "Freelancer fees" in last.extra
    assert strings.READ_PASSAGE in last.extra
    assert strings.LABEL_OFFLINE in last.extra
    assert strings.LABEL_INFO in last.extra
    assert "2026-11-22" in last.extra


def test_what_to_ask_next_are_other_questions_of_the_guide(opened: Advisor) -> None:
    last = list(chat.respond(opened, "How much does Examplia take from my earnings?"))[-1]
    assert last.follow_ups
    assert all("take from my earnings" not in asked for asked in last.follow_ups)


def test_a_profile_is_used_and_shown(opened: Advisor) -> None:
    from advisor import Profile

    last = list(chat.respond(opened, "How much does Examplia take?", (), Profile(country="US", hours_per_week=20)))[-1]
    assert "country US" in last.extra
    assert "hours a week 20" in last.extra


def test_a_question_in_another_language_gets_a_notice(opened: Advisor) -> None:
    last = list(chat.respond(opened, "Wie viel verdiene ich mit Examplia und was kostet das?"))[-1]
    assert "German" in last.html
    assert "German" not in list(chat.respond(opened, "How much does Examplia take?"))[-1].html


def test_a_tool_result_stands_in_the_conversation_with_chart_table_and_a_way_to_its_file(
    opened: Advisor, address: str
) -> None:
    last = list(chat.respond(opened, "How do I become a data analyst with 10 hours a week?"))[-1]
    assert "<svg" in last.extra
    assert "<table>" in last.extra
    assert "export/roadmap.pdf?" in last.extra


def test_a_name_that_leads_here_from_elsewhere_is_not_answered(address: str) -> None:
    refused = httpx.get(address, headers={"Host": "rebound.example"}, trust_env=False)
    assert refused.status_code == 421
    assert "127.0.0.1" in refused.text


def test_a_page_open_to_others_shows_nobodys_files_history_or_clients(opened: Advisor) -> None:
    with served(opened, personal=False) as url:
        shown = httpx.get(url, headers={"Host": "advisor.example"}, trust_env=False)
        assert shown.status_code == 200
        labels = [c["props"].get("label") for c in httpx.get(f"{url}/config", trust_env=False).json()["components"]]
        assert strings.TAB_CHAT in labels
        assert not {strings.TAB_FILES, strings.TAB_HISTORY, strings.TAB_CLIENTS} & set(labels)
        assert httpx.get(f"{url}/saved/x.md", trust_env=False).status_code == 404
        assert httpx.get(f"{url}/handout/x.pdf", trust_env=False).status_code == 404


def test_a_result_comes_as_a_file_from_its_link(address: str) -> None:
    made = httpx.get(f"{address}/export/rate.csv?target_income=50000&platform=", trust_env=False)
    assert made.status_code == 200
    assert "attachment" in made.headers["content-disposition"]
    assert len(made.text.splitlines()) > 2
    wrong = httpx.get(f"{address}/export/rate.csv?target_income=-5", trust_env=False)
    assert wrong.status_code == 400
    assert "target_income is '-5'" in wrong.text
    assert httpx.get(f"{address}/export/nothing.csv", trust_env=False).status_code == 400


def test_a_taken_port_is_named() -> None:
    from advisor import AdvisorError
    from advisor.settings import load

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(AdvisorError, match="choose another with --port"):
            web.serve(load(), host="127.0.0.1", port=taken.getsockname()[1])


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize(
    "path", ["/gradio_api/call/answer", "/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/run/answer"]
)
def test_another_sites_page_can_change_nothing(address: str, path: str, headers: dict[str, str]) -> None:
    answer = httpx.post(address + path, headers=headers, json={"data": ["How much?", ""]}, trust_env=False)
    assert answer.status_code == 403
    assert answer.text == strings.FOREIGN_ORIGIN


def test_the_page_itself_may_post(address: str) -> None:
    answer = httpx.post(
        address + "/gradio_api/call/answer",
        headers={"Origin": address, "Sec-Fetch-Site": "same-origin"},
        json={"data": ["How much does Examplia take?", ""]},
        trust_env=False,
    )
    assert answer.status_code == 200
