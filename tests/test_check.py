"""The linter: the good guide passes, and one edit breaks each rule on the line of the edit."""

import json
from datetime import date
from pathlib import Path

import pytest

from ingest import check as linter
from ingest.check_warnings import cells
from ingest.guide_chunks import guide_chunks
from ingest.readers.guide import read_guide
from ingest.sentences import has_figure
from tests.guides import QUESTIONS, guide_text, write_corpus

TODAY = date(2026, 11, 23)


def lint(folder: Path, text: str, name: str = "examplia.md") -> linter.Report:
    path = folder / "platforms" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return linter.check([path], TODAY)


def test_the_good_guide_has_no_error(tmp_path: Path) -> None:
    report = lint(tmp_path, guide_text())
    assert report.errors == []
    assert {problem.code for problem in report.warnings} <= {"coverage"}


# One edit each: what to replace, by what, the rule that must speak, and the text on whose line it must speak.
EDITS = {
    "flow-list": ("aliases:\n  - Examplia Work", "aliases: [Examplia Work]", "field", "aliases: ["),
    "flow-map": ('  s2:\n    title: "What copy editors earn"', '  s3: {title: "x"}\n  s2:\n    title: "y"', "field", "s3: {"),
    "field-twice": ("name: Examplia\n", "name: Examplia\nname: Again\n", "field", "name: Again"),
    "unknown-field": ("family: freelance", "colour: red\nfamily: freelance", "field", "colour: red"),
    "unknown-key": ("key: pay.hourly", "key: pay.secondly", "field", "key: pay.secondly"),
    "number-as-text": ("mid: 10\n", 'mid: "10"\n', "field", 'mid: "10"'),
    "number-with-comma": ("mid: 10\n", "mid: 1,000\n", "field", "mid: 1,000"),
    "truth-for-text": ('publisher: "Example University"', "publisher: no", "field", "publisher: no"),
    "no-source": ("    source: s2\n", "", "field", "key: pay.hourly"),
    "unknown-source": ("    source: s2\n", "    source: s9\n", "field", "source: s9"),
    "bad-date": ("since: 2025-05-01", "since: 2025-13-01", "field", "since: 2025-13-01"),
    "source-without-date": ("    source_kind: research\n    read: 2026-11-22\n", "    source_kind: research\n", "source-date", "  s2:"),
    "source-kind": ("source_kind: research", "source_kind: rumour", "field", "source_kind: rumour"),
    "source-url": ('"https://research.example/copy-editors"', '"research page"', "source-url", "  s2:"),
    "banned-source": ("https://research.example/", "https://www.winenfood.com/", "banned-source", "  s2:"),
    "number-and-text": ("    mid: 10\n", '    mid: 10\n    text: "ten"\n', "value", "mid: 10"),
    "falling-range": ("low: 18.5", "low: 38.5", "range", "key: pay.hourly"),
    "unit": ("unit: USD", "unit: bucks", "unit", "key: pay.hourly"),
    "region": ("region: US", "region: America", "region", "key: pay.hourly"),
    "validity": ("until: 2025-04-30", "until: 2022-04-30", "validity", "mid: 10"),
    "basis": ('basis: "gross, worked_hour"', 'basis: "gross, somehow"', "basis", "key: pay.hourly"),
    "pay-without-population": ('    population: "copy editors with a public profile"\n', "", "pay", "key: pay.hourly"),
    "overlap": ("until: 2025-04-30", "until: 2025-06-30", "overlap", "mid: 10"),
    "id": ("id: examplia", "id: Examplia_1", "id", "id: Examplia_1"),
    "file-name": ("id: examplia", "id: other", "file-name", "id: other"),
    "kind": ("kind: platform", "kind: shop", "kind", "kind: shop"),
    "folder": ("kind: platform", "kind: option", "folder", "kind: option"),
    "missing-section": ("## First steps\n", "", "section", "---"),
    "foreign-section": ("## First steps\n", "## Trivia\n", "section", "## Trivia"),
    "order": ("## Who can join\n", "## First steps\n", "order", "---"),
    "figure-without-source": ("Examplia keeps 0–15% of each contract. [s1]", "Examplia keeps 0–15% of each contract.", "figure", "Examplia keeps 0–15%"),
    "unknown-marker": ("each contract. [s1]\n", "each contract. [s7]\n", "marker", "each contract. [s7]"),
    "up-to": ("Examplia is a marketplace for editing work.", "Editors earn up to a lot on Examplia.", "hype", "earn up to"),
    "guaranteed": ("Examplia is a marketplace for editing work.", "Examplia has a guaranteed income.", "hype", "guaranteed income"),
    "dead-link": ("Examplia is a marketplace for editing work.", "See [that](../options/none.md).", "dead-link", "none.md"),
    "empty-section": ("Examplia is a marketplace for editing work.", "", "empty", "## In short"),
    "not-found-key": ("key: payout.minimum", "key: payout.maximum", "key", "key: payout.maximum"),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_each_rule_speaks_on_the_line_that_breaks_it(tmp_path: Path, name: str) -> None:
    old, new, code, place = EDITS[name]
    good = guide_text()
    assert old in good
    text = good.replace(old, new, 1)
    found = [problem for problem in lint(tmp_path, text).errors if problem.code == code]
    assert found, [vars(problem) for problem in lint(tmp_path, text).errors]
    lines = text.split("\n")
    # A fact is reported on its first line or on the line of the field; the place may be a few lines below its start.
    assert any(place in "\n".join(lines[max(0, problem.line - 1) : problem.line + 4]) for problem in found)


def test_too_few_questions_and_a_question_twice_are_errors(tmp_path: Path) -> None:
    few = dict(list(QUESTIONS.items())[:7])
    assert "questions" in {problem.code for problem in lint(tmp_path, guide_text(questions=few)).errors}
    twice = guide_text() + "\n### Is Examplia a scam?\n\nNo, it is a company. Fake clients exist.\n"
    assert "question-twice" in {problem.code for problem in lint(tmp_path, twice).errors}


def test_front_matter_that_is_not_yaml_or_not_there_is_one_error(tmp_path: Path) -> None:
    for text in ("# No front matter\n", "---\nid: [unclosed\n---\n", "---\nid: a\n  b: c: d\n---\n"):
        report = lint(tmp_path, text)
        assert [problem.code for problem in report.errors] == ["front-matter"]


def test_a_name_of_another_guide_is_refused(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path)
    twin = corpus / "platforms" / "twin.md"
    twin.write_text(guide_text().replace("id: examplia", "id: twin").replace("name: Examplia\n", "name: Twin\n"))
    report = linter.check([twin], TODAY, base=[corpus / "platforms" / "examplia.md"])
    assert "name" in {problem.code for problem in report.errors}


def test_an_old_fact_and_an_old_review_are_warnings_on_a_later_day(tmp_path: Path) -> None:
    path = write_corpus(tmp_path) / "platforms" / "examplia.md"
    codes = {problem.code for problem in linter.check([path], date(2029, 1, 1)).warnings}
    assert {"stale", "review"} <= codes
    assert linter.check([path], date(2029, 1, 1)).errors == []


@pytest.mark.parametrize(
    ("sentence", "counts"),
    [
        ("File the 1099-K with Schedule C.", False),
        ("A W-8BEN keeps the treaty rate.", False),
        ("Support answers 24/7.", False),
        ("The fee is 10%.", True),
        ("It pays after three days.", False),
        ("See [the page](https://a.example/2024/x).", False),
        ("In 2024 the fee rose.", True),
    ],
)
def test_form_names_and_links_are_not_figures(sentence: str, counts: bool) -> None:
    assert has_figure(sentence) is counts


def test_coverage_counts_a_value_a_not_found_and_a_hole(tmp_path: Path) -> None:
    guide = read_guide(write_corpus(tmp_path) / "platforms" / "examplia.md")
    states = cells(guide)
    assert (states["fee"], states["payout minimum"], states["age"]) == ("value", "not found", "HOLE")


def test_the_json_report_has_the_fields_of_the_contract(tmp_path: Path) -> None:
    path = write_corpus(tmp_path) / "platforms" / "examplia.md"
    text, code = linter.run_check(path, coverage=False, as_json=True, today=TODAY)
    value = json.loads(text)
    assert list(value) == ["guides", "facts", "questions", "source_kinds", "errors", "warnings"]
    assert (code, value["guides"], value["facts"], value["questions"]) == (0, 1, 3, 8)
    assert value["source_kinds"] == {"official": 1, "research": 1}


def test_the_bundled_corpus_is_clean() -> None:
    text, code = linter.run_check(None, coverage=False, as_json=True, today=TODAY)
    assert json.loads(text)["errors"] == []
    assert code == 0


def test_chunks_are_one_a_question_one_a_fact_and_keep_their_ids(tmp_path: Path) -> None:
    path = write_corpus(tmp_path) / "platforms" / "examplia.md"
    before = guide_chunks(read_guide(path))
    assert len({chunk.id for chunk in before}) == len(before)
    asked = {chunk.heading for chunk in before if chunk.kind == "question"}
    assert asked >= set(QUESTIONS)
    assert asked - set(QUESTIONS) == {
        "How do I start with Examplia?",
        "Is Examplia worth it?",
        "What are the risks of Examplia?",
    }
    fee = next(chunk for chunk in before if chunk.fact_ids and chunk.until is None)
    assert fee.text == "Examplia, freelancer service fee: 0–15% per contract, since 1 May 2025. Set for each contract."
    pay = next(chunk for chunk in before if chunk.heading == "gross pay of copy editors")
    assert "$18.50–$26, typically $21.50 per hour" in pay.text
    assert "gross, per hour worked, copy editors with a public profile, measured in 2025, in US" in pay.text
    path.write_text(guide_text().replace("Examplia is a marketplace for editing work.", "Something else."))
    after = guide_chunks(read_guide(path))
    assert [chunk.id for chunk in after] == [chunk.id for chunk in before]
