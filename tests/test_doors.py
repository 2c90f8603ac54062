"""Who may reach what: every route of the page, for every kind of visitor; a route nobody thought of fails the test."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from advisor import Advisor, Settings
from advisor.web import app as web
from advisor.web.signin import People
from tests.torture import crossing
from tests.torture.crossing import PASSWORD
from tests.web_page import routes, served, small_settings

OPEN, SIGNED, OWN, GONE, MINE = "open", "signed in", "owner of the conversation", "nobody", "this machine only"
ACCESS = {
    "/favicon.ico": OPEN,
    "/robots.txt": OPEN,
    "/": SIGNED,
    "/health": SIGNED,
    "/config": SIGNED,
    "/config/": SIGNED,
    "/theme.css": SIGNED,
    "/manifest.json": SIGNED,
    "/svelte/{path:path}": SIGNED,
    "/static/{path:path}": SIGNED,
    "/assets/{path:path}": SIGNED,
    "/export/{name}.{ending}": SIGNED,
    "/pwa_icon": SIGNED,
    "/pwa_icon/{size}": SIGNED,
    "/gradio_api/app_id": SIGNED,
    "/gradio_api/startup-events": SIGNED,
    "/gradio_api/reset": OWN,
    "/gradio_api/cancel": OWN,
    "/gradio_api/queue/join": OWN,
    "/gradio_api/queue/data": OWN,
    "/gradio_api/run/{api_name}": OWN,
    "/gradio_api/heartbeat/{session_hash}": OWN,
    "/saved/{item}.{ending}": MINE,
    "/handout/{client}.{ending}": MINE,
    **dict.fromkeys(
        (
            "/openapi.json /login /login/ /logout /monitoring /monitoring/summary /monitoring/{key} /gradio_api/deep_link /gradio_api/user "
            "/gradio_api/user/ /gradio_api/login_check /gradio_api/login_check/ /gradio_api/token /gradio_api/token/ /gradio_api/app_id/ "
            "/gradio_api/dev/reload /gradio_api/runs /gradio_api/runs/ /gradio_api/info /gradio_api/info/ /gradio_api/openapi.json "
            "/gradio_api/custom_component/{id}/{environment}/{type}/{file_name} /gradio_api/proxy={url_path:path} "
            "/gradio_api/file={path_or_url:path} /gradio_api/file/{path:path} /gradio_api/stream/{event_id} /gradio_api/stream/{event_id}/close "
            "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8 "
            "/gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext} "
            "/gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file /gradio_api/reset/ /gradio_api/api/{api_name} "
            "/gradio_api/api/{api_name}/ /gradio_api/run/{api_name}/ /gradio_api/call/v2/{api_name} /gradio_api/call/v2/{api_name}/ "
            "/gradio_api/call/{api_name} /gradio_api/call/{api_name}/ /gradio_api/call/{api_name}/{event_id} "
            "/gradio_api/call/v2/{api_name}/{event_id} /gradio_api/component_server /gradio_api/component_server/ /gradio_api/queue/status "
            "/gradio_api/upload_progress /gradio_api/upload /gradio_api/theme.css /gradio_api/process_recording /gradio_api/vibe-edit "
            "/gradio_api/vibe-edit/ /gradio_api/undo-vibe-edit /gradio_api/undo-vibe-edit/ /gradio_api/vibe-code /gradio_api/vibe-code/ "
            "/gradio_api/vibe-starter-queries /gradio_api/vibe-starter-queries/"
        ).split(),
        GONE,
    ),
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SESSION = "annasconversation"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Advisor]:
    with Advisor.open(small_settings(tmp_path_factory.mktemp("doors"))) as advisor:
        yield advisor


@pytest.fixture(scope="module")
def table(opened: Advisor) -> set[str]:
    """Return the paths of both forms of the page, shared and on this machine only."""
    return {path for personal in (False, True) for path, _ in routes(web.create(opened, personal=personal))}


@pytest.fixture(scope="module")
def shared(opened: Advisor) -> Iterator[str]:
    people = People(opened.settings.data_dir)
    for name in ("Anna", "Ben"):
        people.add(name, PASSWORD)
    with served(opened, personal=False, people=people) as url:
        yield url


def _filled(path: str) -> str:
    """Return a path with something in each of its places."""
    path = path.replace("{api_name}", "predict").replace("{session_hash}", SESSION)
    return re.sub(r"\{[^}]+\}", "x", path)


def test_every_route_of_the_page_has_an_access_rule(table: set[str]) -> None:
    assert table - set(ACCESS) == set(), "a new route: decide who may reach it"
    assert len(table) > 60


def _visitors(url: str) -> dict[str, httpx.Client]:
    found = {role: httpx.Client(base_url=url, timeout=30) for role in ("nobody", "forged", "left", "Ben", "Anna")}
    found["forged"].cookies.set("ga_session", "A" * 43)
    for role, name in (("left", "Ben"), ("Ben", "Ben"), ("Anna", "Anna")):
        assert found[role].post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
    token = found["left"].cookies["ga_session"]
    found["left"].get("/sign-out")
    found["left"].cookies.set("ga_session", token)
    return found


def test_no_visitor_reaches_a_route_that_is_not_theirs(shared: str, table: set[str]) -> None:
    """Each cell of visitors, routes and methods; a conversation belongs to Anna."""
    visitors = _visitors(shared)
    body = {"session_hash": SESSION, "fn_index": 0, "data": [], "event_id": "x"}
    assert visitors["Anna"].post("/gradio_api/reset", json=body).status_code not in {401, 403, 404}
    open_cells: list[tuple[str, str, str, int]] = []
    cells = 0
    for path in sorted(table):
        access = ACCESS[path]
        for method in METHODS:
            sent: dict[str, Any] = {"json": body} if method == "POST" else {"params": {"session_hash": SESSION}}
            for role, client in visitors.items():
                if (
                    access == OPEN
                    or (role == "Anna" and access in {SIGNED, OWN})
                    or (role == "Ben" and access == SIGNED)
                ):
                    continue
                # A path of the page with something else in it may be a path that is not there: both are shut.
                allowed = {404} if access in {GONE, MINE} else {403, 404} if role in {"Ben", "Anna"} else {303, 401}
                status = client.request(method, _filled(path), **sent).status_code
                cells += 1
                if status not in allowed:
                    open_cells.append((role, method, path, status))
            if access in {GONE, MINE} or method not in {"GET", "HEAD", "OPTIONS"}:
                elsewhere = {"Origin": "https://elsewhere.example"}
                foreign = visitors["Anna"].request(method, _filled(path), headers=elsewhere, json=body)
                cells += 1
                if foreign.status_code not in {403, 404} or "access-control-allow-origin" in foreign.headers:
                    open_cells.append(("Anna from another site", method, path, foreign.status_code))
    assert open_cells == []
    assert cells > 2000
    for client in visitors.values():
        client.close()


def test_who_may_reach_a_route_does(shared: str) -> None:
    """The doors are not simply shut for everybody."""
    anna = _visitors(shared)["Anna"]
    for path in ("/", "/health", "/config", "/theme.css", "/favicon.ico", "/robots.txt"):
        assert anna.get(path).status_code in {200, 404}, path
    assert anna.get("/").status_code == anna.get("/config").status_code == 200
    assert httpx.get(f"{shared}/robots.txt").status_code in {200, 404}
    assert anna.get("/gradio_api/queue/data", params={"session_hash": "another"}).status_code == 200


def test_every_answer_says_how_a_browser_may_use_it(shared: str) -> None:
    anna = _visitors(shared)["Anna"]
    answers = [
        *(httpx.get(f"{shared}{path}") for path in ("/", "/sign-in", "/nothing", "/config", "/robots.txt")),
        httpx.post(f"{shared}/sign-in", data={"name": "Ben", "password": PASSWORD}),
        httpx.post(f"{shared}/sign-in", headers={"Origin": "https://elsewhere.example"}),
        *(anna.get(path) for path in ("/", "/config", "/health", "/export/nothing.csv", "/gradio_api/queue/data?session_hash=own")),
    ]  # fmt: skip
    for answer in answers:
        for name, value in web.HEADERS.items():
            assert answer.headers[name] == value, (answer.url, name)
        assert answer.headers["cache-control"] == "no-store", answer.url
        assert "object-src 'none'" in answer.headers["content-security-policy"]
        assert "base-uri 'none'" in answer.headers["content-security-policy"]
        assert "access-control-allow-origin" not in answer.headers


def test_signing_in_again_and_out_ends_the_session_before(shared: str) -> None:
    anna = _visitors(shared)["Anna"]
    first = anna.cookies["ga_session"]
    assert anna.post("/sign-in", data={"name": "Anna", "password": PASSWORD}).status_code == 303
    assert anna.cookies["ga_session"] != first
    assert len(first) >= 43
    assert httpx.get(f"{shared}/config", cookies={"ga_session": first}).status_code == 401
    left = anna.get("/sign-out")
    assert "storage" in left.headers["clear-site-data"]
    assert anna.get("/config").status_code == 401


def test_a_wrong_name_and_a_wrong_password_look_the_same(shared: str) -> None:
    said = [
        httpx.post(f"{shared}/sign-in", data={"name": name, "password": "no such password"})
        for name in ("Anna", "Nobody at all", "root", "admin")
    ]
    assert {answer.status_code for answer in said} == {401}
    assert len({answer.text for answer in said}) == 1


def test_the_page_of_this_machine_answers_no_other_name_and_no_other_site(opened: Advisor, table: set[str]) -> None:
    open_cells = []
    with served(opened) as url, httpx.Client(base_url=url, timeout=30) as client:
        for path in sorted(table):
            for method in METHODS:
                named = client.request(method, _filled(path), headers={"Host": "evil.example"})
                sited = client.request(
                    method, _filled(path), headers={"Origin": "https://evil.example", "Host": "evil.example"}
                )
                open_cells += [(method, path, a.status_code) for a in (named, sited) if a.status_code != 421]
                if method not in {"GET", "HEAD", "OPTIONS"}:
                    foreign = client.request(method, _filled(path), headers={"Origin": "https://evil.example"})
                    if foreign.status_code != 403:
                        open_cells.append((method, path, foreign.status_code))
    assert open_cells == []


@pytest.mark.filterwarnings("ignore")
def test_nobody_sees_a_word_of_another(tmp_path: Path) -> None:
    """Eighty queries here; `python -m tests.torture crossing` makes 10,000."""
    assert crossing.run(tmp_path, 4, 80, 20261123) == []


def test_a_page_for_others_needs_a_sign_in(settings: Settings) -> None:
    from advisor import AdvisorError

    for host in ("0.0.0.0", "::", "192.168.1.5"):  # noqa: S104 - nothing is bound
        with pytest.raises(AdvisorError, match="user add"):
            web.serve(settings, host=host, port=7999)
