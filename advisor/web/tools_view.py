"""The tools tab: one form, drawn from the input model of whichever tool is chosen."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from advisor import AdvisorError, tools
from advisor.web import downloads, forms, parts, profile, strings
from advisor.web.drawing import esc
from advisor.web.forms import Field
from advisor.web.shared import CURRENCIES, Shared, countries, guides

FIRST = 6


def build(shared: Shared) -> None:
    """Build the tools tab; `shared.tool` says which tool is open and how it is filled in."""
    import gradio

    names = [(parts.title_of(name), name) for name in sorted(tools.registry(), key=parts.title_of)]
    gradio.HTML(f"<p class='ga-intro'>{strings.TOOL_HELP}</p>")
    chosen = gradio.Radio(names, label=strings.TOOL, elem_id="ga-tool-list")
    # Without the queue Gradio does not tell that a state changed, and no form would be drawn.
    around: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    chosen.input(lambda name: {"tool": name, "values": {}}, [chosen], [shared.tool], **around)
    shared.tool.change(lambda state: state.get("tool") or None, [shared.tool], [chosen], **around)

    def form(state: dict[str, Any], kept: Any) -> None:
        if state.get("tool") in tools.registry():
            _form(shared, state, kept)

    gradio.render(inputs=[shared.tool, shared.profile], triggers=[shared.tool.change], show_progress="hidden")(form)


def _form(shared: Shared, state: Mapping[str, Any], kept: Any) -> None:
    import gradio

    tool = tools.get(state["tool"])
    shown = forms.fields(tool.input_model)
    known = profile.as_arguments(profile.from_browser(kept), [field.name for field in shown])
    values = {**known, **state.get("values", {})}
    gradio.HTML(
        f"<h2 id='ga-tool-title'>{esc(parts.title_of(tool.name))}</h2><p class='ga-intro'>{esc(tool.summary)}.</p>"
        + _from_profile([name for name in known if name not in state.get("values", {})])
    )
    head = [field for number, field in enumerate(shown) if number < FIRST or field.required]
    rest = [field for field in shown if field not in head]
    with gradio.Row(elem_classes=["ga-fields"]):
        pairs = [_pair(shared, field, values) for field in head]
    if rest:
        is_open = any(field.name in values for field in rest)
        with gradio.Accordion(strings.MORE_FIELDS, open=is_open), gradio.Row(elem_classes=["ga-fields"]):
            pairs += [_pair(shared, field, values) for field in rest]
    run = gradio.Button(strings.RUN, variant="primary", elem_id="ga-run")
    ran = _run(
        shared, [*head, *rest], tool.name, [forms.shown_value(f, values.get(f.name, f.default)) for f in [*head, *rest]]
    )
    result = gradio.HTML(ran[0] if state.get("run") else "", elem_id="ga-result")
    share = gradio.Textbox(
        visible=False,
        label=strings.SHARE,
        info=strings.SHARE_HELP,
        interactive=False,
        buttons=["copy"],
        elem_id="ga-share",
    )

    def work(request: gradio.Request, *typed: Any) -> list[Any]:
        shown_result, query, wrong = _run(shared, [*head, *rest], tool.name, typed)
        base = str(request.request.base_url) if request and request.request else "./"
        url = f"{base.removesuffix('gradio_api/')}?tool={tool.name}{'&' + query if query else ''}"
        fits = bool(query) and not wrong and len(url) <= parts.MAX_LINK
        errors = [_error(wrong.get(field.name, "")) for field in [*head, *rest]]
        return [shown_result, gradio.Textbox(value=url if fits else "", visible=fits), *errors]

    run.click(
        work, [component for component, _ in pairs], [result, share, *(error for _, error in pairs)],
        api_visibility="private", show_progress="minimal",
    )  # fmt: skip


def _from_profile(names: Sequence[str]) -> str:
    shown = ", ".join(strings.PROFILE_LABELS.get(name, name).lower() for name in names)
    return f"<p class='ga-intro'>{strings.FROM_PROFILE.format(fields=shown)}</p>" if shown else ""


def _error(words: str) -> Any:
    import gradio

    return gradio.HTML(f"<p class='ga-error' role='alert'>{esc(words)}</p>" if words else "", visible=bool(words))


def _run(shared: Shared, shown: Sequence[Field], name: str, typed: Sequence[Any]) -> tuple[str, str, dict[str, str]]:
    """Return the result as HTML, the input as a query string, and a message by field where something is wrong."""
    tool = tools.get(name)
    given = forms.arguments(shown, typed)
    try:
        checked = tool.input_model.model_validate(given)
        found = shared.advisor.run(name, **given)
    except ValidationError as error:
        wrong = forms.refusals(error, shown)
        head = strings.FORM_WRONG.format(count=len(wrong))
        loose = "".join(f"<p class='ga-error'>{esc(words)}</p>" for field, words in wrong.items() if not field)
        return f"<p class='ga-error' role='alert'>{esc(head)}</p>{loose}", "", wrong
    except AdvisorError as error:
        words = str(error).removeprefix(f"{name}: ")
        field = next((field.name for field in shown if words.startswith(f"{field.name} is ")), "")
        return f"<p class='ga-error' role='alert'>{esc(words)}</p>", "", {field: words} if field else {}
    said = checked.model_dump(mode="json", exclude_defaults=True)
    query = parts.query_of(said)
    return parts.result(found, endings=downloads.endings(found), query=query), query, {}


def _pair(shared: Shared, field: Field, values: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the component of a field, and the place below it where a refusal is said."""
    import gradio

    wide = ["ga-wide"] if field.kind in {"rows", "long"} else []
    with gradio.Column(min_width=220, elem_classes=wide):
        made = component(shared, field, forms.shown_value(field, values.get(field.name, field.default)))
        return made, gradio.HTML("", visible=False)


