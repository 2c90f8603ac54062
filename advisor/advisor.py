"""The whole way of a question: plan, passages, tool results, brief, answer, check."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from advisor import index as derived
from advisor.answer import extractive
from advisor.corpus import corpus_fingerprint
from advisor.embedding import open_embedding
from advisor.errors import AdvisorError, LedgerBusyError, LedgerError, ModelError
from advisor.facts import Facts
from advisor.index import Index
from advisor.ledger import Ledger
from advisor.planner import Gazetteer, plan
from advisor.retriever import HybridRetriever
from advisor.schema import (
    Answer,
    Brief,
    Citation,
    Passage,
    Passages,
    Plan,
    Profile,
    StreamPart,
    TextDelta,
    ToolResult,
)
from advisor.settings import Settings, load

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable
    from langchain_core.tools import StructuredTool

Turn = Mapping[str, str]


class Advisor:
    """An open adviser: ask, stream, search, run a tool. Safe to use from several threads."""

    def __init__(self, ledger: Ledger, settings: Settings, notices: Sequence[str] = ()) -> None:
        """Wrap an open ledger; use `Advisor.open()` unless the ledger is yours.

        Args:
            ledger: The open ledger.
            settings: What is configured.
            notices: What happened while opening.
        """
        self.ledger, self.settings, self.notices = ledger, settings, tuple(notices)
        self.embedding = open_embedding(settings)
        self.index = Index(ledger, settings, self.embedding.name)
        self.retrieval = HybridRetriever(self.index, self.embedding)
        self._names_at = -1
        self._gazetteer = Gazetteer(())
        self._facts = Facts(())
        self._lock = threading.Lock()

    @classmethod
    def open(cls, settings: Settings | None = None, *, progress: bool = False, build: bool = True) -> Self:
        """Open the adviser, building or updating the ledger of the bundled corpus first where needed.

        Args:
            settings: What is configured; read from the environment when None.
            progress: Show progress bars on standard error.
            build: Build or update what is missing; without it an absent ledger is an error.

        Raises:
            LedgerError: When there is no ledger and none can be built.
            SettingsError: When a setting cannot be used.
        """
        chosen = settings or load()
        notices: list[str] = []
        if build:
            notices += _bring_up_to_date(chosen, progress=progress)
        return cls(Ledger(chosen.ledger_path, read_only=True), chosen, notices)

    def close(self) -> None:
        """Close indexes and ledger."""
        self.index.close()
        self.ledger.close()

    def __enter__(self) -> Self:
        """Return the adviser itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the adviser."""
        self.close()

    # Asking -----------------------------------------------------------------------------------------------------

    def ask(
        self, question: str, *, history: Sequence[Turn] = (), profile: Profile | None = None, today: date | None = None
    ) -> Answer:
        """Return the whole answer to a question.

        Args:
            question: What the person asks.
            history: Earlier turns, oldest first, `{"role": "user"|"assistant", "content": str}`.
            profile: What the person chose to say about themselves.
            today: The day the answer is for.
        """
        for part in self.stream(question, history=history, profile=profile, today=today):
            if isinstance(part, Answer):
                return part
        raise AssertionError("a stream ends with an answer")

    def stream(
        self, question: str, *, history: Sequence[Turn] = (), profile: Profile | None = None, today: date | None = None
    ) -> Iterator[StreamPart]:
        """Yield passages, tool results, pieces of text, and last the `Answer`.

        A model that fails never fails the person: the extractive answer follows, with a notice.
        """
        start = time.monotonic()
        person = profile or Profile()
        understood = self.plan(question, history=history, profile=person, today=today)
        if not understood.question:
            yield Answer(
                text="Ask a question about earning money, a platform, a skill path, or the rules.", abstained=True
            )
            return
        passages = tuple(self.retrieval.retrieve(understood))
        results = tuple(self._run_calls(understood))
        if not passages and not results and not understood.care:
            text = extractive.abstention(self._nearest_topics(understood))
            yield TextDelta(text=text)
            yield Answer(text=text, abstained=True, missing=understood.missing, seconds=time.monotonic() - start)
            return
        yield Passages(passages=passages)
        yield from results
        brief = Brief(
            plan=understood, passages=passages, results=results, profile=person, history=tuple(dict(t) for t in history)
        )
        notices: tuple[str, ...] = ()
        if not self.settings.is_offline:
            model_answer = yield from self._model_answer(brief, start)
            if isinstance(model_answer, Answer):
                yield model_answer
                return
            notices = model_answer
        answer = extractive.answer(brief)
        for piece in extractive.pieces(answer.text):
            yield TextDelta(text=piece)
        yield answer.model_copy(update={"seconds": time.monotonic() - start, "notices": notices})

    def plan(
        self, question: str, *, history: Sequence[Turn] = (), profile: Profile | None = None, today: date | None = None
    ) -> Plan:
        """Return what would be looked up and run for a question, without doing it."""
        self._refresh_names()
        day = today or date.today()  # noqa: DTZ011 - the person's own calendar day is meant
        return plan(question, self._gazetteer, today=day, history=history, profile=profile)

    def _model_answer(self, brief: Brief, start: float) -> Any:
        """Stream the model's answer; return the checked `Answer`, or the notices when the model failed."""
        from advisor.answer import grounding, llm

        text = ""
        try:
            with llm.stream(brief, self.settings) as deltas:
                for delta in deltas:
                    text += delta
                    yield TextDelta(text=delta)
                notices = tuple(deltas.notices)
        except ModelError as error:
            return (f"The model did not answer ({error}). This answer comes straight from the sources.",)
        grounded = grounding.check(text, brief)
        if not grounded.text.strip():
            return ("Nothing the model wrote is backed by the sources. This answer comes straight from them.",)
        numbered = grounding.numbering(brief)
        citations = tuple(
            _citation(n, item, grounded.text)
            for n in grounded.citations
            if isinstance(item := numbered.get(n), Passage)
        )
        if grounded.cut:
            notices = (*notices, "Sentences that the sources do not back were left out.")
        return Answer(
            text=grounded.text,
            citations=citations,
            results=brief.results,
            missing=brief.plan.missing,
            model=self.settings.model,
            seconds=time.monotonic() - start,
            notices=notices,
        )

    def _nearest_topics(self, understood: Plan) -> list[str]:
        near = self.retrieval.search(understood.query, 12)
        return list(dict.fromkeys(p.chunk.title for p in near if p.chunk.guide_kind))[:3]

    def _refresh_names(self) -> None:
        sequence = self.ledger.sequence
        with self._lock:
            if sequence != self._names_at:
                self._gazetteer = Gazetteer(self.ledger.documents())
                self._facts = Facts(self.ledger.facts())
                self._names_at = sequence

    @property
    def facts(self) -> Facts:
        """All facts of the ledger."""
        self._refresh_names()
        return self._facts

    # Searching and tools ----------------------------------------------------------------------------------------

    def search(self, query: str, k: int = 8) -> list[Passage]:
        """Return the `k` nearest passages; no cut-off, no filter."""
        if k < 1:
            raise AdvisorError(f"k is {k!r}; it must be 1 or more.")
        return self.retrieval.search(query, k) if query.strip() else []

    def run(self, name: str, /, **arguments: Any) -> ToolResult:
        """Run a tool by name.

        Raises:
            ToolError: When the tool is unknown or an argument is not valid; the text names it.
        """
        from advisor import tools

        return tools.run(name, arguments, self.facts)

    def _run_calls(self, understood: Plan) -> Iterator[ToolResult]:
        for call in understood.calls:
            yield self.run(call.tool, **call.arguments)

    # LangChain --------------------------------------------------------------------------------------------------

    def retriever(self, k: int = 8) -> "BaseRetriever":
        """Return a LangChain retriever over this adviser."""
        from advisor import chain

        return chain.retriever(self, k)

    def as_runnable(self) -> "Runnable[Any, Answer]":
        """Return a LangChain runnable: a question, or `{"question", "history", "profile"}`, to an `Answer`."""
        from advisor import chain

        return chain.runnable(self)

    def tools(self) -> "list[StructuredTool]":
        """Return every tool as a LangChain `StructuredTool`."""
        from advisor import chain

        return chain.structured_tools(self)

    # State ------------------------------------------------------------------------------------------------------

    def build_dense(self) -> str:
        """Build and open the dense index where it is missing or far behind; return its state.

        Only a serving process needs it: single questions search the ledger's vectors exactly.
        """
        with Ledger(self.settings.ledger_path) as writable:
            try:
                with writable.writing():
                    derived.derive(writable, self.settings, model=self.embedding.name)
            except (LedgerBusyError, LedgerError):
                # Another process writes, or nothing can be written: what is there is opened, else search is exact.
                pass
        return self.index.use_chroma()


