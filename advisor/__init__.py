"""A local, sourced adviser on earning options and skill paths: `from advisor import Advisor, Profile`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.advisor import Advisor
    from advisor.errors import (
        AdvisorError,
        CorpusError,
        DerivedIndexError,
        EmbeddingError,
        FetchError,
        LedgerBusyError,
        LedgerError,
        ModelError,
        ReadError,
        SettingsError,
        SourceError,
        ToolError,
    )
    from advisor.schema import (
        Answer,
        Chunk,
        Citation,
        Fact,
        Passage,
        Passages,
        Plan,
        Profile,
        Source,
        TextDelta,
        ToolResult,
    )
    from advisor.settings import Settings, load

__version__ = "0.1.0"

_HOMES = {
    "advisor.advisor": ["Advisor"],
    "advisor.errors": [
        "AdvisorError", "CorpusError", "DerivedIndexError", "EmbeddingError", "FetchError", "LedgerBusyError",
        "LedgerError", "ModelError", "ReadError", "SettingsError", "SourceError", "ToolError",
    ],
    "advisor.schema": [
        "Answer", "Chunk", "Citation", "Fact", "Passage", "Passages", "Plan", "Profile", "Source", "TextDelta",
        "ToolResult",
    ],
    "advisor.settings": ["Settings", "load"],
}  # fmt: skip

__all__ = [
    # the adviser
    "Advisor",
    "Settings",
    "load",
    # what goes in and comes out
    "Answer",
    "Chunk",
    "Citation",
    "Fact",
    "Passage",
    "Passages",
    "Plan",
    "Profile",
    "Source",
    "TextDelta",
    "ToolResult",
    # what can go wrong
    "AdvisorError",
    "CorpusError",
    "DerivedIndexError",
    "EmbeddingError",
    "FetchError",
    "LedgerBusyError",
    "LedgerError",
    "ModelError",
    "ReadError",
    "SettingsError",
    "SourceError",
    "ToolError",
    # about the package
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Import a public name at its first use, so that `import advisor` and `--help` stay fast (PEP 562)."""
    for module, names in _HOMES.items():
        if name in names:
            from importlib import import_module

            return getattr(import_module(module), name)
    raise AttributeError(f"module 'advisor' has no attribute {name!r}")
