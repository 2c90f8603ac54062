"""Texts to vectors: the bundled MiniLM in int8 ONNX, or an OpenAI-compatible endpoint."""

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import SecretStr

from advisor.errors import EmbeddingError, SettingsError
from advisor.settings import Settings

MODELS = Path(__file__).parent / "models"
SHA256 = {
    "minilm-l6-int8.onnx": "672823856931ae095c0eacc705c9707c0a21f5dcce9031a0eba19b887343fb74",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
MAX_TOKENS = 256
OPENAI_URL = "https://api.openai.com/v1"

Vectors = NDArray[np.float32]


class Embedding(Protocol):
    """What turns texts into vectors of length one."""

    name: str
    """Key under which its vectors are stored."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text, in order: shape `(n, d)`, float32, L2 norm 1."""
        ...


class MiniLM:
    """The bundled all-MiniLM-L6-v2; loaded, and its files checked, at the first call.

    Each text is one inference of its own. Activations are quantised over a whole inference, so in a batch the vector of
    a text depends on its neighbours (cosine down to 0.96 with itself); alone it is always the same, without padding.
    """

    name = "minilm-l6-int8"
    dimensions = 384

    def __init__(self, threads: int = 2, folder: Path = MODELS) -> None:
        """Remember where the model is; nothing is loaded yet.

        Args:
            threads: Threads of one inference when there is one text, else texts embedded side by side.
            folder: Folder with the two files named in `SHA256`.
        """
        self._threads, self._folder = threads, folder
        self._loading = threading.Lock()
        self._tokenizer: Any = None
        self._sessions: dict[int, Any] = {}

    def _checked(self, name: str) -> bytes:
        path = self._folder / name
        try:
            data = path.read_bytes()
        except OSError as error:
            raise EmbeddingError(f"The embedding model {str(path)!r} is missing. Install gig-advisor again.") from error
        if hashlib.sha256(data).hexdigest() != SHA256[name]:
            raise EmbeddingError(f"The embedding model {str(path)!r} is damaged. Install gig-advisor again.")
        return data

    def _load(self, threads: int) -> Any:
        import onnxruntime
        import tokenizers

        if self._tokenizer is None:
            self._tokenizer = tokenizers.Tokenizer.from_str(self._checked("tokenizer.json").decode())
            self._tokenizer.enable_truncation(MAX_TOKENS)
            self._tokenizer.no_padding()
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        # The arena never gives memory back, and gains nothing at one text an inference.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self._checked("minilm-l6-int8.onnx"), options, ["CPUExecutionProvider"])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text, in order: shape `(n, 384)`, float32, L2 norm 1; text past 256 tokens is ignored.

        Raises:
            EmbeddingError: When the model's files are missing or damaged.
        """
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if not texts:
            return out
        # Threads of one inference wait for each other in a loop: quickest for one query, up to half the speed for many.
        threads = self._threads if len(texts) == 1 else 1
        with self._loading:
            session = self._sessions.get(threads) or self._sessions.setdefault(threads, self._load(threads))

        def infer(row: int) -> None:
            ids = np.array([encodings[row].ids], dtype=np.int64)
            out[row] = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]

        encodings = self._tokenizer.encode_batch(list(texts))
        if len(texts) == 1:
            infer(0)
            return out
        with ThreadPoolExecutor(self._threads) as pool:
            list(pool.map(infer, range(len(texts))))
        return out


class OpenAIEndpoint:
    """An OpenAI-compatible embedding endpoint."""

    def __init__(self, model: str, base_url: str, api_key: str, timeout: float) -> None:
        """Remember the endpoint; the client is made at the first call.

        Args:
            model: The model's name at the endpoint.
            base_url: Its address, for instance `http://127.0.0.1:11434/v1`; the provider's own when empty.
            api_key: Its key; local servers take any.
            timeout: Seconds for one try.
        """
        self.name = f"openai:{model}"
        self.dimensions = 0  # Only the first answer tells.
        self._model, self._base_url, self._api_key, self._timeout = model, base_url or OPENAI_URL, api_key, timeout
        self._client: Any = None

    def _connect(self) -> Any:
        import httpx
        from langchain_openai import OpenAIEmbeddings

        return OpenAIEmbeddings(
            model=self._model,
            openai_api_base=self._base_url,
            openai_api_key=SecretStr(self._api_key or "none"),
            openai_proxy="",
            # A redirect would post the texts to a host that nobody configured.
            http_client=httpx.Client(timeout=self._timeout, follow_redirects=False),
            request_timeout=self._timeout,
            max_retries=1,
            # Otherwise texts are tokenised with a file from the network and sent as ids that local servers refuse.
            check_embedding_ctx_length=False,
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text, in order: shape `(n, d)`, float32, L2 norm 1.

        Raises:
            EmbeddingError: When the endpoint does not answer or its answer is not one usable vector a text.
        """
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        import httpx
        import openai

        self._client = self._client or self._connect()
        try:
            vectors = np.asarray(self._client.embed_documents(list(texts)), dtype=np.float32)
        # The client checks nothing: an answer of another shape surfaces as whatever its code trips over.
        except (openai.OpenAIError, httpx.HTTPError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise EmbeddingError(
                f"The embedding endpoint {self._base_url!r} failed for model {self._model!r} "
                f"({type(error).__name__}: {str(error)[:200]}). Check GIG_ADVISOR_EMBEDDING and "
                "GIG_ADVISOR_EMBEDDING_BASE_URL, or unset them to use the bundled model."
            ) from error
        width = self.dimensions or vectors.shape[-1]
        norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
        if vectors.shape != (len(texts), width) or not (np.isfinite(norms) & (norms > 0)).all():
            raise EmbeddingError(
                f"The embedding endpoint {self._base_url!r} returned shape {vectors.shape} for {len(texts)} texts, or a "
                f"zero vector; expected {(len(texts), width)}. Use a model that returns one vector a text."
            )
        self.dimensions = width
        unit: Vectors = vectors / norms
        return unit


def open_embedding(settings: Settings) -> Embedding:
    """Return the configured embedding; nothing is loaded or called yet.

    Raises:
        SettingsError: When the setting names neither the bundled model nor an endpoint.
    """
    if settings.embedding == "minilm":
        return MiniLM(settings.threads)
    provider, _, model = settings.embedding.partition(":")
    if provider == "openai" and model:
        return OpenAIEndpoint(
            model,
            settings.embedding_base_url or settings.base_url,
            settings.api_key.get_secret_value(),
            settings.answer_seconds,
        )
    raise SettingsError(
        f"GIG_ADVISOR_EMBEDDING is {settings.embedding!r}; it must be 'minilm' or 'openai:NAME'. Change or unset it."
    )