def _bring_up_to_date(settings: Settings, *, progress: bool) -> list[str]:
    """Ingest the bundled corpus when the ledger does not show it yet; return notices."""
    known = ""
    if settings.ledger_path.exists():
        with Ledger(settings.ledger_path, read_only=True) as ledger:
            known = ledger.meta("corpus")
            model = open_embedding(settings).name
            complete = ledger.meta("embedding") == model
        if known and complete and known == corpus_fingerprint(settings.corpus_dir):
            return []
    # The library never imports `ingest` at import time; building on first use is the one exception.
    from ingest.build import ingest

    try:
        report = ingest([], settings, progress=progress)
    except LedgerError as error:
        if known:
            return [f"The corpus could not be updated: {error}"]
        raise
    refused = [f"{line.source}: {line.message}" for line in report.sources if line.status == "refused"]
    return [*report.notices, *refused]


def _citation(n: int, passage: Passage, text: str) -> Citation:
    from advisor.answer.support import best_window

    chunk = passage.chunk
    source = chunk.sources[0] if chunk.sources else extractive.own_guide(passage)
    plain = extractive.without_markers(chunk.text)
    return Citation(
        n=n,
        title=f"{chunk.title}: {chunk.heading}" if chunk.heading else chunk.title,
        publisher=source.publisher,
        url=source.url,
        source_kind=source.source_kind,
        as_of=source.as_of,
        quote=best_window(text, plain),
    )
