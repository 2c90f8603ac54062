"""Which work fits a profile: five invented people, doors, limits, next skills, and the counsellor's page."""

import time
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from advisor import Settings, client_page, tools
from advisor.cli import app
from advisor.errors import AdvisorError, ToolError
from advisor.facts import Facts
from advisor.recognise import recognise
from advisor.schema import FirstPaid, Step, Subject
from advisor.tools.openings import held_skills, implied, next_skills
from tests.tool_facts import corpus_facts

DAY = date(2026, 11, 23)
CARER: dict[str, Any] = {
    "skills": ["I look after my mother at home", "I did payroll in an office years ago", "Polish native, good English"],
    "languages": ["Polish", "English"], "country": "PL", "hours_per_week": 15, "equipment": ["laptop"], "capital": 0,
    "limits": ["no car", "cannot leave home for long"],
}  # fmt: skip
STUDENT: dict[str, Any] = {"skills": ["Excel", "statistics course"], "languages": ["English"], "country": "NG", "equipment": ["laptop"], "likes": ["numbers"]}  # fmt: skip
DRIVER: dict[str, Any] = {"skills": ["drove trucks for 25 years, CDL"], "languages": ["English"], "country": "US", "age": 55, "equipment": ["car", "phone"], "limits": ["bad back, no heavy lifting"]}  # fmt: skip
AGENT: dict[str, Any] = {"skills": ["call centre agent for five years", "zendesk"], "languages": ["English", "Tagalog"], "country": "PH", "equipment": ["laptop"], "limits": ["no more phone calls"]}  # fmt: skip
DEVELOPER: dict[str, Any] = {"skills": ["Python", "React", "Docker", "PostgreSQL", "git"], "languages": ["German", "English"], "country": "DE", "equipment": ["laptop", "bicycle"], "likes": ["technical puzzles"]}  # fmt: skip


def output(profile: dict[str, Any], **more: Any) -> dict[str, Any]:
    return tools.run("match", profile | more, corpus_facts(), DAY).output


def top(profile: dict[str, Any], count: int = 5) -> list[str]:
    return [item["id"] for item in output(profile)["matches"][:count]]


def families(profile: dict[str, Any], count: int) -> set[str]:
    return {corpus_facts().guides[name].family for name in top(profile, count)}


def test_a_carer_at_home_gets_office_work_and_nothing_outside() -> None:
    assert {"bookkeeper", "virtual-assistant"} <= set(top(CARER))
    found = output(CARER, most=20)
    assert not {"delivery", "ride-hail", "local-services"} & {
        corpus_facts().guides[item["id"]].family for item in found["matches"][:12]
    }
    assert "caring for people" in found["held"]
    assert "client-communication" in found["near"]
    assert all("car" not in row["skill"] and "trip" not in row["skill"] for row in found["next_skills"])


def test_a_student_with_excel_is_led_towards_data() -> None:
    assert "data-analyst" in top(STUDENT, 3)
    assert [row["skill"] for row in output(STUDENT)["next_skills"]][-1] == "business-reporting"


def test_a_driver_with_a_bad_back_gets_passengers_before_parcels_and_no_app_of_elsewhere() -> None:
    assert set(top(DRIVER, 2)) == {"uber", "lyft"}
    found = output(DRIVER, most=30, likes=["being on the road", "working alone"])
    assert "Bolt" in found["closed"]
    parcels = next(item for item in found["matches"] if item["id"] == "amazon-flex")
    assert any("bad back, no heavy lifting" in text for text in parcels["against"])


def test_a_call_centre_agent_without_calls_is_not_sent_to_run_a_shop_first() -> None:
    assert families(AGENT, 2) == {"freelance-marketplace"}
    assert not {"shopify", "amazon-seller"} & set(top(AGENT))
    assert "product-listing" not in output(AGENT)["held"]


def test_a_developer_sees_what_is_open_now_and_no_small_change() -> None:
    found = output(DEVELOPER)
    assert {"web-developer", "malt"} <= set(top(DEVELOPER))
    assert any(text.startswith("Web developer") for text in found["open_now"])
    assert "spreadsheets" not in found["held"]
    assert not {"data-labelling", "trip-cost-accounting"} & {row["skill"] for row in found["next_skills"]}


