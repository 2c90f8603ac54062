"""Fetching: what is never dialled, what is refused half-way, and what a well-behaved address gives."""

import gzip
import shutil
import ssl
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from advisor.settings import Settings
from ingest import fetch as fetch_module
from ingest.fetch import fetch, user_agent
from tests.loopback_site import Site, reason_of


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()
    yield served
    served.close()


def test_a_page_arrives_with_its_type_date_and_final_address(site: Site) -> None:
    headers = {"Content-Type": "text/html; charset=utf-8", "Last-Modified": "Wed, 21 Oct 2026 07:28:00 GMT"}
    site.pages["/a?q=1"] = (200, headers, b"<p>hello")
    site.pages["/start"] = (302, {"Location": "/a?q=1#part"}, b"")
    fetched = site.fetch("/start")
    assert (fetched.body, fetched.content_type) == (b"<p>hello", "text/html; charset=utf-8")
    assert (fetched.url, fetched.final_url) == (site.url("/start"), site.url("/a?q=1"))
    assert fetched.last_modified == date(2026, 10, 21)
    assert fetched.fetched_at.tzinfo is not None
    assert {(host, agent) for _, host, agent in site.asked} == {(f"example.test:{site.port}", user_agent())}


def test_proxies_of_the_environment_are_ignored(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/"] = (200, {}, b"direct")
    assert site.fetch("/").body == b"direct"


def test_a_name_is_resolved_once_so_that_it_cannot_change_its_answer(site: Site) -> None:
    answers = [["127.0.0.1"], ["10.0.0.1"], ["127.0.0.2"]]
    asked: list[str] = []

    def rebind(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    site.pages["/start"] = (302, {"Location": "/end"}, b"")
    site.pages["/end"] = (200, {}, b"same machine")
    fetched = fetch(site.url("/start"), Settings(), _policy=site.policy(rebind))
    assert (fetched.body, asked) == (b"same machine", ["example.test"])


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2/",
        "http://10.0.0.1/",
        "http://inside.test/",
        "http://[::1]/",
        "http://2130706434/",
        "//127.0.0.2/",
    ],
)
def test_a_redirect_to_a_forbidden_address_is_refused(site: Site, location: str) -> None:
    site.pages["/start"] = (302, {"Location": location}, b"")
    policy = site.policy(lambda host, port: ["127.0.0.1" if host == "example.test" else "10.0.0.1"])
    assert reason_of(site.url("/start"), Settings(), policy) in {"forbidden_address", "bad_address"}
    assert [path for path, _, _ in site.asked] == ["/robots.txt", "/start"]


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://example.test/", "http://a@example.test/", "http://["]
)
def test_a_redirect_to_another_scheme_or_form_is_refused(site: Site, location: str) -> None:
    site.pages["/start"] = (301, {"Location": location}, b"")
    assert site.refusal("/start") == "bad_address"


def test_redirects_end_after_five(site: Site) -> None:
    for number in range(7):
        site.pages[f"/{number}"] = (307, {"Location": f"/{number + 1}"}, b"")
    site.pages["/loop"] = (302, {"Location": "/loop"}, b"")
    site.pages["/7"] = (200, {}, b"end")
    assert site.fetch("/2").body == b"end"
    assert site.refusal("/1") == "redirects"
    assert site.refusal("/loop") == "redirects"


@pytest.mark.parametrize(("status", "reason"), [(404, "http_status"), (500, "http_status"), (304, "http_status")])
def test_an_answer_without_a_page_is_an_error(site: Site, status: int, reason: str) -> None:
    site.pages["/x"] = (status, {}, b"")
    assert site.refusal("/x") == reason


def test_robots_can_close_a_page_to_us_by_name_or_to_all(site: Site) -> None:
    site.pages["/robots.txt"] = (200, {}, b"User-agent: gig-advisor\nDisallow: /closed\n\nUser-agent: *\nDisallow: /")
    site.pages["/open"] = site.pages["/closed/page"] = (200, {}, b"text")
    site.pages["/start"] = (302, {"Location": "/closed/page"}, b"")
    assert site.fetch("/open").body == b"text"
    assert site.refusal("/closed/page") == "robots"
    assert site.refusal("/start") == "robots"
    assert "/closed/page" not in [path for path, _, _ in site.asked]


def test_robots_is_read_once_per_fetch(site: Site) -> None:
    site.pages["/start"] = (302, {"Location": "/end"}, b"")
    site.pages["/end"] = (200, {}, b"text")
    site.fetch("/start")
    assert [path for path, _, _ in site.asked] == ["/robots.txt", "/start", "/end"]


@pytest.mark.parametrize(("status", "body"), [(500, b""), (503, b""), (429, b"")])
def test_a_server_in_trouble_over_robots_closes_the_site(site: Site, status: int, body: bytes) -> None:
    site.pages["/robots.txt"] = (status, {}, body)
    site.pages["/"] = (200, {}, b"text")
    assert site.refusal("/") == "robots_unreachable"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 428, 430, 499])
