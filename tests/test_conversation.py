"""Several questions at once, wishes about the last answer, and questions back."""

from datetime import date

import pytest

from advisor import Advisor, Answer, Settings
from advisor.answer.again import wish_of
from advisor.answer.phrases import PHRASES, QUESTIONS_BACK

TODAY = date(2026, 11, 23)


@pytest.fixture
def advisor(settings: Settings) -> Advisor:
    return Advisor.open(settings)


def talk(advisor: Advisor, *questions: str) -> Answer:
    history: list[dict[str, str]] = []
    answer = Answer(text="")
    for question in questions:
        answer = advisor.ask(question, history=history, today=TODAY)
        history += [{"role": "user", "content": question}, {"role": "assistant", "content": answer.text}]
    return answer


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("source?", "sources"),
        ("Where did you get that from?", "sources"),
        ("simpler please", "short"),
        ("can you make it shorter", "short"),
        ("as a table", "table"),
        ("in euros at 0.92", "currency"),
        ("show me the calculation", "working"),
        ("why is that so low?", "working"),
        ("How do I get paid in euros by Upwork when my bank account is in Poland and my client pays?", None),
        ("what is the source of income for students", None),
        ("Why do clients not reply?", None),
        ("and with 30 hours?", None),
    ],
)
def test_wishes_are_told_from_questions(text: str, wish: str | None) -> None:
    assert wish_of(text) == wish


def test_two_questions_get_two_answers_and_the_second_knows_the_subject(advisor: Advisor) -> None:
    answer = talk(advisor, "How much does Examplia take from my earnings and when do I get paid?")
    assert "Examplia takes 0–15% of what a client pays you" in answer.text
    assert "Examplia pays five days after the client approves." in answer.text
    assert answer.text.index("0–15%") < answer.text.index("five days")


def test_sources_are_listed_with_publisher_date_and_words(advisor: Advisor) -> None:
    answer = talk(advisor, "How much does Examplia take from my earnings?", "source?")
    assert answer.text.startswith(PHRASES["sources"])
    assert "Freelancer fees: how they work, Examplia (official, 1 May 2026)" in answer.text
    assert answer.citations


def test_a_shorter_answer_keeps_the_first_sentences_and_their_sources(advisor: Advisor) -> None:
    long, short = (talk(advisor, "How much does Examplia take from my earnings?", *more) for more in ((), ("shorter",)))
    assert short.text.startswith("Examplia takes 0–15%")
    assert len(short.text) < len(long.text)
    assert all(f"[{cited.n}]" in short.text for cited in short.citations)


def test_a_sum_is_shown_as_a_table_in_another_currency_and_with_its_working(advisor: Advisor) -> None:
    asked = "An offer pays $12 for 4 miles and 25 minutes, worth it?"
    assert talk(advisor, asked, "as a table").text.startswith("| ")
    first = talk(advisor, asked)
    euros = talk(advisor, asked, "in euros at 0.5").text
    assert first.results
    assert "(EUR " in euros
    assert "no exchange rate" in talk(advisor, asked, "in euros").text
    assert talk(advisor, asked, "how did you get that?").text.startswith(PHRASES["worked"])


def test_a_wish_does_not_stand_between_a_question_and_its_follow_up(advisor: Advisor) -> None:
    asked = "An offer pays $12 for 4 miles and 25 minutes, worth it?"
    answer = talk(advisor, asked, "as a table", "and for 10 miles?")
    assert [result.tool for result in answer.results] == ["offer"]
    assert answer.results[0].input["miles"] == "10"


def test_a_wish_without_an_answer_before_it_is_a_question(advisor: Advisor) -> None:
    assert talk(advisor, "source?").abstained


def test_what_would_change_the_answer_is_asked_at_most_two_things(bundled: Advisor) -> None:
    answer = bundled.ask("What side job should I start?", today=TODAY)
    assert answer.text.splitlines()[-1].startswith("To work this out for you I need what you can do")
    assert not any(question in answer.text for question in QUESTIONS_BACK.values())
    told = bundled.ask("I have a car in Ohio and 10 hours a week. What side job should I start?", today=TODAY)
    assert not any(question in told.text for question in QUESTIONS_BACK.values())


def test_a_question_about_platforms_that_names_none_is_answered_for_several(bundled: Advisor) -> None:
    answer = bundled.ask("What is the minimum payout?", today=TODAY)
    assert PHRASES["several"] in answer.text
    assert QUESTIONS_BACK["platform"] in answer.text
    listed = answer.text.split("\n\n")[1].splitlines()
    assert len(listed) >= 2
    assert all("[" in line for line in listed)