@pytest.mark.parametrize("profile", [CARER, STUDENT, AGENT, DEVELOPER])
def test_a_list_shows_several_kinds_of_work(profile: dict[str, Any]) -> None:
    assert len(families(profile, 5)) >= 3


@pytest.mark.parametrize("profile", [CARER, STUDENT, DRIVER, AGENT, DEVELOPER])
def test_every_fit_has_a_reason_and_pay_of_everybody_is_not_pay_of_one_kind_of_work(profile: dict[str, Any]) -> None:
    result = tools.run("match", profile, corpus_facts(), DAY)
    for item in result.output["matches"]:
        assert item["for"], item["name"]
        assert not any("all fields" in text for text in item["for"])
    assert result.summary[0].startswith("Best fits")
    assert len(result.output["next_skills"]) <= 3


def test_age_matters_only_where_a_platform_states_a_limit() -> None:
    assert top(DRIVER | {"age": 30}) == top(DRIVER | {"age": 62})
    assert "Uber" in output(DRIVER, age=16, most=30)["closed"]


def test_words_that_are_not_understood_are_named() -> None:
    result = tools.run("match", {"skills": ["Excel", "zorbing"]}, corpus_facts(), DAY)
    assert result.output["not_understood"] == ["zorbing"]
    assert any("zorbing" in line for line in result.summary)


def test_nothing_said_is_no_ranking() -> None:
    result = tools.run("match", {}, corpus_facts(), DAY)
    assert result.output["undecided"]
    assert result.summary[0].startswith("Nothing is known about you yet")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"country": "Poland"}, ("country", "'Poland'", "A-Z")),
        ({"hours_per_week": 500}, ("hours_per_week", "500", "112")),
        ({"kinds": "cars"}, ("kinds", "'cars'", "platforms")),
        ({"most": 0}, ("most", "0", "1")),
        ({"wage": 5}, ("wage", "5")),
    ],
)
def test_bad_input_names_field_value_and_what_is_allowed(arguments: dict[str, Any], words: tuple[str, ...]) -> None:
    with pytest.raises(ToolError) as error:
        tools.run("match", arguments, corpus_facts(), DAY)
    assert all(word in str(error.value) for word in words)


def test_one_kind_can_be_asked_for() -> None:
    for kinds, kind in (("paths", "path"), ("platforms", "platform"), ("options", "option")):
        assert {item["kind"] for item in output(STUDENT, kinds=kinds)["matches"]} == {kind}


@settings(max_examples=30, deadline=None)
@given(
    extra=st.sampled_from(
        ["Python", "SQL", "bookkeeping", "Photoshop", "customer service", "driving licence", "teaching"]
    )
)
def test_a_further_skill_never_makes_a_path_fit_less(extra: str) -> None:
    before = {item["id"]: item["score"] for item in output(STUDENT, kinds="paths", most=60)["matches"]}
    after = {
        item["id"]: item["score"]
        for item in output(STUDENT | {"skills": [*STUDENT["skills"], extra]}, kinds="paths", most=60)["matches"]
    }
    assert all(after[name] >= score - 1e-9 for name, score in before.items() if name in after)


def invented() -> Facts:
    steps = (
        Step(skill="a", low=5, high=10),
        Step(skill="b", low=5, high=10, needs=("a",)),
        Step(skill="c", low=200, high=400),
    )
    one = Subject(
        id="one",
        name="One",
        kind="path",
        family="data",
        steps=steps,
        first_paid=(FirstPaid(after="b", work="Small work."), FirstPaid(after="c", work="Large work.")),
    )
    two = Subject(
        id="two",
        name="Two",
        kind="path",
        family="data",
        steps=(Step(skill="d", low=90, high=110),),
        first_paid=(FirstPaid(after="d", work="Other work."),),
    )
    return Facts([], [one, two])


def test_the_bundle_that_opens_the_most_for_its_hours_comes_in_learning_order() -> None:
    rows, open_now = next_skills(frozenset(), invented(), DAY)
    # a and b open one for 15 hours: 1 / 1.15. With d: 2 / 2.15. With c: 2 / 4.15. By hand, so a, b and d.
    assert [row["skill"] for row in rows] == ["a", "d", "b"]
    assert open_now == []
    assert {row["skill"]: row["opens"] for row in rows}["b"] == ["One: Small work"]


