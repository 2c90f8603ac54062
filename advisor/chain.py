"""The adviser behind LangChain's interfaces: a retriever, a runnable, and structured tools."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.tools import StructuredTool

from advisor import tools
from advisor.schema import Answer, Passage, Profile

if TYPE_CHECKING:
    from advisor.advisor import Advisor


def document(passage: Passage) -> Document:
    """Return a passage as a LangChain document; its sources are in the metadata."""
    chunk = passage.chunk
    source = chunk.sources[0] if chunk.sources else None
    return Document(
        id=chunk.id,
        page_content=chunk.text,
        metadata={
            "title": chunk.title,
            "heading": chunk.heading,
            "subject": chunk.subject,
            "kind": chunk.kind,
            "region": chunk.region,
            "score": passage.score,
            "url": source.url if source else "",
            "publisher": source.publisher if source else "",
            "source_kind": source.source_kind if source else "",
            "as_of": source.as_of.isoformat() if source and source.as_of else None,
        },
    )


class AdvisorRetriever(BaseRetriever):
    """A LangChain retriever over an open adviser."""

    advisor: Any
    k: int = 8

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [document(passage) for passage in self.advisor.search(query, k=self.k)]


def retriever(advisor: "Advisor", k: int) -> BaseRetriever:
    """Return a retriever that gives the `k` nearest passages."""
    return AdvisorRetriever(advisor=advisor, k=k)


def runnable(advisor: "Advisor") -> Runnable[Any, Answer]:
    """Return a runnable from a question, or `{"question", "history", "profile"}`, to an `Answer`."""

    def ask(given: str | Mapping[str, Any]) -> Answer:
        if isinstance(given, str):
            return advisor.ask(given)
        profile = given.get("profile")
        return advisor.ask(
            given["question"],
            history=given.get("history", ()),
            profile=Profile.model_validate(profile) if isinstance(profile, Mapping) else profile,
        )

    return RunnableLambda(ask, name="gig-advisor")


def structured_tools(advisor: "Advisor") -> list[StructuredTool]:
    """Return every tool as a `StructuredTool` whose result is JSON-ready."""

    def caller(name: str) -> Any:
        def call(**arguments: Any) -> dict[str, Any]:
            return advisor.run(name, **arguments).model_dump(mode="json")

        return call

    return [
        StructuredTool.from_function(
            caller(tool.name), name=tool.name, description=tool.summary, args_schema=tool.input_model
        )
        for tool in tools.registry().values()
    ]
