"""The counsellor's tab: clients under pseudonyms, notes, what is saved for each, a printable hand-out, and erasing."""

from collections.abc import Mapping, Sequence
from typing import Any

from advisor.web import chat_view, handout, history, parts, strings
from advisor.web.chat import Turn
from advisor.web.drawing import esc
from advisor.web.shared import Shared, countries
from advisor.web.store import Store


def build(shared: Shared, store: Store, box: Any, demo: Any) -> None:
    """Build the clients tab.

    Args:
        shared: What the views share.
        store: Where clients are kept.
        box: The chatbot, which shows an opened conversation.
        demo: The page, whose opening fills the list.
    """
    import gradio

    gradio.HTML(f"<p class='ga-intro'>{strings.CLIENTS_INTRO}</p>")
    with gradio.Row(elem_classes=["ga-fields"]):
        client = gradio.Dropdown([], label=strings.CLIENT, elem_id="ga-client")
        alias = gradio.Textbox("", label=strings.CLIENT_NEW, max_length=60, elem_id="ga-client-alias")
    add = gradio.Button(strings.CLIENT_ADD, elem_id="ga-client-add")
    state = gradio.HTML("", elem_id="ga-client-state")
    notes = gradio.Textbox("", label=strings.CLIENT_NOTES, lines=5, max_lines=20, elem_id="ga-client-notes")
    with gradio.Row(elem_classes=["ga-small"]):
        note = gradio.Button(strings.CLIENT_SAVE_NOTES, elem_id="ga-client-note")
        keep_chat = gradio.Button(strings.CLIENT_SAVE_CHAT, elem_id="ga-client-chat")
        keep_roadmap = gradio.Button(strings.CLIENT_SAVE_ROADMAP, elem_id="ga-client-roadmap")
    items = gradio.Dropdown([], label=strings.CLIENT_ITEMS, elem_id="ga-client-items")
    with gradio.Row(elem_classes=["ga-small"]):
        opens = gradio.Button(strings.HISTORY_OPEN, elem_id="ga-client-open")
        delete = gradio.Button(strings.HISTORY_DELETE, elem_id="ga-client-delete")
    country = gradio.Dropdown(
        countries(),
        value="",
        label=f"{strings.CLIENT_REFERRALS}: {strings.LIBRARY_COUNTRY}",
        elem_id="ga-client-country",
    )
    paper = gradio.HTML("", elem_id="ga-client-handout")
    with gradio.Accordion(strings.CLIENT_ERASE, open=False):
        typed = gradio.Textbox("", label=strings.CLIENT_CONFIRM, elem_id="ga-client-confirm")
        erase = gradio.Button(strings.CLIENT_ERASE, variant="stop", elem_id="ga-client-erase")
    around: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}

    def listed(chosen: str | None = None) -> Any:
        known = store.clients()
        ids = [one.id for one in known]
        value = chosen if chosen in ids else ids[0] if ids else None
        return gradio.Dropdown(
            choices=[(one.alias, one.id) for one in known], value=value, info="" if known else strings.CLIENT_EMPTY
        )

    def saved(chosen: str | None) -> Any:
        found = store.items(client=chosen) if chosen else []
        choices = [(handout.title_of(item), item.id) for item in found]
        return gradio.Dropdown(choices=choices, value=found[0].id if found else None)

    def shown(chosen: str | None, place: str) -> list[Any]:
        known = store.client(chosen) if chosen else None
        return [known.notes if known else "", saved(chosen), _papers(known.id if known else "", place)]

    def added(words: str) -> list[Any]:
        if not words.strip() or len(words.strip()) > 60:
            return [_said(strings.CLIENT_BLANK, bad=True), gradio.skip(), gradio.skip()]
        made = store.add_client(words)
        if made is None:
            return [_said(strings.CLIENT_TAKEN.format(alias=words.strip()), bad=True), gradio.skip(), gradio.skip()]
        return [_said(strings.CLIENT_SAVED), listed(made.id), ""]

    def noted(chosen: str | None, words: str) -> str:
        if not chosen:
            return _said(strings.CLIENT_CHOOSE, bad=True)
        store.note(chosen, words)
        return _said(strings.CLIENT_SAVED)

    def kept_chat(chosen: str | None, turns: Sequence[Turn]) -> list[Any]:
        data = history.to_data(turns)
        return _kept(chosen, history.CONVERSATION, str(data[0]["question"]) if data else "", data)

    def kept_roadmap(chosen: str | None, drawn: Mapping[str, Any]) -> list[Any]:
        path = str(drawn.get("output", {}).get("path", "")).replace("-", " ")
        return _kept(chosen, handout.ROADMAP, path, drawn)

    def _kept(chosen: str | None, kind: str, title: str, data: Any) -> list[Any]:
        if not chosen or not data:
            words = strings.CLIENT_NOTHING_OPEN if chosen else strings.CLIENT_CHOOSE
            return [_said(words, bad=True), gradio.skip()]
        store.save(kind, title, data, client=chosen)
        return [_said(strings.CLIENT_SAVED), saved(chosen)]

    def opened(name: str | None) -> list[Any]:
        item = store.item(name) if name else None
        if item is None or item.kind != history.CONVERSATION:
            return [gradio.skip(), gradio.skip(), gradio.skip(), gradio.skip()]
        turns = history.from_data(item.data)
        # A client's conversation that goes on is not saved over the kept one, nor into the general history.
        return [chat_view.messages(turns), turns, "", gradio.Tabs(selected="chat")]

    def deleted(name: str | None, chosen: str | None) -> Any:
        if name:
            store.delete(name)
        return saved(chosen)

    def erased(chosen: str | None, words: str) -> list[Any]:
        known = store.client(chosen) if chosen else None
        if known is None:
            return [_said(strings.CLIENT_CHOOSE, bad=True), gradio.skip(), gradio.skip()]
        if words.strip().lower() != known.alias.lower():
            return [_said(strings.CLIENT_MISMATCH.format(alias=known.alias), bad=True), gradio.skip(), gradio.skip()]
        store.erase_client(known.id)
        return [_said(strings.CLIENT_ERASED.format(alias=known.alias)), listed(), ""]

    add.click(added, [alias], [state, client, alias], **around)
    for event in (client.change, country.change):
        event(shown, [client, country], [notes, items, paper], **around)
    note.click(noted, [client, notes], [state], **around)
    keep_chat.click(kept_chat, [client, shared.talk], [state, items], **around)
    keep_roadmap.click(kept_roadmap, [client, shared.roadmap], [state, items], **around)
    opens.click(opened, [items], [box, shared.talk, shared.conversation, shared.tabs], **around)
    delete.click(deleted, [items, client], [items], **around)
    erase.click(erased, [client, typed], [state, client, typed], **around)
    demo.load(listed, None, [client], **around)


def _papers(client: str, country: str) -> str:
    if not client:
        return ""
    plain = parts.downloads(f"handout/{client}", ["pdf", "md"], f"country={country}")
    noted = parts.downloads(f"handout/{client}", ["pdf", "md"], f"country={country}&notes=1")
    return f"<h2>{strings.CLIENT_HANDOUT}</h2>{plain}<details><summary>{strings.CLIENT_HANDOUT_WITH_NOTES}</summary>{noted}</details>"


def _said(words: str, *, bad: bool = False) -> str:
    role, css = ("alert", "ga-error") if bad else ("status", "ga-good")
    return f"<p class='{css}' role='{role}'>{esc(words)}</p>"
