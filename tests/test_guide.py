"""Reading a guide: types, lines and chunks; and the linter's rules that depend on lines, sentences or other guides."""

from datetime import date
from pathlib import Path

import pytest

from advisor.errors import CorpusError
from advisor.schema import Chunk
from ingest import check as linter
from ingest.guide_chunks import guide_chunks
from ingest.readers.guide import parse_guide, read_guide
from ingest.readers.guide_model import Guide
from ingest.sentences import sentences
from tests.guides import QUESTIONS, guide_text

TODAY = date(2026, 11, 23)
NOTE = 'note: "Set for each contract."'
SCAM = QUESTIONS["Is Examplia a scam?"]
FEE_UNTIL_2025 = '- key: fee.worker\n    label: "freelancer service fee"\n    '
SOURCE = """\
  s5:
    title: "T"
    publisher: "P"
    url: "https://a.example/"
    source_kind: press
    read: 2026-01-01
"""
PROSE = "Examplia is a marketplace for editing work."


def write(folder: Path, text: str, name: str = "platforms/examplia.md") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def edited(old: str, new: str) -> str:
    good = guide_text()
    assert good.count(old) >= 1, old
    return good.replace(old, new, 1)


def line_of(text: str, piece: str) -> int:
    """Return the one-based line on which a piece starts."""
    return text[: text.index(piece)].count("\n") + 1


def chunks_of(folder: Path, text: str) -> list[Chunk]:
    return guide_chunks(read_guide(write(folder, text)))


def test_a_good_guide_is_read_with_types_and_lines(tmp_path: Path) -> None:
    text = guide_text()
    guide: Guide = read_guide(write(tmp_path, text))
    assert (guide.id, guide.kind, guide.aliases, guide.reviewed) == (
        "examplia", "platform", ("Examplia Work",), date(2026, 11, 22),
    )  # fmt: skip
    assert guide.facts[0].id == "examplia#fee.worker#freelancer service fee#global##s1#2025-05-01"
    assert guide.facts[0].source.as_of == date(2026, 5, 1)
    assert guide.fact_lines[0] == line_of(text, "- key: fee.worker")
    assert [question.title for question in guide.questions] == list(QUESTIONS)
    assert guide.questions[0].line == line_of(text, "### How much")
    assert guide.questions[0].text_line == line_of(text, "Examplia takes 0–15%")


# One edit each: what to replace, by what, a word of the message, and the text on whose line it must stand.
FORM = {
    "flow list": ("aliases:\n  - Examplia Work", "aliases: [Examplia Work]", "block style", "aliases: ["),
    "flow mapping": ("  s2:\n    title", '  s3: {title: "x"}\n  s2:\n    title', "block style", "s3: {"),
    "field twice": ("name: Examplia\n", "name: Examplia\nname: Again\n", "stands twice", "name: Again"),
    "unknown field": ("    mid: 21.5\n", "    middle: 21.5\n", "no field 'middle'", "middle: 21.5"),
    "number with comma": ("mid: 10\n", "mid: 1,000\n", "plain number", "mid: 1,000"),
    "quoted number": ("mid: 10\n", 'mid: "10"\n', "plain number", 'mid: "10"'),
    "truth value for a country": ("region: US\n", "region: NO\n", "must be text", "region: NO"),
    "quoted date": ("since: 2025-05-01", 'since: "2025-05-01"', "must be a date", 'since: "2025'),
    "no such day": ("since: 2025-05-01", "since: 2025-02-30", "must be a date", "since: 2025-02-30"),
    "empty date": ("until: 2025-04-30", "until:", "must be a date", "until:\n"),
    "year with a fraction": ("year: 2025\n", "year: 2025.5\n", "must be a year", "year: 2025.5"),
    "anchor": ("name: Examplia\n", "name: &n Examplia\n", "anchors", "name: &n"),
    "tag": ("name: Examplia\n", "name: !!str Examplia\n", "anchors", "name: !!str"),
    "comment that cuts prose": (NOTE, "note: Set for # 5", "double quotes", "note: Set"),
    "prose over two lines": (NOTE, "note: Set for\n      each", "double quotes", "note: Set"),
    "unknown key": ("key: pay.hourly", "key: pay.hurly", "near: pay.hourly", "key: pay.hurly"),
    "unknown source": ("    source: s2\n", "    source: s9\n", "needs a source", "source: s9"),
    "own file as source": ("source_kind: research", "source_kind: user", "source_kind", "source_kind: u"),
    "text before the sections": ("## In short\n", "Lost words.\n\n## In short\n", "is lost", "Lost words."),
    "text before the questions": ("### How much", "Lost.\n\n### How much", "belongs under", "Lost."),
}  # fmt: skip


