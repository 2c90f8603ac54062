"""What a person adds: documents, work logs, CVs, job posts; a report line for each, and removal.

Documents go through `ingest` and stay; of logs and job posts the rows stay; of a CV nothing stays but the skills that the person keeps.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor import Advisor, AdvisorError, erasure, jobs, worklog
from advisor.recognise import Recognised
from advisor.web import strings

FOLDER = erasure.DOCUMENTS
FEED = "feed:"
"""What the id of a feed of job posts begins with."""


@dataclass(frozen=True)
class Line:
    """What happened to one file: its name, the status, and what is to be said about it."""

    name: str
    status: str
    remarks: str = ""


def own_documents(advisor: Advisor) -> list[tuple[str, str]]:
    """Return title and id of every document that did not come with the corpus."""
    own = erasure.own_documents(advisor.ledger)
    found = [d for d in advisor.ledger.documents() if d.id in own]
    return [(f"{document.title} ({Path(document.origin).name or document.origin})", document.id) for document in found]


def add_documents(advisor: Advisor, paths: Sequence[str], address: str) -> Iterator[Line | int]:
    """Take in uploaded files and one address, one after the other; yield the number begun, then its report line.

    A copy of each file stays in the data folder, since the browser's upload is deleted and a document needs an origin.
    """
    from ingest.build import ingest

    folder = advisor.settings.data_dir / FOLDER
    for number, target in enumerate([*paths, *([address] if address else [])], 1):
        yield number
        try:
            if target == address:
                name = where = target
            else:
                folder.mkdir(parents=True, exist_ok=True)
                name = re.sub(r"[^\w. -]", "_", Path(target).name)[-120:]
                where = str(shutil.copyfile(target, folder / name))
            for report in ingest([where], advisor.settings).sources:
                if report.status == "refused" and target != address:
                    (folder / name).unlink(missing_ok=True)
                yield Line(name, report.status, report.message)
        except (AdvisorError, OSError) as error:
            yield Line(Path(target).name, "refused", str(error))


def add_logs(advisor: Advisor, paths: Sequence[str]) -> Iterator[Line | int]:
    """Read work logs and add their rows; yield the number begun, then its report line."""
    from ingest.readers.earnings import read_log

    for number, target in enumerate(paths, 1):
        yield number
        name = Path(target).name
        try:
            found = read_log(Path(target).read_bytes(), name)
            new = worklog.add(worklog.path_in(advisor.settings.data_dir), found.rows)
        except (AdvisorError, OSError) as error:
            yield Line(name, "refused", str(error))
            continue
        left = [strings.FILES_LEFT_OUT.format(count=count, reason=why) for why, count in found.left_out.items()]
        said = [strings.FILES_LOG_ROWS.format(rows=len(found.rows), new=new), *left, *found.notices]
        yield Line(name, "added" if new else "unchanged", "; ".join(said))


def own_feeds(advisor: Advisor) -> list[tuple[str, str]]:
    """Return the name and the id of every feed of job posts that was added."""
    found = jobs.feeds(jobs.path_in(advisor.settings.data_dir))
    return [
        (strings.FILES_FEED.format(name=Path(feed).name or feed, count=count), FEED + feed) for feed, count in found
    ]


def add_feeds(advisor: Advisor, paths: Sequence[str], address: str) -> Iterator[Line | int]:
    """Read feeds of job posts and add their posts; yield the number begun, then its report line."""
    from ingest.readers.jobs import take

    for number, target in enumerate([*paths, *([address] if address else [])], 1):
        yield number
        name = target if target == address else Path(target).name
        try:
            found = take(target, advisor.settings, advisor.embedding, name)
            yield Line(name, found.status, found.message)
        except (AdvisorError, OSError) as error:
            yield Line(name, "refused", str(error))


def read_cvs(advisor: Advisor, paths: Sequence[str]) -> Iterator[Line | int | list[Recognised]]:
    """Read CVs and propose the skills they show; yield the number begun, its skills, then its report line. Nothing is kept."""
    from ingest.sandbox import text_in_child

    for number, target in enumerate(paths, 1):
        yield number
        name = Path(target).name
        try:
            found = advisor.skills_in(text_in_child(Path(target), advisor.settings))
        except (AdvisorError, OSError) as error:
            yield Line(name, "refused", str(error))
            continue
        yield found
        yield Line(name, "read", strings.FILES_CV_FOUND.format(count=len(found)) if found else strings.FILES_CV_NOTHING)


def proposals(found: Sequence[Recognised]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return skills to choose from, each with the words that show it, and those that are sure enough to be ticked at first."""
    best: dict[str, Recognised] = {}
    for skill in found:
        if skill.label.lower() not in best or best[skill.label.lower()].confidence < skill.confidence:
            best[skill.label.lower()] = skill
    shown = [
        (f"{skill.label} (“{' '.join(skill.evidence[0].quote.split())[:60]}”)", skill.label) for skill in best.values()
    ]
    return shown, [skill.label for skill in best.values() if skill.because != "near"]


def remove(advisor: Advisor, document: str) -> str:
    """Erase what the person added, with the copy of its file and every trace in the indexes; return its title, or nothing.

    Args:
        advisor: The open adviser.
        document: The id of a document or of a feed of job posts.

    Raises:
        LedgerError: When the ledger or the posts cannot be written.
    """
    if document.startswith(FEED):
        title = dict((key, name) for name, key in own_feeds(advisor)).get(document, "")
        jobs.remove(jobs.path_in(advisor.settings.data_dir), document.removeprefix(FEED))
        return title
    known = {d.id: d for d in advisor.ledger.documents()}
    if document not in known or not erasure.erase_document(advisor.settings, document):
        return ""
    return known[document].title


def erase_log(advisor: Advisor) -> bool:
    """Erase the work log; return whether there was one."""
    return worklog.erase(worklog.path_in(advisor.settings.data_dir))
