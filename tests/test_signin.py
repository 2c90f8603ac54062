"""Sign-in: passwords, sessions, tries, and that nobody reaches a page, a stream or a route that is not theirs."""

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from advisor import Advisor, AdvisorError, Settings
from advisor.cli import app as cli
from advisor.web import app as web
from advisor.web import signin
from advisor.web.signin import Doors, Guard, People
from tests.web_page import served, small_settings

ANNA, BEN = ("Anna", "correct horse battery"), ("Ben", "staple lamp river 9")


@pytest.fixture
def people(tmp_path: Path) -> People:
    found = People(tmp_path / "data")
    for name, password in (ANNA, BEN):
        found.add(name, password)
    return found


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """Start at zero."""
        self.at = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.at


def test_passwords_are_kept_as_argon2id_in_a_file_of_the_owner(people: People, tmp_path: Path) -> None:
    path = tmp_path / "data" / "people.json"
    kept = json.loads(path.read_text())
    assert people.names() == ["Anna", "Ben"]
    assert all(value.startswith("$argon2id$") for value in kept.values())
    assert ANNA[1] not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert people.is_right(*ANNA)
    assert not people.is_right("Anna", BEN[1])
    assert not people.is_right("Nobody", ANNA[1])
    assert people.remove("Anna")
    assert not people.remove("Anna")
    assert not people.is_right(*ANNA)


@pytest.mark.parametrize(
    ("name", "password", "word"),
    [
        ("", "long enough words", "name"),
        (" x", "long enough words", "name"),
        ("x" * 41, "long enough words", "name"),
        ("Cleo", "short", "10 to 128"),
        ("Cleo", "y" * 129, "10 to 128"),
        ("Cleo", "my cleo password", "must not hold"),
    ],
)
def test_a_bad_name_or_password_is_refused_in_words(people: People, name: str, password: str, word: str) -> None:
    with pytest.raises(AdvisorError, match=word):
        people.add(name, password)


def test_a_damaged_file_of_people_is_an_error_that_names_it(people: People, tmp_path: Path) -> None:
    (tmp_path / "data" / "people.json").write_text("{")
    with pytest.raises(AdvisorError, match=r"people\.json"):
        people.names()


def test_after_five_wrong_passwords_name_and_address_wait(people: People) -> None:
    clock = Clock()
    doors = Doors(people, clock)
    for _ in range(signin.TRIES):
        assert not doors.wait("name Anna", "address 10.0.0.1")
        assert not doors.enter("Anna", "wrong password 1", "10.0.0.1")
        clock.at += 1
    assert doors.wait("name Anna", "address 10.0.0.9") > 0
    assert doors.wait("name Ben", "address 10.0.0.1") > 0
    assert not doors.wait("name Ben", "address 10.0.0.9")
    clock.at += signin.WINDOW_SECONDS
    assert not doors.wait("name Anna", "address 10.0.0.1")
    assert doors.enter(*ANNA, "10.0.0.1")


def test_a_session_ends_when_idle_or_left_and_stays_while_used(people: People) -> None:
    clock = Clock()
    doors = Doors(people, clock)
    token = doors.enter(*ANNA, "10.0.0.1")
    clock.at += signin.IDLE_SECONDS - 1
    assert doors.who(token) == "Anna"
    clock.at += signin.IDLE_SECONDS - 1
    assert doors.who(token) == "Anna"
    clock.at += signin.IDLE_SECONDS + 1
    assert doors.who(token) == ""
    other = doors.enter(*BEN, "10.0.0.1")
    doors.leave(other)
    assert doors.who(other) == ""
    assert doors.who("made up") == ""


def test_who_is_removed_is_out_at_once(people: People) -> None:
    doors = Doors(people)
    token = doors.enter(*ANNA, "10.0.0.1")
    assert doors.who(token) == "Anna"
    people.remove("Anna")
    assert doors.who(token) == ""
    people.add(*ANNA)
    assert doors.who(token) == "", "a session that ended stays so"


def test_a_conversation_belongs_to_whom_it_started_with(people: People) -> None:
    doors = Doors(people)
    anna, ben = doors.enter(*ANNA, "a"), doors.enter(*BEN, "b")
    assert doors.owns(anna, "c1")
    assert not doors.owns(ben, "c1")
    assert doors.owns(ben, "c2")
    assert doors.owns(anna, "c1")


@pytest.fixture
def page(tmp_path: Path, people: People, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Any]]:
    made: list[Any] = []
    plain = web.create

    def guarded(advisor: Advisor, *, personal: bool = True) -> Any:
        inner = plain(advisor, personal=False)
        made.append(inner)
        return Guard(inner, Doors(people))

    monkeypatch.setattr(web, "create", guarded)
    with Advisor.open(small_settings(tmp_path)) as advisor, served(advisor, personal=False) as url:
        yield url, made[0]


