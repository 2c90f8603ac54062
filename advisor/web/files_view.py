"""The files tab: add documents, work logs, CVs and job posts, see what was made of each, remove them, and use them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from advisor import Advisor, AdvisorError
from advisor.recognise import Recognised
from advisor.web import files, parts, posts_view, profile, strings
from advisor.web.drawing import esc
from advisor.web.files import Line
from advisor.web.shared import Shared

KINDS = [
    (strings.FILES_DOCUMENT, "document"),
    (strings.FILES_LOG, "log"),
    (strings.FILES_CV, "cv"),
    (strings.FILES_JOBS, "jobs"),
]
AROUND: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def build(shared: Shared, demo: Any) -> None:
    """Build the files tab."""
    import gradio

    advisor = shared.advisor
    gradio.HTML(f"<p class='ga-intro'>{strings.FILES_INTRO}</p>")
    kind = gradio.Radio(KINDS, value="document", label=strings.FILES_KIND, elem_id="ga-file-kind")
    picked = gradio.File(
        label=strings.FILES_PICK, file_count="multiple", elem_id="ga-file-pick", elem_classes=["ga-upload"], height=110
    )
    address = gradio.Textbox(
        "", label=strings.FILES_ADDRESS, info=strings.FILES_ADDRESS_HELP, max_length=2000, elem_id="ga-file-address"
    )
    add = gradio.Button(strings.FILES_ADD, variant="primary", elem_id="ga-file-add")
    report = gradio.HTML("", elem_id="ga-file-report")
    cv, skills = _cv_panel(shared)
    mine = gradio.Dropdown([], label=strings.FILES_MINE, info=strings.FILES_EMPTY, elem_id="ga-file-mine")
    with gradio.Row(elem_classes=["ga-small"]):
        remove = gradio.Button(strings.FILES_REMOVE, elem_id="ga-file-remove")
        erase = gradio.Button(strings.FILES_ERASE_LOG, variant="stop", elem_id="ga-log-erase")
    posts = posts_view.build(shared, demo)
    log = gradio.HTML("", elem_id="ga-log")

    def listed() -> Any:
        found = [*files.own_documents(advisor), *files.own_feeds(advisor)]
        return gradio.Dropdown(
            choices=found, value=found[0][1] if found else None, info="" if found else strings.FILES_EMPTY
        )

    def logged() -> str:
        found = advisor.log()
        if found is None:
            return f"<p class='ga-intro'>{strings.FILES_NO_LOG}</p>"
        return f"<h2>{strings.FILES_LOG_HEAD}</h2>{parts.result(found)}"

    def state() -> list[Any]:
        return [listed(), logged(), gradio.Column(visible=bool(files.own_feeds(advisor)))]

    def take(kind: str, paths: list[str] | None, url: str) -> Iterator[list[Any]]:
        """Read one file after the other; the report grows with each."""
        chosen, place = list(paths or ()), url.strip() if kind in ("document", "jobs") else ""
        same = [gradio.skip() for _ in range(7)]
        if not chosen and not place:
            yield [f"<p class='ga-error' role='alert'>{strings.FILES_NOTHING}</p>", *same]
            return
        names = [*(Path(path).name for path in chosen), *([place] if place else [])]
        lines: list[Line] = []
        found: list[Recognised] = []
        for step in _work(advisor, kind, chosen, place):
            if isinstance(step, int):
                name = names[step - 1]
                busy = strings.FILES_READING.format(name=name, number=step, count=len(names))
                done = f"<progress value='{step - 1}' max='{len(names)}' aria-label='{esc(busy)}'></progress>"
                yield [f"<p role='status'>{done} {esc(busy)}…</p>{_table(lines)}", *same]
            elif isinstance(step, Line):
                lines.append(step)
            else:
                found += step
        for path in chosen:
            # The browser's upload; what was taken in has its own copy, and what is removed later must be gone.
            Path(path).unlink(missing_ok=True)
        choices, ticked = files.proposals(found)
        yield [
            _table(lines), None, "", gradio.Column(visible=bool(choices)),
            gradio.CheckboxGroup(choices=choices, value=ticked), *state(),
        ]  # fmt: skip

    def gone(document: str | None) -> list[Any]:
        try:
            title = files.remove(advisor, document) if document else ""
        except AdvisorError as error:
            return [f"<p class='ga-error' role='alert'>{esc(error)}</p>", *state()]
        said = strings.FILES_REMOVED.format(title=title) if title else strings.FILES_EMPTY
        return [f"<p class='ga-good' role='status'>{esc(said)}</p>", *state()]

    def forget() -> list[Any]:
        words = strings.FILES_LOG_ERASED if files.erase_log(advisor) else strings.FILES_NO_LOG
        return [f"<p class='ga-good' role='status'>{words}</p>", logged()]

    add.click(
        take, [kind, picked, address], [report, picked, address, cv, skills, mine, log, posts], concurrency_limit=1, **AROUND
    )  # fmt: skip
    remove.click(gone, [mine], [report, mine, log, posts], concurrency_limit=1, **AROUND)
    erase.click(forget, None, [report, log], **AROUND)
    demo.load(state, None, [mine, log, posts], **AROUND)


def _work(advisor: Advisor, kind: str, paths: list[str], address: str) -> Iterator[int | Line | list[Recognised]]:
    if kind == "log":
        return files.add_logs(advisor, paths)
    if kind == "cv":
        return files.read_cvs(advisor, paths)
    if kind == "jobs":
        return files.add_feeds(advisor, paths, address)
    return files.add_documents(advisor, paths, address)


def _cv_panel(shared: Shared) -> tuple[Any, Any]:
    """Build what proposes the skills of a CV; return the column, shown when there are some, and the choices."""
    import gradio

    with gradio.Column(visible=False, elem_id="ga-cv") as column:
        skills = gradio.CheckboxGroup(
            [], label=strings.FILES_CV_HEAD, info=strings.FILES_CV_HELP, elem_id="ga-cv-skills"
        )
        keep = gradio.Button(strings.FILES_CV_KEEP, variant="primary", elem_id="ga-cv-keep")
        said = gradio.HTML("", elem_id="ga-cv-said")

    def kept(ticked: list[str], known: Any) -> list[Any]:
        if not ticked:
            return [gradio.skip(), f"<p class='ga-error' role='alert'>{strings.FILES_CV_NONE}</p>"]
        person = profile.from_browser(known)
        both = profile.with_skills(person, ticked)
        words = strings.FILES_CV_KEPT.format(skills=", ".join(both.skills))
        return [profile.to_browser(both), f"<p class='ga-good' role='status'>{esc(words)}</p>"]

    keep.click(kept, [skills, shared.profile], [shared.profile, said], **AROUND, queue=False)
    return column, skills


def _table(lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    rows = [[f"<td>{esc(cell)}</td>" for cell in (line.name, line.status, line.remarks)] for line in lines]
    return parts.html_table(strings.FILES_COLUMNS, rows, strings.FILES_PICK)
