"""The library tab: filters, the guides they leave, one guide open, its values over time, and what the corpus covers."""

from typing import Any

from advisor.web import library, strings
from advisor.web.shared import Shared, countries

# A plain click opens the guide here; with Control or the middle button the link opens a page of its own.
IN_PLACE = """element.addEventListener('click', (event) => {
  const link = event.target.closest('a[data-guide]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  trigger('click', {guide: link.dataset.guide});
})"""
SHOW = "() => setTimeout(() => document.querySelector('#ga-lib-guide')?.scrollIntoView({block: 'start'}), 300)"


def build(shared: Shared) -> Any:
    """Build the library tab; return the box of guides, which a link can set."""
    import gradio

    advisor = shared.advisor
    kinds = [(strings.ANY, ""), *((words, kind) for kind, words in strings.GUIDE_KINDS.items())]
    gradio.HTML(f"<p class='ga-intro'>{strings.LIBRARY_INTRO}</p>")
    with gradio.Row(elem_classes=["ga-fields"]):
        kind = gradio.Dropdown(kinds, value="", label=strings.LIBRARY_KIND, elem_id="ga-lib-kind")
        country = gradio.Dropdown(countries(), value="", label=strings.LIBRARY_COUNTRY, elem_id="ga-lib-country")
        find = gradio.Textbox("", label=strings.LIBRARY_FIND, max_length=200, elem_id="ga-lib-find")
        guide = gradio.Dropdown(
            _choices(shared, "", "", ""), value=None, label=strings.LIBRARY_GUIDE, elem_id="ga-lib-guide"
        )
    document = gradio.HTML("", elem_id="ga-lib-document")
    with gradio.Accordion(strings.LIBRARY_HISTORY, open=False, visible=False) as past:
        key = gradio.Dropdown([], label=strings.LIBRARY_KEY, elem_id="ga-lib-key")
        values = gradio.HTML("", elem_id="ga-lib-history")
    with gradio.Accordion(strings.LIBRARY_GUIDES, open=True):
        listed = gradio.HTML("", elem_id="ga-lib-list", elem_classes=["ga-tall"], js_on_load=IN_PLACE)
    with gradio.Accordion(strings.LIBRARY_COVERAGE, open=False):
        coverage = gradio.HTML("", elem_id="ga-lib-coverage")
    around: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    def filtered(kind: str, country: str, find: str) -> list[Any]:
        guides = library.chosen(advisor, kind or "", country or "", find or "")
        return [
            library.guides_table(advisor, guides, country or ""), library.coverage_html(advisor, country or ""),
            gradio.Dropdown(choices=[(one.name, one.id) for one in guides]),
        ]  # fmt: skip

    def opened(name: str | None) -> list[Any]:
        keys = library.keys_of(advisor, name) if name else []
        first = keys[0] if keys else None
        return [
            library.guide_html(advisor, name) if name else "", gradio.Accordion(visible=bool(keys)), gradio.Dropdown(choices=keys, value=first),
            library.history_html(advisor, name, first) if name and first else "",
        ]  # fmt: skip

    def picked(event: gradio.EventData) -> Any:
        name = str(getattr(event, "guide", ""))
        return name if name in advisor.facts.guides else gradio.skip()

    filters, shown = [kind, country, find], [listed, coverage, guide]
    for event in (kind.change, country.change, find.change):
        event(filtered, filters, shown, trigger_mode="always_last", **around)
    guide.change(opened, [guide], [document, past, key, values], **around)
    key.input(
        lambda name, one: library.history_html(advisor, name, one) if name and one else "",
        [guide, key],
        [values],
        **around,
    )
    listed.click(picked, None, [guide], **around).then(None, js=SHOW, **around)
    shared.tabs.select(_once(filtered), filters, shown, **around)
    return guide


def _once(function: Any) -> Any:
    """Return the function for the library tab's first showing and nothing to change for other tabs."""
    import gradio

    def maybe(kind: str, country: str, find: str, data: gradio.SelectData) -> Any:
        if data.value != strings.TAB_LIBRARY:
            return [gradio.skip(), gradio.skip(), gradio.skip()]
        return function(kind, country, find)

    return maybe


def _choices(shared: Shared, kind: str, country: str, find: str) -> list[tuple[str, str]]:
    return [(one.name, one.id) for one in library.chosen(shared.advisor, kind, country, find)]
