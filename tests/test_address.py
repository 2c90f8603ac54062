"""Which addresses are never dialled: every special range and disguise, by number or by name."""

import socket
import threading
import time
from typing import Any

import pytest

from advisor.errors import FetchError
from advisor.settings import Settings
from ingest.address import Policy, parse, public_addresses
from tests.loopback_site import reason_of

FORBIDDEN_HOSTS = """
127.0.0.1 127.0.0.53 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255
169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1
192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1
239.255.255.250 240.0.0.1 255.255.255.255 168.63.129.16
[::] [::1] [::ffff:127.0.0.1] [::ffff:10.0.0.1] [::ffff:93.184.215.14] [::ffff:a9fe:a9fe] [::127.0.0.1] [::7f00:1]
[64:ff9b::127.0.0.1] [64:ff9b::5db8:d70e] [64:ff9b:1::1] [100::1] [2001::1] [2001:0:7f00:1::] [2001:2::1] [2001:10::1]
[2001:20::1] [2001:db8::1] [2002:7f00:1::] [2002:a9fe:a9fe::] [3ffe::1] [3fff::1] [5f00::1] [fc00::1] [fd00:ec2::254]
[fe80::1] [fe80::1%25eth0] [fec0::1] [ff02::1] [ff0e::1] [2620:4f:8000::1] [2a00:1450::5efe:127.0.0.1]
[2a00:1450::200:5efe:10.0.0.1]
""".split()
FORBIDDEN_ADDRESSES = [host.strip("[]") for host in FORBIDDEN_HOSTS if "%" not in host]
DISGUISED_HOSTS = """
127.1 127.0.1 2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 0x7f.1 127.0.0.1. 00.0.0.0 127.0.0.01 1e1
\uff11\uff12\uff17.0.0.1 127\u30020\u30020\u30021 \u2460\u2461\u2466.0.0.1 0x 0xg.1
localhost 127.0.0.1%00.example.org example.org%2f@127.0.0.1 ex_%61mple.org -a.example a..example
""".split()
FORBIDDEN_URLS = [
    *(f"http://{host}/" for host in FORBIDDEN_HOSTS + DISGUISED_HOSTS),
    "https://169.254.169.254/latest/meta-data/",
    "http://user@93.184.215.14/",
    "http://user:secret@93.184.215.14/",
    "http://93.184.215.14@127.0.0.1/",
    "http://93.184.215.14:22/",
    "http://93.184.215.14:6379/",
    "http://93.184.215.14:0/",
    "http://93.184.215.14:99999/",
    "http://93.184.215.14:8o/",
    "http://93.184.215.14\\@127.0.0.1/",
    "http://93.184.215.14 @127.0.0.1/",
    "http://93.184.215.14/\r\nHost: x",
    "http://93.184.215.14\t/",
    "http:///etc/passwd",
    "http:",
    "",
    "//93.184.215.14/",
    "/etc/passwd",
    "file:///etc/passwd",
    "ftp://93.184.215.14/",
    "gopher://93.184.215.14/",
    "data:text/html,hello",
    "javascript:alert(1)",
    "http://[::1/",
    "http://[93.184.215.14]/",
]


@pytest.fixture
def dials(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every connection that is tried; none is made."""
    made: list[Any] = []

    def refuse(_self: socket.socket, address: Any) -> None:
        made.append(address)
        raise ConnectionRefusedError("recorded")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    return made


def only(*addresses: str) -> Policy:
    """Return the default policy with a resolver that always gives these addresses."""
    return Policy(resolve=lambda host, port: list(addresses))


def test_there_are_enough_forbidden_forms() -> None:
    assert len(set(FORBIDDEN_URLS)) >= 60


@pytest.mark.parametrize("url", FORBIDDEN_URLS)
def test_a_forbidden_form_is_refused_without_a_dial(url: str, dials: list[Any]) -> None:
    reason = reason_of(url, Settings(), only("127.0.0.1"))
    assert reason in {"bad_address", "forbidden_address", "forbidden_port"}
    assert dials == []


@pytest.mark.parametrize("address", FORBIDDEN_ADDRESSES)
def test_a_name_that_resolves_to_a_forbidden_address_is_refused(address: str, dials: list[Any]) -> None:
    assert reason_of("http://example.test/", Settings(), only(address)) == "forbidden_address"
    assert reason_of("http://example.test/", Settings(), only("93.184.215.14", address)) == "forbidden_address"
    assert dials == []


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "1.1.1.1", "2a00:1450::5"]
)
def test_a_public_address_is_dialled_and_nothing_else(address: str, dials: list[Any]) -> None:
    assert reason_of("http://example.test/", Settings(), only(address)) == "unreachable"
    assert [dialled[0] for dialled in dials] == [address]


def test_a_name_without_address_is_refused(dials: list[Any]) -> None:
    def fail(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    assert reason_of("http://example.test/", Settings(), only()) == "unresolved"
    assert reason_of("http://example.test/", Settings(), Policy(resolve=fail)) == "unresolved"
    assert dials == []


def test_a_look_up_that_hangs_ends_at_the_deadline() -> None:
    release = threading.Event()

    def hang(host: str, port: int) -> list[str]:
        release.wait(10)
        return []

    began = time.monotonic()
    assert reason_of("http://example.test/", Settings(fetch_seconds=0.2), Policy(resolve=hang)) == "timeout"
    assert time.monotonic() - began < 2
    release.set()


@pytest.mark.parametrize(
    ("port", "is_open"),
    [
        (80, True),
        (443, True),
        (8080, True),
        (8443, True),
        (81, False),
        (444, False),
        (8081, False),
        (8444, False),
        (22, False),
        (25, False),
        (0, False),
    ],
)
def test_only_the_ports_of_web_pages_are_open(port: int, is_open: bool) -> None:  # noqa: FBT001 - a case of the table
    target = parse(f"https://site.example:{port}/x")
    policy = Policy(resolve=lambda host, port: ["93.184.215.14"])
    deadline = time.monotonic() + 30
    if is_open:
        assert public_addresses(target, policy, deadline) == ["93.184.215.14"]
        return
    with pytest.raises(FetchError) as caught:
        public_addresses(target, policy, deadline)
    assert caught.value.reason == "forbidden_port"


def test_a_usual_port_is_left_out_of_the_host() -> None:
    assert parse("https://site.example:443/").authority == parse("http://site.example:80/").authority == "site.example"
    assert parse("https://site.example:80/").authority == "site.example:80"
    assert parse("http://site.example:443/").authority == "site.example:443"
