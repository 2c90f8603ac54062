"""One frozen Settings object; the only reader of the environment and of `.env`."""

import os
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from advisor.errors import SettingsError

PREFIX = "GIG_ADVISOR_"

_PACKAGE = Path(__file__).parent


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


def default_corpus_dir() -> Path:
    """Return the bundled corpus: next to the package in a checkout, inside it in a wheel."""
    inside = _PACKAGE / "corpus"
    return inside if inside.is_dir() else _PACKAGE.parent / "corpus"


class Settings(BaseModel):
    """Everything that can be configured; `load` reads it from `GIG_ADVISOR_*` variables or a `.env` file."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    model: str = Field("offline", description="`offline`, or a LangChain name such as `openai:NAME` or `ollama:NAME`.")
    base_url: str = Field(
        "", description="Base address of an OpenAI-compatible server, for instance http://127.0.0.1:8080/v1."
    )
    api_key: SecretStr = Field(SecretStr(""), description="Key sent to the model's server.")
    embedding: str = Field(
        "minilm", description="`minilm` (bundled) or `openai:NAME` for an OpenAI-compatible endpoint."
    )
    embedding_base_url: str = Field("", description="Address of the embedding endpoint; `base_url` when empty.")
    data_dir: Annotated[Path, AfterValidator(_absolute)] = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("gig-advisor")),
        description="Where ledger and indexes live.",
    )
    corpus_dir: Annotated[Path, AfterValidator(_absolute)] = Field(
        default_factory=default_corpus_dir, description="The folder of guides that is indexed at first run."
    )
    context_tokens: int = Field(4096, ge=1024, description="Context window of the chat model, in tokens.")
    max_output_tokens: int = Field(800, ge=64, le=8192, description="Longest answer asked of the model, in tokens.")
    temperature: float = Field(0.0, ge=0, le=2, description="Sampling temperature of the chat model.")
    first_token_seconds: float = Field(30.0, gt=0, description="How long to wait for the model's first word.")
    answer_seconds: float = Field(120.0, gt=0, description="How long the whole model answer may take.")
    max_answer_bytes: int = Field(65536, ge=1024, description="A model answer longer than this is cut off.")
    fetch_seconds: float = Field(20.0, gt=0, description="How long fetching one address may take, redirects included.")
    max_fetch_bytes: int = Field(20_000_000, ge=1024, description="Largest page or file fetched from an address.")
    max_file_bytes: int = Field(100_000_000, ge=1024, description="Largest local file taken in.")
    parse_seconds: float = Field(12.0, gt=0, description="How long the child process may take to read one file.")
    parse_memory_bytes: int = Field(2_000_000_000, ge=200_000_000, description="Memory limit of the child process.")
    threads: int = Field(2, ge=1, le=64, description="Threads of the bundled embedding model.")

    @property
    def ledger_path(self) -> Path:
        """Path of the SQLite ledger."""
        return self.data_dir / "ledger.sqlite3"

    @property
    def dense_path(self) -> Path:
        """Folder of the dense index (Chroma)."""
        return self.data_dir / "dense"

    @property
    def lexical_path(self) -> Path:
        """Folder of the lexical index (tantivy)."""
        return self.data_dir / "lexical"

    @property
    def is_offline(self) -> bool:
        """True when no chat model is configured and answers are extractive."""
        return self.model == "offline"

    def public(self) -> dict[str, Any]:
        """Return the settings with secrets masked, as JSON-ready values."""
        values = self.model_dump(mode="json")
        values["api_key"] = "set" if self.api_key.get_secret_value() else ""
        return values


def load(**overrides: Any) -> Settings:
    """Read the settings: keyword arguments win over the environment, the environment over `.env` in this folder.

    Raises:
        SettingsError: When a value cannot be used; the text names the setting, the value and what is allowed.
    """
    given = {**_env_file(Path(".env")), **os.environ}
    # pydantic-settings would do this too, at a quarter of a second of every start.
    values = {name: given[key] for name in Settings.model_fields if given.get(key := PREFIX + name.upper())}
    try:
        return Settings(**{**values, **overrides})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        shown = "***" if name == "API_KEY" else repr(first["input"])
        raise SettingsError(f"{PREFIX}{name} is {shown}: {first['msg']}. Change or unset it and try again.") from error


def _env_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return {key: value for key, value in dotenv_values(path).items() if value is not None}
