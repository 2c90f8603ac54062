"""Which tool a question asks for: the tools whose slots it fills, ranked by their labelled examples.

A tool is called when its `fill` finds the arguments it needs and the question lies nearer to one of the tool's examples
than the cut-off; tools that read a whole situation (`scam_check`) or were asked for in so many words need no nearness.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files

import numpy as np

from advisor.ledger import Vectors
from advisor.schema import ToolCall
from advisor.slots import Request

NEAR = 0.42
"""Cosine with the nearest example below which a filled tool is not called."""
BOTH = 0.04
"""A second tool is called as well when its nearness is within this of the first's."""
_INSTEAD = (("budget", "shop"), ("rental", "vehicle"), ("tax", "earnings"), ("vehicle", "earnings"))
"""The first tool gives way when the second is filled too, because the second's sum holds the first's."""
_ALONE = frozenset({"scam_check", "letter", "invoice", "offer", "bids"})


def route(request: Request, embed: Callable[[str], Vectors], model: str) -> tuple[ToolCall, ...]:
    """Return the tool calls of a question, best first; most questions call none.

    Args:
        request: The question with its slots.
        embed: Text to vector.
        model: Name of the embedding, which must be that of the shipped example vectors for nearness to count.
    """
    from advisor import tools

    near = _nearness(list(tools.registry()), embed(request.text), model)
    known = replace(request, likeness=near) if example_vectors()[0] == model else request
    filled = {}
    for name, tool in tools.registry().items():
        arguments = tool.fill(known) if tool.fill else None
        if arguments is not None:
            filled[name] = arguments
    for name, more in _INSTEAD:
        if name in filled and more in filled:
            del filled[name]
    ranked = sorted(
        (name for name in filled if near[name] >= NEAR or name in _ALONE), key=lambda name: (-near[name], name)
    )
    calls = ranked[:1] + [name for name in ranked[1:2] if near[ranked[0]] - near[name] <= BOTH]
    return tuple(
        ToolCall(tool=name, assumed=tuple(filled[name].pop("_assumed", ())), arguments=filled[name]) for name in calls
    )


def _nearness(names: Sequence[str], vector: Vectors, model: str) -> dict[str, float]:
    """Return the cosine with the nearest example of each tool; 1 for all when the vectors are of another model."""
    known, labels, vectors = example_vectors()
    if known != model:
        return dict.fromkeys(names, 1.0)
    cosines = vectors @ vector
    return {name: float(cosines[labels == name].max(initial=0.0)) for name in names}


@lru_cache(maxsize=1)
def example_vectors() -> tuple[str, np.ndarray, Vectors]:
    """Return the model's name, the tool of each example, and the examples' vectors."""
    with files("advisor.tools").joinpath("examples.npz").open("rb") as file, np.load(file) as data:
        return str(data["model"]), data["labels"].astype(str), data["vectors"].astype(np.float32)
