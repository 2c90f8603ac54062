"""The chat tab: question, conversation, stop, retry, edit, copy, what to ask next, and the way to a tool's form."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from advisor.web import chat, profile, strings
from advisor.web.chat import Turn
from advisor.web.history import keep
from advisor.web.parts import title_of
from advisor.web.shared import Shared, at_once

CHANGES = 2
COPY = """(text) => {
  const done = () => { const old = document.getElementById('ga-copy-area'); if (old) old.remove(); };
  if (navigator.clipboard && window.isSecureContext) { navigator.clipboard.writeText(text); return; }
  const area = document.createElement('textarea'); area.id = 'ga-copy-area'; area.value = text; document.body.append(area);
  area.select(); document.execCommand('copy'); done();
}"""


BUSY = "() => document.documentElement.classList.add('ga-busy')"
IDLE = "() => document.documentElement.classList.remove('ga-busy')"
SCROLL = """() => setTimeout(() => {
  const asked = document.querySelectorAll('#ga-chat .user-row, #ga-chat .message-row.user-row, #ga-chat .user.message');
  if (asked.length) asked[asked.length - 1].scrollIntoView({block: 'nearest'});
  const log = document.querySelector('#ga-chat [role=log]');
  if (log && asked.length) log.scrollTop += asked[asked.length - 1].getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
}, 60)"""

_BEGINS = re.compile(r"[<\[]")
_SHOWN = re.compile(r"&#(60|91);")


def as_shown(question: str) -> str:
    """Return a question in which no link, picture or tag can begin, since the browser reads it as Markdown with HTML."""
    return _BEGINS.sub(lambda found: f"&#{ord(found.group())};", question)


def as_typed(shown: str) -> str:
    """Return a shown question as it was typed."""
    return _SHOWN.sub(lambda found: chr(int(found.group(1))), shown)


def messages(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """Return turns as the messages of a Gradio chatbot; what follows an answer is a component of its own."""
    import gradio

    shown: list[dict[str, Any]] = []
    for turn in turns:
        shown.append({"role": "user", "content": as_shown(turn.question)})
        if turn.html:
            shown.append({"role": "assistant", "content": turn.html})
        if turn.extra:
            shown.append({"role": "assistant", "content": gradio.HTML(turn.extra)})
    return shown


def turn_at(turns: Sequence[Turn], index: int) -> int:
    """Return the number of the turn whose question is the message at `index`, or -1."""
    place = 0
    for number, turn in enumerate(turns):
        if place == index:
            return number
        place += 1 + bool(turn.html) + bool(turn.extra)
    return -1


def build(shared: Shared) -> Any:
    """Build the chat tab; return the chatbot, which other views fill with a saved conversation."""
    import gradio

    advisor = shared.advisor
    box = gradio.Chatbot(
        elem_id="ga-chat", label=strings.CONVERSATION, show_label=False, height="58vh", sanitize_html=True, buttons=[], layout="bubble",
        editable="user", placeholder=strings.EMPTY, autoscroll=False, group_consecutive_messages=True,
    )  # fmt: skip
    with gradio.Row(elem_classes=["ga-fields", "ga-followups", "ga-after"]):
        follow = [gradio.Button("", size="sm", visible=False, min_width=160) for _ in range(chat.FOLLOW_UPS)]
    with gradio.Row(elem_classes=["ga-small", "ga-after"]):
        change = [gradio.Button("", size="sm", visible=False, min_width=200) for _ in range(CHANGES)]
    with gradio.Row(equal_height=True, elem_id="ga-ask-row"):
        question = gradio.Textbox(
            placeholder=strings.PLACEHOLDER, label=strings.QUESTION, show_label=False, scale=8, max_length=chat.MAX_QUESTION, autofocus=True,
            elem_id="ga-question", container=False, min_width=220,
        )  # fmt: skip
        ask = gradio.Button(strings.ASK, variant="primary", scale=1, min_width=72, elem_id="ga-ask")
        stop = gradio.Button(strings.STOP, scale=1, min_width=72, elem_id="ga-stop")
    with gradio.Row(elem_classes=["ga-small"], elem_id="ga-acts"):
        retry = gradio.Button(strings.RETRY, size="sm", min_width=90)
        copy = gradio.Button(strings.COPY, size="sm", min_width=110)
        new = gradio.Button(strings.NEW, size="sm", min_width=140)
    with gradio.Row(elem_classes=["ga-fields", "ga-followups"], elem_id="ga-examples") as tries:
        examples = [gradio.Button(text, size="sm", min_width=220) for text in strings.EXAMPLES]
    plain = gradio.Textbox(visible="hidden", label=strings.COPY, elem_id="ga-plain")

    # Each update of a button costs the server as much as ten of the text: they come once, after the answer.
    written, after = [box, shared.talk, shared.conversation], [plain, *follow, *change]
    around: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    def reply(turns: list[Turn], kept: Any, conversation: str) -> Iterator[list[Any]]:
        """Answer the last question, as it is written."""
        if not turns:
            yield [messages(turns), turns, conversation]
            return
        earlier, last = turns[:-1], turns[-1]
        person = profile.from_browser(kept)
        for turn in chat.respond(advisor, last.question, earlier, person):
            last = turn
            if turn.answer is None:
                yield [messages([*earlier, turn]), [*earlier, turn], conversation]
        conversation = keep(shared.store, [*earlier, last], conversation)
        yield [messages([*earlier, last]), [*earlier, last], conversation]

    def offers(turns: list[Turn]) -> list[Any]:
        """Return what can be copied and the buttons, once the answer is whole."""
        last = turns[-1] if turns else None
        return [last.answer.text if last and last.answer else "", *_offers(last)]

    def send(text: str, turns: list[Turn]) -> tuple[str, list[Turn], list[dict[str, Any]], Any]:
        turns = [*turns, Turn(text.strip())] if text.strip() else turns
        return "", turns, messages(turns), gradio.Row(visible=not turns)

    def again(turns: list[Turn]) -> list[Turn]:
        return [*turns[:-1], Turn(turns[-1].question)] if turns else turns

    def edited(turns: list[Turn], data: gradio.EditData) -> list[Turn]:
        index = data.index if isinstance(data.index, int) else data.index[0]
        number = turn_at(turns, index)
        text = as_typed(str(data.value)).strip()
        return [*turns[:number], Turn(text[: chat.MAX_QUESTION])] if number >= 0 and text else turns

    def stopped(turns: list[Turn]) -> tuple[list[Turn], list[dict[str, Any]]]:
        if turns and turns[-1].answer is None:
            last = turns[-1]
            turns = [*turns[:-1], Turn(last.question, f"{last.html}<p class='ga-notice'>{strings.STOPPED}</p>")]
        return turns, messages(turns)

    def fresh() -> list[Any]:
        return [[], [], "", "", *_offers(None), gradio.Row(visible=True)]

    runs = []
    inputs = [shared.talk, shared.profile, shared.conversation]

    def answered_after(event: Any) -> None:
        event.then(None, js=BUSY, **around)
        event = event.then(None, js=SCROLL, **around)
        run = event.then(
            reply, inputs, written, concurrency_limit=at_once(shared.advisor), concurrency_id="answers", **around
        )
        run.then(None, js=SCROLL, **around)
        run.then(offers, [shared.talk], after, queue=False, **around).then(None, js=IDLE, **around)
        runs.append(run)

    sent = [question, shared.talk, box, tries]
    for trigger in (question.submit, ask.click):
        answered_after(trigger(send, [question, shared.talk], sent, queue=False, **around))
    for button in (*follow, *examples):
        answered_after(button.click(send, [button, shared.talk], sent, queue=False, **around))
    answered_after(retry.click(again, [shared.talk], [shared.talk], queue=False, **around))
    answered_after(box.edit(edited, [shared.talk], [shared.talk], queue=False, **around))
    stop.click(stopped, [shared.talk], [shared.talk, box], cancels=runs, queue=False, **around)
    stop.click(None, js=IDLE, **around)
    copy.click(None, [plain], None, js=COPY, **around)
    new.click(fresh, None, [*written, *after, tries], cancels=runs, queue=False, js=IDLE, **around)
    for number, button in enumerate(change):
        button.click(
            lambda turns, place=number: _to_form(turns, place), [shared.talk], [shared.tool, shared.tabs], **around
        )  # fmt: skip
    return box


def _offers(turn: Turn | None) -> list[Any]:
    """Return the buttons under the chat: what to ask next, and the forms of the tools that ran."""
    import gradio

    asks = turn.follow_ups if turn else ()
    ran = (
        [found.tool for found in turn.answer.results if found.tool in strings.TOOL_NAMES]
        if turn and turn.answer
        else []
    )
    shown = [
        gradio.Button(asks[n], visible=True) if n < len(asks) else gradio.Button("", visible=False)
        for n in range(chat.FOLLOW_UPS)
    ]
    for number in range(CHANGES):
        words = strings.CHANGE.format(tool=title_of(ran[number])) if number < len(ran) else ""
        shown.append(gradio.Button(words, visible=bool(words)))
    return shown


def _to_form(turns: Sequence[Turn], place: int) -> tuple[dict[str, Any], Any]:
    """Return the tool and the input of a result of the last answer, and the tab with its form."""
    import gradio

    answer = turns[-1].answer if turns else None
    found = [one for one in answer.results if one.tool in strings.TOOL_NAMES] if answer else []
    if place >= len(found):
        return {}, gradio.Tabs()
    return {"tool": found[place].tool, "values": found[place].input, "run": True}, gradio.Tabs(selected="tools")
