"""What the views of the page share: the adviser, the store, and the components that one view changes and another reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from advisor import Advisor
from advisor.web.store import Store

CONCURRENCY, WAITING = 16, 128
"""Answers at once: from the sources, which take the processor, and by a model's server, which are mostly waited for."""
CURRENCIES = (
    "USD", "EUR", "GBP", "CAD", "AUD", "NZD", "INR", "PKR", "BDT", "PHP", "IDR", "VND", "NGN", "KES", "ZAR", "GHS", "EGP",
    "BRL", "MXN", "ARS", "COP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "RON", "HUF", "TRY", "UAH", "JPY", "KRW", "SGD",
    "HKD", "CNY", "MYR", "THB", "AED", "SAR", "ILS",
)  # fmt: skip


@dataclass(frozen=True)
class Shared:
    """The open adviser, the local store (None when the page is open to others), and the shared components."""

    advisor: Advisor
    store: Store | None
    tabs: Any
    profile: Any
    ticked: Any
    talk: Any
    conversation: Any
    tool: Any
    roadmap: Any


def at_once(advisor: Advisor) -> int:
    """Return how many answers are made at the same time."""
    return CONCURRENCY if advisor.settings.is_offline else WAITING


@lru_cache(maxsize=1)
def countries() -> list[tuple[str, str]]:
    """Return country names with their ISO codes, by name, an empty choice first."""
    from babel import Locale

    names = Locale("en").territories
    pairs = [(name, code) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return [("", ""), *sorted(pairs)]


def guides(advisor: Advisor, *kinds: str) -> list[tuple[str, str]]:
    """Return names and ids of the guides of some kinds, by name."""
    found = [(guide.name, guide.id) for guide in advisor.facts.guides.values() if not kinds or guide.kind in kinds]
    return sorted(found, key=lambda pair: pair[0].lower())


@contextmanager
def panel() -> Iterator[None]:
    """Open the column in which a view lives."""
    import gradio

    with gradio.Column(elem_classes=["ga-view"]):
        yield
