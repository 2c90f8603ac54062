"""Every tool through its faces: Python, command line, LangChain, exports; and from a question in the chat."""

import json

import pytest
from typer.testing import CliRunner

from advisor import Advisor, Settings, tools
from advisor.cli import app

INPUTS: dict[str, dict[str, object]] = {
    "bids": {"sent": 20},
    "budget": {"incomes": [1, 2, 3]},
    "compare": {"items": ["uber", "lyft"]},
    "earnings": {"gross_per_hour": 20},
    "eligibility": {"platform": "uber"},
    "invoice": {"seller": "A", "client": "B", "items": [{"description": "C", "price": 1}]},
    "letter": {"kind": "proposal"},
    "match": {},
    "offer": {"pay": 9, "miles": 3, "minutes": 20},
    "portfolio": {"start": 100},
    "rate": {"target_income": 30000},
    "rental": {"price": 50},
    "roadmap": {"target": "data-analyst"},
    "scam_check": {"text": "Pay a deposit first to get the job"},
    "schedule": {"max_hours": 6},
    "shop": {"price": 10},
    "tax": {"profit": 30000, "country": "US"},
    "vehicle": {"vehicles": [{"name": "car", "mpg": 25}]},
}


@pytest.mark.parametrize("name", tools.NAMES)
def test_a_tool_is_the_same_through_python_langchain_and_exports(name: str, bundled: Advisor) -> None:
    arguments = INPUTS[name]
    result = bundled.run(name, **arguments)
    assert result.tool == name
    assert result.summary
    assert all(line.strip() for line in result.summary)
    by_name = {tool.name: tool for tool in bundled.tools()}
    assert json.loads(json.dumps(by_name[name].invoke(arguments), default=str))
    forms = tools.exports(result)
    assert all(make(result) for make in forms.values())


@pytest.mark.parametrize("name", tools.NAMES)
def test_a_tool_runs_on_the_command_line(
    name: str, bundled: Advisor, bundled_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIG_ADVISOR_DATA_DIR", str(bundled_settings.data_dir))
    done = CliRunner().invoke(app, ["run", name, "--input", json.dumps(INPUTS[name]), "--json"])
    assert done.exit_code == 0, done.output
    value = json.loads(done.stdout)
    assert set(value) == {"tool", "input", "output", "assumptions", "facts", "table", "chart"}
    schema = CliRunner().invoke(app, ["run", name, "--schema"])
    assert json.loads(schema.stdout)["type"] == "object"


@pytest.mark.parametrize("name", tools.NAMES)
def test_most_examples_of_a_tool_lead_to_it_from_the_chat(name: str, bundled: Advisor) -> None:
    examples = tools.get(name).examples
    right = sum(any(call.tool == name for call in bundled.plan(text).calls) for text in examples)
    assert right >= 1, name