def component(shared: Shared, field: Field, value: Any) -> Any:
    """Return the Gradio component of a field, filled in."""
    import gradio

    label = f"{field.label} · {strings.REQUIRED}" if field.required else field.label
    extra = {
        "lines": strings.LINES_HELP, "numbers": strings.NUMBERS_HELP, "map": strings.MAP_HELP, "rows": strings.ROWS_HELP,
        "date": strings.DATE_HELP,
    }.get(field.kind, "")  # fmt: skip
    info = " ".join(part for part in (field.help, extra) if part)
    ident = f"ga-field-{field.name}"
    if field.kind == "rows":
        columns = [column.label for column in field.columns]
        return gradio.Dataframe(
            value, headers=columns, label=f"{label}. {info}", type="array", interactive=True, wrap=True, elem_id=ident, row_count=max(1, len(value)),
            column_count=len(columns),
        )  # fmt: skip
    choices = _choices(shared, field)
    if choices is not None:
        many, free = field.kind == "platforms", field.kind in {"platform", "path", "currency", "platforms"}
        known = {choice[1] if isinstance(choice, tuple) else choice for choice in choices}
        fits = value if many or free or value in known else None
        return gradio.Dropdown(
            choices, value=fits, label=label, info=info, multiselect=many, allow_custom_value=free, elem_id=ident
        )
    lines = 4 if field.kind == "long" else 2 if field.kind in {"lines", "map"} else 1
    holder = strings.DATE_HELP if field.kind == "date" else None
    return gradio.Textbox(
        value, label=label, info=info, lines=lines, max_lines=max(lines, 8), elem_id=ident, placeholder=holder
    )


def _choices(shared: Shared, field: Field) -> list[Any] | None:
    if field.kind == "choice":
        plain = [(choice.replace("_", " "), choice) for choice in field.choices]
        return plain if field.required or field.default is not None else [("", ""), *plain]
    if field.kind == "flag":
        return [strings.UNSAID, strings.YES, strings.NO]
    if field.kind == "country":
        return countries()
    if field.kind == "currency":
        return list(CURRENCIES)
    if field.kind == "path":
        return guides(shared.advisor, "path")
    if field.kind in {"platform", "platforms"}:
        found = guides(shared.advisor, "platform", "option")
        return found if field.kind == "platforms" else [("", ""), *found]
    return None
