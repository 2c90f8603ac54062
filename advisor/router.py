"""Which tool a question asks for: a classifier over the question as a whole, and the tools whose slots it fills.

A tool whose `fill` finds its arguments is called when the classifier holds it for possible; a tool that the classifier is
sure of is called with what the question gives, and says what it still needs. `scripts/build_vectors.py` learns the
classifier from the tools' examples, from people's own words and from the guides' questions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

import numpy as np

from advisor.ledger import Vectors
from advisor.schema import ToolCall
from advisor.slots import Request, numbers_in

NONE = "none"
"""The classifier's name for questions that no tool answers."""
SURE = 0.3
"""Share from which a tool is called with whatever the question gives."""
POSSIBLE = 0.04
"""Share below which a tool is not called although its slots are filled."""
BOTH = 0.05
"""A second filled tool is called as well when its share and nearness together are within this of the first's."""
_INSTEAD = (("budget", "shop"), ("rental", "vehicle"), ("tax", "earnings"), ("vehicle", "earnings"))
"""The first tool gives way when the second is filled too, because the second's sum holds the first's."""
_ALONE = frozenset({"scam_check", "letter", "invoice", "offer", "bids"})
"""Tools whose words say enough: filled, they need no share."""
_NUMBER_WEIGHT = 0.3


@dataclass(frozen=True)
class Router:
    """What was learnt: the embedding's name, the examples with their tools, and the classifier."""

    model: str
    labels: np.ndarray
    vectors: Vectors
    classes: tuple[str, ...]
    weights: Vectors
    offsets: Vectors


def route(
    request: Request, embed: Callable[[str], Vectors], model: str, *, incomplete: bool = True
) -> tuple[ToolCall, ...]:
    """Return the tool calls of a question, best first; most questions call none.

    Args:
        request: The question with its slots.
        embed: Text to vector.
        model: Name of the embedding; with another one than that of the shipped classifier only words and slots decide.
        incomplete: Whether a tool that the question as a whole asks for is called without all that it needs.
    """
    from advisor import tools

    vector = embed(request.text)
    share = shares(request.text, vector, model)
    near = _nearness(vector, model)
    known = replace(request, likeness=near)
    filled = {}
    for name, tool in tools.registry().items():
        arguments = tool.fill(known) if tool.fill else None
        if arguments is not None and (name in _ALONE or share[name] >= POSSIBLE):
            filled[name] = arguments
    for name, more in _INSTEAD:
        if name in filled and more in filled:
            del filled[name]
    score = {name: share[name] + near.get(name, 0.0) for name in filled}
    ranked = sorted(filled, key=lambda name: (-score[name], name))
    asked = _asked(share)
    if incomplete and asked and asked not in filled and not (ranked and ranked[0] in _ALONE):
        fill = tools.get(asked).fill
        given = fill(replace(known, wanted=asked)) if fill else None
        if given is not None:
            filled, ranked = {asked: given}, [asked]
    calls = ranked[:1] + [name for name in ranked[1:2] if score[ranked[0]] - score[name] <= BOTH]
    return tuple(
        ToolCall(
            tool=name,
            assumed=tuple(filled[name].pop("_assumed", ())),
            arguments=filled[name],
            asked=name == asked,
        )
        for name in calls
    )


def _asked(share: Mapping[str, float]) -> str:
    """Return the tool that a question as a whole asks for, or an empty string."""
    best = max(share, key=lambda name: (share[name], name))
    return best if best != NONE and SURE <= share[best] < 1 else ""


def number_features(text: str) -> Vectors:
    """Return what the numbers of a question say about it, shape `(6,)`: how many, and whether of money, hours, distance, shares, rates."""
    numbers = numbers_in(text)
    units = {number.unit for number in numbers}
    found = (
        min(3, len(numbers)), "money" in units, "hours" in units, bool(units & {"miles", "km"}), "percent" in units,
        any(number.per for number in numbers),
    )  # fmt: skip
    return np.array(found, dtype=np.float32) * _NUMBER_WEIGHT


def shares(text: str, vector: Vectors, model: str) -> dict[str, float]:
    """Return the share of each tool and of `NONE`; 1 for all when the classifier is of another embedding."""
    known = learnt()
    if known.model != model:
        return dict.fromkeys(known.classes, 1.0)
    logits = np.concatenate([vector, number_features(text)]) @ known.weights + known.offsets
    found = np.exp(logits - logits.max())
    return dict(zip(known.classes, (found / found.sum()).tolist(), strict=True))


def _nearness(vector: Vectors, model: str) -> dict[str, float]:
    """Return the cosine with the nearest example of each tool; empty when the vectors are of another model."""
    known = learnt()
    if known.model != model:
        return {}
    cosines = known.vectors @ vector
    return {name: float(cosines[known.labels == name].max()) for name in known.classes if name != NONE}


@lru_cache(maxsize=1)
def learnt() -> Router:
    """Return what ships next to the tools."""
    with files("advisor.tools").joinpath("examples.npz").open("rb") as file, np.load(file) as data:
        return Router(
            str(data["model"]), data["labels"].astype(str), data["vectors"].astype(np.float32),
            tuple(data["classes"].astype(str).tolist()), data["weights"].astype(np.float32), data["offsets"].astype(np.float32),
        )  # fmt: skip
