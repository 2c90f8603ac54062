"""What a person adds: documents through `ingest`, work logs into their own file; a report line for each, and removal."""

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor import Advisor, AdvisorError, erasure, worklog
from advisor.web import strings

FOLDER = erasure.DOCUMENTS


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


def remove(advisor: Advisor, document: str) -> str:
    """Erase a document that the person added, with the copy of its file and every trace in the indexes; return its title, or nothing.

    Raises:
        LedgerError: When the ledger cannot be written.
    """
    known = {d.id: d for d in advisor.ledger.documents()}
    if document not in known or not erasure.erase_document(advisor.settings, document):
        return ""
    return known[document].title


def erase_log(advisor: Advisor) -> bool:
    """Erase the work log; return whether there was one."""
    return worklog.erase(worklog.path_in(advisor.settings.data_dir))
