"""The roadmap tab: a path as a timeline with editable hours, steps to tick off with their day, and files to take away."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from advisor import AdvisorError, ToolResult, tools
from advisor.web import downloads, forms, parts, profile, strings
from advisor.web.drawing import esc
from advisor.web.shared import Shared, guides

STORAGE_KEY = "gig-advisor-steps"


def build(shared: Shared, demo: Any) -> Any:
    """Build the roadmap tab; return the box of paths."""
    import gradio

    paths = guides(shared.advisor, "path")
    if not paths:
        gradio.HTML(f"<p class='ga-intro'>{strings.ROADMAP_NONE}</p>")
        return None
    gradio.HTML(f"<p class='ga-intro'>{strings.ROADMAP_INTRO}</p>")
    with gradio.Row(elem_classes=["ga-fields"]):
        path = gradio.Dropdown(paths, value=paths[0][1], label=strings.ROADMAP_PATH, elem_id="ga-path")
        hours = gradio.Slider(1, 60, value=8, step=1, label=strings.ROADMAP_HOURS, elem_id="ga-hours")
        skills = gradio.Textbox("", label=strings.ROADMAP_SKILLS, info=strings.LINES_HELP, lines=2, elem_id="ga-skills")
        variant = gradio.Radio(
            [(words, name) for name, words in strings.ROADMAP_VARIANTS.items()], value="full", label=strings.ROADMAP_VARIANT, elem_id="ga-variant"
        )  # fmt: skip
    draw = gradio.Button(strings.ROADMAP_DRAW, variant="primary", elem_id="ga-draw")
    done = gradio.CheckboxGroup([], label=strings.ROADMAP_DONE, visible=False, elem_id="ga-done")
    progress = gradio.HTML("", elem_id="ga-progress")
    picture = gradio.HTML("", elem_id="ga-roadmap")
    around: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    given = [path, hours, skills, variant, shared.ticked]
    outputs = [picture, done, progress, shared.roadmap]

    def drawn(name: str, each_week: float, known: str, how: str, kept: Any) -> list[Any]:
        days = _days(kept, name)
        words = list(forms.split_lines(known or ""))
        arguments = {"target": name, "hours_per_week": f"{each_week:g}", "skills": words, "variant": how}
        try:
            whole = shared.advisor.run("roadmap", **{**arguments, "skills": []})
            found = shared.advisor.run("roadmap", **{**arguments, "skills": [*words, *days]})
        except AdvisorError as error:
            return [f"<p class='ga-error' role='alert'>{esc(error)}</p>", gradio.CheckboxGroup(visible=False), "", {}]
        steps = [str(step["skill"]) for step in whole.output["steps"]]
        boxes = [(_tick_label(step, days), step) for step in steps]
        picked = [step for step in steps if step in days]
        return [
            _shown(found), gradio.CheckboxGroup(choices=boxes, value=picked, visible=bool(steps)), _next(found),
            found.model_dump(mode="json"),
        ]  # fmt: skip

    def tick(chosen: Sequence[str], name: str, kept: Any) -> dict[str, Any]:
        before = _days(kept, name)
        today = date.today().isoformat()  # noqa: DTZ011 - the person's own calendar day is meant
        every = dict(kept) if isinstance(kept, Mapping) else {}
        return {**every, name: {step: before.get(step, today) for step in chosen}}

    def prefill(kept: Any) -> tuple[Any, Any]:
        person = profile.from_browser(kept)
        week = min(60.0, max(1.0, person.hours_per_week)) if person.hours_per_week else None
        return (week if week else gradio.skip()), (", ".join(person.skills) if person.skills else gradio.skip())

    for event in (draw.click, path.change, hours.release, variant.change):
        event(drawn, given, outputs, **around)
    done.input(tick, [done, path, shared.ticked], [shared.ticked], queue=False, **around).then(
        drawn, given, outputs, **around
    )
    demo.load(prefill, [shared.profile], [hours, skills], queue=False, **around).then(drawn, given, outputs, **around)
    return path


def _days(kept: Any, path: str) -> dict[str, str]:
    """Return the steps of a path that are ticked off, with their day."""
    steps = kept.get(path, {}) if isinstance(kept, Mapping) else {}
    return {str(step): str(day) for step, day in steps.items()} if isinstance(steps, Mapping) else {}


def _tick_label(step: str, days: Mapping[str, str]) -> str:
    words = step.replace("-", " ")
    return strings.ROADMAP_TICKED.format(step=words, day=days[step]) if step in days else words


def _next(found: ToolResult) -> str:
    steps = found.output["steps"]
    if not steps:
        return f"<p class='ga-good' role='status'>{strings.ROADMAP_ALL_DONE}</p>"
    first = steps[0]
    low, high = f"{first['hours_low']:g}", f"{first['hours_high']:g}"
    words = strings.ROADMAP_NEXT.format(
        step=str(first["skill"]).replace("-", " "), hours=low if low == high else f"{low}–{high}", proof=first["proof"]
    )
    return f"<p class='ga-good' role='status'>{esc(words)}</p>"


def _shown(found: ToolResult) -> str:
    model = tools.get("roadmap").input_model
    said = model.model_validate(found.input).model_dump(mode="json", exclude_defaults=True)
    return parts.result(found, endings=downloads.endings(found), query=parts.query_of(said))
