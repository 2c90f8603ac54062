"""The whole way of a question: plan, passages, tool results, brief, answer, check."""

import contextlib
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from advisor import erasure, worklog
from advisor import index as derived
from advisor.answer import again, extractive
from advisor.answer.sentences import own_guide, without_markers
from advisor.corpus import corpus_fingerprint
from advisor.embedding import open_embedding
from advisor.errors import AdvisorError, DerivedIndexError, LedgerError, ModelError, ToolError
from advisor.facts import Facts, subjects
from advisor.gazetteer import Gazetteer
from advisor.index import Index
from advisor.ledger import Ledger
from advisor.planner import plan
from advisor.retriever import HybridRetriever
from advisor.router import route
from advisor.schema import (
    Answer,
    Brief,
    Citation,
    Part,
    Passage,
    Passages,
    Plan,
    Profile,
    StreamPart,
    TextDelta,
    ToolCall,
    ToolResult,
)
from advisor.settings import Settings, load
from advisor.slots import numbers_in, read, read_follow_up

if TYPE_CHECKING:
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable
    from langchain_core.tools import StructuredTool

    from advisor.recognise import Recognised

Turn = Mapping[str, str]
_ABOUT_LOG = re.compile(
    r"\b(when should i (?:drive|work|deliver|be online)|which (?:hours|days|shifts)|best (?:hours?|times?|days?)|my (?:own )?(?:log|trips|earnings|idle|best)|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day (?:night|morning|evening|afternoon)s? worth|worth (?:driving|working) on|how much do i (?:make|earn) an hour)\b",
    re.IGNORECASE,
)
"""Questions that the person's own log answers, when there is one."""


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
            try:
                erasure.finish(chosen)
            except (LedgerError, DerivedIndexError) as error:
                notices.append(f"Something that you erased is not yet gone from every file: {error}")
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
        wish = again.wish_of(question)
        before = again.last_question(history) if wish else None
        if wish and before is not None:
            brief = self._brief(history[before]["content"], again.without_wishes(history[:before]), profile, today)
            said = again.answer(wish, question, brief)
            yield Passages(passages=brief.passages)
            yield TextDelta(text=said.text)
            yield said.model_copy(update={"seconds": time.monotonic() - start})
            return
        brief = self._brief(question, again.without_wishes(history), profile, today)
        understood = brief.plan
        if not understood.question:
            yield Answer(
                text="Ask a question about earning money, a platform, a skill path, or the rules.", abstained=True
            )
            return
        asks = all("needs" in result.output for result in brief.results)
        if not brief.passages and asks and not understood.care:
            # Nothing is known; a tool that was asked for says at least what it would need.
            needed = "\n\n".join(line for result in brief.results for line in result.summary)
            text = needed or extractive.abstention(self._nearest_topics(understood))
            yield TextDelta(text=text)
            yield Answer(
                text=text,
                abstained=True,
                results=brief.results,
                missing=understood.missing,
                seconds=time.monotonic() - start,
            )
            return
        yield Passages(passages=brief.passages)
        yield from brief.results
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

    def _brief(self, question: str, history: Sequence[Turn], profile: Profile | None, today: date | None) -> Brief:
        """Return all that may be said to a question: plan, passages, and the results of the tools it calls."""
        understood = self.plan(question, history=history, profile=profile, today=today)
        if not understood.question:
            return Brief(plan=understood, passages=())
        passages = tuple(self.retrieval.retrieve(understood))
        if history and not understood.entities and understood.query == understood.question and _is_weak(passages):
            # Nothing answers it by itself: it may rest on the turn before without a word that says so.
            leaning = self.plan(question, history=history, profile=profile, today=today, leans=True)
            found = tuple(self.retrieval.retrieve(leaning))
            if found and (not passages or _nearness(found) > _nearness(passages)):
                understood, passages = leaning, found
        parts: tuple[Part, ...] = ()
        if passages and understood.parts:
            plans = [self.plan(part, profile=understood.person, today=today) for part in understood.parts]
            parts = tuple(Part(plan=one, passages=tuple(self.retrieval.retrieve(one))) for one in plans)
            if not all(part.passages for part in parts):
                parts = ()  # a part that says nothing by itself is answered with the whole
        if parts:
            # What answers each question comes first, then what the whole brought.
            mixed = [p for rank in range(3) for part in parts for p in part.passages[rank : rank + 1]]
            by_id = {p.chunk.id: p for p in (*mixed, *passages)}
            passages = tuple(p.model_copy(update={"rank": n}) for n, p in enumerate(list(by_id.values())[:12], 1))
        return Brief(
            plan=understood,
            passages=passages,
            parts=parts,
            results=tuple(self._run_calls(understood)),
            profile=understood.person,
            history=tuple(dict(turn) for turn in history),
        )

    def plan(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        profile: Profile | None = None,
        today: date | None = None,
        leans: bool = False,
    ) -> Plan:
        """Return what would be looked up and run for a question, without doing it; `leans` reads it as a follow-up."""
        self._refresh_names()
        day = today or date.today()  # noqa: DTZ011 - the person's own calendar day is meant
        understood = plan(question, self._gazetteer, today=day, history=history, profile=profile, leans=leans)
        if understood.care == "crisis" or not understood.question:
            return understood
        kinds = self._gazetteer.kinds
        requests = [read(understood, understood.person, kinds)]
        if understood.context:
            # A new number replaces the one said before; a new name is already in the query.
            follow_up = read_follow_up(understood, understood.person, kinds)
            requests.insert(0 if numbers_in(understood.question) else 1, follow_up)
        calls: tuple[ToolCall, ...] = ()
        for incomplete in (False, True):
            for request in requests:
                calls = calls or route(request, self.retrieval.vector, self.embedding.name, incomplete=incomplete)
        if understood.care:
            calls = tuple(call for call in calls if call.tool == "scam_check")
        return understood.model_copy(update={"calls": calls})

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
        if not grounding.backed(grounded).strip():
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
                self._facts = Facts(self.ledger.facts(), subjects(self.ledger.documents()), self.settings.data_dir)
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

    def skills_in(self, text: str) -> "list[Recognised]":
        """Return the skills that a text or CV shows, surest first, with the words that show them.

        They are proposals: the person strikes out what is wrong before anything else uses them.
        """
        from advisor.recognise import recognise

        steps = {step.skill for guide in self.facts.guides.values() for step in guide.steps}
        return recognise(text, steps, self.settings.data_dir, self.embedding)

    def log(self, question: str = "", currency: str = "USD") -> ToolResult | None:
        """Return what the person's own work log says, or None when there is no log with a paid trip."""
        path = worklog.path_in(self.settings.data_dir)
        if not path.is_file():
            return None
        from advisor import insight

        try:
            return insight.result(worklog.load(path), question, currency)
        except AdvisorError:
            return None

    def plan_week(self, *, cost_per_hour: float = 0.0, **arguments: Any) -> ToolResult | None:
        """Return a week planned from the person's own log, or None when there is no log with a paid trip.

        Args:
            cost_per_hour: Car and other costs of an hour at work, taken off the log's pay.
            arguments: Arguments of the `schedule` tool; expected pay comes from the log.

        Raises:
            ToolError: When an argument is not valid; the text names it.
        """
        path = worklog.path_in(self.settings.data_dir)
        if not path.is_file():
            return None
        from advisor import weekplan

        try:
            return weekplan.plan_week(worklog.load(path), arguments, self.facts, date.today(), cost_per_hour)  # noqa: DTZ011 - the person's own calendar day
        except ToolError:
            raise
        except AdvisorError:
            return None

    def _run_calls(self, understood: Plan) -> Iterator[ToolResult]:
        from advisor import tools

        if _ABOUT_LOG.search(understood.query) and (found := self.log(understood.question)):
            yield found
        for call in understood.calls:
            try:
                planned = self.plan_week(**call.arguments) if call.tool == "schedule" else None
                result = planned or self.run(call.tool, **call.arguments)
                # Who asks to compare is told what is known of each, also where that ranks nothing.
                if not result.output.get("undecided") or (call.asked and call.tool != "match"):
                    yield result.model_copy(update={"assumptions": (*call.assumed, *result.assumptions)})
                    continue
            except ToolError:
                # What a question left unsaid can make its numbers impossible; the passages still answer.
                pass
            if call.asked:
                yield tools.asking(call.tool, call.arguments, self.facts)

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
        # Another process writes, or nothing can be written: what is there is opened, else search is exact.
        with contextlib.suppress(LedgerError), Ledger(self.settings.ledger_path) as writable, writable.writing():
            derived.derive(writable, self.settings, model=self.embedding.name)
        return self.index.use_chroma()


STANDS_ALONE = 0.6
"""Cosine of a guide's question from which a question in a conversation is one of its own."""


def _nearness(passages: Sequence[Passage]) -> float:
    return max((p.dense for p in passages[:5] if p.chunk.kind == "question"), default=0.0)


def _is_weak(passages: Sequence[Passage]) -> bool:
    return _nearness(passages) < STANDS_ALONE


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
    source = chunk.sources[0] if chunk.sources else own_guide(passage)
    plain = without_markers(chunk.text)
    return Citation(
        n=n,
        title=f"{chunk.title}: {chunk.heading}" if chunk.heading else chunk.title,
        publisher=source.publisher,
        url=source.url,
        source_kind=source.source_kind,
        as_of=source.as_of,
        quote=best_window(text, plain),
    )
