"""Which addresses may be asked for a document; looks names up, but connects to nothing."""

import ipaddress
import queue
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from advisor.errors import FetchError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = frozenset({80, 443, 8080, 8443})
_SAFE_PATH = "/%:@!$&'()*+,;=~-._?[]"
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC_LABEL = re.compile(r"\d+|0x[0-9a-f]*")
# https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry, written out because
# `is_global` differs between Python releases; 168.63.129.16 is a cloud's metadata service on a public address.
_FORBIDDEN = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 "
        "192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 "
        "198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 "
        "2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20"
    ).split()
)
_GLOBAL_UNICAST_6 = ipaddress.ip_network("2000::/3")
_ISATAP = (0x00005EFE, 0x02005EFE)


@dataclass(frozen=True)
class Target:
    """An address in the parts that a request is made of."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The `Host` header: name, and port unless it is the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"http": 80, "https": 443}[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.authority}{self.path}"


def is_public(address: Address) -> bool:
    """Return whether an address is global unicast and carries no other address inside it."""
    if any(address in network for network in _FORBIDDEN if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        # Outside of 2000::/3 lie mapped, compatible and NAT64 forms, local and multicast ranges.
        isatap = (int(address) >> 32) & 0xFFFFFFFF in _ISATAP
        return address in _GLOBAL_UNICAST_6 and not isatap
    return address.is_global and not address.is_multicast


def _resolve(host: str, port: int) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True)
class Policy:
    """What may be connected to; the default is the only one outside of tests."""

    resolve: Callable[[str, int], list[str]] = _resolve
    allow: Callable[[Address], bool] = is_public
    ports: frozenset[int] | None = _PORTS


def public_addresses(target: Target, policy: Policy, deadline: float) -> list[str]:
    """Look a host up and return its addresses, refused unless every one is allowed.

    Args:
        target: Where to.
        policy: What is allowed.
        deadline: On the monotonic clock, in seconds.

    Raises:
        FetchError: `forbidden_port`, `forbidden_address`, `unresolved` or `timeout`.
    """
    if policy.ports is not None and target.port not in policy.ports:
        allowed = ", ".join(map(str, sorted(policy.ports)))
        raise FetchError(
            f"{target.url!r}: port {target.port} is not fetched, only {allowed}. Save the page and take in the file.",
            "forbidden_port",
        )
    try:
        texts = [str(ipaddress.ip_address(target.host))]
    except ValueError:
        texts = _look_up(target, policy, deadline)
    addresses = [ipaddress.ip_address(text) for text in dict.fromkeys(texts)]
    if not addresses:
        raise FetchError(f"{target.host!r} has no address. Check the spelling.", "unresolved")
    for address in addresses:
        if getattr(address, "scope_id", None) or not policy.allow(address):
            raise FetchError(
                f"{target.url!r} leads to {address}, which is not a public address. "
                "Save the page to a file and take in the file.",
                "forbidden_address",
            )
    return [str(address) for address in addresses]


def too_slow(url: str) -> FetchError:
    """Return the error for an address that did not answer before the deadline."""
    return FetchError(f"{url!r} did not answer in time. Try again, or raise GIG_ADVISOR_FETCH_SECONDS.", "timeout")


def _look_up(target: Target, policy: Policy, deadline: float) -> list[str]:
    """Run a look-up, which cannot be interrupted, on a thread that is left behind at the deadline."""
    answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(policy.resolve(target.host, target.port))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        answer = answers.get(timeout=max(0.0, deadline - time.monotonic()))
    except queue.Empty:
        raise too_slow(target.url) from None
    if isinstance(answer, list):
        return answer
    raise FetchError(f"{target.host!r} cannot be resolved: {answer}. Check the spelling.", "unresolved")


def parse(url: str) -> Target:
    """Read an http(s) address in the one strict form that is fetched.

    Args:
        url: The address.

    Raises:
        FetchError: `bad_address` for another scheme, a user name, a number form such as `127.1` or `0x7f000001`, or
            anything that two programs could read differently.
    """
    text = url.strip()
    if not text or "\\" in text or any(character <= " " or character == "\x7f" for character in text):
        raise _bad(url, "it is empty or holds blanks, control characters or backslashes")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _bad(url, str(error)) from error
    if parts.scheme not in ("http", "https"):
        raise _bad(url, "only http and https are fetched")
    if "@" in parts.netloc:
        raise _bad(url, "it carries a user name or password")
    host = _host(url, parts.hostname or "", bracketed=parts.netloc.startswith("["))
    path = quote(parts.path or "/", safe=_SAFE_PATH)
    query = f"?{quote(parts.query, safe=_SAFE_PATH)}" if parts.query else ""
    default = 443 if parts.scheme == "https" else 80
    return Target(parts.scheme, host, default if port is None else port, path + query)


def _host(url: str, host: str, *, bracketed: bool) -> str:
    if bracketed:
        try:
            return str(ipaddress.IPv6Address(host))
        except ValueError as error:
            raise _bad(url, str(error)) from error
    try:
        # Also folds full-width digits and dots, which look-ups would fold later.
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError as error:
        raise _bad(url, f"the host name is not valid ({error})") from error
    labels = name.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels) or len(name) > 253:
        raise _bad(url, "the host name is not valid")
    if _NUMERIC_LABEL.fullmatch(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError as error:
            raise _bad(url, "the host is a number but not an address such as 93.184.215.14") from error
    return name


def _bad(url: str, why: str) -> FetchError:
    return FetchError(
        f"{url[:300]!r} is not fetched: {why}. Give an address such as https://example.org/page.", "bad_address"
    )
