"""A number, date or form name is the same in every spelling, and another one never is."""

import pytest

from advisor.answer.figures import figures, found


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("1,000", "1000"), ("1.000", "1000"), ("1 000", "1000"), ("1'000", "1000"), ("$1k", "$1,000"),
        ("1,5 Mio", "1.5"), ("$1.2 million", "1,200,000"), ("10 %", "10%"), ("ten percent", "10%"),
        ("10 percent", "10 per cent"), ("twenty-five hours", "25 hours"), ("0–15%", "from 0% to 15%"),
        ("$10-20", "between $10 and $20"),
        ("2025", "1 May 2025"), ("May 2025", "2025-05-01"),
        ("1 May 2025", "May 1, 2025"), ("1st May 2025", "2025-05-01"), ("5/1/2025", "1 May 2025"),
        ("May 1", "2025-05-01"),
        ("US$20", "$20"), ("20 USD", "$20"), ("€20", "20 EUR"), ("18.10", "18.1"), ("1,00,000", "100000"),
        ("half", "50%"), ("two-thirds", "67%"), ("twice", "doubled"), ("a dozen", "12"), ("1099-K", "Form 1099-k"),
        ("two hundred", "200"), ("10-hour", "10 hours"), ("3rd", "3"), ("$1-2k", "$1,000 to $2,000"),
    ],
)  # fmt: skip
def test_the_same_figure_is_found_in_every_spelling(said: str, given: str) -> None:
    evidence = figures(given.replace("1099-k", "1099-K"))
    assert figures(said)
    assert all(found(figure, evidence) for figure in figures(said))


@pytest.mark.parametrize(
    ("said", "given"),
    [
        ("10%", "$10"), ("10%", "10 hours"), ("$10", "€10"), ("USD 10", "CAD 10"), ("1,000", "1.0"), ("2024", "2025"),
        ("1 May 2025", "May 2025"), ("June 2025", "May 2025"), ("$2,025", "in 2025"), ("10 days", "10 weeks"),
        ("1099-K", "1099-NEC"), ("W-2", "W-9"), ("15", "150"), ("1.5", "15"), ("$1k", "$1"), ("three", "thirty"),
        ("401(k)", "401"), ("10", "10.4"),
    ],
)  # fmt: skip
def test_different_figures_are_told_apart(said: str, given: str) -> None:
    assert not all(found(figure, figures(given)) for figure in figures(said))


def test_only_calculations_may_be_rounded() -> None:
    (said,) = figures("$391")
    assert found(said, figures("391.347"), rounded=True)
    assert not found(said, figures("391.347"))
