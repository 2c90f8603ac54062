"""Every view under axe-core, in light and dark, wide and narrow: nothing serious or critical. Skips without browser or axe."""

import os
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from advisor import Advisor, tools
from advisor.web import strings
from tests.web_page import served, small_settings

playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed; `make browser` installs it"
)
axe = pytest.importorskip("axe_playwright_python", reason="axe is not installed; `make browser` installs it")
BROWSER = os.environ.get("BROWSER_PATH") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
pytestmark = [
    pytest.mark.skipif(not BROWSER, reason="no Chromium is installed; `apt-get install chromium` runs these tests"),
    pytest.mark.filterwarnings("ignore"),
]
QUESTION = "#ga-question textarea, #ga-question input"
FINDINGS = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(found => ['serious', 'critical'].includes(found.impact))
  .flatMap(found => found.nodes.map(node => `${found.id}: ${node.html.slice(0, 160)}`))"""
TABS = (
    strings.TAB_ROADMAP, strings.TAB_LIBRARY, strings.TAB_PROFILE, strings.TAB_FILES, strings.TAB_HISTORY, strings.TAB_CLIENTS,
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Advisor.open(small_settings(tmp_path_factory.mktemp("axe"))) as advisor, served(advisor) as url:
        yield url


@pytest.fixture(params=[("light", 1400), ("dark", 360)], ids=["light-wide", "dark-narrow"])
def page(request: pytest.FixtureRequest, address: str) -> Iterator[Any]:
    scheme, width = request.param
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        made = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        made.goto(address)
        made.wait_for_selector(QUESTION)
        made.wait_for_timeout(800)
        made.evaluate((files(axe) / "axe.min.js").read_text(encoding="utf-8"))
        yield made
        browser.close()


def test_no_view_has_a_serious_finding(page: Any) -> None:
    found = {"empty chat": page.evaluate(FINDINGS)}
    page.fill(QUESTION, "How do I become a data analyst with 10 hours a week?")
    page.press(QUESTION, "Enter")
    page.wait_for_selector("#ga-chat .ga-labels")
    found["answer"] = page.evaluate(FINDINGS)
    for name in TABS:
        page.get_by_role("tab", name=name, exact=True).click()
        page.wait_for_timeout(800)
        found[name] = page.evaluate(FINDINGS)
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_what_a_file_brings_has_no_serious_finding(page: Any, tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text("title,skills\nTidy sales tables,python\n")
    (tmp_path / "cv.txt").write_text("I know Python and SQL.\n")
    page.get_by_role("tab", name=strings.TAB_FILES, exact=True).click()
    for kind, name, shown in (
        (strings.FILES_JOBS, "posts.csv", "#ga-posts-show"),
        (strings.FILES_CV, "cv.txt", "#ga-cv-keep"),
    ):
        page.get_by_label(kind).check()
        page.set_input_files("#ga-file-pick input[type=file]", str(tmp_path / name))
        page.locator("#ga-file-pick", has_text=name.split(".")[0]).wait_for()
        page.click("#ga-file-add")
        page.locator(shown).wait_for()
    page.fill("#ga-posts-skills textarea, #ga-posts-skills input", "python")
    page.click("#ga-posts-show")
    page.locator("#ga-posts-found td").first.wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate(FINDINGS) == []


def test_no_form_has_a_serious_finding(page: Any) -> None:
    found = {}
    page.get_by_role("tab", name=strings.TAB_TOOLS, exact=True).click()
    for name in sorted(tools.registry()):
        page.locator(f"#ga-tool-list input[value='{name}']").click(force=True)
        page.locator("#ga-tool-title", has_text=strings.TOOL_NAMES.get(name, name.capitalize())).wait_for()
        page.wait_for_timeout(300)
        found[name] = page.evaluate(FINDINGS)
    assert {name: lines for name, lines in found.items() if lines} == {}
