"""The one module that opens a network connection for a document.

Every hop resolves its name once, refuses it unless every address is public, and connects to exactly those addresses;
environment proxies are ignored, redirects are followed by hand, and robots.txt is asked first through the same door.
"""

import contextlib
import ssl
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from importlib import metadata
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpcore

from advisor.errors import FetchError
from ingest.address import Policy, Target, parse, public_addresses, too_slow
from ingest.unpack import unpacked

if TYPE_CHECKING:
    from protego import Protego

    from advisor.settings import Settings

_NAME = "gig-advisor"
_MAX_REDIRECTS = 5
_MAX_ROBOTS_BYTES = 512_000  # RFC 9309 asks for at least 500 KiB
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Fetched:
    """What an address answered.

    Attributes:
        url: The address asked for.
        final_url: The address after redirects.
        content_type: As the server sent it, with its parameters.
        body: Decompressed content.
        fetched_at: When, in UTC.
        last_modified: The day when the server says it changed.
    """

    url: str
    final_url: str
    content_type: str
    body: bytes
    fetched_at: datetime
    last_modified: date | None


@dataclass(frozen=True)
class _Response:
    status: int
    headers: dict[str, str]
    body: bytes


def fetch(url: str, settings: "Settings", *, _policy: Policy = Policy()) -> Fetched:  # noqa: B008 - frozen
    """Fetch a public http(s) address within `fetch_seconds` and `max_fetch_bytes`.

    Args:
        url: The address.
        settings: Limits.
        _policy: For tests only.

    Raises:
        FetchError: When the address is refused or does not answer; `reason` is one of `bad_address`,
            `forbidden_address`, `forbidden_port`, `unresolved`, `unreachable`, `timeout`, `too_large`, `redirects`,
            `insecure_redirect`, `robots`, `robots_unreachable`, `http_status`, `encoding`, `damaged`.
    """
    session = _Session(url, time.monotonic() + settings.fetch_seconds, _policy)
    target, response = session.get(url, settings.max_fetch_bytes, ask_robots=True)
    if response.status not in (200, 203):
        raise FetchError(f"{target.url!r} answered {response.status}. Check the address in a browser.", "http_status")
    modified: date | None = None
    with contextlib.suppress(ValueError):
        modified = parsedate_to_datetime(response.headers.get("last-modified", "")).date()
    content_type = response.headers.get("content-type", "")
    return Fetched(url, target.url, content_type, response.body, datetime.now(UTC), modified)


