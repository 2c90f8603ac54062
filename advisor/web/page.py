"""The page: its head, its tabs, and what the link that opened it asks for."""

import inspect
import os
from typing import Any

from advisor import Advisor, server_of
from advisor.web import (
    chat,
    chat_view,
    clients_view,
    files_view,
    history_view,
    library_view,
    profile_view,
    roadmap_view,
    strings,
    tools_view,
)
from advisor.web.profile import STORAGE_KEY
from advisor.web.shared import Shared, at_once, panel
from advisor.web.store import Store

QUEUE = 256
MAX_VALUES = 60
LOGO = (
    "<svg viewBox='0 0 40 40' width='40' height='40' aria-hidden='true' focusable='false'>"
    "<rect width='40' height='40' rx='11' class='ga-logo'/>"
    "<path d='M9 28 L16 20 L22 24 L31 12' class='ga-logo-line'/><circle cx='31' cy='12' r='3.2' class='ga-logo-dot'/></svg>"
)


def about(advisor: Advisor) -> str:
    """Return the line that says which model answers and what the corpus holds."""
    settings = advisor.settings
    model = strings.MODEL_OFFLINE
    if not settings.is_offline:
        model = strings.MODEL_ONLINE.format(model=settings.model, server=server_of(settings))
    facts = advisor.facts
    corpus = strings.CORPUS.format(
        guides=len(facts.guides),
        facts=advisor.ledger.count_facts(),
        reviewed=chat.corpus_day(advisor) or strings.UNDATED,
    )
    return f"{model} {corpus} {strings.INFO}"


def build(advisor: Advisor, store: Store | None) -> Any:
    """Return the Gradio page over an open adviser.

    Args:
        advisor: The open adviser.
        store: Where a person's conversations and clients are kept; None switches these views off.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio

    with gradio.Blocks(title=strings.TITLE, analytics_enabled=False) as demo:
        gradio.HTML(f"{LOGO}<div><h1>{strings.TITLE}</h1><p>{strings.TAGLINE}</p></div>", elem_id="ga-head")
        # Gradio encrypts what the browser keeps with a secret made at each start, so a fixed one is given: it is the
        # person's own browser, and a value that cannot be read after a restart would be lost.
        kept = gradio.BrowserState({}, storage_key=STORAGE_KEY, secret=STORAGE_KEY)
        # What the browser keeps is read when a component is drawn, and a tab that is not open is not drawn: it stands here.
        ticked = gradio.BrowserState({}, storage_key=roadmap_view.STORAGE_KEY, secret=roadmap_view.STORAGE_KEY)
        talk, conversation = gradio.State([]), gradio.State("")
        tool, roadmap = gradio.State({}), gradio.State({})
        with gradio.Tabs(elem_id="ga-tabs", overflow_behavior="wrap") as tabs:
            shared = Shared(advisor, store, tabs, kept, ticked, talk, conversation, tool, roadmap)
            with gradio.Tab(strings.TAB_CHAT, id="chat"), panel():
                box = chat_view.build(shared)
            with gradio.Tab(strings.TAB_TOOLS, id="tools"), panel():
                tools_view.build(shared)
            with gradio.Tab(strings.TAB_ROADMAP, id="roadmap"), panel():
                roadmap_view.build(shared, demo)
            with gradio.Tab(strings.TAB_LIBRARY, id="library"), panel():
                guide = library_view.build(shared)
            with gradio.Tab(strings.TAB_PROFILE, id="profile"), panel():
                profile_view.build(shared, demo)
            if store is not None:
                with gradio.Tab(strings.TAB_FILES, id="files"), panel():
                    files_view.build(shared, demo)
                with gradio.Tab(strings.TAB_HISTORY, id="history"), panel():
                    history_view.build(shared, store, box, demo)
                with gradio.Tab(strings.TAB_CLIENTS, id="clients"), panel():
                    clients_view.build(shared, store, box, demo)
        if store is None:
            gradio.HTML(f"<p class='ga-intro'>{strings.SHARED_OFF}</p>")
        gradio.Markdown(about(advisor), elem_id="ga-about")

        def opened(request: gradio.Request) -> list[Any]:
            query = dict(request.query_params) if request else {}
            return _asked_for(advisor, query)

        demo.load(opened, None, [tool, guide, tabs], api_visibility="private", show_progress="hidden")
        _api(advisor)
    # Each answer that is waited for holds a thread; the default of 40 would make the others wait for it. The queue reads the number once.
    demo.max_threads = at_once(advisor) + 24
    demo.queue(default_concurrency_limit=at_once(advisor), max_size=QUEUE)
    _keep_signatures(demo)
    return demo


def _keep_signatures(demo: Any) -> None:
    """Work out the signature of each component's class once; Gradio asks for it for every component of every visitor (half of 9 ms)."""
    for kind in {type(block) for block in demo.blocks.values()}:
        for each in kind.__mro__:
            init = vars(each).get("__init__")
            if each is not object and init is not None:
                init.__signature__ = inspect.unwrap(init).__signature__ = inspect.signature(init)


def _asked_for(advisor: Advisor, query: dict[str, str]) -> list[Any]:
    """Return what a link asks for: a guide, or a tool's form, filled in and run when it holds values."""
    import gradio

    from advisor import tools
    from advisor.web import forms

    if query.get("tool") in tools.registry() and len(query) <= MAX_VALUES:
        values = forms.from_query(tools.get(query["tool"]).input_model, query)
        state = {"tool": query["tool"], "values": values, "run": bool(values)}
        return [state, gradio.skip(), gradio.Tabs(selected="tools")]
    if query.get("guide") in advisor.facts.guides:
        return [gradio.skip(), query["guide"], gradio.Tabs(selected="library")]
    return [gradio.skip(), gradio.skip(), gradio.skip()]


def _api(advisor: Advisor) -> None:
    """Offer one question and answer to programs."""
    import gradio

    from advisor import Profile
    from advisor.web import parts

    def answer(question: str, country: str = "") -> tuple[str, str]:
        """Answer one question: the answer and its sources as HTML."""
        last = chat.Turn(question)
        for turn in chat.respond(advisor, question, (), Profile(country=country or "")):
            last = turn
        return last.html, parts.cards(last.answer.citations if last.answer else ())

    gradio.api(answer, api_name="answer", concurrency_limit=at_once(advisor), concurrency_id="answers")  # type: ignore[attr-defined]
