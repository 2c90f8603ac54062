"""An OpenAI-compatible server on loopback whose every answer is scripted by the test.

Queue behaviours with `server.queue(...)`; each takes one request, in order, and the last one repeats. A behaviour is a
function of the request handler. `server.requests` holds what was asked, `server.bytes_received` what was sent here.
"""

import hashlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler"], None]


@dataclass
class Request:
    """What a client sent."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)


class Handler(BaseHTTPRequestHandler):
    """One connection; the queued behaviour decides what it answers."""

    server: "ScriptedServer"

    def do_POST(self) -> None:
        """Record the request and let the next behaviour answer it."""
        raw = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.bytes_received += len(raw)
        body = json.loads(raw or b"{}")
        self.server.requests.append(Request(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        behaviour = embeddings if self.path.endswith("/embeddings") else self.server.next_behaviour()
        try:
            behaviour(self)
        except OSError:
            self.server.disconnects += 1
        self.close_connection = True

    do_GET = do_POST

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on stderr."""
        return

    @property
    def request_body(self) -> dict[str, Any]:
        """Return the JSON of the request being answered."""
        return self.server.requests[-1].body

    def head(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        """Send status and headers."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, data: bytes) -> None:
        """Send bytes of the body at once."""
        self.wfile.write(data)
        self.wfile.flush()

    def event(self, value: object) -> None:
        """Send one server-sent event: raw bytes, or JSON."""
        self.send(b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n")

    def delta(self, text: str | None = None, finish: str | None = None, **more: Any) -> None:
        """Send one chunk of a chat completion."""
        delta = {"role": "assistant", **({"content": text} if text is not None else {}), **more}
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        self.event({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})

    def pause(self, seconds: float) -> None:
        """Wait, but not past the end of the test."""
        self.server.stopping.wait(seconds)


class ScriptedServer(ThreadingHTTPServer):
    """The server; `url` is its base address for `GIG_ADVISOR_BASE_URL`."""

    daemon_threads = True
    block_on_close = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[Request] = []
        self.bytes_received = 0
        self.connections = 0
        self.disconnects = 0
        self.stopping = threading.Event()
        self._queue: list[Behaviour] = []
        self._lock = threading.Lock()

    @property
    def host(self) -> str:
        """Return address and port."""
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """Return the base address of the API."""
        return f"http://{self.host}/v1"

    def queue(self, *behaviours: Behaviour) -> "ScriptedServer":
        """Add behaviours, one for each coming request; the last one repeats."""
        self._queue.extend(behaviours)
        return self

    def next_behaviour(self) -> Behaviour:
        """Take the next behaviour; nothing queued answers 404."""
        with self._lock:
            if not self._queue:
                return status(404)
            return self._queue.pop(0) if len(self._queue) > 1 else self._queue[0]

    def get_request(self) -> tuple[socket.socket, Any]:
        """Count the connection."""
        self.connections += 1
        return super().get_request()

    def handle_error(self, request: object, client_address: object) -> None:
        """Count a client that went away."""
        self.disconnects += 1

    def start(self) -> "ScriptedServer":
        """Serve in a thread."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def stop(self) -> None:
        """End every behaviour and free the port."""
        self.stopping.set()
        self.shutdown()
        self.server_close()


def answer(*deltas: str, finish: str | None = "stop", usage: int = 0) -> Behaviour:
    """Answer well: as a stream when asked for one, else in one piece."""

    def behave(handler: Handler) -> None:
        if not handler.request_body.get("stream"):
            message = {"role": "assistant", "content": "".join(deltas)}
            value = {
                "id": "c1", "object": "chat.completion", "created": 1, "model": "m",
                "choices": [{"index": 0, "message": message, "finish_reason": finish}],
                "usage": {"prompt_tokens": usage, "completion_tokens": 1, "total_tokens": usage + 1},
            }  # fmt: skip
            handler.head(kind="application/json")
            handler.send(json.dumps(value).encode())
            return
        handler.head()
        for text in deltas:
            handler.delta(text)
        if finish is not None:
            handler.delta(finish=finish)
        if usage:
            counts = {"prompt_tokens": usage, "completion_tokens": 1, "total_tokens": usage + 1}
            handler.event({"id": "c1", "object": "chat.completion.chunk", "choices": [], "usage": counts})
        handler.event(b"[DONE]")

    return behave


def status(code: int, message: str = "no", **headers: str) -> Behaviour:
    """Refuse with a status and an error object."""

    def behave(handler: Handler) -> None:
        handler.head(code, "application/json", **headers)
        handler.send(json.dumps({"error": {"message": message, "type": "x", "code": "some_code"}}).encode())

    return behave


def redirect(url: str, code: int = 307) -> Behaviour:
    """Send the client, and with it the prompt, elsewhere."""
    return status(code, Location=url)


def cut(*deltas: str) -> Behaviour:
    """End the stream in the middle: no finish reason, no end mark."""

    def behave(handler: Handler) -> None:
        handler.head()
        for text in deltas:
            handler.delta(text)

    return behave


def reset(*deltas: str) -> Behaviour:
    """Reset the connection, after some text or before any."""

    def behave(handler: Handler) -> None:
        if deltas:
            handler.head()
            for text in deltas:
                handler.delta(text)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    return behave


def raw(data: bytes, kind: str = "text/event-stream", **headers: str) -> Behaviour:
    """Send these bytes as the body: garbage, broken UTF-8, an error object, a page."""

    def behave(handler: Handler) -> None:
        handler.head(200, kind, **headers)
        handler.send(data)

    return behave


def drip(data: bytes = b": wait\n\n", every: float = 0.05, *, before: str = "") -> Behaviour:
    """Send a few bytes again and again, for ever; by default a comment that no reader sees."""

    def behave(handler: Handler) -> None:
        handler.head()
        if before:
            handler.delta(before)
        while not handler.server.stopping.is_set():
            handler.send(data)
            handler.pause(every)

    return behave


def endless(text: str = "word ") -> Behaviour:
    """Stream as fast as possible, for ever."""

    def behave(handler: Handler) -> None:
        handler.head()
        while not handler.server.stopping.is_set():
            handler.delta(text)

    return behave


def slow(seconds: float, then: Behaviour | None = None, *, headers_first: bool = False) -> Behaviour:
    """Say nothing for a while, before or after the headers."""

    def behave(handler: Handler) -> None:
        if headers_first:
            handler.head()
        handler.pause(seconds)
        if then is not None and not headers_first:
            then(handler)

    return behave


def tool_call(text: str | None = None, finish: str = "tool_calls") -> Behaviour:
    """Call a tool that was never offered."""

    def behave(handler: Handler) -> None:
        handler.head()
        call = {"index": 0, "id": "t1", "type": "function", "function": {"name": "send_money", "arguments": '{"to":'}}
        handler.delta(text, tool_calls=[call])
        handler.delta(finish=finish)
        handler.event(b"[DONE]")

    return behave


def embeddings(handler: Handler) -> None:
    """Answer with vectors that put texts with common words near each other."""
    given = handler.request_body.get("input", [])
    vectors = []
    for index, text in enumerate([given] if isinstance(given, str) else given):
        vector = [0.0] * 64
        for word in str(text).lower().split():
            vector[hashlib.sha256(word.encode()).digest()[0] % 64] += 1.0
        length = sum(x * x for x in vector) ** 0.5 or 1.0
        vectors.append({"object": "embedding", "index": index, "embedding": [x / length for x in vector]})
    handler.head(kind="application/json")
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    handler.send(json.dumps({"object": "list", "data": vectors, "model": "e", "usage": usage}).encode())


def wait_until(condition: Callable[[], bool], seconds: float = 2.0) -> bool:
    """Return whether the condition comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return condition()
