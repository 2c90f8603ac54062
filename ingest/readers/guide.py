"""Guides: Markdown with front matter, to facts, sections and questions, each problem with its line.

This reads and types a guide; the rules that need more than one field or more than one guide are in `ingest.check`.
"""

import re
from pathlib import Path

from advisor.errors import CorpusError
from ingest.readers.guide_fields import GuideFields
from ingest.readers.guide_model import QUESTIONS, Guide, Section

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")


def is_guide(data: bytes, name: str) -> bool:
    """Return whether a file is a guide: Markdown whose front matter names an id and a kind."""
    head = data[:2000]
    return name.lower().endswith(".md") and head.startswith(b"---") and b"\nid:" in head and b"\nkind:" in head


def read_guide(path: Path) -> Guide:
    """Read and type a guide.

    Raises:
        CorpusError: The first problem found, with file and line.
    """
    guide = parse_guide(path)
    if guide.problems:
        raise guide.problems[0]
    return guide


def parse_guide(path: Path) -> Guide:
    """Read a guide and keep every problem of form in `problems`.

    Raises:
        CorpusError: When there is no front matter at all, it is not YAML, or the file is not UTF-8.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(f"the guide is not UTF-8 ({error}); save it as UTF-8", str(path), 1) from error
    lines = text.split("\n")
    if lines[0].strip() != "---" or "---" not in lines[1:]:
        message = "a guide starts with front matter between two lines of `---`"
        raise CorpusError(message, str(path), 1)
    end = lines.index("---", 1)
    reader = GuideFields(str(path))
    top = reader.load("\n".join(lines[1:end]))
    sections, questions = _body(lines, end + 1, reader)
    return reader.guide(path, top, sections, questions)


def _body(lines: list[str], start: int, reader: GuideFields) -> tuple[list[Section], list[Section]]:
    sections: list[tuple[str, int, list[str]]] = []
    questions: list[tuple[str, int, list[str]]] = []
    target: list[str] | None = None
    in_questions = False
    for number, line in enumerate(lines[start:], start + 1):
        match = _HEADING.match(line)
        if match and len(match[1]) == 2:
            in_questions = match[2] == QUESTIONS
            sections.append((match[2], number, []))
            target = sections[-1][2]
        elif match and len(match[1]) == 3 and in_questions:
            questions.append((match[2], number, []))
            target = questions[-1][2]
        elif target is not None and not (match and len(match[1]) == 1):
            target.append(line)
        elif line.strip():
            reader.problem("text before the first `##` section, or a `#` title, is lost; move it", number)
        if line.strip() and not match and in_questions and not questions:
            reader.problem(f"text under {QUESTIONS!r} belongs under a `### Question?`", number)
    made = [
        [Section(title, "\n".join(text).strip(), line, line + 1 + _blank(text)) for title, line, text in part]
        for part in (sections, questions)
    ]
    return made[0], made[1]


def _blank(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if line.strip()), 0)
