"""Short forms of the long runs of `make torture`: named crash points, damage of every file, a model of the store."""

import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from advisor import Advisor, Settings, index
from advisor.index import Index
from advisor.ledger import Ledger, StoredDocument
from advisor.schema import Chunk
from tests.torture import crash, damage, hostile

SHORT = (("BEGIN", 6), ("INSERT", 22), ("COMMIT", 1), ("rename", 1), ("lexical", 1))


def test_an_ingest_killed_at_named_points_loses_nothing() -> None:
    with crash.prepared() as (root, docs, expected, counts):
        assert set(crash.POINTS) <= set(counts), "every point is passed"
        assert [loss for point, n in SHORT for loss in crash.run_case(root, docs, expected, point, n)] == []
        assert crash.flushes(root, docs, expected, counts, 1, 20261123) == [], "right after a write"


def test_no_damage_of_any_file_gives_a_wrong_answer(settings: Settings, tmp_path: Path) -> None:
    with Advisor.open(settings) as advisor:
        advisor.build_dense()
    outcomes, bad = damage.run(settings.data_dir, settings.corpus_dir, seed=20261123)
    assert bad == []
    assert outcomes["right"] > 100
    assert outcomes["LedgerError"] > 0, "a broken ledger is told"


@pytest.mark.parametrize("form", hostile.FORMATS)
def test_made_up_files_are_read_or_refused_by_name(form: str) -> None:
    """Sixty of each format here; `python -m tests.torture hostile` makes 10,000."""
    assert hostile.run(form, 60, 20261123) == []


class StoreMachine(RuleBasedStateMachine):
    """Documents come, change and go; the program restarts, loses or breaks indexes, rebuilds; search shows the model."""

    folder = Path()
    run = 0

    @initialize()
    def start(self) -> None:
        StoreMachine.run += 1
        self.settings = Settings(data_dir=StoreMachine.folder / str(StoreMachine.run))
        self.texts: dict[str, str] = {}
        self.model = "m1"
        self.ledger = Ledger(self.settings.ledger_path)
        self.index = Index(self.ledger, self.settings, self.model)

    def _vectors(self) -> None:
        made = []
        for hashed, (*_, text) in self.ledger.missing_vectors(self.model):
            seed = int.from_bytes(text.encode()[-8:], "big") + len(self.model)
            vector = np.random.default_rng(seed).normal(size=8).astype(np.float32)
            made.append((hashed, vector / np.linalg.norm(vector)))
        self.ledger.put_vectors(self.model, made)

    @rule(name=st.sampled_from("abcdef"), number=st.integers(0, 999))
    def put(self, name: str, number: int) -> None:
        text = f"document about harbour{number}x"
        chunk = Chunk(id=name, document=name, kind="document", title=name, heading="", text=text)
        status = self.ledger.put_document(StoredDocument(name, f"/{name}", name, str(number)), [chunk])
        assert status == ("unchanged" if self.texts.get(name) == text else "changed" if name in self.texts else "added")
        self.texts[name] = text
        self._vectors()

    @rule(name=st.sampled_from("abcdef"))
    def remove(self, name: str) -> None:
        assert self.ledger.remove_document(name) == (self.texts.pop(name, None) is not None)

    @rule()
    def restart(self) -> None:
        self.index.close()
        self.ledger.close()
        self.ledger = Ledger(self.settings.ledger_path)
        self.index = Index(self.ledger, self.settings, self.model)

    @rule(rebuild=st.booleans())
    def derive(self, rebuild: bool) -> None:  # noqa: FBT001 - Hypothesis passes by keyword
        index.derive(self.ledger, self.settings, rebuild=rebuild)

    @precondition(lambda self: self.settings.lexical_path.is_dir())
    @rule(data=st.data())
    def break_index(self, data: Any) -> None:
        files = sorted(path for path in self.settings.lexical_path.rglob("*") if path.is_file())
        if files:
            victim = data.draw(st.sampled_from(range(len(files))))
            files[victim].write_bytes(b"broken")
            self.restart()

    @rule()
    def lose_index(self) -> None:
        shutil.rmtree(self.settings.lexical_path, ignore_errors=True)
        self.restart()

    @rule()
    def switch_embedding(self) -> None:
        self.model = "m2" if self.model == "m1" else "m1"
        self._vectors()
        self.ledger.drop_unused_vectors(self.model)
        self.restart()

    @invariant()
    def search_shows_the_model(self) -> None:
        if not hasattr(self, "ledger"):
            return
        self.index.refresh()
        assert set(self.ledger.chunk_ids()) == set(self.texts)
        assert {i: c.text for i, c in self.ledger.chunks(self.ledger.chunk_ids()).items()} == self.texts
        for name, text in self.texts.items():
            found = [i for i, _ in self.index.search_words(text.split()[-1], 10)]
            assert name in found
            assert all(self.texts[i].split()[-1] == text.split()[-1] for i in found)
            ids, vectors = self.ledger.vectors(self.model, [name])
            nearest = self.index.search_vector(vectors[0], 1)[0][0]
            assert self.texts[nearest] == text
        assert self.ledger.missing_vectors(self.model) == []

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.index.close()
            self.ledger.close()
            shutil.rmtree(self.settings.data_dir, ignore_errors=True)


def test_the_store_behaves_like_a_dictionary(tmp_path: Path) -> None:
    """Thirty runs of up to thirty steps here; `python -m tests.torture model RUNS STEPS` makes 2,000 of 100."""
    from hypothesis.stateful import run_state_machine_as_test

    StoreMachine.folder = tmp_path
    run_state_machine_as_test(
        StoreMachine,
        settings=hypothesis_settings(
            max_examples=int(os.environ.get("TORTURE_RUNS", "30")),
            stateful_step_count=int(os.environ.get("TORTURE_STEPS", "30")),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
