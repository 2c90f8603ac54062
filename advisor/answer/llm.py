"""The chat model: raw text deltas within deadlines and byte caps, or a ModelError that says what broke.

LangChain's client alone accepts cut streams, follows redirects with the whole prompt and waits ten minutes for a
byte; this module knows the contract that it does not keep. It does not know what the text may say (grounding.py).
"""

import queue
import re
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from advisor.answer.prompts import messages, output_tokens
from advisor.answer.wire import Wire, explain
from advisor.errors import ModelError
from advisor.schema import Brief
from advisor.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

OPENAI_URL = "https://api.openai.com/v1"
OLLAMA_URL = "http://127.0.0.1:11434/v1"
_GRACE_SECONDS = 1.0
_STOPPED = frozenset({"stop", "end_turn", "stop_sequence", "eos", "eos_token", "complete"})
_TOO_LONG = frozenset({"length", "max_tokens", "max_output_tokens", "model_length"})
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def server_of(settings: Settings) -> str:
    """Return host and port of the model's server without user, password or path, for errors and for people."""
    provider = settings.model.partition(":")[0]
    address = settings.base_url or {"openai": OPENAI_URL, "ollama": OLLAMA_URL}.get(provider, "")
    return urlsplit(address).netloc.rpartition("@")[2] or provider


def _split(settings: Settings) -> tuple[str, str]:
    provider, colon, name = settings.model.partition(":")
    if not colon or not provider or not name:
        raise ModelError(
            f"GIG_ADVISOR_MODEL is {settings.model!r}: write it as provider and name, for instance openai:NAME."
        )
    return provider, name


def _openai_compatible(provider: str, name: str, settings: Settings) -> "tuple[BaseChatModel, Wire]":
    base = settings.base_url or (OLLAMA_URL if provider == "ollama" else OPENAI_URL)
    parts = urlsplit(base)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ModelError("GIG_ADVISOR_BASE_URL must be an http or https address without user or password.")
    if provider == "ollama" and parts.path in {"", "/"}:
        base = base.rstrip("/") + "/v1"
    key = settings.api_key.get_secret_value()
    if not key and parts.hostname == "api.openai.com":
        raise ModelError("api.openai.com needs a key: set GIG_ADVISOR_API_KEY.")
    from langchain_openai import ChatOpenAI

    wire = Wire(parts.netloc, settings)
    limit = output_tokens(settings)
    # Older local servers know `max_tokens` only, the OpenAI API its successor only.
    limits: dict[str, Any] = (
        {"max_completion_tokens": limit}
        if parts.hostname == "api.openai.com"
        else {"extra_body": {"max_tokens": limit}}
    )
    model = ChatOpenAI(
        model=name,
        base_url=base,
        api_key=lambda: key or "none",
        http_client=wire.client,
        openai_proxy="",
        max_retries=0,
        temperature=settings.temperature,
        timeout=settings.answer_seconds,
        use_responses_api=False,
        stream_usage=provider == "ollama",
        cache=False,
        **limits,
    )
    return model, wire


def _other(provider: str, name: str, settings: Settings) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {
        "temperature": settings.temperature,
        "max_tokens": output_tokens(settings),
        "timeout": settings.answer_seconds,
        "max_retries": 0,
        "base_url": settings.base_url or None,
        "api_key": settings.api_key.get_secret_value() or None,
    }
    try:
        model: BaseChatModel = init_chat_model(
            name, model_provider=provider, **{key: value for key, value in options.items() if value is not None}
        )
    except ImportError as error:
        raise ModelError(
            f"The package for {provider!r} is not installed: install langchain-{provider.replace('_', '-')},"
            " or use openai:NAME with GIG_ADVISOR_BASE_URL."
        ) from error
    except (ValueError, TypeError) as error:
        raise ModelError(
            f"{provider!r} cannot be used as a model provider: check GIG_ADVISOR_MODEL and key."
        ) from error
    return model


