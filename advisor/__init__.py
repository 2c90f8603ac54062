"""A local, sourced adviser on earning options and skill paths: `from advisor import Advisor, Profile`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.advisor import Advisor
    from advisor.answer.llm import server_of
    from advisor.answer.render import strip_markdown, to_html
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
    from advisor.ledger import Ledger
    from advisor.schema import (
        Answer,
        Chunk,
        Citation,
        Fact,
        FactUsed,
        Passage,
        Passages,
        Plan,
        Profile,
        Source,
        Subject,
        Table,
        TextDelta,
        ToolResult,
    )
    from advisor.settings import Settings, load
    from advisor.tools import Tool
    from advisor.tools.paper import Paper

__version__ = "0.1.0"

_HOMES = {
    "advisor.advisor": ["Advisor"],
    "advisor.answer.llm": ["server_of"],
    "advisor.answer.render": ["strip_markdown", "to_html"],
    "advisor.errors": [
        "AdvisorError", "CorpusError", "DerivedIndexError", "EmbeddingError", "FetchError", "LedgerBusyError",
        "LedgerError", "ModelError", "ReadError", "SettingsError", "SourceError", "ToolError",
    ],
    "advisor.ledger": ["Ledger"],
    "advisor.schema": [
        "Answer", "Chunk", "Citation", "Fact", "FactUsed", "Passage", "Passages", "Plan", "Profile", "Source", "Subject",
        "Table", "TextDelta", "ToolResult",
    ],
    "advisor.settings": ["Settings", "load"],
    "advisor.tools": ["Tool"],
    "advisor.tools.paper": ["Paper"],
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
    "FactUsed",
    "Passage",
    "Passages",
    "Plan",
    "Profile",
    "Source",
    "Subject",
    "Table",
    "TextDelta",
    "Tool",
    "ToolResult",
    # what a page needs: safe text, the open ledger, paper, and where a question goes
    "Ledger",
    "Paper",
    "server_of",
    "strip_markdown",
    "to_html",
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