@pytest.mark.parametrize("name", FORM)
def test_a_problem_of_form_is_found_on_its_own_line(tmp_path: Path, name: str) -> None:
    old, new, message, place = FORM[name]
    text = edited(old, new)
    path = write(tmp_path, text)
    found = [problem for problem in parse_guide(path).problems if message in problem.message]
    assert [problem.line for problem in found] == [line_of(text, place)]
    with pytest.raises(CorpusError, match=f"{path.name}:"):
        read_guide(path)


def test_all_problems_of_form_are_collected(tmp_path: Path) -> None:
    text = (
        edited("mid: 10\n", 'mid: "10"\n').replace("key: pay.hourly", "key: pay.hurly").replace("unit: USD", "unit: NO")
    )
    assert len(parse_guide(write(tmp_path, text)).problems) == 3


def test_an_empty_list_in_flow_style_is_allowed(tmp_path: Path) -> None:
    assert read_guide(write(tmp_path, edited("aliases:\n  - Examplia Work", "aliases: []"))).aliases == ()


@pytest.mark.parametrize(
    "front",
    ["a: " + "[" * 100_000, "a: &a [x]\nb: *c", "? [a]\n: b", "- a", "a: b: c", "a: \x01"],
    ids=["deep", "dangling alias", "list as name", "no mapping", "no yaml", "control character"],
)
def test_front_matter_that_cannot_be_read_is_a_corpus_error_and_ends_nothing(tmp_path: Path, front: str) -> None:
    with pytest.raises(CorpusError):
        read_guide(write(tmp_path, f"---\n{front}\n---\n"))


def test_a_file_that_is_not_utf8_is_a_corpus_error(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.write_bytes(b"---\nname: \xff\n---\n")
    with pytest.raises(CorpusError, match="UTF-8"):
        read_guide(path)


def test_a_change_in_one_section_or_question_leaves_the_other_chunks_as_they_are(tmp_path: Path) -> None:
    before = {chunk.id: chunk for chunk in chunks_of(tmp_path, guide_text())}
    assert len(before) == len(chunks_of(tmp_path, guide_text()))
    first = next(iter(QUESTIONS))
    new = {
        "Is Examplia new?": "Examplia is not new. Examplia is old.",
        **QUESTIONS,
        first: "Examplia takes a share. Ask.",
    }
    long = "\n\n".join([f"Examplia sentence about editing. {'Words follow. ' * 40}"] * 3)
    after = {c.id: c for c in chunks_of(tmp_path, guide_text(questions=new).replace(PROSE, long))}
    assert {chunk.heading for chunk in before.values() if after[chunk.id] != chunk} == {
        "In short",
        "Is Examplia worth it?",
        first,
    }
    assert sum(chunk.heading == "In short" for chunk in after.values()) == 3


def test_a_section_answers_what_everybody_asks_unless_the_guide_asks_it_itself(tmp_path: Path) -> None:
    asked = {
        c.heading: c for c in chunks_of(tmp_path, guide_text()) if c.kind == "question" and c.heading not in QUESTIONS
    }
    assert set(asked) == {"How do I start with Examplia?", "Is Examplia worth it?", "What are the risks of Examplia?"}
    assert asked["Is Examplia worth it?"].text == PROSE
    own = guide_text(
        questions={"Is Examplia worth it in 2026?": "Examplia is worth a test. Count the hours.", **QUESTIONS}
    )
    assert "Is Examplia worth it?" not in {chunk.heading for chunk in chunks_of(tmp_path, own)}
    other = guide_text(questions={"Is Examplia worth it for lawyers?": "Examplia is not. Ask.", **QUESTIONS})
    assert "Is Examplia worth it?" in {chunk.heading for chunk in chunks_of(tmp_path, other)}


def test_chunks_carry_the_sources_that_they_cite_and_plain_link_texts(tmp_path: Path) -> None:
    text = edited("Examplia keeps 0–15% of each contract. [s1]", "See [Uber](uber.md): 0–15%. [s2][s1] More. [s2]")
    chunk = next(chunk for chunk in chunks_of(tmp_path, text) if chunk.heading == "Fees and costs")
    assert chunk.text == "See Uber: 0–15%. [s2][s1] More. [s2]"
    assert [source.id for source in chunk.sources] == ["s2", "s1"]


def test_a_fact_chunk_says_value_validity_and_place_in_words(tmp_path: Path) -> None:
    chunks = [chunk for chunk in chunks_of(tmp_path, guide_text()) if chunk.kind == "fact"]
    old = next(chunk for chunk in chunks if chunk.until)
    assert old.text == "Examplia, freelancer service fee: 10%, from 3 May 2023 to 30 April 2025."
    assert (old.since, old.until, old.region) == (date(2023, 5, 3), date(2025, 4, 30), "global")
    missing = next(chunk for chunk in chunks if chunk.fact_ids == ("examplia#payout.minimum#not-found",))
    assert missing.heading == "minimum payout"
    assert missing.text == "Examplia, minimum payout: not found (help centre). Where to look: Settings, Get paid."


PATH_FIELDS = """\
steps:
  - skill: spreadsheets
    low: 20
    high: 40
    proof: "A cleaned table."
    resources:
      - s1
  - skill: sql
    low: 30
    high: 60
    needs:
      - spreadsheets
first_paid:
  - after: sql
    work: "Small reports."
    pay: pay.hourly
"""


def path_text(old: str = "", new: str = "") -> str:
    text = edited("kind: platform", "kind: path").replace("facts:\n", PATH_FIELDS + "facts:\n", 1)
    assert old in text
    return text.replace(old, new, 1)


def test_the_steps_of_a_path_become_a_chunk_to_read(tmp_path: Path) -> None:
    chunk = next(c for c in chunks_of(tmp_path, path_text()) if c.heading == "Skills and steps")
    assert "1. spreadsheets: 20 to 40 hours; cost free. A cleaned table. [s1]" in chunk.text
    assert "First paid work after sql: Small reports." in chunk.text
    assert [source.id for source in chunk.sources] == ["s1"]


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("after: sql", "after: cobol", "first-paid", "- after: cobol"),
        ("pay: pay.hourly", "pay: pay.task", "first-paid", "- after: sql"),
        ("      - s1\n", "      - s8\n", "resource", "- skill: spreadsheets"),
        ("high: 40", "high: 10", "range", "- skill: spreadsheets"),
        ("- spreadsheets\n", "- spreadshits\n", "skill", "- skill: sql"),
    ],
)
def test_steps_refer_to_skills_facts_and_sources_that_exist(
    tmp_path: Path, old: str, new: str, code: str, place: str
) -> None:
    text = path_text(old, new)
    assert (line_of(text, place), code) in found_in(tmp_path, text, "paths/examplia.md")


