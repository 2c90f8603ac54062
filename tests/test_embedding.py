"""The bundled model agrees with fp32 and with itself; an endpoint gives unit vectors or an error that says what to do."""

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from advisor.embedding import MODELS, SHA256, MiniLM, OpenAIEndpoint, open_embedding
from advisor.errors import EmbeddingError, SettingsError
from advisor.settings import Settings
from tests import scripted_server as scripted
from tests.scripted_server import Handler, ScriptedServer

REFERENCE = json.loads((Path(__file__).parent / "data" / "reference_vectors.json").read_text())
TEXTS = [row["text"] for row in REFERENCE]
DEGENERATE = {"", "x" * 300}
"""No language, so nothing the model was trained on: quantisation costs more there."""


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return MiniLM()


@pytest.mark.parametrize("row", REFERENCE, ids=range(len(REFERENCE)))
def test_vectors_agree_with_fp32(minilm: MiniLM, row: dict[str, Any]) -> None:
    cosine = float(minilm.embed([row["text"]])[0] @ np.array(row["vector"]))
    assert cosine >= (0.97 if row["text"] in DEGENERATE else 0.985)


def test_vectors_are_float32_of_length_one(minilm: MiniLM) -> None:
    vectors = minilm.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), minilm.dimensions)
    assert vectors.dtype == np.dtype("float32")
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_a_vector_does_not_depend_on_the_other_texts(minilm: MiniLM) -> None:
    alone = np.vstack([minilm.embed([text]) for text in TEXTS])
    together = minilm.embed(TEXTS * 3)
    assert (together[: len(TEXTS)] * alone).sum(axis=1).min() > 0.999
    assert (together[-len(TEXTS) :] * alone).sum(axis=1).min() > 0.999


def test_order_is_kept(minilm: MiniLM) -> None:
    forward, backward = minilm.embed(TEXTS), minilm.embed(TEXTS[::-1])[::-1]
    assert (forward @ backward.T).argmax(axis=1).tolist() == list(range(len(TEXTS)))


def test_one_thread_gives_the_same_vectors(minilm: MiniLM) -> None:
    assert (MiniLM(threads=1).embed(TEXTS[:3]) * minilm.embed(TEXTS[:3])).sum(axis=1).min() > 0.999


def test_text_past_256_tokens_is_ignored(minilm: MiniLM) -> None:
    start = "rider " * 254  # Two more tokens mark start and end.
    short, same, longer = minilm.embed(["rider " * 250 + "tax tax tax tax", start, start + "tax " * 500])
    assert same @ longer == pytest.approx(1, abs=1e-5)
    assert short @ same < 0.9999


def test_no_texts_give_no_rows(minilm: MiniLM) -> None:
    assert minilm.embed([]).shape == (0, 384)


def test_importing_loads_no_model_library() -> None:
    code = (
        "import sys, advisor.embedding as e; e.MiniLM(); e.OpenAIEndpoint('e', '', '', 1)\n"
        "heavy = {'onnxruntime', 'tokenizers', 'langchain_openai', 'openai', 'httpx'} & set(sys.modules)\n"
        "print(*heavy)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", SHA256)
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    for other in SHA256:
        shutil.copyfile(MODELS / other, tmp_path / other)
    data = bytearray((tmp_path / name).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / name).write_bytes(data)
    with pytest.raises(EmbeddingError, match=rf"{name}' is damaged. Install gig-advisor again"):
        MiniLM(folder=tmp_path).embed(["a"])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match=r"tokenizer.json' is missing. Install gig-advisor again"):
        MiniLM(folder=tmp_path).embed(["a"])


def test_the_page_of_the_model_names_its_hashes() -> None:
    page = (MODELS / "README.md").read_text()
    for name, sha256 in SHA256.items():
        assert f"| `{name}` | {(MODELS / name).stat().st_size:,} | `{sha256}` |" in page


def endpoint(url: str, timeout: float = 5) -> OpenAIEndpoint:
    return OpenAIEndpoint("e", url, "", timeout)


