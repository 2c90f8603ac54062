"""The files tab: add documents and work logs, see what was made of each, remove them, and read what the log shows."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from advisor import AdvisorError
from advisor.web import files, parts, strings
from advisor.web.drawing import esc
from advisor.web.files import Line
from advisor.web.shared import Shared


def build(shared: Shared, demo: Any) -> None:
    """Build the files tab."""
    import gradio

    advisor = shared.advisor
    gradio.HTML(f"<p class='ga-intro'>{strings.FILES_INTRO}</p>")
    kind = gradio.Radio(
        [(strings.FILES_DOCUMENT, "document"), (strings.FILES_LOG, "log")], value="document", label=strings.FILES_KIND, elem_id="ga-file-kind"
    )  # fmt: skip
    picked = gradio.File(
        label=strings.FILES_PICK, file_count="multiple", elem_id="ga-file-pick", elem_classes=["ga-upload"], height=110
    )
    address = gradio.Textbox(
        "", label=strings.FILES_ADDRESS, info=strings.FILES_ADDRESS_HELP, max_length=2000, elem_id="ga-file-address"
    )
    add = gradio.Button(strings.FILES_ADD, variant="primary", elem_id="ga-file-add")
    report = gradio.HTML("", elem_id="ga-file-report")
    mine = gradio.Dropdown([], label=strings.FILES_MINE, info=strings.FILES_EMPTY, elem_id="ga-file-mine")
    with gradio.Row(elem_classes=["ga-small"]):
        remove = gradio.Button(strings.FILES_REMOVE, elem_id="ga-file-remove")
        erase = gradio.Button(strings.FILES_ERASE_LOG, variant="stop", elem_id="ga-log-erase")
    log = gradio.HTML("", elem_id="ga-log")
    around: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    def listed() -> Any:
        found = files.own_documents(advisor)
        return gradio.Dropdown(
            choices=found, value=found[0][1] if found else None, info="" if found else strings.FILES_EMPTY
        )

    def logged() -> str:
        found = advisor.log()
        if found is None:
            return f"<p class='ga-intro'>{strings.FILES_NO_LOG}</p>"
        return f"<h2>{strings.FILES_LOG_HEAD}</h2>{parts.result(found)}"

    def take(kind: str, paths: list[str] | None, url: str) -> Iterator[list[Any]]:
        """Read one file after the other; the report grows with each."""
        chosen, place = list(paths or ()), url.strip() if kind == "document" else ""
        if not chosen and not place:
            yield [f"<p class='ga-error' role='alert'>{strings.FILES_NOTHING}</p>", *(gradio.skip() for _ in range(4))]
            return
        names = [*(Path(path).name for path in chosen), *([place] if place else [])]
        work = files.add_logs(advisor, chosen) if kind == "log" else files.add_documents(advisor, chosen, place)
        lines: list[Line] = []
        for step in work:
            if isinstance(step, int):
                name = names[step - 1]
                busy = strings.FILES_READING.format(name=name, number=step, count=len(names))
                done = f"<progress value='{step - 1}' max='{len(names)}' aria-label='{esc(busy)}'></progress>"
                yield [f"<p role='status'>{done} {esc(busy)}…</p>{_table(lines)}", *(gradio.skip() for _ in range(4))]
            else:
                lines.append(step)
        for path in chosen:
            # The browser's upload; what was taken in has its own copy, and what is removed later must be gone.
            Path(path).unlink(missing_ok=True)
        yield [_table(lines), None, "", listed(), logged()]

    def gone(document: str | None) -> list[Any]:
        try:
            title = files.remove(advisor, document) if document else ""
        except AdvisorError as error:
            return [f"<p class='ga-error' role='alert'>{esc(error)}</p>", listed()]
        said = strings.FILES_REMOVED.format(title=title) if title else strings.FILES_EMPTY
        return [f"<p class='ga-good' role='status'>{esc(said)}</p>", listed()]

    def forget() -> list[Any]:
        words = strings.FILES_LOG_ERASED if files.erase_log(advisor) else strings.FILES_NO_LOG
        return [f"<p class='ga-good' role='status'>{words}</p>", logged()]

    add.click(take, [kind, picked, address], [report, picked, address, mine, log], concurrency_limit=1, **around)
    remove.click(gone, [mine], [report, mine], concurrency_limit=1, **around)
    erase.click(forget, None, [report, log], **around)
    demo.load(lambda: [listed(), logged()], None, [mine, log], **around)


def _table(lines: Sequence[Line]) -> str:
    if not lines:
        return ""
    rows = [[f"<td>{esc(cell)}</td>" for cell in (line.name, line.status, line.remarks)] for line in lines]
    return parts.html_table(strings.FILES_COLUMNS, rows, strings.FILES_PICK)
