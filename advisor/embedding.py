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
    a text depends on its neighbours (cosine down to 0.96 with itself); alone it is always the same. Texts run side by
    side on one core each, which is faster than one inference on all cores and needs no padding.
    """

    name = "minilm-l6-int8"
    dimensions = 384

    def __init__(self, threads: int = 2, folder: Path = MODELS) -> None:
        """Remember where the model is; nothing is loaded yet.

        Args:
            threads: How many texts are embedded side by side.
            folder: Folder with the two files named in `SHA256`.
        """
        self._threads, self._folder = threads, folder
        self._loading = threading.Lock()
        self._session: Any = None
        self._tokenizer: Any = None

    def _checked(self, name: str) -> bytes:
        path = self._folder / name
        try:
            data = path.read_bytes()
        except OSError as error:
            raise EmbeddingError(
                f"The embedding model {str(path)!r} cannot be read ({error.strerror}). Install gig-advisor again."
            ) from error
        if hashlib.sha256(data).hexdigest() != SHA256[name]:
            raise EmbeddingError(
                f"The embedding model {str(path)!r} is damaged: its sha256 is not {SHA256[name]}. "
                "Install gig-advisor again."
            )
        return data

    def _load_tokenizer(self) -> Any:
        import tokenizers

        tokenizer = tokenizers.Tokenizer.from_str(self._checked("tokenizer.json").decode())
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    def _load(self) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        # More threads in one inference wait in a loop for each other, which ruins both on a busy machine.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # The arena never gives memory back, and gains nothing at one text an inference.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._tokenizer = self._load_tokenizer()
        self._session = onnxruntime.InferenceSession(
            self._checked("minilm-l6-int8.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text, in order: shape `(n, 384)`, float32, L2 norm 1; text past 256 tokens is ignored.

        Raises:
            EmbeddingError: When the model's files are missing or damaged.
        """
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if not texts:
            return out
        with self._loading:
            if self._session is None:
                self._load()

        def infer(row: int) -> None:
            ids = np.array([encodings[row].ids], dtype=np.int64)
            out[row] = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]

        encodings = self._tokenizer.encode_batch(list(texts))
        if len(texts) == 1 or self._threads == 1:
            for row in range(len(texts)):
                infer(row)
        else:
            with ThreadPoolExecutor(self._threads) as pool:
                for _ in pool.map(infer, range(len(texts))):
                    pass
        return out


class OpenAIEndpoint:
    """An OpenAI-compatible embedding endpoint."""

    def __init__(self, model: str, base_url: str, api_key: str, timeout: float) -> None:
        """Remember the endpoint; the client is made at the first call.

        Args:
            model: The model's name at the endpoint.
            base_url: Its address, for instance `http://127.0.0.1:11434/v1`; the provider's own when empty.
            api_key: Its key; local servers take any.
            timeout: Seconds for one call.
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
        """Return one row per text, in order: shape `(n, d)`, float32, L2 norm 1; `(0, 0)` for none before the first call.

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
        width = self.dimensions or (vectors.shape[1] if vectors.ndim == 2 else 0)
        if vectors.shape != (len(texts), width) or not width:
            raise EmbeddingError(
                f"The embedding endpoint {self._base_url!r} returned shape {vectors.shape} for {len(texts)} texts "
                f"(width {width or 'unknown'} expected). Use a model that returns one vector of fixed width a text."
            )
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not (np.isfinite(norms) & (norms > 0)).all():
            raise EmbeddingError(
                f"The embedding endpoint {self._base_url!r} returned a vector that is zero or not finite. "
                "Check the model, or unset GIG_ADVISOR_EMBEDDING to use the bundled one."
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