@contextmanager
def _enter(url: str, person: tuple[str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=30) as client:
        answer = client.post("/sign-in", data={"name": person[0], "password": person[1]})
        assert answer.status_code == 303
        yield client


def _paths(app: Any, before: str = "") -> Iterator[str]:
    for route in app.routes:
        path = before + getattr(route, "path", "")
        if hasattr(route, "methods"):
            yield path
        else:
            inner = getattr(route, "app", None) or getattr(route, "original_router", None)
            if inner is not None and hasattr(inner, "routes"):
                yield from _paths(inner, path)


def test_without_sign_in_every_route_is_shut(page: tuple[str, Any]) -> None:
    url, app = page
    paths = {path.replace("{", "").replace("}", "").replace(":path", "") for path in _paths(app)}
    assert len(paths) > 12
    with httpx.Client(base_url=url, timeout=30) as client:
        for path in sorted(
            paths | {"/gradio_api/file=/etc/passwd", "/gradio_api/upload", "/gradio_api/queue/data", "/nothing"}
        ):
            if path in signin.OPEN:
                continue
            for method in ("GET", "POST"):
                answer = client.request(method, path)
                assert answer.status_code in {303, 401, 404}, (method, path, answer.status_code)
        assert client.get("/").headers["location"] == "/sign-in"
        assert "<form" in client.get("/sign-in").text


def test_a_route_that_the_page_does_not_need_is_not_there_for_anybody(page: tuple[str, Any]) -> None:
    url, _ = page
    with _enter(url, ANNA) as client:
        for path in (
            "/gradio_api/file=/etc/passwd",
            "/gradio_api/upload",
            "/gradio_api/info",
            "/monitoring",
            "/login",
            "/saved/x.md",
            "/handout/x.pdf",
        ):
            assert client.get(path).status_code == 404, path
            assert client.post(path).status_code == 404, path


def test_a_signed_in_person_gets_an_answer_and_nobody_else_its_stream(page: tuple[str, Any]) -> None:
    url, _ = page
    with _enter(url, ANNA) as anna, _enter(url, BEN) as ben:
        assert anna.get("/").status_code == 200
        config = anna.get("/config").json()
        ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        calls = config["dependencies"]
        send = next(c["id"] for c in calls if [ids["ga-question"], "submit"] in c["targets"] and c["inputs"])
        reply = next(
            c["id"] for c in calls if c["outputs"] and c["outputs"][0] == ids["ga-chat"] and len(c["inputs"]) == 3
        )
        body = {
            "fn_index": send,
            "session_hash": "annas",
            "data": ["What does Examplia take?", None],
            "trigger_id": None,
        }
        assert anna.post("/gradio_api/run/predict", json=body).status_code == 200
        body = {"fn_index": reply, "session_hash": "annas", "data": [None, {}, None], "trigger_id": None}
        theirs: tuple[Callable[[httpx.Client], httpx.Response], ...] = (
            lambda c: c.post("/gradio_api/queue/join", json=body),
            lambda c: c.get("/gradio_api/queue/data", params={"session_hash": "annas"}),
            lambda c: c.get("/gradio_api/heartbeat/annas"),
            lambda c: c.post("/gradio_api/cancel", json={"session_hash": "annas", "fn_index": reply, "event_id": "x"}),
        )
        for call in theirs:
            assert call(ben).status_code == 403
        assert anna.post("/gradio_api/queue/join", json=body).status_code == 200
        with anna.stream("GET", "/gradio_api/queue/data", params={"session_hash": "annas"}) as events:
            said = ""
            for line in events.iter_lines():
                said += line
                if "process_completed" in line:
                    break
        assert "Examplia" in said
        assert anna.get("/sign-out").status_code == 303
        assert anna.get("/config").status_code == 401


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(page: tuple[str, Any]) -> None:
    url, _ = page
    answer = httpx.post(f"{url}/sign-in", data={"name": ANNA[0], "password": ANNA[1]})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    foreign = httpx.post(
        f"{url}/sign-in", data={"name": ANNA[0], "password": ANNA[1]}, headers={"Origin": "https://elsewhere.example"}
    )
    assert foreign.status_code == 403


def test_guessing_is_slowed_down_and_told_so(page: tuple[str, Any]) -> None:
    url, _ = page
    with httpx.Client(base_url=url, timeout=30) as client:
        for _ in range(signin.TRIES):
            assert client.post("/sign-in", data={"name": "Anna", "password": "guess guess guess"}).status_code == 401
        answer = client.post("/sign-in", data={"name": ANNA[0], "password": ANNA[1]})
        assert answer.status_code == 429
        assert "minutes" in answer.text
        assert int(answer.headers["retry-after"]) > 0
        assert client.post("/sign-in", content=b"name=" + b"x" * (signin.MAX_BODY + 1)).status_code in {401, 429}


def test_a_page_for_other_machines_needs_somebody_who_can_sign_in(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="gig-advisor user add"):
        web.serve(Settings(data_dir=tmp_path), host="0.0.0.0", port=7999)  # noqa: S104


def test_the_command_adds_lists_and_removes_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIG_ADVISOR_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke
    assert "Nobody yet" in run(cli, ["user", "list"]).output
    assert run(cli, ["user", "add", "Anna"], input="correct horse battery\ncorrect horse battery\n").exit_code == 0
    assert run(cli, ["user", "list"]).output.strip() == "Anna"
    short = run(cli, ["user", "add", "Ben", "--password", "short"])
    assert short.exit_code != 0
    assert "removed" in run(cli, ["user", "remove", "Anna"]).output
    assert "no Anna" in run(cli, ["user", "remove", "Anna"]).output
