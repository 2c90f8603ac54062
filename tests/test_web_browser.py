"""The page in a real browser: ask, sources, forms, charts, files, history, clients, phone width, keyboard. Skips without one."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from advisor import Advisor
from advisor.web import strings
from tests.scripted_server import Handler, ScriptedServer
from tests.web_page import served, small_settings

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed; `make browser` installs it"
)
BROWSER = os.environ.get("BROWSER_PATH") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
pytestmark = [
    pytest.mark.skipif(not BROWSER, reason="no Chromium is installed; `apt-get install chromium` runs these tests"),
    pytest.mark.filterwarnings("ignore"),
]
QUESTION = "#ga-question textarea, #ga-question input"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Advisor]:
    with Advisor.open(small_settings(tmp_path_factory.mktemp("browser"))) as advisor:
        yield advisor


@pytest.fixture(scope="module")
def address(opened: Advisor) -> Iterator[str]:
    with served(opened) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        made = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """Open the page in a fresh browser profile; a request to another host or a script error fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    made = context.new_page()
    made.set_default_timeout(20_000)
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.on(
        "request",
        lambda r: faults.append(r.url) if not r.url.startswith((address, "data:", "blob:", "about:")) else None,
    )
    made.goto(address)
    made.wait_for_selector(QUESTION)
    yield made
    context.close()
    assert faults == []


def ask(page: Any, question: str) -> None:
    page.fill(QUESTION, question)
    page.press(QUESTION, "Enter")
    page.wait_for_selector(f"#ga-chat .ga-labels >> nth={page.locator('#ga-chat .ga-labels').count()}")


