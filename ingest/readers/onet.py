"""The official O*NET text release: occupations with titles, tasks, skills, technology, job zones, education, relations."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from advisor.skills import Need, Occupation, Release, Skill
from ingest.readers.base import Block, ReadDocument, clean
from ingest.readers.release import Package, open_package, slug, version_in

HOW_TO_GET = (
    "Download the text files of the O*NET database (a zip named like db_30_0_text.zip) from "
    "https://www.onetcenter.org/database.html and run `gig-advisor ingest FILE.zip --as onet`; the unpacked folder works too."
)
ADDRESS = "https://www.onetonline.org/link/summary/"
PUBLISHER = "U.S. Department of Labor, O*NET"
LICENCE = "CC BY 4.0"
_NEEDED = ("Occupation Data.txt", "Alternate Titles.txt", "Skills.txt", "Task Statements.txt")
_MAKER = re.compile(
    r"(?:Microsoft|Adobe(?: Systems Adobe)?|Google|Intuit|Autodesk|Apple|Oracle) ((?!Office|software)\w[\w ]{3,})$"
)
"""People say Excel for Microsoft Excel."""
_RATED = (("Skills.txt", "skill"), ("Knowledge.txt", "knowledge"))
_MOST_TASKS, _MOST_RATED, _MOST_TOOLS, _MOST_RELATED, _MOST_TITLES = 15, 10, 25, 10, 20


@dataclass
class _Found:
    """What the tables say about one occupation."""

    titles: dict[str, None] = field(default_factory=dict)
    tasks: list[tuple[bool, str]] = field(default_factory=list)
    ratings: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    tools: list[tuple[int, str, str]] = field(default_factory=list)
    zone: int | None = None
    education: dict[int, float] = field(default_factory=dict)
    related: list[tuple[int, str]] = field(default_factory=list)
    newest: str = ""


@dataclass(frozen=True)
class Entry:
    """An occupation for the graph with its document for the ledger."""

    occupation: Occupation
    document: ReadDocument


def attribution(version: str) -> str:
    """Return the attribution that the licence of O*NET asks for (https://www.onetcenter.org/license_db.html)."""
    return (
        f"This product includes information from the O*NET {version} Database by the U.S. Department of Labor, Employment "
        "and Training Administration (USDOL/ETA). Used under the CC BY 4.0 license. O*NET is a trademark of USDOL/ETA. "
        "This information was shortened and rearranged; USDOL/ETA has not approved, endorsed, or tested these modifications."
    )


def read_onet(path: Path) -> tuple[Release, list[Skill], list[Entry]]:
    """Read a release from its folder or zip file.

    Args:
        path: Where the release is.

    Returns:
        The release, its skills, and its occupations in the order of their codes.

    Raises:
        SourceError: When it is not an O*NET release; the text says where to get one.
    """
    package = open_package(path, _NEEDED, HOW_TO_GET)
    version = version_in(path)
    release = Release("onet", version or "of unknown version", attribution(version), "https://www.onetcenter.org/")
    found: defaultdict[str, _Found] = defaultdict(_Found)
    elements = _ratings(package, found)
    tools = _tools(package, found)
    for row in package.rows("Alternate Titles.txt", "\t"):
        titles = found[row["O*NET-SOC Code"]].titles
        titles[clean(row["Alternate Title"])] = None
        # `n/a` stands for a missing short title in older releases.
        if (short := clean(row.get("Short Title", ""))) and short.lower() != "n/a":
            titles[short] = None
    for row in package.rows("Task Statements.txt", "\t"):
        found[row["O*NET-SOC Code"]].tasks.append((row.get("Task Type") != "Core", clean(row["Task"])))
    for row in package.rows("Job Zones.txt", "\t"):
        found[row["O*NET-SOC Code"]].zone = int(row["Job Zone"])
    for row in package.rows("Education, Training, and Experience.txt", "\t"):
        if row["Scale ID"] == "RL" and row.get("Recommend Suppress") != "Y":
            found[row["O*NET-SOC Code"]].education[int(row["Category"])] = float(row["Data Value"])
    for row in package.rows("Related Occupations.txt", "\t"):
        rank = int(row.get("Index") or 99)
        found[row["O*NET-SOC Code"]].related.append((rank, row["Related O*NET-SOC Code"]))
    degrees = {
        int(row["Category"]): clean(row["Category Description"])
        for row in package.rows("Education, Training, and Experience Categories.txt", "\t")
        if row["Scale ID"] == "RL"
    }
    zones = {
        int(row["Job Zone"]): {k: clean(v) for k, v in row.items()}
        for row in package.rows("Job Zone Reference.txt", "\t")
    }
    names = {row["O*NET-SOC Code"]: clean(row["Title"]) for row in package.rows("Occupation Data.txt", "\t")}
    entries = [
        _entry(row["O*NET-SOC Code"], row, found[row["O*NET-SOC Code"]], names, elements, degrees, zones)
        for row in package.rows("Occupation Data.txt", "\t")
    ]
    return release, [*elements.values(), *tools], entries


def _ratings(package: Package, found: dict[str, _Found]) -> dict[str, Skill]:
    """Take in importance and level; return the rated elements by id."""
    elements: dict[str, Skill] = {}
    for table, kind in _RATED:
        for row in package.rows(table, "\t"):
            name = f"onet:{row['Element ID']}"
            elements.setdefault(name, Skill(name, "onet", clean(row["Element Name"]), kind))
            # O*NET marks values that rest on too few answers; they are not used.
            if row.get("Recommend Suppress") == "Y" or row.get("Not Relevant") == "Y":
                continue
            item = found[row["O*NET-SOC Code"]]
            item.ratings.setdefault((kind, name), {})[row["Scale ID"]] = float(row["Data Value"])
            month, _, year = row.get("Date", "").partition("/")
            item.newest = max(item.newest, f"{year}-{month}")
    return elements


def _tools(package: Package, found: dict[str, _Found]) -> list[Skill]:
    """Take in the technology; return each example once, linked to its group."""
    tools: dict[str, Skill] = {}
    for row in package.rows("Technology Skills.txt", "\t"):
        example, group = clean(row["Example"]), clean(row["Commodity Title"])
        name, parent = f"onet:tool-{slug(example)}", f"onet:tools-{row['Commodity Code']}"
        tools.setdefault(parent, Skill(parent, "onet", group, "group"))
        short = _MAKER.match(example)
        names = (short[1],) if short else ()
        tools.setdefault(name, Skill(name, "onet", example, "technology", group, names, ((parent, "broader"),)))
        wanted = -2 * (row.get("In Demand") == "Y") - (row.get("Hot Technology") == "Y")
        found[row["O*NET-SOC Code"]].tools.append((wanted, example, name))
    return list(tools.values())


def _entry(
    code: str,
    row: dict[str, str],
    item: _Found,
    names: dict[str, str],
    elements: dict[str, Skill],
    degrees: dict[int, str],
    zones: dict[int, dict[str, str]],
) -> Entry:
    title, about = clean(row["Title"]), clean(row["Description"])
    needs = [
        Need(name, kind, values.get("IM"), values.get("LV"))
        for (kind, name), values in item.ratings.items()
        if "IM" in values
    ]
    tools = {name: Need(name, "technology", 3.0 - 0.5 * wanted) for wanted, _, name in sorted(item.tools, reverse=True)}
    degree = degrees.get(max(item.education, key=lambda key: item.education[key]), "") if item.education else ""
    related = sorted(item.related)
    occupation = Occupation(
        f"onet:{code}", "onet", code, title, about, item.zone, degree,
        titles=tuple(other for other in item.titles if other and other != title),
        needs=(*needs, *tools.values()),
        links=tuple((f"onet:{other}", "related", rank) for rank, other in related),
    )  # fmt: skip
    blocks = [
        Block(
            ("What it is",),
            f"{about} Also called: {', '.join(occupation.titles[:_MOST_TITLES])}." if item.titles else about,
        )
    ]
    tasks = [text for _, text in sorted(item.tasks, key=lambda pair: pair[0])][:_MOST_TASKS]
    blocks.append(Block(("Tasks",), "\n".join(tasks), "list"))
    for kind, heading in (("skill", "Skills"), ("knowledge", "Knowledge")):
        best = sorted(
            (n for n in needs if n.relation == kind and (n.importance or 0) >= 3), key=lambda n: -(n.importance or 0)
        )
        text = [
            f"{elements[n.skill].label}: importance {n.importance:.1f} of 5"
            + (f", level {n.level:.1f} of 7" if n.level is not None else "")
            for n in best[:_MOST_RATED]
        ]
        blocks.append(Block((heading,), "\n".join(text), "list"))
    used = list(dict.fromkeys(example for _, example, _ in sorted(item.tools)))[:_MOST_TOOLS]
    blocks.append(Block(("Tools and technology",), ", ".join(used)))
    zone = zones.get(item.zone or 0, {})
    parts = [zone.get(key, "") for key in ("Name", "Education", "Experience", "Job Training")]
    parts[0] = f"{parts[0]}." if parts[0] else ""
    if degree:
        parts.insert(1, f"Most often required: {degree}.")
    blocks.append(Block(("Preparation",), " ".join(part for part in parts if part)))
    near = [names[other] for _, other in related if other in names][:_MOST_RELATED]
    blocks.append(Block(("Related occupations",), ", ".join(near)))
    return Entry(occupation, ReadDocument(title, tuple(block for block in blocks if block.text), _day(item.newest)))


def _day(newest: str) -> date | None:
    year, _, month = newest.partition("-")
    return date(int(year), int(month), 1) if year.isdigit() and month.isdigit() else None
