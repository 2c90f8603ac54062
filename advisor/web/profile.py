"""About me: what the browser keeps to a profile and back, in words; anything that does not fit is left out, never an error."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from advisor import Profile
from advisor.web import strings

LISTS = ("skills", "languages", "equipment", "limits")
STORAGE_KEY = "gig-advisor-profile"


def from_browser(kept: Any) -> Profile:
    """Return the profile that a browser keeps; fields that are not valid are left out."""
    values = dict(kept) if isinstance(kept, Mapping) else {}
    values = {name: value for name, value in values.items() if name in Profile.model_fields and value not in (None, "")}
    while values:
        try:
            return Profile.model_validate(values)
        except ValidationError as error:
            values.pop(str(error.errors()[0]["loc"][0]), None)
    return Profile()


def from_form(values: Mapping[str, Any]) -> Profile:
    """Return the profile that a form gives; lists may be typed with commas or lines."""
    made: dict[str, Any] = {}
    for name, value in values.items():
        if name in LISTS:
            made[name] = [part.strip()[:100] for part in re.split(r"[,\n;]", str(value or "")) if part.strip()][:30]
        elif isinstance(value, str):
            made[name] = value.strip()[:100]
        else:
            made[name] = value
    return from_browser(made)


def to_browser(profile: Profile) -> dict[str, Any]:
    """Return a profile as the browser keeps it: only what was said."""
    return {name: value for name, value in profile.model_dump(mode="json").items() if value not in (None, "", [], ())}


def with_skills(profile: Profile, skills: Sequence[str]) -> Profile:
    """Return a profile with more skills, each once."""
    known = {skill.lower() for skill in profile.skills}
    more = [skill for skill in skills if skill.lower() not in known]
    return from_browser(to_browser(profile) | {"skills": [*profile.skills, *more][:30]})


def said(profile: Profile) -> str:
    """Return in words what a profile says; empty when it says nothing."""
    shown = []
    for name, value in to_browser(profile).items():
        words = ", ".join(str(item) for item in value) if isinstance(value, list) else f"{value}"
        words = words.removesuffix(".0")
        shown.append(f"{strings.PROFILE_LABELS[name].lower()} {words}")
    return "; ".join(shown)


def as_arguments(profile: Profile, names: list[str]) -> dict[str, Any]:
    """Return what a profile gives for the fields of a tool; money only where the tool asks for what one can start with."""
    kept = to_browser(profile)
    given: dict[str, Any] = {
        name: kept[name] for name in ("country", "region", "age", "hours_per_week", "skills", "capital") if name in kept
    }
    if "country" in given and len(str(given["country"])) != 2:
        given.pop("country")
    equipment = [str(item).lower() for item in kept.get("equipment", [])]
    vehicle = next((item for item in ("car", "van", "scooter", "bicycle") if item in equipment), "")
    if vehicle:
        given["vehicle"] = vehicle
    return {name: value for name, value in given.items() if name in names}