def tab(page: Any, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def wait(page: Any, condition: Callable[[], bool]) -> None:
    for _ in range(100):
        if condition():
            return
        page.wait_for_timeout(100)
    assert condition()


def test_a_question_is_answered_with_sources_that_open_in_place(page: Any) -> None:
    ask(page, "How much does Examplia take?")
    chat = page.locator("#ga-chat")
    assert "Examplia takes 0–15%" in chat.inner_text()
    card = chat.locator(".ga-cards li").first
    assert "official" in card.inner_text()
    assert card.locator("a").first.get_attribute("href") == "https://help.examplia.example/fees"
    card.locator("summary").click()
    assert card.locator(".ga-passage").is_visible()
    assert strings.LABEL_INFO in chat.inner_text()


def test_a_follow_up_a_retry_and_a_new_conversation(page: Any) -> None:
    ask(page, "How much does Examplia take from my earnings?")
    page.locator(".ga-followups button:visible").first.click()
    wait(page, lambda: page.locator("#ga-chat .ga-labels").count() == 2)
    page.get_by_role("button", name=strings.RETRY).click()
    page.wait_for_timeout(800)
    wait(page, lambda: page.locator("#ga-chat .ga-labels").count() == 2)
    page.get_by_role("button", name=strings.NEW).click()
    wait(page, lambda: page.locator("#ga-chat .ga-labels").count() == 0)


def test_a_question_is_edited_and_answered_again_and_the_answer_copied(browser: Any, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(QUESTION)
    ask(page, "How old must I be to join Examplia?")
    page.locator("#ga-chat button[aria-label*='dit']").first.click()
    page.locator("#ga-chat textarea").first.fill("How much does Examplia take from my earnings?")
    page.locator("#ga-chat button[aria-label='Submit']").first.click()
    page.locator("#ga-chat", has_text="0–15%").wait_for()
    assert "How old" not in page.locator("#ga-chat .user").first.inner_text()
    page.wait_for_selector("#ga-chat .ga-labels")
    wait(page, lambda: "0–15%" in page.locator("#ga-plain textarea, #ga-plain input").input_value())
    page.get_by_role("button", name=strings.COPY).click()
    page.wait_for_timeout(200)
    assert "Examplia takes 0–15%" in page.evaluate("navigator.clipboard.readText()")
    context.close()


def keeps_writing(handler: Handler) -> None:
    """Stream a sentence ten times a second, for ever."""
    handler.head()
    while not handler.server.stopping.is_set():
        handler.delta("Examplia takes a share. ")
        handler.pause(0.1)


def test_a_model_that_keeps_writing_is_stopped(browser: Any, opened: Advisor, scripted_server: ScriptedServer) -> None:
    scripted_server.queue(keeps_writing)
    online = opened.settings.model_copy(update={"model": "openai:gpt-x", "base_url": scripted_server.url})
    with Advisor.open(online) as advisor, served(advisor) as url:
        page = browser.new_context().new_page()
        page.goto(url)
        page.wait_for_selector(QUESTION)
        page.fill(QUESTION, "How much does Examplia take?")
        page.press(QUESTION, "Enter")
        page.locator("#ga-chat", has_text="a share").wait_for()
        page.click("#ga-stop")
        page.locator("#ga-chat", has_text=strings.STOPPED).wait_for()
        before = page.locator("#ga-chat").inner_text()
        page.wait_for_timeout(1200)
        assert page.locator("#ga-chat").inner_text() == before
        page.context.close()


def test_a_chart_is_drawn_in_the_chat_and_its_assumptions_can_be_changed(page: Any) -> None:
    ask(page, "How do I become a data analyst with 10 hours a week?")
    assert page.locator("#ga-chat .ga-result svg[role=img]").is_visible()
    page.get_by_role("button", name="Change the assumptions").first.click()
    page.wait_for_selector("#ga-field-hours_per_week")
    assert page.locator("#ga-field-hours_per_week input, #ga-field-hours_per_week textarea").input_value() == "10"
    assert page.locator("#ga-result svg").is_visible()


def test_a_form_says_at_the_field_what_is_wrong_then_gives_result_file_and_link(page: Any, address: str) -> None:
    tab(page, strings.TAB_TOOLS)
    page.locator("#ga-tool-list label", has_text=strings.TOOL_NAMES["rate"]).click()
    box = page.locator("#ga-field-target_income input, #ga-field-target_income textarea")
    box.fill("-5")
    page.click("#ga-run")
    said = page.locator(".ga-error", has_text="Target income")
    said.wait_for()
    assert "-5" in said.inner_text()
    box.fill("50,000")
    page.click("#ga-run")
    page.wait_for_selector("#ga-result .ga-table")
    assert page.locator(".ga-error:visible").count() == 0
    with page.expect_download() as download:
        page.locator("#ga-result a", has_text=strings.DOWNLOAD_AS["csv"]).click()
    assert Path(download.value.path()).read_text(encoding="utf-8-sig").count("\n") > 1
    shared = page.locator("#ga-share input, #ga-share textarea").input_value()
    assert shared.startswith(address)
    page.goto(shared)
    page.wait_for_selector("#ga-result .ga-table")
    assert box.input_value() == "50000"


def test_a_table_of_rows_is_typed_into_a_form(page: Any, address: str) -> None:
    page.goto(f"{address}/?tool=schedule&max_hours=6")
    page.wait_for_selector("#ga-result svg")
    assert "every" in page.locator("#ga-field-available").inner_text()


def test_what_is_said_about_me_is_kept_used_and_erased(page: Any, address: str) -> None:
    tab(page, strings.TAB_PROFILE)
    page.locator("#ga-me-age input, #ga-me-age textarea").fill("34")
    page.click("#ga-profile-save")
    page.locator("#ga-profile-state", has_text="age 34").wait_for()
    page.goto(address)
    page.wait_for_selector(QUESTION)
    page.wait_for_timeout(500)
    ask(page, "How much does Examplia take?")
    assert "age 34" in page.locator("#ga-chat .ga-labels").inner_text()
    tab(page, strings.TAB_PROFILE)
    assert page.locator("#ga-me-age input, #ga-me-age textarea").input_value() == "34"
    page.click("#ga-profile-erase")
    page.locator("#ga-profile-state", has_text=strings.PROFILE_ERASED).wait_for()
    page.goto(address)
    page.wait_for_selector(QUESTION)
    tab(page, strings.TAB_PROFILE)
    page.wait_for_timeout(500)
    assert page.locator("#ga-me-age input, #ga-me-age textarea").input_value() == ""


def test_a_roadmap_is_drawn_and_its_steps_ticked_off_for_good(page: Any, address: str) -> None:
    tab(page, strings.TAB_ROADMAP)
    page.wait_for_selector("#ga-roadmap svg")
    page.wait_for_timeout(1000)  # the profile kept by the browser draws it once more
    steps = page.locator("#ga-done label")
    first = steps.first.inner_text().strip()
    steps.first.click()
    page.locator("#ga-done label", has_text=f"{first}, done").wait_for()
    assert first not in page.locator("#ga-progress").inner_text()
    page.goto(address)
    tab(page, strings.TAB_ROADMAP)
    page.locator("#ga-done label", has_text=f"{first}, done").wait_for()


def test_a_guide_opens_from_its_link_with_the_age_of_its_values(page: Any, address: str) -> None:
    page.goto(f"{address}/?guide=examplia")
    page.wait_for_selector("#ga-lib-document article")
    assert "days" in page.locator("#ga-lib-document .ga-table").inner_text()


def test_a_file_is_added_searched_and_removed(page: Any, tmp_path: Path) -> None:
    note = tmp_path / "quokka.txt"
    note.write_text("The quokka bonus pays forty dollars for every tenth delivery in Perth on rainy days.\n" * 3)
    tab(page, strings.TAB_FILES)
    page.set_input_files("#ga-file-pick input[type=file]", str(note))
    page.locator("#ga-file-pick", has_text="quokka").wait_for()
    page.click("#ga-file-add")
    page.locator("#ga-file-report td", has_text="added").wait_for()
    tab(page, strings.TAB_CHAT)
    ask(page, "What does the quokka bonus pay in Perth?")
    assert "forty dollars" in page.locator("#ga-chat").inner_text()
    tab(page, strings.TAB_FILES)
    page.click("#ga-file-remove")
    page.locator("#ga-file-report", has_text="removed").wait_for()


def test_a_cv_gives_skills_for_the_profile_and_is_not_kept(page: Any, opened: Advisor, tmp_path: Path) -> None:
    cv = tmp_path / "cv.txt"
    cv.write_text("Bookkeeping for a small garage.\nI know Python and SQL, and I made the reports in Excel.\n")
    tab(page, strings.TAB_FILES)
    page.get_by_label(strings.FILES_CV).check()
    page.set_input_files("#ga-file-pick input[type=file]", str(cv))
    page.locator("#ga-file-pick", has_text="cv").wait_for()
    page.click("#ga-file-add")
    page.locator("#ga-cv-skills", has_text="python").wait_for()
    page.locator("#ga-cv-skills label", has_text="sql").locator("input").uncheck()
    page.click("#ga-cv-keep")
    page.locator("#ga-cv-said", has_text="python").wait_for()
    tab(page, strings.TAB_PROFILE)
    wait(page, lambda: "python" in page.locator("#ga-me-skills textarea, #ga-me-skills input").first.input_value())
    assert "sql" not in page.locator("#ga-me-skills textarea, #ga-me-skills input").first.input_value()
    tab(page, strings.TAB_FILES)
    assert "cv" not in page.locator("#ga-file-mine input").input_value()
    assert not list((opened.settings.data_dir / "documents").glob("*cv*"))
    page.evaluate("localStorage.clear()")


def test_job_posts_are_added_ranked_with_reasons_and_removed(page: Any, tmp_path: Path) -> None:
    feed = tmp_path / "posts.csv"
    feed.write_text(
        "title,hourly/fixed,skills,description,url\n"
        'Clean sales tables,Hourly: $20 - $30,"python, sql",Tidy our exports.,https://jobs.example/1\n'
        "Repaint a fence,Hourly: $12 - $15,painting,Two days in May.,https://jobs.example/2\n"
    )
    tab(page, strings.TAB_FILES)
    page.get_by_label(strings.FILES_JOBS).check()
    page.set_input_files("#ga-file-pick input[type=file]", str(feed))
    page.locator("#ga-file-pick", has_text="posts").wait_for()
    page.click("#ga-file-add")
    page.locator("#ga-file-report td", has_text="2 distinct posts").wait_for()
    page.fill("#ga-posts-skills textarea, #ga-posts-skills input", "python, sql")
    page.click("#ga-posts-show")
    page.locator("#ga-posts-found td", has_text="which you have").first.wait_for()
    assert page.locator("#ga-posts-found tbody tr").first.inner_text().startswith("Clean sales tables")
    page.click("#ga-file-remove")
    page.locator("#ga-file-report", has_text="removed").wait_for()
    wait(page, lambda: page.locator("#ga-posts").count() == 0 or not page.locator("#ga-posts").is_visible())


def test_history_is_off_at_first_and_survives_a_restart(browser: Any, page: Any, opened: Advisor) -> None:
    ask(page, "How old must I be to join Examplia?")
    tab(page, strings.TAB_HISTORY)
    assert not page.locator("#ga-history-switch input").is_checked()
    page.locator("#ga-history-switch input").check()
    page.locator("#ga-history-state", has_text=strings.HISTORY_ON).wait_for()
    tab(page, strings.TAB_CHAT)
    ask(page, "When does Examplia pay me?")
    with served(opened) as again:
        other = browser.new_context().new_page()
        other.goto(again)
        other.wait_for_selector(QUESTION)
        tab(other, strings.TAB_HISTORY)
        wait(other, lambda: "How old" in other.locator("#ga-history-list input").input_value())
        other.click("#ga-history-open")
        other.locator("#ga-chat", has_text="When does Examplia pay me?").wait_for()
        tab(other, strings.TAB_HISTORY)
        other.click("#ga-history-wipe")
        wait(other, lambda: other.locator("#ga-history-list input").input_value() == "")
        other.context.close()


def test_a_client_gets_a_handout_and_is_erased_only_by_name(page: Any) -> None:
    ask(page, "How much does Examplia take?")
    tab(page, strings.TAB_CLIENTS)
    page.locator("#ga-client-alias input, #ga-client-alias textarea").fill("Heron")
    page.click("#ga-client-add")
    wait(page, lambda: page.locator("#ga-client input").input_value() == "Heron")
    page.click("#ga-client-chat")
    wait(page, lambda: "How much" in page.locator("#ga-client-items input").input_value())
    with page.expect_download() as download:
        page.locator("#ga-client-handout a", has_text="PDF").first.click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name=strings.CLIENT_ERASE).first.click()
    confirm = page.locator("#ga-client-confirm input, #ga-client-confirm textarea")
    confirm.fill("Somebody")
    page.click("#ga-client-erase")
    page.locator("#ga-client-state", has_text="Nothing was erased").wait_for()
    confirm.fill("Heron")
    page.click("#ga-client-erase")
    page.locator("#ga-client-state", has_text="Heron is erased").wait_for()
    wait(page, lambda: page.locator("#ga-client input").input_value() == "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone(browser: Any, address: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 760}, color_scheme=scheme)
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(QUESTION)
    ask(page, "How do I become a data analyst with 10 hours a week?")
    for name in (
        strings.TAB_CHAT,
        strings.TAB_TOOLS,
        strings.TAB_ROADMAP,
        strings.TAB_LIBRARY,
        strings.TAB_PROFILE,
        strings.TAB_FILES,
        strings.TAB_CLIENTS,
    ):
        tab(page, name)
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
    context.close()


@pytest.mark.parametrize("width", [360, 600, 768, 900, 1280, 1600])
def test_no_answer_is_cut_off_at_its_side(browser: Any, address: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(QUESTION)
    ask(page, "How do I become a data analyst with 10 hours a week?")
    beyond = page.evaluate(
        """() => {
          const chat = document.querySelector('#ga-chat'), edge = chat.getBoundingClientRect().right + 1;
          return [...chat.querySelectorAll('.bot.message p, .bot.message li, .ga-answer > *')]
            .filter((one) => one.getBoundingClientRect().right > edge && !one.closest('.ga-scroll')).length;
        }"""
    )
    assert beyond == 0
    context.close()


def test_the_chat_works_by_keyboard_alone(page: Any) -> None:
    page.keyboard.press("Tab")
    for _ in range(40):
        if page.evaluate("!!document.activeElement.closest('#ga-question')"):
            break
        page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('#ga-question')")
    page.keyboard.type("How much does Examplia take?")
    page.keyboard.press("Enter")
    page.wait_for_selector("#ga-chat .ga-labels")
    assert "0–15%" in page.locator("#ga-chat").inner_text()