def test_a_site_without_robots_is_open(site: Site, status: int) -> None:
    site.pages["/robots.txt"] = (status, {}, b"User-agent: *\nDisallow: /")
    site.pages["/"] = (200, {}, b"text")
    assert site.fetch("/").body == b"text"


@pytest.mark.parametrize(
    ("status", "is_followed"),
    [
        (301, True),
        (302, True),
        (303, True),
        (307, True),
        (308, True),
        (300, False),
        (304, False),
        (305, False),
        (309, False),
    ],
)
def test_only_the_known_redirects_are_followed(site: Site, status: int, is_followed: bool) -> None:  # noqa: FBT001 - a case of the table
    site.pages["/start"] = (status, {"Location": "/end"}, b"")
    site.pages["/end"] = (200, {}, b"text")
    assert (site.fetch("/start").body == b"text") if is_followed else (site.refusal("/start") == "http_status")
    assert ("/end" in [path for path, _, _ in site.asked]) == is_followed


def test_a_robots_redirect_is_guarded_too(site: Site) -> None:
    site.pages["/robots.txt"] = (302, {"Location": "http://127.0.0.2/robots.txt"}, b"")
    assert site.refusal("/") == "forbidden_address"


def test_an_endless_robots_file_is_cut_and_obeyed(site: Site) -> None:
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /\n" + b"# more\n" * 200_000)
    assert site.refusal("/") == "robots"


def test_a_page_over_the_limit_is_refused(site: Site) -> None:
    site.pages["/fits"] = (200, {}, b"x" * 2000)
    site.pages["/large"] = (200, {}, b"x" * 2001)
    settings = Settings(max_fetch_bytes=2000)
    assert len(site.fetch("/fits", settings).body) == 2000
    assert site.refusal("/large", settings) == "too_large"


def _raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("x-gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", _raw_deflate)],
)
def test_packed_content_is_unpacked_and_a_bomb_is_stopped(
    site: Site, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    text = b"Typical pay is $18 an hour. " * 3000
    site.pages["/text"] = (200, {"Content-Encoding": encoding}, pack(text))
    site.pages["/bomb"] = (200, {"Content-Encoding": encoding}, pack(bytes(50_000_000)))
    site.pages["/cut"] = (200, {"Content-Encoding": encoding}, pack(text)[:-20])
    site.pages["/noise"] = (200, {"Content-Encoding": encoding}, b"x\xff" * 50)
    settings = Settings(max_fetch_bytes=100_000)
    assert site.fetch("/text", settings).body == text
    assert site.refusal("/bomb", settings) == "too_large"
    assert site.refusal("/cut", settings) == "damaged"
    assert site.refusal("/noise", settings) == "damaged"


def test_two_packed_members_are_both_read_and_unknown_packing_is_refused(site: Site) -> None:
    site.pages["/two"] = (200, {"Content-Encoding": "gzip"}, gzip.compress(b"one ") + gzip.compress(b"two"))
    site.pages["/br"] = (200, {"Content-Encoding": "br"}, b"\x0b\x02\x80hello\x03")
    assert site.fetch("/two").body == b"one two"
    assert site.refusal("/br") == "encoding"


def _drip(handler: BaseHTTPRequestHandler, start: bytes) -> None:
    handler.wfile.write(start)
    for _ in range(100):
        time.sleep(0.05)
        handler.wfile.write(b"x")
        handler.wfile.flush()


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 100 Continue\r\n\r\nHT",
    ],
)
def test_a_slow_drip_ends_at_the_deadline(site: Site, start: bytes) -> None:
    site.pages["/slow"] = lambda handler: _drip(handler, start)
    began = time.monotonic()
    assert site.refusal("/slow", Settings(fetch_seconds=0.4)) in {"timeout", "unreachable"}
    assert time.monotonic() - began < 2


def test_a_body_that_ends_too_early_is_an_error(site: Site) -> None:
    site.pages["/short"] = (200, {"Content-Length": "1000"}, b"only this")

    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this")
        handler.close_connection = True

    site.pages["/short"] = hang_up
    assert site.refusal("/short") == "unreachable"


def test_tls_is_verified_against_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl program to make a certificate with")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=example.test"]
        + ["-addext", "subjectAltName=DNS:example.test", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    site = Site(context)
    try:
        site.pages["/"] = (200, {}, b"safe")
        site.pages["/down"] = (302, {"Location": "http://example.test/"}, b"")
        fetch_module._tls_context.cache_clear()
        url = site.url("/", scheme="https")
        assert reason_of(url, Settings(), site.policy()) == "unreachable"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        fetch_module._tls_context.cache_clear()
        assert fetch(url, Settings(), _policy=site.policy()).body == b"safe"
        assert set(names) == {"example.test"}
        other = site.url("/", host="other.test", scheme="https")
        assert reason_of(other, Settings(), site.policy()) == "unreachable"
        down = site.url("/down", scheme="https")
        assert reason_of(down, Settings(), site.policy()) == "insecure_redirect"
    finally:
        site.close()
        fetch_module._tls_context.cache_clear()
