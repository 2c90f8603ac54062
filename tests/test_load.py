"""Too many at once: who cannot be served is told so at once, and the page answers again afterwards."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from advisor import Advisor
from advisor.web import chat, page
from tests.scripted_server import Handler, ScriptedServer
from tests.web_page import served, small_settings


def _calls(client: httpx.Client) -> dict[str, Any]:
    config = client.get("/config").json()
    ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
    calls = config["dependencies"]
    send = next(c["id"] for c in calls if [ids["ga-question"], "submit"] in c["targets"] and c["inputs"])
    reply = next(c["id"] for c in calls if c["outputs"] and c["outputs"][0] == ids["ga-chat"] and len(c["inputs"]) == 3)
    return {"send": send, "reply": reply}


@pytest.mark.filterwarnings("ignore")
def test_more_people_than_the_page_can_serve_are_told_so_and_it_recovers(
    tmp_path: Path, scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty at once before a queue of five here; `python -m benchmarks.load` asks a thousand times."""
    monkeypatch.setattr(page, "QUEUE", 5)
    monkeypatch.setattr(page, "at_once", lambda _: 2)
    monkeypatch.setattr("advisor.web.chat_view.at_once", lambda _: 2)

    def paced(handler: Handler) -> None:
        handler.head()
        handler.pause(0.3)
        handler.delta("Examplia takes 0–15% of what a client pays you, set for each contract. [1]", finish="stop")
        handler.event(b"[DONE]")

    scripted_server.queue(paced)
    settings = small_settings(tmp_path).model_copy(update={"model": "openai:paced", "base_url": scripted_server.url})
    with Advisor.open(settings) as advisor, served(advisor) as url, httpx.Client(base_url=url, timeout=60) as client:
        calls = _calls(client)

        def ask(session: str) -> int:
            body = {
                "fn_index": calls["send"],
                "session_hash": session,
                "data": ["How much does Examplia take?", None],
                "trigger_id": None,
            }
            assert client.post("/gradio_api/run/predict", json=body).status_code == 200
            body = {"fn_index": calls["reply"], "session_hash": session, "data": [None, {}, None], "trigger_id": None}
            return client.post("/gradio_api/queue/join", json=body).status_code

        def answer(session: str) -> str:
            with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": session}) as events:
                for line in events.iter_lines():
                    if "process_completed" in line:
                        assert json.loads(line[5:])["success"]
                        return line
            return ""

        codes = {f"person{number}": ask(f"person{number}") for number in range(30)}
        assert set(codes.values()) == {200, 503}, "some wait, the others are told"
        for session, code in codes.items():
            if code == 200:
                assert "Examplia" in answer(session)
        assert ask("afterwards") == 200
        assert "Examplia" in answer("afterwards")
        assert not chat._WRITING, "nothing is left of those answers"
