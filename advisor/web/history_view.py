"""The history tab: switch saving on, find, open, rename, export and delete saved conversations."""

from typing import Any

from advisor.web import chat_view, history, parts, strings
from advisor.web.shared import Shared
from advisor.web.store import Store


def build(shared: Shared, store: Store, box: Any, demo: Any) -> None:
    """Build the history tab.

    Args:
        shared: What the views share.
        store: Where conversations are saved.
        box: The chatbot, which shows an opened conversation.
        demo: The page, whose opening fills the list.
    """
    import gradio

    gradio.HTML(f"<p class='ga-intro'>{strings.HISTORY_INTRO}</p>")
    switch = gradio.Checkbox(False, label=strings.HISTORY_SWITCH, elem_id="ga-history-switch")
    state = gradio.HTML("", elem_id="ga-history-state")
    with gradio.Row(elem_classes=["ga-fields"]):
        find = gradio.Textbox("", label=strings.HISTORY_FIND, max_length=200, elem_id="ga-history-find")
        saved = gradio.Dropdown([], label=strings.HISTORY_LIST, elem_id="ga-history-list")
        name = gradio.Textbox("", label=strings.HISTORY_NAME, max_length=120, elem_id="ga-history-name")
    with gradio.Row(elem_classes=["ga-small"]):
        opens = gradio.Button(strings.HISTORY_OPEN, variant="primary", elem_id="ga-history-open")
        rename = gradio.Button(strings.HISTORY_RENAME, elem_id="ga-history-rename")
        delete = gradio.Button(strings.HISTORY_DELETE, elem_id="ga-history-delete")
        wipe = gradio.Button(strings.HISTORY_DELETE_ALL, variant="stop", elem_id="ga-history-wipe")
    export = gradio.HTML("", elem_id="ga-history-export")
    around: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}

    def listed(words: str = "", chosen: str | None = None) -> Any:
        items = store.items(history.CONVERSATION, containing=(words or "").strip())
        choices = [(f"{item.title} ({item.changed[:16].replace('T', ' ')})", item.id) for item in items]
        known = [item.id for item in items]
        first = chosen if chosen in known else known[0] if known else None
        return gradio.Dropdown(choices=choices, value=first, info="" if items else strings.HISTORY_EMPTY)

    def shown(chosen: str | None) -> tuple[str, str]:
        item = store.item(chosen) if chosen else None
        if item is None:
            return "", ""
        return item.title, parts.downloads(f"saved/{item.id}", ["md", "json"])

    def switched(on: bool) -> str:
        store.switch(on=on)
        return _said(strings.HISTORY_ON if on else strings.HISTORY_OFF)

    def opened(chosen: str | None) -> list[Any]:
        item = store.item(chosen) if chosen else None
        if item is None:
            return [gradio.skip(), gradio.skip(), gradio.skip(), gradio.skip(), _said(strings.HISTORY_CHOOSE)]
        turns = history.from_data(item.data)
        return [chat_view.messages(turns), turns, item.id, gradio.Tabs(selected="chat"), ""]

    def renamed(chosen: str | None, title: str, words: str) -> tuple[str, Any]:
        done = bool(chosen) and store.rename(str(chosen), title)
        return _said(strings.HISTORY_DONE if done else strings.HISTORY_CHOOSE), listed(words, chosen)

    def deleted(chosen: str | None, words: str) -> tuple[str, Any]:
        done = bool(chosen) and store.delete(str(chosen))
        return _said(strings.HISTORY_DONE if done else strings.HISTORY_CHOOSE), listed(words)

    def wiped() -> tuple[str, Any]:
        store.delete_all()
        return _said(strings.HISTORY_DONE), listed()

    switch.input(switched, [switch], [state], **around)
    find.change(listed, [find, saved], [saved], **around)
    saved.change(shown, [saved], [name, export], **around)
    opens.click(opened, [saved], [box, shared.talk, shared.conversation, shared.tabs, state], **around)
    rename.click(renamed, [saved, name, find], [state, saved], **around)
    delete.click(deleted, [saved, find], [state, saved], **around)
    # What is deleted must not come back with the next answer of the open conversation.
    wipe.click(wiped, None, [state, saved], **around).then(lambda: "", None, [shared.conversation], **around)
    demo.load(lambda: (store.is_on, listed()), None, [switch, saved], **around)
    shared.tabs.select(listed, [find, saved], [saved], **around)


def _said(words: str) -> str:
    return f"<p class='ga-good' role='status'>{words}</p>"
