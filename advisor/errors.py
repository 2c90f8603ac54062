"""Every failure this package raises on purpose; each text says what happened and what to do.

Tree::

    AdvisorError
    ├── SettingsError       a setting has a value that cannot be used
    ├── CorpusError         a guide breaks the format (carries file and line)
    ├── SourceError         a file or address could not be taken in
    │   ├── FetchError      an address was refused or did not answer
    │   └── ReadError       a file is unreadable, hostile or of an unknown kind
    ├── LedgerError         the ledger on disk cannot be opened or written
    │   └── LedgerBusyError another process holds the write lock
    ├── DerivedIndexError   a derived index is missing, stale or damaged
    ├── EmbeddingError      the embedding model or endpoint failed
    ├── ModelError          the chat model failed, timed out or broke its contract
    └── ToolError           a tool is unknown or its input is not valid
"""


class AdvisorError(Exception):
    """Base of all errors raised by this package; its text is meant for the user."""


class SettingsError(AdvisorError):
    """Raised when a `GIG_ADVISOR_*` setting has a value that cannot be used."""


class CorpusError(AdvisorError):
    """Raised when a guide breaks the format of `corpus/README.md`."""

    def __init__(self, message: str, path: str = "", line: int = 0) -> None:
        """Keep where the problem is.

        Args:
            message: What is wrong and what to write instead.
            path: The guide.
            line: One-based line number, 0 when unknown.
        """
        super().__init__(f"{path}:{line}: {message}" if path else message)
        self.message, self.path, self.line = message, path, line


class SourceError(AdvisorError):
    """Raised when a source cannot be taken in; `reason` is the short code of the report."""

    def __init__(self, message: str, reason: str = "refused") -> None:
        """Keep the short code next to the text.

        Args:
            message: What happened and what to do.
            reason: Short code, for instance `too_large`, `forbidden_address`, `encrypted`.
        """
        super().__init__(message)
        self.reason = reason


class FetchError(SourceError):
    """Raised when an address is refused, unreachable, too large, too slow or closed by robots.txt."""


class ReadError(SourceError):
    """Raised when a file is unreadable, hostile, empty or of a kind that no reader knows."""


class LedgerError(AdvisorError):
    """Raised when the ledger cannot be opened, read or written."""


class LedgerBusyError(LedgerError):
    """Raised when another process is writing to the ledger."""


class DerivedIndexError(AdvisorError):
    """Raised when a derived index (dense or lexical) is missing, stale or damaged."""


class EmbeddingError(AdvisorError):
    """Raised when the embedding model file or endpoint cannot be used."""


class ModelError(AdvisorError):
    """Raised when the chat model fails, times out or breaks its contract; the extractive answer follows."""


class ToolError(AdvisorError):
    """Raised when a tool is unknown or its input is not valid."""
