"""The one form of all tools: fields of every model, values there and back, refusals that name field, value and what is allowed."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from advisor import tools
from advisor.web import forms, strings
from advisor.web.parts import query_of

ALL = sorted(tools.registry())


@pytest.mark.parametrize("name", ALL)
def test_every_tool_has_a_form_with_a_label_a_help_and_what_is_allowed(name: str) -> None:
    for field in forms.fields(tools.get(name).input_model):
        assert field.label
        assert field.help, f"{name}.{field.name} has no description"
        assert field.allowed
        if field.kind == "rows":
            assert field.columns


def _refusal(model: type[BaseModel], given: dict[str, Any]) -> ValidationError:
    try:
        model.model_validate(given)
    except ValidationError as error:
        return error
    return ValidationError.from_exception_data(model.__name__, [])


@pytest.mark.parametrize("name", ALL)
def test_a_form_left_as_it_is_gives_the_defaults_of_the_model(name: str) -> None:
    model = tools.get(name).input_model
    shown = forms.fields(model)
    given = forms.arguments(shown, [forms.shown_value(field, field.default) for field in shown])
    required = {field.name for field in shown if field.required}
    found = forms.refusals(_refusal(model, given), shown)
    assert set(found) <= {"", *required}
    if not found:
        assert model.model_validate(given) == model()


@pytest.mark.parametrize("name", ALL)
def test_the_texts_of_a_refusal_name_the_field_and_what_is_allowed(name: str) -> None:
    model = tools.get(name).input_model
    shown = forms.fields(model)
    for field in shown:
        if field.kind in {"number", "whole"}:
            given = forms.arguments([field], ["many"])
            with pytest.raises(ValidationError) as caught:
                model.model_validate(given)
            said = forms.refusals(caught.value, shown)[field.name]
            assert field.label in said
            assert "'many'" in said
            assert field.allowed in said


EXAMPLES: dict[str, dict[str, Any]] = {
    "budget": {"incomes": ["1200", "900.5", "1500"], "needs": "800"},
    "compare": {"items": ["uber", "doordash"], "age": "30"},
    "roadmap": {"target": "data-analyst", "skills": ["Excel", "SQL basics"], "hours_per_week": "10"},
    "vehicle": {"vehicles": [{"name": "Old car", "kind": "petrol", "mpg": "25"}]},
    "portfolio": {"holdings": {"shares": "600", "bonds": "400"}, "monthly": "100"},
    "eligibility": {"platform": "uber", "identity": True, "country": "US"},
    "schedule": {"busy": [{"day": "mon", "start": 9, "end": 17}], "max_hours": 12},
}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_values_survive_the_form_and_the_link(name: str) -> None:
    from urllib.parse import parse_qsl

    model = tools.get(name).input_model
    shown = forms.fields(model)
    wanted = model.model_validate(EXAMPLES[name])
    said = wanted.model_dump(mode="json", exclude_defaults=True)
    linked = forms.from_query(model, dict(parse_qsl(query_of(said))))
    values = [forms.shown_value(field, linked.get(field.name, field.default)) for field in shown]
    assert model.model_validate(forms.arguments(shown, values)) == wanted


def test_what_is_required_and_empty_is_said_at_the_field() -> None:
    model = tools.get("tax").input_model
    shown = forms.fields(model)
    assert shown[0].name == "profit"
    with pytest.raises(ValidationError) as caught:
        model.model_validate(forms.arguments(shown, ["" for _ in shown]))
    assert "is empty" in forms.refusals(caught.value, shown)["profit"]


@pytest.mark.parametrize(
    ("typed", "read"), [("1,200", "1200"), ("1,200,000.50", "1200000.50"), ("12,5", "12,5"), (" ", None)]
)
def test_numbers_may_be_typed_with_thousands_separated(typed: str, read: str | None) -> None:
    field = next(f for f in forms.fields(tools.get("rate").input_model) if f.name == "target_income")
    assert forms.arguments([field], [typed]) == ({} if read is None else {"target_income": read})


def test_numbers_in_a_row_may_be_separated_as_people_do() -> None:
    field = next(f for f in forms.fields(tools.get("budget").input_model) if f.name == "incomes")
    for typed in ("1200, 900, 1500", "1200\n900\n1500", "1200; 900; 1500", "[1200, 900, 1500]"):
        made = forms.arguments([field], [typed])["incomes"]
        assert [float(value) for value in made] == [1200, 900, 1500]


def test_a_yes_or_no_that_was_not_said_is_left_out() -> None:
    field = next(f for f in forms.fields(tools.get("eligibility").input_model) if f.name == "record")
    assert field.kind == "flag"
    assert forms.arguments([field], [strings.UNSAID]) == {}
    assert forms.arguments([field], [strings.NO]) == {"record": False}


def test_an_unknown_model_gets_a_form_too() -> None:
    class Other(BaseModel):
        name: str
        share_percent: float = 5

    fields = forms.fields(Other)
    assert [field.kind for field in fields] == ["text", "number"]
    assert fields[0].required
    assert fields[1].label == "Share (%)"
