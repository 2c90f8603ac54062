"""What a person tells the program stays where it is: nothing is dialled, nothing private is logged."""

import json
import subprocess
import sys
from pathlib import Path

from advisor import Settings
from tests.scripted_server import ScriptedServer
from tests.scripted_server import answer as scripted_answer

CANARY = "Zanzibarquokka"
KEY = "sk-quokkasecret"

_OFFLINE = """
import json, socket, sys, pathlib
dialled = []
for name in ("connect", "connect_ex"):
    real = getattr(socket.socket, name)
    def watched(self, address, real=real):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            dialled.append(str(address))
        return real(self, address)
    setattr(socket.socket, name, watched)
resolve = socket.getaddrinfo
def looked_up(host, *a, **k):
    if host not in ("127.0.0.1", "localhost", None):
        dialled.append(str(host))
    return resolve(host, *a, **k)
socket.getaddrinfo = looked_up
from advisor import Advisor, Settings
settings = Settings(data_dir=pathlib.Path(sys.argv[1]), corpus_dir=pathlib.Path(sys.argv[2]))
with Advisor.open(settings) as advisor:
    advisor.build_dense()
    text = advisor.ask("How much does Examplia take from my earnings?").text
    advisor.ask("An offer pays $12 for 4 miles and 25 minutes, worth it?")
    advisor.run("offer", pay=12, miles=4, minutes=25)
from ingest.build import ingest
note = pathlib.Path(sys.argv[1]) / "note.txt"
note.write_text("A note about harbour work. " * 20)
ingest([str(note)], settings)
from advisor.doctor import examine
examine(settings)
from advisor.web import app
app.create(Advisor.open(settings))
sys.stdout.write(json.dumps({"dialled": dialled, "text": text}))
"""

_LOGGED = """
import logging, pathlib, sys
logging.basicConfig(level=logging.DEBUG, filename=sys.argv[3])
from advisor import Advisor, Profile, Settings
settings = Settings(data_dir=pathlib.Path(sys.argv[1]), corpus_dir=pathlib.Path(sys.argv[2]), model="scripted",
                    base_url=sys.argv[4], api_key=sys.argv[5])
with Advisor.open(settings) as advisor:
    for text in (f"How much does Examplia take? I am {sys.argv[6]}", f"{sys.argv[6]} pays $12 for 4 miles and 25 minutes, worth it?"):
        advisor.ask(text, profile=Profile(skills=(sys.argv[6],)))
    try:
        advisor.run("offer", pay=sys.argv[6])
    except Exception:
        pass
from ingest.build import ingest
note = pathlib.Path(sys.argv[1]) / "note.txt"
note.write_text(f"{sys.argv[6]} works at the harbour. " * 20)
ingest([str(note)], settings)
logging.getLogger("test").warning("the log is written")
"""


def run(code: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, check=True, timeout=300
    )


def test_from_the_first_start_to_the_page_nothing_is_dialled(settings: Settings) -> None:
    done = run(_OFFLINE, settings.data_dir, settings.corpus_dir)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["dialled"] == []
    assert "Examplia takes" in found["text"]


def test_no_private_word_and_no_key_is_logged_even_at_debug(
    settings: Settings, tmp_path: Path, scripted_server: ScriptedServer
) -> None:
    scripted_server.queue(*[scripted_answer("Examplia takes 0–15% of what a client pays you. [1]")] * 4)
    log = tmp_path / "debug.log"
    done = run(_LOGGED, settings.data_dir, settings.corpus_dir, log, scripted_server.url, KEY, CANARY)
    written = log.read_text() + done.stderr + done.stdout
    assert "the log is written" in written
    assert CANARY not in written
    assert KEY not in written
