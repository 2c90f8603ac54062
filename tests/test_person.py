"""What people say about themselves in passing, and where they say they are."""

from typing import Any

import pytest

from advisor import Profile
from advisor.person import person_of, said
from advisor.places import place_in, region_fits


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I'm 19 and want to deliver", {"age": 19}),
        ("my 15-year-old wants to earn", {"age": 15}),
        ("I am 30 minutes from the centre", {}),
        ("I'm 5 years into freelancing", {}),
        ("I can work 12 hours a week", {"hours_per_week": 12.0}),
        ("I have an old van and a laptop", {"equipment": ("laptop", "van")}),
        ("work without a car", {"limits": ("no car",)}),
        ("no car but I have a bike", {"equipment": ("bicycle",), "limits": ("no car",)}),
        ("no phone calls please", {"limits": ("no phone calls",)}),
        ("I use a wheelchair", {"limits": ("no heavy lifting",), "status": "disabled"}),
        ("I have $2,500 to invest", {"capital": 2500.0}),
        ("I have $3k saved", {"capital": 3000.0}),
        ("I have $30k in debt", {}),
        ("starting with no money", {"capital": 0.0}),
        ("I speak Polish and English", {"languages": ("English", "Polish")}),
        ("I was laid off", {"status": "unemployed"}),
        ("Is it worth renting a car?", {}),
    ],
)
def test_own_words_become_fields_of_a_profile(text: str, found: dict[str, Any]) -> None:
    assert said(text) == found


def test_what_is_said_now_replaces_what_was_said_before() -> None:
    person = person_of(
        Profile(age=40, equipment=("car",)), ["I'm 41 and work 10 hours a week", "I sold my car, I have a bike"]
    )
    assert (person.age, person.hours_per_week) == (41, 10)
    assert person.equipment == ("bicycle",)
    assert person.limits == ("no car",)
    assert person_of(person, ["I have a car again, my own car"]).limits == ()


@pytest.mark.parametrize(
    ("text", "country", "region"),
    [
        ("I live in Nairobi", "KE", ""),
        ("driving in Austin, TX", "US", "US-TX"),
        ("nyc pay floor", "US", "US-NY/New York City"),
        ("I work in chicago", "US", "US-IL/Chicago"),
        ("people in California", "US", "US-CA"),
        ("a filipino freelancer", "PH", ""),
        ("Reading the terms", "", ""),
        ("work in reading", "", ""),
        ("in Georgia", "", ""),
        ("Is Handy good?", "", ""),
    ],
)
def test_places_come_with_their_country(text: str, country: str, region: str) -> None:
    assert place_in(text) == (country, region)


def test_regions_fit_when_one_holds_the_other() -> None:
    assert region_fits("US", "US-TX")
    assert region_fits("US-CA", "US")
    assert region_fits("EU", "PL")
    assert region_fits("global", "KE")
    assert not region_fits("US-CA", "US-TX")
    assert not region_fits("EU", "GB")
