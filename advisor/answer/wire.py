"""The one HTTP connection of a model's answer: where it may go, how much it may carry, how it is cut, what went wrong.

It knows sockets and status codes, nothing of prompts or of what an answer says.
"""

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from advisor.errors import ModelError
from advisor.settings import Settings

if TYPE_CHECKING:
    import httpx

RAW_BYTES_PER_ANSWER_BYTE = 64
"""A streamed token of four letters travels in about 250 bytes of JSON."""
READS_OF_ALL = 400
"""Reads a second of all answers together: with many at once, several tokens are read at a time, which costs a third of one by one."""
ALONE = 8
"""So many answers at once are read as they come."""
_OPEN: set[object] = set()


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Trust what the system trusts and what certifi lists; made once, it takes a tenth of a second."""
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class Wire:
    """The one HTTP connection of an answer: plain, counted, never redirected, and cut from another thread at will.

    Proxies and `.netrc` of the environment are ignored: a prompt holds a person's profile and goes to the configured
    host only. `httpx` closes a socket without waking a blocked read, so the sockets are shut down themselves.
    """

    def __init__(self, server: str, settings: Settings) -> None:
        """Open nothing yet; the first request connects.

        Args:
            server: Host, and port when given, that the prompt may go to; it names the server in errors.
            settings: Deadlines and the byte cap.
        """
        import httpx

        self.server = server
        self.client: httpx.Client = httpx.Client(
            timeout=httpx.Timeout(settings.answer_seconds, connect=min(settings.first_token_seconds, 10.0)),
            follow_redirects=False,
            trust_env=False,
            verify=_tls(),
            headers={"Accept-Encoding": "identity"},
            event_hooks={"request": [self._before], "response": [self._after]},
        )
        self._left = settings.max_answer_bytes * RAW_BYTES_PER_ANSWER_BYTE
        self._sockets: list[socket.socket] = []
        self._cut = threading.Event()

    def _before(self, request: "httpx.Request") -> None:
        if request.url.netloc.decode() != self.server:
            raise ModelError(f"A request to {request.url.host!r} was stopped: only {self.server} is configured.")
        for name in ("OpenAI-Organization", "OpenAI-Project"):
            request.headers.pop(name, None)
        request.extensions["trace"] = self._trace

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._sockets.append(info["return_value"].get_extra_info("socket"))
            if self._cut.is_set():
                self.cut()

    def _after(self, response: "httpx.Response") -> None:
        import httpx

        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise ModelError(f"{self.server} sent a compressed answer that was not asked for.")
        if response.is_success and kind != "text/event-stream":
            raise ModelError(
                f"{self.server} answered with {kind[:60]!r} instead of a stream of events: check GIG_ADVISOR_BASE_URL."
            )
        count, raw, cut = self._count, response.stream, self._cut

        class Counted(httpx.SyncByteStream):
            def __iter__(self) -> Iterator[bytes]:
                _OPEN.add(self)
                try:
                    for part in raw:  # type: ignore[union-attr]
                        count(len(part))
                        yield part
                        if len(_OPEN) > ALONE:
                            cut.wait(len(_OPEN) / READS_OF_ALL)
                finally:
                    _OPEN.discard(self)

            def close(self) -> None:
                raw.close()  # type: ignore[union-attr]

        response.stream = Counted()

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise ModelError(f"{self.server} sent far more bytes than an answer can have; the stream was closed.")

    def cut(self) -> None:
        """End every read and write on the connection at once."""
        self._cut.set()
        for connection in self._sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def _explain_status(status: int, error: BaseException, server: str, model: str) -> str:
    if status in {401, 403}:
        return f"{server} refused the key (status {status}): check GIG_ADVISOR_API_KEY."
    if status == 404:
        return f"{server} has no model {model!r} at this address: check GIG_ADVISOR_MODEL and GIG_ADVISOR_BASE_URL."
    if status == 429:
        headers = getattr(getattr(error, "response", None), "headers", {})
        wait = re.fullmatch(r"\d{1,6}", headers.get("retry-after", "").strip())
        again = f"it asks to wait {wait.group()} seconds" if wait else "try again later"
        return f"{server} is over its limit (status 429): {again}."
    if 300 <= status < 400:
        return (
            f"{server} redirects to another address (status {status}) and the prompt was not sent on:"
            " set the final address in GIG_ADVISOR_BASE_URL."
        )
    code = re.fullmatch(r"[a-z_]{1,40}", str(getattr(error, "code", None) or ""))
    return f"{server} failed with status {status}{f' ({code.group()})' if code else ''}: try again later."


def explain(error: BaseException, server: str, model: str) -> str:
    """Say in one sentence what failed; never quotes the server, which may echo the key or the prompt."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ModelError):
            return str(seen)
        seen = seen.__cause__
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _explain_status(status, error, server, model)
    name = type(error).__name__
    if "Timeout" in name:
        return f"{server} did not answer in time."
    if "Connect" in name or "Protocol" in name or isinstance(error, OSError):
        return f"The connection to {server} failed or broke off: check that the server runs and is reachable."
    if name == "APIError":
        return f"{server} reported an error in the middle of its answer."
    if str(error) == "No generation chunks were returned":  # LangChain's words for a stream without an event
        return f"{server} broke off before its answer began."
    return f"{server} sent something that is not a chat answer ({name})."
