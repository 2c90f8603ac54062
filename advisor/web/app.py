"""The served page: Gradio mounted in FastAPI, with the headers that keep it to this machine."""

import os
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from advisor import Advisor, AdvisorError, Settings
from advisor.web import strings
from advisor.web.signin import Doors, Guard, People, is_from_another_site

if TYPE_CHECKING:
    from fastapi import FastAPI, Response

    from advisor.web.store import Store

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' blob:; object-src 'none'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
FOREVER = ("/assets/", "/static/", "/svelte/")
"""Folders of files that are the same for everybody."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def create(advisor: Advisor, *, personal: bool = True) -> Any:
    """Return the FastAPI app with the page at `/` and a health check at `/health`.

    Args:
        advisor: The open adviser.
        personal: Whether only this machine can open the page; files, history and clients are shown only then.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    import gradio
    from fastapi import FastAPI, Request, Response
    from fastapi.middleware.cors import CORSMiddleware

    from advisor.web import page, theme
    from advisor.web.store import Store

    store = Store(advisor.settings.data_dir) if personal else None
    app = FastAPI(title=strings.TITLE, docs_url=None, redoc_url=None, openapi_url=None)
    # Gradio reflects any origin with credentials; this middleware answers first and allows none.
    app.add_middleware(CORSMiddleware, allow_origins=[])

    @app.middleware("http")
    async def headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        # A foreign name that leads here is another site's page trying to read this person's own (DNS rebinding).
        if personal and (request.url.hostname or "") not in LOOPBACK:
            return Response(strings.FOREIGN_HOST, status_code=421, media_type="text/plain", headers=HEADERS)
        if is_from_another_site(request.method, request.headers):
            return Response(strings.FOREIGN_ORIGIN, status_code=403, media_type="text/plain", headers=HEADERS)
        response = await call_next(request)
        response.headers.update(HEADERS)
        if not request.url.path.startswith(FOREVER):
            # What a person asked and was told stays in no cache of the browser (OWASP ASVS 5.0, 14.3.2).
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.get("/health")
    def health() -> dict[str, Any]:
        return advisor.index.state()

    @app.get("/export/{name}.{ending}")
    def export(name: str, ending: str, request: Request) -> Response:
        from advisor.web import downloads

        try:
            made = downloads.make(advisor, name, ending, dict(request.query_params))
        except AdvisorError as error:
            return Response(f"{error}\n", status_code=400, media_type="text/plain; charset=utf-8")
        return _file(made, f"{name}.{ending}", downloads.TYPES.get(ending, "application/octet-stream"))

    if store is not None:
        _own_files(app, advisor, store)
    return gradio.mount_gradio_app(
        app, page.build(advisor, store), path="/", theme=theme.theme(), css=theme.css(), head=theme.HEAD,
        footer_links=[], enable_monitoring=False, run_history=False, max_file_size="100mb" if personal else "10mb", show_error=False,
    )  # fmt: skip


def _own_files(app: "FastAPI", advisor: Advisor, store: "Store") -> None:
    """Offer what the person saved as files: conversations, and hand-outs for clients."""
    import json

    from fastapi import Request, Response

    from advisor.web import downloads, handout, history

    missing = Response("There is nothing saved under this address.\n", status_code=404, media_type="text/plain")

    @app.get("/saved/{item}.{ending}")
    def saved(item: str, ending: str) -> Response:
        found = store.item(item)
        if found is None or found.kind != history.CONVERSATION or ending not in {"md", "json"}:
            return missing
        text = history.to_markdown(found) if ending == "md" else json.dumps(found.data, ensure_ascii=False, indent=1)
        kind = downloads.TYPES.get(ending, "application/json")
        return _file(text.encode(), f"conversation.{ending}", kind)

    @app.get("/handout/{client}.{ending}")
    def paper(client: str, ending: str, request: Request) -> Response:
        found = store.client(client)
        made = {"pdf": handout.to_pdf, "md": handout.to_markdown}.get(ending)
        if found is None or made is None:
            return missing
        query = request.query_params
        data = made(
            advisor, found, store.items(client=client), country=query.get("country", ""), notes="notes" in query
        )
        return _file(data, f"hand-out.{ending}", downloads.TYPES[ending])


def _file(data: bytes, name: str, kind: str) -> "Response":
    """Return bytes as a download that the browser saves and no page can run."""
    from fastapi import Response

    return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


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
        AdvisorError: When the port is taken, nothing can be built, or other machines could open a page that nobody can sign in to.
    """
    import socket

    import uvicorn

    people = People(settings.data_dir)
    if host not in LOOPBACK and not people.names():
        raise AdvisorError(
            f"Other machines could open the page on {host}, so everybody has to sign in, and nobody can yet. "
            "Add a person first: `gig-advisor user add NAME`."
        )
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
        personal = host in LOOPBACK
        app = create(advisor, personal=personal)
        if not personal:
            app = Guard(app, Doors(people))
        # The page is there at once; until the dense index is ready, search is exact.
        threading.Thread(target=_warm_up, args=(advisor,), daemon=True, name="warm-up").start()
        sys.stderr.write(f"Gig Advisor: http://{host}:{port}\n")
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
