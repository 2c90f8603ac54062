"""About me: the optional profile, kept in the person's browser, shown when used, erased in one click."""

from typing import Any

from advisor import Profile, server_of
from advisor.web import profile, strings
from advisor.web.drawing import esc
from advisor.web.shared import Shared, countries

NAMES = (
    "country",
    "region",
    "age",
    "hours_per_week",
    "skills",
    "languages",
    "equipment",
    "capital",
    "limits",
    "status",
)


def build(shared: Shared, demo: Any) -> None:
    """Build the profile tab; what the browser keeps fills it in when the page opens."""
    import gradio

    settings = shared.advisor.settings
    intro = (
        strings.PROFILE_INTRO
        if settings.is_offline
        else strings.PROFILE_INTRO_ONLINE.format(server=server_of(settings))
    )
    gradio.HTML(f"<p class='ga-intro'>{esc(intro)}</p>")
    with gradio.Row(elem_classes=["ga-fields"]):
        boxes = [_box(name) for name in NAMES]
    with gradio.Row(elem_classes=["ga-small"]):
        save = gradio.Button(strings.PROFILE_SAVE, variant="primary", elem_id="ga-profile-save")
        erase = gradio.Button(strings.PROFILE_ERASE, variant="stop", elem_id="ga-profile-erase")
    state = gradio.HTML(f"<p class='ga-intro'>{strings.PROFILE_EMPTY}</p>", elem_id="ga-profile-state")
    around: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}

    def kept(*typed: Any) -> tuple[dict[str, Any], str]:
        person = profile.from_form(dict(zip(NAMES, typed, strict=True)))
        return profile.to_browser(person), _state(person)

    def erased() -> list[Any]:
        return [{}, f"<p class='ga-good' role='status'>{strings.PROFILE_ERASED}</p>", *_shown(Profile())]

    def opened(value: Any) -> list[Any]:
        person = profile.from_browser(value)
        return [_state(person), *_shown(person)]

    save.click(kept, boxes, [shared.profile, state], **around)
    erase.click(erased, None, [shared.profile, state, *boxes], **around)
    demo.load(opened, [shared.profile], [state, *boxes], **around)
    # Skills may come from a CV in another tab.
    shared.profile.change(
        lambda value: ", ".join(profile.from_browser(value).skills),
        [shared.profile],
        [boxes[NAMES.index("skills")]],
        **around,
    )


def _state(person: Profile) -> str:
    used = profile.said(person)
    if not used:
        return f"<p class='ga-intro' role='status'>{strings.PROFILE_EMPTY}</p>"
    return f"<p class='ga-good' role='status'>{esc(strings.PROFILE_SAVED.format(used=used))}</p>"


def _shown(person: Profile) -> list[Any]:
    values = person.model_dump(mode="json")
    return [
        ", ".join(values[name]) if name in profile.LISTS else "" if values[name] is None else str(values[name]).removesuffix(".0")
        for name in NAMES
    ]  # fmt: skip


def _box(name: str) -> Any:
    import gradio

    label, ident = strings.PROFILE_LABELS[name], f"ga-me-{name}"
    if name == "country":
        return gradio.Dropdown(countries(), value="", label=label, elem_id=ident, min_width=220)
    return gradio.Textbox(
        "", label=label, info=strings.PROFILE_HELP.get(name), max_length=400, elem_id=ident, min_width=220
    )