class ModelStream:
    """Text deltas of one answer; iterate it, and `close()` it (or leave the `with` block) to stop the server early.

    Attributes:
        notices: What the user should know, for instance that the answer was cut for length.
        tool_calls_dropped: How many calls of tools, none of which was ever offered, were ignored.
        finish_reason: Why the server says it stopped, empty until it did.
        prompt_tokens: Size of the prompt as the server counted it, 0 when it does not say.
    """

    def __init__(self, prompt: list[tuple[str, str]], settings: Settings) -> None:
        """Prepare the model; nothing is sent before the first `next()`, which starts the clock.

        Raises:
            ModelError: When the setting names no usable model.
        """
        provider, name = _split(settings)
        self._wire: Wire | None = None
        if provider in {"openai", "ollama"}:
            self._model, self._wire = _openai_compatible(provider, name, settings)
        else:
            self._model = _other(provider, name, settings)
        self._prompt, self._settings = prompt, settings
        self.server = server_of(settings)
        self.notices: list[str] = []
        self.finish_reason = ""
        self.prompt_tokens = 0
        self._tools: set[object] = set()
        self._parts: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._started = 0.0
        self._bytes = 0
        self._has_text = self._closed = False

    @property
    def tool_calls_dropped(self) -> int:
        """Return how many tool calls the server invented."""
        return len(self._tools)

    def _read(self) -> None:
        from langsmith import tracing_context

        try:
            with tracing_context(enabled=False):  # LANGSMITH_TRACING would send the prompt to a third host
                for chunk in self._model.stream(self._prompt):
                    if self._closed:
                        return
                    self._parts.put(chunk)
            self._parts.put(None)
        except Exception as error:  # noqa: BLE001 - handed over to the reading thread, which names it
            self._parts.put(error)

    def __iter__(self) -> "ModelStream":
        return self

    def __enter__(self) -> "ModelStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __next__(self) -> str:
        """Return the next delta.

        Raises:
            ModelError: When a deadline passes, the server fails, or the stream ends without saying why.
        """
        if self._closed:
            raise StopIteration
        if self._thread is None:
            self._started = time.monotonic()
            self._thread = threading.Thread(target=self._read, name="model-stream", daemon=True)
            self._thread.start()
        try:
            while True:
                text = self._take(self._wait())
                if text:
                    return text
        except (ModelError, StopIteration):
            self.close()
            raise

    def _wait(self) -> Any:
        settings = self._settings
        limit = (
            settings.answer_seconds if self._has_text else min(settings.first_token_seconds, settings.answer_seconds)
        )
        left = self._started + limit - time.monotonic()
        if self.finish_reason:
            left = min(left, _GRACE_SECONDS)
        try:
            return self._parts.get(timeout=max(left, 0.0))
        except queue.Empty:
            if self.finish_reason:
                return None
            what = "finish its answer" if self._has_text else "begin to answer"
            raise ModelError(f"{self.server} did not {what} within {limit:g} seconds.") from None

    def _take(self, part: Any) -> str:
        if part is None:
            self._finish()
            raise StopIteration
        if isinstance(part, BaseException):
            raise ModelError(explain(part, self.server, self._settings.model)) from part
        for call in getattr(part, "tool_call_chunks", []):
            self._tools.add(call.get("index") if call.get("index") is not None else call.get("id"))
        usage = getattr(part, "usage_metadata", None) or {}
        self.prompt_tokens = usage.get("input_tokens", 0) or self.prompt_tokens
        meta = part.response_metadata
        text = "" if self.finish_reason else _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", str(part.text))
        self.finish_reason = str(meta.get("finish_reason") or meta.get("stop_reason") or self.finish_reason).lower()
        room = self._settings.max_answer_bytes - self._bytes
        encoded = text.encode()
        self._bytes += len(encoded)
        if len(encoded) > room:
            text, self.finish_reason = encoded[:room].decode(errors="ignore"), "length"
            self._parts = queue.SimpleQueue()
            self._parts.put(None)
        self._has_text = self._has_text or bool(text.strip())
        return text

    def _finish(self) -> None:
        if self.finish_reason in _TOO_LONG and self._has_text:
            self.notices.append("The model's answer was cut off at the length limit.")
        elif self.finish_reason == "":
            raise ModelError(f"{self.server} broke off its answer without saying that it was complete.")
        elif self.finish_reason not in _STOPPED | _TOO_LONG:
            raise ModelError(f"{self.server} did not complete its answer (finish reason {self.finish_reason[:40]!r}).")
        if not self._has_text:
            raise ModelError(f"{self.server} sent an empty answer.")

    def close(self) -> None:
        """Stop reading and drop the connection; safe to call at any time, any number of times."""
        if self._closed:
            return
        self._closed = True
        if self._wire is not None:
            self._wire.cut()
        if self._thread is not None:
            self._thread.join(_GRACE_SECONDS / 2)
        if self._wire is not None:
            self._wire.client.close()


def stream(brief: Brief, settings: Settings) -> ModelStream:
    """Ask the configured model about a brief; returns an iterator of raw text deltas.

    For `openai:` and `ollama:` the bytes go to the configured host and nowhere else. Other providers use their own
    LangChain package and HTTP client: deadlines and the answer's byte cap hold, redirects and proxies are theirs.

    Args:
        brief: All that the model may use.
        settings: Model, address, key, deadlines, limits.

    Raises:
        ModelError: When no model can be asked; while iterating, when it fails. The extractive answer follows.
    """
    return ModelStream(messages(brief, settings), settings)
