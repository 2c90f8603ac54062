"""The served page: Gradio mounted in FastAPI, with the headers that keep it to this machine."""

import os
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from advisor import Advisor, Settings
from advisor.web import chat, strings

CONCURRENCY = 16
QUEUE = 256

CSS = """
:root { --accent: #1f6f5c; }
footer, .api-logo, .show-api { display: none !important; }
.gradio-container { max-width: 1280px !important; margin: 0 auto !important; }
#head h1 { font-size: 1.5rem; margin: 0 0 .15rem; }
#head p, .quiet { margin: 0; color: var(--body-text-color-subdued); }
#chat { min-height: 320px; }
#chat .message { font-size: 1rem; line-height: 1.55; }
#chat a, #sources a { color: var(--accent); text-decoration: underline; }
.dark #chat a, .dark #sources a { color: #7fd1bb; }
#sources h2 { font-size: 1rem; margin: .25rem 0 .5rem; }
#sources .cards { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; }
#sources .cards li { display: flex; gap: .6rem; border: 1px solid var(--border-color-primary); border-radius: 10px;
  padding: .6rem .7rem; background: var(--background-fill-secondary); overflow-wrap: anywhere; }
#sources .n { font-weight: 700; color: var(--accent); }
.dark #sources .n { color: #7fd1bb; }
#sources .meta { display: block; font-size: .82rem; color: var(--body-text-color-subdued); margin: .1rem 0 .3rem; }
#sources q { font-size: .9rem; quotes: none; display: block; }
.notice { font-size: .88rem; border-left: 3px solid #b45309; padding-left: .6rem; }
@media (max-width: 640px) { #chat { min-height: 260px; } .gradio-container { padding: .5rem !important; } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
"""

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' blob:; object-src 'none'; "
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def about(advisor: Advisor) -> str:
    """Return the line that says which model answers and what the corpus holds."""
    settings = advisor.settings
    if settings.is_offline:
        model = strings.MODEL_OFFLINE
    else:
        from advisor.answer.llm import server_of

        model = strings.MODEL_ONLINE.format(model=settings.model, server=server_of(settings))
    return f"{model} {strings.INFO}"


def countries() -> list[tuple[str, str]]:
    """Return country names with their ISO codes, by name."""
    from babel import Locale

    names = Locale("en").territories
    pairs = [(name, code) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return [("", ""), *sorted(pairs)]


def page(advisor: Advisor) -> Any:
    """Return the Gradio page over an open adviser."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio

    def send(question: str, history: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
        return "", [*history, {"role": "user", "content": question}] if question.strip() else history

    def reply(history: list[dict[str, Any]], country: str) -> Iterator[tuple[list[dict[str, Any]], str]]:
        if not history or history[-1]["role"] != "user":
            yield history, chat.cards(())
            return
        question = chat.plain_history(history[-1:])[0]["content"]
        for text, sources in chat.respond(advisor, question, history[:-1], country):
            yield [*history, {"role": "assistant", "content": text}], sources

    def answer(question: str, country: str = "") -> tuple[str, str]:
        """Answer one question: the answer and its sources as HTML."""
        text = sources = ""
        for text, sources in chat.respond(advisor, question, [], country):  # noqa: B007 - the last pair counts
            pass
        return text, sources

    theme = gradio.themes.Soft(
        primary_hue="emerald",
        neutral_hue="slate",
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
        font_mono=["ui-monospace", "Consolas", "monospace"],
    )
    with gradio.Blocks(title=strings.TITLE, analytics_enabled=False) as demo:
        gradio.Markdown(f"# {strings.TITLE}\n{strings.TAGLINE}", elem_id="head")
        with gradio.Row(equal_height=False):
            with gradio.Column(scale=3, min_width=320):
                box = gradio.Chatbot(
                    elem_id="chat",
                    show_label=False,
                    height="60vh",
                    sanitize_html=True,
                    buttons=["copy"],
                    placeholder=strings.EMPTY,
                )
                with gradio.Row():
                    question = gradio.Textbox(
                        placeholder=strings.PLACEHOLDER,
                        show_label=False,
                        scale=6,
                        max_length=chat.MAX_QUESTION,
                        autofocus=True,
                        elem_id="question",
                        container=False,
                    )
                    ask = gradio.Button("Ask", variant="primary", scale=1, min_width=80)
                    stop = gradio.Button("Stop", scale=1, min_width=80)
                gradio.Examples(
                    examples=[[example] for example in strings.EXAMPLES], inputs=[question], label="Examples"
                )
            with gradio.Column(scale=2, min_width=280):
                country = gradio.Dropdown(
                    choices=countries(), value="", label=strings.COUNTRY, info=strings.COUNTRY_HELP, elem_id="country"
                )
                sources = gradio.HTML(chat.cards(()), elem_id="sources")
        gradio.Markdown(about(advisor), elem_id="about")
        runs = []
        for trigger in (question.submit, ask.click):
            sent = trigger(send, [question, box], [question, box], api_visibility="private", queue=False)
            runs.append(
                sent.then(
                    reply,
                    [box, country],
                    [box, sources],
                    api_visibility="private",
                    concurrency_limit=CONCURRENCY,
                    concurrency_id="answers",
                )
            )
        stop.click(None, cancels=runs, api_visibility="private", queue=False)
        gradio.api(  # type: ignore[attr-defined]
            answer, api_name="answer", concurrency_limit=CONCURRENCY, concurrency_id="answers"
        )
    demo.queue(default_concurrency_limit=CONCURRENCY, max_size=QUEUE)
    return demo, theme


def create(advisor: Advisor) -> Any:
    """Return the FastAPI app with the page at `/` and a health check at `/health`."""
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio
    from fastapi import FastAPI, Request, Response
    from fastapi.middleware.cors import CORSMiddleware

    app = FastAPI(title=strings.TITLE, docs_url=None, redoc_url=None, openapi_url=None)
    # Gradio reflects any origin with credentials; this middleware answers first and allows none.
    app.add_middleware(CORSMiddleware, allow_origins=[])

    @app.middleware("http")
    async def headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    @app.get("/health")
    def health() -> dict[str, Any]:
        return advisor.index.state()

    demo, theme = page(advisor)
    return gradio.mount_gradio_app(
        app,
        demo,
        path="/",
        theme=theme,
        css=CSS,
        footer_links=[],
        enable_monitoring=False,
        max_file_size="10mb",
        show_error=False,
    )


def _warm_up(advisor: Advisor) -> None:
    """Load the embedding model, so that the first person does not wait for it, then build the dense index."""
    advisor.embedding.embed(["warm up"])
    advisor.build_dense()


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Open the adviser, build what is missing, and serve until stopped.

    Args:
        settings: What is configured.
        host: Address to listen on.
        port: Port to listen on.

    Raises:
        AdvisorError: When the port is taken or nothing can be built.
    """
    import socket

    import uvicorn

    from advisor import AdvisorError

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AdvisorError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Stop what uses it, or choose another with --port."
            ) from error
    with Advisor.open(settings, progress=True) as advisor:
        for notice in advisor.notices:
            sys.stderr.write(f"note: {notice}\n")
        app = create(advisor)
        # The page is there at once; until the dense index is ready, search is exact.
        threading.Thread(target=_warm_up, args=(advisor,), daemon=True, name="warm-up").start()
        sys.stderr.write(f"Gig Advisor: http://{host}:{port}\n")
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