def found_in(folder: Path, text: str, name: str = "platforms/examplia.md") -> list[tuple[int, str]]:
    report = linter.check([write(folder, text, name)], TODAY)
    return [(problem.line, problem.code) for problem in (*report.errors, *report.warnings)]


# One edit each: what to replace, by what, the rule that must speak, and the text on whose line it must speak.
RULES = {
    "country that is none": ("region: US\n", "region: UK\n", "region", "- key: pay.hourly"),
    "currency that is none": ("unit: USD", "unit: USX", "unit", "- key: pay.hourly"),
    "name of a source": ("  s2:\n", "  bls:\n", "source-id", "  bls:"),
    "values without a text": ("mid: 10\n", "mid: 10\n    values:\n      - US\n", "value", FEE_UNTIL_2025 + "mid"),
    "figure in a wrapped sentence": (PROSE, "Examplia is open.\nExamplia has\n9 kinds.", "figure", "Examplia has\n"),
    "figure in a list item": (PROSE, "Kinds:\n\n1. Editing.\n2. Checking, 9 kinds.", "figure", "2. Checking"),
    "figure in a table row": (PROSE, "| Kind | 2025 |\n|---|---|\n| Editing | 9 |", "figure", "| Editing"),
    "marker of two": (PROSE, "Examplia is open. [s1, s2]", "marker", "Examplia is open. [s1, s2]"),
    "steps outside a path": ("facts:\n", PATH_FIELDS + "facts:\n", "steps", "steps:"),
    "short answer": (SCAM, "Examplia is a real marketplace.", "answer-length", "### Is Examplia a"),
    "long answer": (SCAM, "Examplia is real. " * 9, "answer-length", "### Is Examplia a"),
    "dangling first word": (SCAM, "It is real. Examplia pays.", "dangling", "### Is Examplia a"),
    "no question": ("### Is Examplia a scam?", "### Scams", "question-form", "### Scams"),
    "text figure": ("    mid: 10\n    unit: percent\n", "    text: Now $5.\n", "text-figure", FEE_UNTIL_2025 + "te"),
    "review missing": ("reviewed: 2026-11-22\n", "", "review", "---"),
    "review to come": ("reviewed: 2026-11-22", "reviewed: 2027-01-01", "future", "reviewed: 2027"),
    "read before published": ("published: 2026-05-01", "published: 2026-11-23", "future", "  s1:"),
    "unused source": ("sources:\n", "sources:\n" + SOURCE, "unused-source", "  s5:"),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_a_rule_of_the_linter_speaks_on_the_line(tmp_path: Path, name: str) -> None:
    old, new, code, place = RULES[name]
    text = edited(old, new)
    assert (line_of(text, place), code) in found_in(tmp_path, text)
    assert code not in {other for _, other in found_in(tmp_path, guide_text())}


@pytest.mark.parametrize(
    "prose",
    [
        "Examplia is open, e.g. 9 kinds\nof work. [s1] The U.S. site has 2.5 million pages. [s1][s2]",
        "Examplia asks for a W-8BEN, a 1099-K, a 401(k) and Schedule C.\n\n### In 2025\n\nExamplia works 24/7.",
        "1. Examplia opens.\n2. Examplia closes.\n\n| Kind | 2025 |\n|---|---|\n| Editing | none |",
        "Examplia cites [the law](https://a.example/2024/7).",
        "Examplia lists No. 5 as its first. [s1]",
    ],
)
def test_sources_behind_each_sentence_with_a_figure_are_enough(tmp_path: Path, prose: str) -> None:
    assert "figure" not in {code for _, code in found_in(tmp_path, edited(PROSE, prose))}


def test_the_first_of_two_sentences_needs_its_own_source() -> None:
    found = sentences("The fee is 9%. eBay takes 8%. [s1] See Inc. 5, i.e. Nine. [s2][s1] [Uber](uber.md) is open.")
    assert found == [
        "The fee is 9%.", "eBay takes 8%. [s1]", "See Inc. 5, i.e. Nine. [s2][s1]", "[Uber](uber.md) is open.",
    ]  # fmt: skip


def test_values_of_two_years_do_not_overlap_but_two_of_one_year_do(tmp_path: Path) -> None:
    good = guide_text()
    fact = good[good.index("  - key: pay.hourly") : good.index("not_found:")]
    other_year = fact.replace("year: 2025", "year: 2024")
    assert "overlap" not in {code for _, code in found_in(tmp_path, good.replace(fact, fact + other_year))}
    assert "overlap" in {code for _, code in found_in(tmp_path, good.replace(fact, fact + fact))}


def test_an_alias_of_another_guide_is_reported_on_its_line_whichever_is_checked(tmp_path: Path) -> None:
    old = write(tmp_path, guide_text())
    text = guide_text().replace("id: examplia", "id: twin").replace("name: Examplia\n", "name: Twin\n")
    new = write(tmp_path, text, "platforms/twin.md")
    for shown, base, place in ((new, old, "  - Examplia Work"), (old, new, "  - Examplia Work")):
        report = linter.check([shown], TODAY, base=[base])
        assert [(p.path, p.line) for p in report.errors if p.code == "name"] == [
            (str(shown), line_of(shown.read_text(), place))
        ]


def test_a_quotation_of_a_promise_is_allowed_in_a_safety_guide_only(tmp_path: Path) -> None:
    text = edited(PROSE, 'The advert says "earn up to a lot, guaranteed income".')
    assert "hype" in {code for _, code in found_in(tmp_path, text)}
    safety = text.replace("kind: platform", "kind: safety")
    assert "hype" not in {code for _, code in found_in(tmp_path, safety, "safety/examplia.md")}


def test_the_command_shows_problems_and_refuses_what_it_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = write(tmp_path, guide_text())
    bad = write(tmp_path, edited("unit: USD", "unit: bucks"), "more/examplia.md")
    assert linter.main([str(good)]) == 0
    assert linter.main([str(good), str(bad)]) == 1
    assert "2 guides" in capsys.readouterr().out
    assert linter.main(["--jsn"]) == 2
    assert linter.main([str(tmp_path / "none.md")]) == 1
    assert "no guide at" in capsys.readouterr().err


def test_the_coverage_table_shows_each_cell_and_the_shares(tmp_path: Path) -> None:
    text, _ = linter.run_check(write(tmp_path, guide_text()), coverage=True, as_json=False, today=TODAY)
    assert "payout minimum" in text
    assert "HOLE" in text
    assert "27% decided, 18% with a value" in text


def test_a_long_series_of_years_becomes_one_chunk_for_each_ten_years(tmp_path: Path) -> None:
    row = (
        '  - key: yield.return\n    label: "large shares"\n    mid: {mid}\n    unit: percent\n    per: year\n'
        "    region: US\n    year: {year}\n    source: s1\n"
    )
    rows = "".join(row.format(mid=year - 1990, year=year) for year in range(1995, 2005))
    chunks = [
        c for c in chunks_of(tmp_path, guide_text().replace("facts:\n", f"facts:\n{rows}", 1)) if c.kind == "fact"
    ]
    series = [c for c in chunks if c.heading == "large shares"]
    assert [len(c.fact_ids) for c in series] == [5, 5]
    assert "1995: 5% per year; 1996: 6% per year" in series[0].text
    assert len({fact_id for c in series for fact_id in c.fact_ids}) == 10
