"""Derived indexes: sealed, checked at open, rebuilt; exact search over the ledger meanwhile, and always the same hits."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from advisor import index, snapshot
from advisor.dense import ExactIndex
from advisor.index import Index
from advisor.ledger import Ledger, StoredDocument, Vectors, text_hash
from advisor.lexical import LexicalIndex
from advisor.schema import Chunk
from advisor.settings import Settings

MODEL = "m"
GENERATOR = np.random.default_rng(7)


def fill(ledger: Ledger, name: str, texts: list[str]) -> None:
    chunks = [
        Chunk(id=f"{name}-{n}", document=name, kind="document", title=name, heading="", text=text)
        for n, text in enumerate(texts)
    ]
    ledger.put_document(StoredDocument(name, f"/{name}", name, str(len(texts))), chunks)
    vectors = []
    for hashed, _ in ledger.missing_vectors(MODEL):
        vector = GENERATOR.normal(size=16).astype(np.float32)
        vectors.append((hashed, vector / np.linalg.norm(vector)))
    ledger.put_vectors(MODEL, vectors)


@pytest.fixture
def filled(settings: Settings) -> Iterator[Ledger]:
    with Ledger(settings.ledger_path) as ledger:
        fill(ledger, "first", [f"text number {n} about harbour{n}" for n in range(60)])
        yield ledger


def vector_of(ledger: Ledger, chunk_id: str) -> Vectors:
    vector: Vectors = ledger.vectors(MODEL, [chunk_id])[1][0]
    return vector


def test_chroma_and_exact_search_give_the_same_neighbours(filled: Ledger, settings: Settings) -> None:
    index.derive(filled, settings, model=MODEL)
    exact = ExactIndex(*filled.vectors(MODEL))
    with Index(filled, settings, MODEL) as opened:
        assert opened.use_chroma() == "ready"
        for chunk_id in filled.chunk_ids()[::7]:
            query = vector_of(filled, chunk_id)
            one, two = opened.search_vector(query, 10), exact.search(query, 10)
            assert [i for i, _ in one] == [i for i, _ in two]
            assert np.allclose([s for _, s in one], [s for _, s in two], atol=1e-4)


def test_new_changed_and_removed_content_is_seen_without_a_rebuild(filled: Ledger, settings: Settings) -> None:
    index.derive(filled, settings, model=MODEL)
    with Ledger(settings.ledger_path, read_only=True) as reader, Index(reader, settings, MODEL) as opened:
        assert opened.use_chroma() == "ready"
        fill(filled, "second", ["a lighthouse keeper"])
        assert opened.refresh()
        assert opened.search_words("lighthouse", 3)[0][0] == "second-0"
        assert opened.search_vector(vector_of(filled, "second-0"), 1)[0][0] == "second-0"
        gone = vector_of(filled, "first-3")
        filled.remove_document("first")
        opened.refresh()
        assert [i for i, _ in opened.search_vector(gone, 5)] == ["second-0"]
        assert opened.search_words("harbour3", 5) == []
        assert not opened.refresh()


def test_a_missing_index_is_built_and_a_current_one_is_left_alone(filled: Ledger, settings: Settings) -> None:
    assert snapshot.newest(settings.lexical_path, "", filled.sequence) == (None, "missing")
    index.derive(filled, settings)
    found, state = snapshot.newest(settings.lexical_path, "", filled.sequence)
    assert state == "ready"
    assert found
    made = (found.path / snapshot.MANIFEST).stat().st_mtime_ns
    index.derive(filled, settings)
    assert (found.path / snapshot.MANIFEST).stat().st_mtime_ns == made


@pytest.mark.parametrize("damage", ["flip", "truncate", "delete", "empty", "manifest", "extra"])
@pytest.mark.parametrize("which", ["dense", "lexical"])
def test_damage_is_found_and_search_goes_on_exactly(
    filled: Ledger, settings: Settings, damage: str, which: str
) -> None:
    index.derive(filled, settings, model=MODEL)
    root = settings.dense_path if which == "dense" else settings.lexical_path
    folder = next(path for path in root.iterdir() if path.name.isdigit())
    victims = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != snapshot.MANIFEST and p.stat().st_size)
    for victim in [folder / snapshot.MANIFEST] if damage == "manifest" else victims:
        copy = victim.read_bytes()
        if damage in {"flip", "manifest"}:
            broken = bytearray(copy)
            broken[len(broken) // 2] ^= 0xFF
            victim.write_bytes(broken)
        elif damage == "truncate":
            victim.write_bytes(copy[: len(copy) // 2])
        elif damage == "delete":
            victim.unlink()
        elif damage == "empty":
            victim.write_bytes(b"")
        else:
            (victim.parent / "extra.bin").write_bytes(b"x")
        with Index(filled, settings, MODEL) as opened:
            opened.use_chroma()
            assert opened.states[which] == "damaged", victim
            assert opened.search_words("harbour7", 1)[0][0] == "first-7"
            assert opened.search_vector(vector_of(filled, "first-7"), 1)[0][0] == "first-7"
        victim.write_bytes(copy)
        (victim.parent / "extra.bin").unlink(missing_ok=True)
    index.derive(filled, settings, rebuild=True, model=MODEL)
    with Index(filled, settings, MODEL) as opened:
        assert opened.use_chroma() == "ready"


def test_a_build_that_was_killed_leaves_nothing_that_is_used(
    filled: Ledger, settings: Settings, tmp_path: Path
) -> None:
    index.derive(filled, settings)
    folder = next(path for path in settings.lexical_path.iterdir() if path.name.isdigit())
    half = settings.lexical_path / "building-999999999"
    shutil.copytree(folder, half)
    (half / snapshot.MANIFEST).unlink()
    index.derive(filled, settings, rebuild=True)
    assert not half.exists()


def test_an_index_far_behind_is_rebuilt_and_an_older_one_removed(filled: Ledger, settings: Settings) -> None:
    index.derive(filled, settings)
    old = {path.name for path in settings.lexical_path.iterdir()}
    fill(filled, "many", [f"line {n}" for n in range(600)])
    index.derive(filled, settings)
    now = {path.name for path in settings.lexical_path.iterdir()}
    assert now.isdisjoint(old)
    assert len(now) == 1


def test_an_index_of_another_ledger_is_not_used(filled: Ledger, settings: Settings) -> None:
    index.derive(filled, settings)
    for _ in range(3):
        filled.put_document(StoredDocument("x", "/x", "x", str(_)), [])
    newer = settings.lexical_path / "999999"
    snapshot.build(settings.lexical_path, 999999, 1, "", lambda folder: None)
    assert newer.exists()
    assert snapshot.newest(settings.lexical_path, "", filled.sequence)[0] is None


def test_words_are_searched_as_words_and_never_as_query_syntax() -> None:
    words = LexicalIndex.build([("a", "Fees", "", "Upwork takes a fee"), ("b", "Pay", "", "drivers are paid weekly")])
    for query in ("fee AND (", '"fee', "body:fee", "fee~2^9", "*", "", "+-!(){}[]^~:\\/", "the of and"):
        words.search(query, 5)
    assert words.search("FEES!", 5)[0][0] == "a"
    assert words.search("driver paying", 5)[0][0] == "b"
    assert words.search("zebra", 5) == []


def test_equal_texts_share_a_hash() -> None:
    assert text_hash("a") == text_hash("a") != text_hash("b")