class _Session:
    """One fetch: its deadline, the addresses it pinned and the robots.txt files it read."""

    def __init__(self, url: str, deadline: float, policy: Policy) -> None:
        self.url, self.deadline, self.policy = url, deadline, policy
        self._pinned: dict[tuple[str, int], list[str]] = {}
        self._robots: dict[str, Protego | None] = {}

    def get(self, url: str, max_bytes: int, *, ask_robots: bool) -> tuple[Target, _Response]:
        """Follow an address to its answer, every hop checked like the first."""
        target = parse(url)
        for _ in range(_MAX_REDIRECTS + 1):
            key = (target.host, target.port)
            if key not in self._pinned:
                self._pinned[key] = public_addresses(target, self.policy, self.deadline)
            if ask_robots:
                self._ask_robots(target)
            response = self._request(target, self._pinned[key], max_bytes, cut=not ask_robots)
            if response.status not in _REDIRECTS or "location" not in response.headers:
                return target, response
            following = parse(_join(target.url, response.headers["location"]))
            if (target.scheme, following.scheme) == ("https", "http"):
                raise FetchError(
                    f"{target.url!r} leads from https to {following.url!r}. Fetch that address itself if you trust it.",
                    "insecure_redirect",
                )
            target = following
        raise FetchError(f"{self.url!r} redirects more than {_MAX_REDIRECTS} times. Check the address.", "redirects")

    def _ask_robots(self, target: Target) -> None:
        origin = f"{target.scheme}://{target.authority}"
        if origin not in self._robots:
            self._robots[origin] = self._read_robots(origin)
        rules = self._robots[origin]
        if rules is not None and not rules.can_fetch(target.url, _NAME):
            raise FetchError(
                f"robots.txt of {origin} closes {target.url!r} to programs. "
                "Save the page by hand and take in the file.",
                "robots",
            )

    def _read_robots(self, origin: str) -> "Protego | None":
        """Return the rules of an origin, None when it has none; a server in trouble closes it (RFC 9309)."""
        from protego import Protego

        _, response = self.get(f"{origin}/robots.txt", _MAX_ROBOTS_BYTES, ask_robots=False)
        if response.status == 200:
            return Protego.parse(response.body.decode("utf-8", "replace"))
        if 400 <= response.status < 500 and response.status != 429:
            return None
        raise FetchError(
            f"{origin}/robots.txt answered {response.status}, so nothing is fetched there. Try again later.",
            "robots_unreachable",
        )

    def _request(self, target: Target, addresses: list[str], max_bytes: int, *, cut: bool) -> _Response:
        headers: dict[bytes | str, bytes | str] = {
            "Host": target.authority,
            "User-Agent": user_agent(),
            "Accept": "text/html, application/pdf, text/plain, text/csv, */*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
        }
        url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        context = _tls_context() if target.scheme == "https" else None
        backend = _PinnedBackend(addresses, self.deadline)
        try:
            with (
                httpcore.ConnectionPool(ssl_context=context, network_backend=backend) as pool,
                pool.stream("GET", url, headers=headers) as response,
            ):
                found = {
                    name.decode("ascii").lower(): value.decode("utf-8", "replace") for name, value in response.headers
                }
                body = b""
                if response.status in (200, 203):
                    body = self._body(target, response.iter_stream(), found, max_bytes, cut=cut)
                return _Response(response.status, found, body)
        except httpcore.TimeoutException as error:
            raise too_slow(target.url) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchError(f"{target.url!r} cannot be reached: {error}. Try again later.", "unreachable") from error

    def _body(
        self, target: Target, chunks: Iterable[bytes], headers: dict[str, str], max_bytes: int, *, cut: bool
    ) -> bytes:
        body = bytearray()
        try:
            for piece in unpacked(chunks, headers.get("content-encoding", "").strip().lower()):
                body += piece
                if len(body) > max_bytes:
                    if cut:
                        break
                    raise FetchError(
                        f"{target.url!r} is larger than {max_bytes:,} bytes. Save it to a file and take in the file, "
                        "or raise GIG_ADVISOR_MAX_FETCH_BYTES.",
                        "too_large",
                    )
                if time.monotonic() > self.deadline:
                    raise too_slow(target.url)
        except (zlib.error, EOFError) as error:
            raise FetchError(f"{target.url!r} sent damaged content: {error}. Try again later.", "damaged") from error
        return bytes(body[:max_bytes])


def _join(base: str, location: str) -> str:
    """Return where a redirect leads; an address that cannot be joined is left for `parse` to refuse."""
    try:
        return urljoin(base, location)
    except ValueError:
        return location


class _PinnedBackend(httpcore.NetworkBackend):
    """Connects to the checked addresses only, whatever host the request names, and never past the deadline."""

    def __init__(self, addresses: list[str], deadline: float) -> None:
        self._addresses, self._deadline = addresses, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Try the addresses in turn, each with a fair part of the time left."""
        failure: Exception = httpcore.ConnectError("no address")
        for place, address in enumerate(self._addresses):
            left = _left(self._deadline, httpcore.ConnectTimeout) / (len(self._addresses) - place)
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        raise failure


class _DeadlineStream(httpcore.NetworkStream):
    """A connection whose every step ends at one deadline, so that a server cannot drip for ever."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline, httpcore.ConnectTimeout)
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, error: type[httpcore.TimeoutException]) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise error("the time is up")
    return left


@lru_cache(maxsize=1)
def user_agent() -> str:
    """Return the name that this program gives to servers and that robots.txt can address."""
    try:
        return f"{_NAME}/{metadata.version('gig-advisor')}"
    except metadata.PackageNotFoundError:
        return f"{_NAME}/0"


@lru_cache(maxsize=1)
def _tls_context() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context()
