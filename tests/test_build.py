"""Ingest: incremental, idempotent, resumable; one line a source; a refusal never stops the rest."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from advisor.embedding import open_embedding
from advisor.errors import LedgerBusyError
from advisor.index import Index
from advisor.ledger import Ledger
from advisor.settings import Settings
from ingest.build import Report, embed_missing, ingest
from tests.guides import PAGE, guide_text


def statuses(report: Report) -> dict[str, str]:
    return {Path(line.source).name: line.status for line in report.sources}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "docs"
    found.mkdir()
    (found / "page.html").write_text(PAGE)
    (found / "note.txt").write_text("My tutoring rate last spring was 22 tokens an hour, paid at the door.")
    (found / "rates.csv").write_text("job,rate\nproofreading,18\nsubtitling,25\n")
    return found


def test_a_folder_is_added_kept_changed_and_removed(folder: Path, settings: Settings) -> None:
    assert set(statuses(ingest([str(folder)], settings)).values()) == {"added"}
    assert set(statuses(ingest([str(folder)], settings)).values()) == {"unchanged"}
    (folder / "note.txt").write_text("My tutoring rate this spring is 24 tokens an hour.")
    (folder / "rates.csv").unlink()
    report = statuses(ingest([str(folder)], settings))
    assert report == {"page.html": "unchanged", "note.txt": "changed", "rates.csv": "removed"}
    with Ledger(settings.ledger_path, read_only=True) as ledger:
        texts = [chunk.text for chunk in ledger.chunks(ledger.chunk_ids()).values()]
    assert any("24 tokens" in text for text in texts)
    assert not any("22 tokens" in text or "proofreading" in text for text in texts)


def test_reading_again_with_rebuild_gives_the_same_ledger(folder: Path, settings: Settings) -> None:
    ingest([str(folder)], settings)
    with Ledger(settings.ledger_path, read_only=True) as ledger:
        before = ledger.digest()
    ingest([str(folder)], settings, rebuild=True)
    with Ledger(settings.ledger_path, read_only=True) as ledger:
        assert ledger.digest() == before


def test_a_refused_file_is_named_with_its_reason_and_the_rest_goes_on(folder: Path, settings: Settings) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 8)
    report = ingest([str(folder)], settings)
    refused = {Path(line.source).name: line for line in report.sources if line.status == "refused"}
    assert set(refused) == {"broken.pdf", "binary.txt"}
    assert all(line.reason and line.message for line in refused.values())
    assert statuses(report)["page.html"] == "added"


def test_a_path_that_is_not_there_is_refused_by_name(settings: Settings, tmp_path: Path) -> None:
    line = ingest([str(tmp_path / "nowhere")], settings).sources[0]
    assert (line.status, line.reason) == ("refused", "not_found")
    assert "nowhere" in line.message


def test_a_file_over_the_limit_is_refused(folder: Path, settings: Settings) -> None:
    small = settings.model_copy(update={"max_file_bytes": 1024})
    (folder / "long.txt").write_text("word " * 1000)
    assert statuses(ingest([str(folder)], small))["long.txt"] == "refused"


def test_an_address_on_this_machine_is_never_fetched(settings: Settings) -> None:
    line = ingest(["http://127.0.0.1:1/"], settings).sources[0]
    assert line.status == "refused"


def test_a_guide_that_breaks_the_format_is_refused_with_its_line(settings: Settings) -> None:
    path = settings.corpus_dir / "platforms" / "bad.md"
    path.write_text(guide_text().replace("id: examplia", "id: bad").replace("mid: 10", 'mid: "10"'))
    lines = {Path(line.source).name: line for line in ingest([], settings).sources}
    assert lines["bad.md"].status == "refused"
    assert "bad.md:" in lines["bad.md"].message
    assert lines["examplia.md"].status == "added"


def test_a_guide_that_is_gone_is_removed_with_its_facts(settings: Settings) -> None:
    ingest([], settings)
    (settings.corpus_dir / "platforms" / "examplia.md").rename(settings.corpus_dir / "platforms" / "examplia.off")
    (settings.corpus_dir / "platforms" / "other.md").write_text(
        guide_text().replace("id: examplia", "id: other").replace("name: Examplia", "name: Other")
    )
    ingest([], settings)
    with Ledger(settings.ledger_path, read_only=True) as ledger:
        assert {fact.subject for fact in ledger.facts()} == {"other"}


def test_changing_the_embedding_embeds_everything_again(settings: Settings) -> None:
    class Counting:
        name = "other"
        calls = 0

        def embed(self, texts: object) -> np.ndarray:
            self.calls += 1
            return np.eye(len(texts), 8, dtype=np.float32)  # type: ignore[arg-type]

    ingest([], settings)
    other = Counting()
    with Ledger(settings.ledger_path) as ledger:
        assert embed_missing(ledger, other, settings) > 0
        assert embed_missing(ledger, other, settings) == 0
    assert other.calls >= 1


def test_two_ingests_at_once_do_not_write_together(settings: Settings) -> None:
    ingest([], settings)
    with Ledger(settings.ledger_path) as ledger, ledger.writing(), pytest.raises(LedgerBusyError):
        ingest([], settings)


def run_ingest(settings: Settings, target: Path) -> "subprocess.Popen[bytes]":
    code = (
        "import sys, pathlib; from advisor.settings import Settings; from ingest.build import ingest\n"
        "ingest([sys.argv[3]], Settings(data_dir=pathlib.Path(sys.argv[1]), corpus_dir=pathlib.Path(sys.argv[2])))"
    )
    arguments = [str(settings.data_dir), str(settings.corpus_dir), str(target)]
    return subprocess.Popen([sys.executable, "-c", code, *arguments])


def test_kill_nine_loses_nothing(tmp_path: Path, settings: Settings) -> None:
    """Ten random moments here; `python -m benchmarks.kills` runs as many as it is told."""
    docs = tmp_path / "many"
    docs.mkdir()
    for n in range(30):
        (docs / f"d{n:02}.txt").write_text(f"Document {n} tells of harbour number {n} and its market. " * 20)
    clean = settings.model_copy(update={"data_dir": tmp_path / "clean"})
    start = time.monotonic()
    assert run_ingest(clean, docs).wait() == 0
    whole = time.monotonic() - start
    with Ledger(clean.ledger_path, read_only=True) as ledger:
        expected = ledger.digest()
    chance = random.Random(20261123)
    for _ in range(10):
        child = run_ingest(settings, docs)
        time.sleep(chance.uniform(0.2, whole))
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert run_ingest(settings, docs).wait() == 0
    model = open_embedding(settings).name
    with Ledger(settings.ledger_path, read_only=True) as ledger, Index(ledger, settings, model) as opened:
        assert ledger.digest() == expected
        assert ledger.check() == []
        assert ledger.missing_vectors(model) == []
        chunks = ledger.chunks(ledger.chunk_ids())
        for chunk_id, vector in zip(*ledger.vectors(model), strict=True):
            nearest = opened.search_vector(vector, 1)[0][0]
            assert chunks[nearest].indexed_text == chunks[chunk_id].indexed_text
