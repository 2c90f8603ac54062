"""Row 11: people who are signed in at the same time; nobody gets a word of another, whatever they ask or name."""

import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from advisor import Advisor
from advisor.web.signin import People
from tests.web_page import served, small_settings

PASSWORD = "staple lamp river 9"
QUESTIONS = (
    "How much does Examplia take?",
    "When does Examplia pay me?",
    "How do I bake bread?",
    "What can I earn with 10 hours?",
)
TURNS = 5
"""Questions in one conversation before a new one begins."""


class Person:
    """Somebody who is signed in, with a word that only they write and a conversation of their own."""

    def __init__(self, client: httpx.Client, name: str) -> None:
        """Sign in and learn the calls of the page."""
        self.client, self.name = client, name
        self.word = f"canary{name}{random.SystemRandom().randrange(10**12)}"
        self._asked = 0
        self.used = ""
        assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
        config = client.get("/config").json()
        ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        calls = config["dependencies"]
        self._send = next(c["id"] for c in calls if [ids["ga-question"], "submit"] in c["targets"] and c["inputs"])
        self._reply = next(
            c["id"] for c in calls if c["outputs"] and c["outputs"][0] == ids["ga-chat"] and len(c["inputs"]) == 3
        )

    @property
    def conversation(self) -> str:
        """Return the session of the current conversation."""
        return f"{self.word}s{self._asked // TURNS}"

    def ask(self, question: str) -> str:
        """Ask with the own word in question and profile; return everything that came back."""
        session = self.used = self.conversation
        body = {
            "fn_index": self._send,
            "session_hash": session,
            "data": [f"{question} {self.word}q", None],
            "trigger_id": None,
        }
        said = self.client.post("/gradio_api/run/predict", json=body).text
        body = {
            "fn_index": self._reply,
            "session_hash": session,
            "data": [None, {"skills": [f"{self.word}p"]}, None],
            "trigger_id": None,
        }
        joined = self.client.post("/gradio_api/queue/join", json=body)
        assert joined.status_code == 200, joined.text
        with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as events:
            for line in events.iter_lines():
                said += line
                if "process_completed" in line:
                    assert json.loads(line[5:])["success"], line[:300]
                    break
        self._asked += 1
        return said

    def reach(self, session: str, way: int) -> httpx.Response:
        """Try to get at a conversation of somebody else in one of several ways."""
        body = {
            "fn_index": self._reply,
            "session_hash": session,
            "data": [None, {}, None],
            "trigger_id": None,
            "event_id": "x",
        }
        own = {"session_hash": self.conversation}
        ways = (
            lambda: self.client.get("/gradio_api/queue/data", params={"session_hash": session}),
            lambda: self.client.get(f"/gradio_api/heartbeat/{session}"),
            lambda: self.client.post("/gradio_api/queue/join", json=body),
            lambda: self.client.post("/gradio_api/run/predict", json=body),
            lambda: self.client.post("/gradio_api/cancel", json=body),
            lambda: self.client.get(f"/gradio_api/queue/data?session_hash={self.conversation}&session_hash={session}"),
            lambda: self.client.post("/gradio_api/queue/join", params={"session_hash": session}, json={**body, **own}),
            lambda: self.client.post(
                "/gradio_api/queue/join",
                content=f'{{"session_hash":"{self.conversation}",{json.dumps(body)[1:]}',
                headers={"content-type": "application/json"},
            ),
            lambda: self.client.post(
                "/gradio_api/queue/join",
                content=json.dumps(body).encode("utf-16"),
                headers={"content-type": "application/json"},
            ),
        )
        return ways[way % len(ways)]()


WAYS = 9


@contextmanager
def people(root: Path, count: int) -> Iterator[list[Person]]:
    """Serve the page to so many people and yield them, signed in."""
    settings = small_settings(root)
    known = People(settings.data_dir)
    names = [f"p{number}x" for number in range(count)]
    for name in names:
        known.add(name, PASSWORD)
    with Advisor.open(settings) as advisor, served(advisor, personal=False, people=known) as url, ExitStack() as stack:
        yield [Person(stack.enter_context(httpx.Client(base_url=url, timeout=60)), name) for name in names]


def run(root: Path, count: int, queries: int, seed: int) -> list[str]:
    """Let people ask and reach for each other's conversations; return what anybody saw of another."""
    chance = random.Random(seed)
    bad: list[str] = []
    with people(root, count) as all_:
        for person in all_:
            person.ask(QUESTIONS[0])
        for number in range(queries):
            person, other = chance.sample(all_, 2)
            if number % 2:
                said = person.ask(chance.choice(QUESTIONS))
                if person.word + "q" not in said:
                    bad.append(f"query {number}: {person.name} did not get the own answer")
            else:
                answer = person.reach(other.used, way := chance.randrange(WAYS))
                said = answer.text
                # A body in another encoding may be refused as no body at all.
                if answer.status_code not in {403, 422, 400}:
                    bad.append(f"query {number}: way {way} answered {answer.status_code}")
            bad += [
                f"query {number}: {person.name} saw {one.name}"
                for one in all_
                if one is not person and one.word in said
            ]
    return bad


def long(queries: int, seed: int) -> list[str]:
    """Run with eight people in a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as temporary:
        return run(Path(temporary), 8, queries, seed)
