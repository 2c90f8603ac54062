"""The names and aliases that the corpus itself gives to its subjects, found in a question with small misspellings."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from advisor.ledger import StoredDocument

_WORD = re.compile(r"[\w][\w'’+&.-]*", re.UNICODE)

# Names that are English words too: they count as names only with a capital inside a sentence or after "on", "for", …
_WORD_NAMES = frozenset("medium bolt grab handy neighbor contra guru rover wag surge care delivery".split())
_NAME_CONTEXT = frozenset(
    "on for with at via from use using join joining called app platform site vs versus than or and does did".split()
)


_NAME_FOLLOWED = frozenset(
    "commission commision fee fees driver drivers courier couriers app account support rating ratings payout payouts partner program walker walkers sitter "
    "sitters tasker pro pros caregiver caregivers host hosts".split()
)
"""Words behind such a name that make it one: "bolt drivers", "rover sitter"."""


_PLAIN_FOLLOWED = frozenset("pricing price prices zone zones area areas hours times of in the".split())
"""Words behind such a word that make it none: "surge pricing", "grab the"."""


@dataclass(frozen=True)
class Name:
    """One way a subject of the corpus is called."""

    words: tuple[str, ...]
    subject: str
    kind: str


class Gazetteer:
    """The names and aliases that the corpus itself gives to its subjects."""

    def __init__(self, documents: Iterable[StoredDocument]) -> None:
        """Collect the names.

        Args:
            documents: The documents of the ledger; those of guides carry names, aliases and kind.
        """
        self._names: dict[tuple[str, ...], Name] = {}
        self.titles: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.families: dict[str, str] = {}
        for document in documents:
            data: Mapping[str, Any] = json.loads(document.data)
            if not data:
                continue
            self.titles[document.id] = document.title
            self.kinds[document.id] = data.get("kind", "")
            if data.get("kind") == "platform":
                self.families[document.id] = data.get("family", "")
            for text in (document.title, document.id.replace("-", " "), *data.get("aliases", ())):
                words = tuple(fold(text))
                if words:
                    self._names.setdefault(words, Name(words, document.id, data.get("kind", "")))
        self._longest = max((len(words) for words in self._names), default=0)
        self._single = sorted(
            {words[0] for words in self._names if len(words) == 1 and len(words[0]) >= 5} - _WORD_NAMES
        )

    def find(self, text: str) -> list[str]:
        """Return the subjects named in `text`, in order of appearance, small misspellings allowed."""
        return list(dict.fromkeys(subject for subject, _, _ in self._mentions(text)))

    def without_platforms(self, text: str) -> str:
        """Return a text with every platform's name replaced by "a gig app", or nothing when it names none."""
        shown, end = [], 0
        for subject, start, stop in self._mentions(text):
            if self.kinds.get(subject) == "platform":
                shown += [text[end:start], "a gig app"]
                end = stop
        general = "".join((*shown, text[end:])) if shown else ""
        return re.sub(r"a gig app(?:(?:,| or| and|, or|, and) a gig app)+", "a gig app", general)

    def _mentions(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield each named subject with where its name begins and ends."""
        words = list(_WORD.finditer(text))
        raw = [word[0] for word in words]
        folded = [fold_word(word) for word in raw]
        position = 0
        while position < len(folded):
            for length in range(min(self._longest, len(folded) - position), 0, -1):
                name = self._names.get(tuple(folded[position : position + length]))
                if name and length > 1 and self._is_inside_another(folded, position, length):
                    break  # "selling on Amazon" ends in the middle of "Amazon KDP"
                if name and self._counts(name, raw, folded, position):
                    yield name.subject, words[position].start(), words[position + length - 1].end()
                    position += length - 1
                    break
            else:
                if corrected := self._misspelt(folded[position]):
                    yield corrected, words[position].start(), words[position].end()
            position += 1

    def _is_inside_another(self, folded: Sequence[str], position: int, length: int) -> bool:
        """Return whether a longer name begins within these words and goes on behind them."""
        end = position + length
        return any(
            tuple(folded[start : end + more]) in self._names
            for start in range(position + 1, end)
            for more in range(1, self._longest)
            if end + more <= len(folded)
        )

    @staticmethod
    def _counts(name: Name, raw: Sequence[str], folded: Sequence[str], position: int) -> bool:
        if len(name.words) > 1 or name.words[0] not in _WORD_NAMES:
            return True
        capital = raw[position][:1].isupper()
        before = folded[position - 1] if position else ""
        after = folded[position + 1] if position + 1 < len(folded) else ""
        if after in _PLAIN_FOLLOWED:
            return False
        is_compared = capital and after in {"vs", "versus", "or", "and"}
        return (capital and position > 0) or is_compared or before in _NAME_CONTEXT or after in _NAME_FOLLOWED

    def _misspelt(self, word: str) -> str:
        if len(word) < 5 or word in _english():
            return ""
        match = process.extractOne(word, self._single, scorer=OSA.normalized_similarity, score_cutoff=0.8)
        return self._names[(match[0],)].subject if match else ""


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """Return common words that lie near a name and must not be taken for it."""
    return frozenset(
        "reply replies replied later letter after other offer upper under never order older sober rider riders driver drivers ether uber users "
        "user tasks taskers there their lyrics first fever river rover cover mover hover proper paper labor ".split()
    )


def fold_word(word: str) -> str:
    """Return a word in lower case without a possessive ending or a last full stop."""
    return re.sub(r"(['’]s)?[.']*$", "", word.lower()).replace("’", "'")


def fold(text: str) -> list[str]:
    """Return the folded words of a text."""
    return [fold_word(word) for word in _WORD.findall(text)]