def test_later_work_of_a_path_needs_what_its_earlier_work_needs() -> None:
    rows, open_now = next_skills(frozenset({"c"}), invented(), DAY, worth={"one": 1.0})
    assert open_now == []
    assert [row["skill"] for row in rows] == ["a", "b"]
    assert rows[-1]["opens"] == ["One: Small work", "One: Large work"]
    _, everything = next_skills(frozenset("abc"), invented(), DAY, worth={"one": 1.0})
    assert everything == ["One: Small work", "One: Large work"]


def test_who_holds_a_skill_holds_its_foundations_and_no_more() -> None:
    facts = corpus_facts()
    assert {"javascript", "html-css"} <= held_skills(["React"], facts).skills
    assert "product-listing" not in held_skills(["customer service"], facts).skills
    assert "basic-computer-use" not in held_skills(["customer service"], facts).skills
    by_skill = {step.skill: step for step in facts.guides["bookkeeper"].steps}
    assert implied("month-end-and-sales-tax", by_skill) == {
        "accounting-software",
        "bookkeeping-basics",
        "basic-computer-use",
    }


def test_it_stays_quick() -> None:
    facts = corpus_facts()
    tools.run("match", CARER, facts, DAY)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        tools.run("match", CARER, facts, DAY)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.1


TEXT = "I look after my grandmother and run the school bake sale. I did payroll in an office and know Excel."


def page(**more: Any) -> client_page.ClientPage:
    facts = corpus_facts()
    found = recognise(TEXT, {step.skill for guide in facts.guides.values() for step in guide.steps})
    return client_page.client_page(found, facts, DAY, client="Client 7", country="PL", **more)


def test_the_clients_page_has_evidence_options_gaps_steps_and_sources() -> None:
    text = client_page.markdown(
        page(attributions=("This product includes information from the O*NET Database.",))
    ).decode()
    for heading in ("What you can do", "Options", "Gaps", "Steps", "Sources"):
        assert f"## {heading}" in text
    assert "“look after my grandmother”" in text
    assert "https://" in text
    assert "O*NET Database" in text
    assert "Client 7" in text
    assert "skills are proposals" in text
    assert "has confirmed" in client_page.markdown(page(confirmed=True)).decode()


def test_the_clients_page_is_one_page_as_pdf_and_opens_as_docx() -> None:
    import docx
    from pypdf import PdfReader

    made = page(target="bookkeeper")
    assert len(PdfReader(BytesIO(client_page.pdf(made))).pages) == 1
    document = docx.Document(BytesIO(client_page.docx(made)))
    assert document.paragraphs[0].text == "Skill roadmap for Client 7"
    assert document.tables[0].rows[0].cells[0].text == "Skill"


def test_an_unknown_form_or_target_is_named(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="md, docx, pdf"):
        client_page.write(page(), tmp_path / "page.odt")
    with pytest.raises(ToolError, match="bookkeeper"):
        page(target="astronaut")


@pytest.mark.parametrize("ending", ["md", "docx", "pdf"])
def test_the_command_writes_the_page(
    ending: str, bundled_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GIG_ADVISOR_DATA_DIR", str(bundled_settings.data_dir))
    out = tmp_path / f"page.{ending}"
    done = CliRunner().invoke(
        app, ["client", TEXT, "--out", str(out), "--client", "Client 7", "--without", "raising money"]
    )
    assert done.exit_code == 0, done.output
    assert out.stat().st_size > 500
    if ending == "md":
        assert "raising money" not in out.read_text()


def test_a_platform_that_takes_nobody_new_stands_lower_and_says_so() -> None:
    made = tools.run(
        "match", {"equipment": ["phone"], "most": 40, "kinds": "platforms"}, corpus_facts(), date(2026, 11, 23)
    )
    rank = {item["id"]: place for place, item in enumerate(made.output["matches"])}
    assert rank["clickworker"] < rank.get("amazon-mechanical-turk", 99)
    shown = next((item for item in made.output["matches"] if item["id"] == "amazon-mechanical-turk"), None)
    assert shown is None or any(line.startswith("Closing: ") for line in shown["against"])
