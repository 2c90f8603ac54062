"""A web server on loopback that answers as `example.test`, with the policy that lets the fetcher reach it alone."""

import socketserver
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from advisor.errors import FetchError
from advisor.settings import Settings
from ingest.address import Policy
from ingest.fetch import Fetched, fetch

Answer = tuple[int, dict[str, str], bytes]
Page = Answer | Callable[[BaseHTTPRequestHandler], None]


def reason_of(url: str, settings: Settings, policy: Policy) -> str:
    """Return why an address is refused."""
    with pytest.raises(FetchError) as caught:
        fetch(url, settings, _policy=policy)
    assert len(str(caught.value)) > 30
    return caught.value.reason


class Site:
    """Serves the pages it is given and remembers what was asked."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, str, str]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, self.headers["Host"], self.headers["User-Agent"]))
                page = site.pages.get(self.path, (404, {}, b"nothing here"))
                if callable(page):
                    page(self)
                    return
                status, headers, body = page
                self.send_response(status)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def server_bind(self) -> None:
                socketserver.TCPServer.server_bind(self)  # without the look-up of the machine's own name

            def handle_error(self, request: Any, client_address: Any) -> None:
                return  # the client hung up, as it should

        self.server = Server(("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = int(self.server.server_address[1])
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def url(self, path: str, host: str = "example.test", scheme: str = "http") -> str:
        """Return the address of a page."""
        return f"{scheme}://{host}:{self.port}{path}"

    def policy(self, resolve: Callable[[str, int], list[str]] = lambda host, port: ["127.0.0.1"]) -> Policy:
        """Return a policy that allows this server and nothing else."""
        return Policy(resolve=resolve, allow=lambda address: str(address) == "127.0.0.1", ports=None)

    def fetch(self, path: str, settings: Settings | None = None) -> Fetched:
        """Fetch a page through the public door."""
        return fetch(self.url(path), settings or Settings(), _policy=self.policy())

    def refusal(self, path: str, settings: Settings | None = None) -> str:
        """Return why a page is refused."""
        return reason_of(self.url(path), settings or Settings(), self.policy())
