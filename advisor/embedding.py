"""Texts to vectors: the bundled MiniLM in int8 ONNX, or an OpenAI-compatible endpoint."""

import hashlib
from collections.abc import Iterator, Sequence
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
_BATCH_TOKENS = 384  # Padded tokens a batch: small batches keep the activations in the cache; measured in benchmarks.stock.

Vectors = NDArray[np.float32]


class Embedding(Protocol):
    """What turns texts into vectors of length one."""

    name: str
    """Key under which its vectors are stored."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text, in order: shape `(n, d)`, float32, L2 norm 1."""
        ...


class MiniLM:
    """The bundled all-MiniLM-L6-v2; loaded, and its files checked, at the first call."""

    name = "minilm-l6-int8"
    dimensions = 384

    def __init__(self, threads: int = 2, folder: Path = MODELS) -> None:
        """Remember where the model is; nothing is loaded yet.

        Args:
            threads: Threads of one inference.
            folder: Folder with the two files named in `SHA256`.
        """
        self._threads, self._folder = threads, folder
        self._session: Any = None
        self._tokenizer: Any = None

    def _load(self) -> None:
        import onnxruntime
        import tokenizers

        data = {}
        for name, expected in SHA256.items():
            path = self._folder / name
            try:
                data[name] = path.read_bytes()
            except OSError as error:
                raise EmbeddingError(
                    f"The embedding model {str(path)!r} is missing. Install gig-advisor again."
                ) from error
            if hashlib.sha256(data[name]).hexdigest() != expected:
                raise EmbeddingError(f"The embedding model {str(path)!r} is damaged. Install gig-advisor again.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        # Memory arenas grow with the largest batch and are never given back; reuse gains nothing at these sizes.
        options.enable_cpu_mem_arena = False
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3
        self._tokenizer = tokenizers.Tokenizer.from_str(data["tokenizer.json"].decode())
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self._session = onnxruntime.InferenceSession(
            data["minilm-l6-int8.onnx"], options, providers=["CPUExecutionProvider"]
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text, in order: shape `(n, 384)`, float32, L2 norm 1; text past 256 tokens is ignored.

        Raises:
            EmbeddingError: When the model's files are missing or damaged.
        """
        out = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if not texts:
            return out
        if self._session is None:
            self._load()
        encoded = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        for positions in _batches([len(ids) for ids in encoded]):
            width = len(encoded[positions[-1]])
            ids = np.zeros((len(positions), width), dtype=np.int64)
            mask = np.zeros((len(positions), width), dtype=np.int64)
            for row, position in enumerate(positions):
                length = len(encoded[position])
                ids[row, :length] = encoded[position]
                mask[row, :length] = 1
            out[positions] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return out


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Yield positions in order of length, so that little of a batch is padding."""
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[position] > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


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
        self._model, self._base_url, self._api_key, self._timeout = model, base_url, api_key, timeout
        self._client: Any = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text, in order: shape `(n, d)`, float32, L2 norm 1.

        Raises:
            EmbeddingError: When the endpoint does not answer or its answer is not one vector a text.
        """
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        if self._client is None:
            from langchain_openai import OpenAIEmbeddings

            self._client = OpenAIEmbeddings(
                model=self._model,
                openai_api_base=self._base_url or None,
                openai_api_key=SecretStr(self._api_key or "none"),
                request_timeout=self._timeout,
                max_retries=1,
                # Otherwise texts are tokenised with a file from the network and sent as ids that local servers refuse.
                check_embedding_ctx_length=False,
            )
        try:
            rows = self._client.embed_documents(list(texts))
            vectors = np.asarray(rows, dtype=np.float32)
        except Exception as error:  # noqa: BLE001 - the client lets errors of four libraries through
            raise EmbeddingError(
                f"The embedding endpoint {self._base_url or 'of the provider'} failed for model {self._model!r} "
                f"({type(error).__name__}: {str(error)[:200]}). Check GIG_ADVISOR_EMBEDDING and "
                "GIG_ADVISOR_EMBEDDING_BASE_URL, or unset them to use the bundled model."
            ) from error
        if vectors.ndim != 2 or len(vectors) != len(texts) or not np.isfinite(vectors).all():
            raise EmbeddingError(
                f"The embedding endpoint {self._base_url!r} returned shape {vectors.shape} for {len(texts)} texts. "
                "Use a model that returns one vector a text."
            )
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
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