def answers(monkeypatch: pytest.MonkeyPatch, body: bytes, status: int = 200, **headers: str) -> None:
    def behave(handler: Handler) -> None:
        handler.head(status, "application/json", **headers)
        handler.send(body)

    monkeypatch.setattr(scripted, "embeddings", behave)


def rows(*vectors: list[float]) -> bytes:
    data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    return json.dumps({"object": "list", "data": data, "model": "e", "usage": usage}).encode()


def test_an_endpoint_is_sent_the_texts_as_they_are(scripted_server: ScriptedServer) -> None:
    model = endpoint(scripted_server.url)
    vectors = model.embed(["drive", "teach maths", "drive"])
    assert (vectors.shape, model.dimensions, model.name) == ((3, 64), 64, "openai:e")
    assert vectors.dtype == np.dtype("float32")
    assert vectors[0] @ vectors[2] == pytest.approx(1)
    assert vectors[0] @ vectors[1] < 0.5
    assert [request.body["input"] for request in scripted_server.requests] == [["drive", "teach maths", "drive"]]


def test_no_texts_are_not_sent(scripted_server: ScriptedServer) -> None:
    assert endpoint(scripted_server.url).embed([]).shape == (0, 0)
    assert scripted_server.requests == []


def test_vectors_of_an_endpoint_are_normalised(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, rows([3.0, 4.0], [0.0, 0.5]))
    assert endpoint(scripted_server.url).embed(["a", "b"]) == pytest.approx(np.array([[0.6, 0.8], [0.0, 1.0]]))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<html>Welcome</html>", id="no JSON"),
        pytest.param(b'"yes"', id="a string"),
        pytest.param(b"{}", id="an empty object"),
        pytest.param(b'{"data": [{"embedding": "?"}, {}]}', id="no vectors"),
        pytest.param(rows([1.0, 0.0]), id="one vector for two texts"),
        pytest.param(rows([1.0, 0.0], [1.0]), id="vectors of two widths"),
        pytest.param(rows([1.0, 0.0], [0.0, 0.0]), id="a zero vector"),
        pytest.param(rows([1.0, 0.0], [float("nan"), 0.0]), id="not a number"),
        pytest.param(rows([], []), id="empty vectors"),
    ],
)
def test_a_wrong_answer_of_an_endpoint_is_an_error(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    answers(monkeypatch, body)
    with pytest.raises(EmbeddingError, match=r"The embedding endpoint 'http://127\.0\.0\.1:\d+"):
        endpoint(scripted_server.url).embed(["a", "b"])


def test_an_endpoint_that_changes_its_width_is_an_error(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = endpoint(scripted_server.url)
    model.embed(["a"])
    answers(monkeypatch, rows([1.0, 0.0]))
    with pytest.raises(EmbeddingError, match=r"returned shape \(1, 2\) .* expected \(1, 64\)"):
        model.embed(["a"])


def test_an_endpoint_that_redirects_is_not_followed(
    scripted_server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(monkeypatch, b"", 307, Location=f"{scripted_server.url}/elsewhere")
    with pytest.raises(EmbeddingError):
        endpoint(scripted_server.url).embed(["a"])
    assert {request.path.rsplit("/", 1)[-1] for request in scripted_server.requests} == {"embeddings"}


def test_an_endpoint_that_refuses_the_connection_is_named() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/v1"
        with pytest.raises(EmbeddingError, match=r"APIConnectionError.*GIG_ADVISOR_EMBEDDING_BASE_URL") as caught:
            endpoint(url).embed(["a"])
    assert url in str(caught.value)


def test_settings_choose_the_embedding() -> None:
    assert open_embedding(Settings()).name == "minilm-l6-int8"
    assert open_embedding(Settings(embedding="openai:nomic")).name == "openai:nomic"


@pytest.mark.parametrize("value", ["openai:", "openai", "word2vec", "ollama:nomic", ""])
def test_an_unknown_embedding_is_a_settings_error(value: str) -> None:
    with pytest.raises(SettingsError, match=rf"GIG_ADVISOR_EMBEDDING is '{value}'"):
        open_embedding(Settings(embedding=value))
