"""The official ESCO CSV package: occupations, skills, groups, the relations between them, and what is broader."""

import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from advisor.skills import Need, Occupation, Release, Skill
from ingest.readers.base import Block, ReadDocument, clean, parse_date
from ingest.readers.onet import Entry
from ingest.readers.release import Package, lines, open_package, slug, version_in

HOW_TO_GET = (
    "Ask for the ESCO dataset (classification, CSV, English) at https://esco.ec.europa.eu/en/use-esco/download; the zip file "
    "comes by mail. Then run `gig-advisor ingest FILE.zip --as esco`; the unpacked folder works too."
)
PUBLISHER = "European Commission, ESCO"
LICENCE = "reuse with attribution (Decision 2011/833/EU)"
_BASE = "http://data.europa.eu/esco/"
_NEEDED = ("occupations_en.csv", "occupationSkillRelations_en.csv|occupation_skill_relations_by_label.csv")
_MOST_SKILLS, _MOST_TITLES = 25, 20
_COLLECTIONS = ("digital", "digComp", "green", "language", "research", "transversal")


def attribution(version: str) -> str:
    """Return the attribution that the Commission asks for (https://esco.ec.europa.eu/en/use-esco/download)."""
    return (
        f"This service uses the ESCO classification of the European Commission (version {version}). The texts were shortened "
        "and rearranged; the Commission has not checked the result."
    )


def read_esco(path: Path) -> tuple[Release, list[Skill], list[Entry]]:
    """Read a package from its folder or zip file.

    Without `skills_en.csv` the skills are those of the collections and the relations, the latter known by label only.

    Args:
        path: Where the package is.

    Returns:
        The release, its skills and skill groups, and its occupations and occupation groups.

    Raises:
        SourceError: When it is not an ESCO package; the text says where to get one.
    """
    package = open_package(path, _NEEDED, HOW_TO_GET)
    version = version_in(path, "of unknown number")
    release = Release("esco", version, attribution(version), "https://esco.ec.europa.eu/")
    skills = _skills(package)
    by_label = {skill.label.lower(): skill.id for skill in skills.values() if skill.kind != "group"}
    needs = _needs(package, skills, by_label)
    links: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in package.rows("broaderRelationsSkillPillar_en.csv", ","):
        links[_id(row["conceptUri"])].append((_id(row["broaderUri"]), "broader"))
    for row in package.rows("skillSkillRelations_en.csv", ","):
        links[_id(row["originalSkillUri"])].append((_id(row["relatedSkillUri"]), row["relationType"]))
    linked = [replace(skill, links=tuple(dict.fromkeys(links[name]))) for name, skill in skills.items()]
    return release, linked, _occupations(package, needs, skills)


def _id(uri: str) -> str:
    return "esco:" + uri.removeprefix(_BASE).removeprefix("skill/").removeprefix("occupation/")


def without_brackets(label: str) -> str:
    """Return a label as people say it: `Java` for `Java (computer programming)`."""
    return clean(re.sub(r"\(.*?\)", "", label)) or label


def _skills(package: Package) -> dict[str, Skill]:
    found: dict[str, Skill] = {}
    tables = ["skills_en.csv", *(f"{name}SkillsCollection_en.csv" for name in _COLLECTIONS)]
    for table in tables:
        for row in package.rows(table, ","):
            if row.get("status", "released") != "released" or row["conceptType"] != "KnowledgeSkillCompetence":
                continue
            name, label = _id(row["conceptUri"]), clean(row["preferredLabel"])
            kind = (
                "language"
                if table.startswith("language")
                else "knowledge"
                if row.get("skillType") == "knowledge"
                else "skill"
            )
            if name in found:
                if kind == "language":
                    found[name] = replace(found[name], kind=kind)
                continue
            others = (*lines(row.get("altLabels", "")), *lines(row.get("hiddenLabels", "")), without_brackets(label))
            others = tuple(other for other in dict.fromkeys(others) if other != label)
            found[name] = Skill(name, "esco", label, kind, clean(row.get("description", "")), others)
    for row in package.rows("skillGroups_en.csv", ","):
        name = _id(row["conceptUri"])
        found[name] = Skill(name, "esco", clean(row["preferredLabel"]), "group", clean(row.get("description", "")))
    return found


def _needs(package: Package, skills: dict[str, Skill], by_label: dict[str, str]) -> dict[str, list[Need]]:
    """Return what each occupation needs; a skill that only a relation names is added to `skills`."""
    needs: defaultdict[str, list[Need]] = defaultdict(list)
    for row in package.rows("occupationSkillRelations_en.csv", ","):
        if (name := _id(row["skillUri"])) in skills:
            needs[_id(row["occupationUri"])].append(Need(name, row["relationType"]))
    if needs:
        return needs
    for row in package.rows("occupation_skill_relations_by_label.csv", ","):
        label = clean(row["skillLabel"])
        if label.lower() not in by_label:
            name = f"esco:label-{slug(label)}"
            short = without_brackets(label)
            skills[name] = Skill(name, "esco", label, names=(short,) if short != label else ())
            by_label[label.lower()] = name
        needs[_id(row["occupationUri"])].append(Need(by_label[label.lower()], row["relationType"]))
    return needs


def _occupations(package: Package, needs: dict[str, list[Need]], skills: dict[str, Skill]) -> list[Entry]:
    broader: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for row in package.rows("broaderRelationsOccPillar_en.csv", ","):
        broader[_id(row["conceptUri"])].append((_id(row["broaderUri"]), "broader", 0))
    entries = []
    for row in package.rows("ISCOGroups_en.csv", ","):
        name, title = _id(row["conceptUri"]), clean(row["preferredLabel"])
        about = clean(row.get("description", ""))[:2000]
        group = Occupation(name, "esco", row["code"], title, about, kind="group", links=tuple(broader[name]))
        entries.append(Entry(group, ReadDocument(title, ())))
    for row in package.rows("occupations_en.csv", ","):
        if row.get("status", "released") != "released":
            continue
        name, title, about = _id(row["conceptUri"]), clean(row["preferredLabel"]), clean(row["description"])
        others = [other for other in (*lines(row["altLabels"]), *lines(row.get("hiddenLabels", ""))) if other != title]
        own = tuple(dict.fromkeys(needs.get(name, ())))
        item = Occupation(
            name, "esco", row.get("code", ""), title, about, titles=tuple(others), needs=own, links=tuple(broader[name])
        )
        blocks = [
            Block(("What it is",), f"{about} Also called: {', '.join(others[:_MOST_TITLES])}." if others else about)
        ]
        for relation, heading in (
            ("essential", "Essential skills and knowledge"),
            ("optional", "Optional skills and knowledge"),
        ):
            text = "\n".join(skills[n.skill].label for n in own if n.relation == relation)
            blocks.append(Block((heading,), "\n".join(text.splitlines()[:_MOST_SKILLS]), "list"))
        if note := clean(row.get("scopeNote", "")):
            blocks.append(Block(("Scope",), note))
        changed = parse_date(row.get("modifiedDate", ""))
        entries.append(Entry(item, ReadDocument(title, tuple(block for block in blocks if block.text), changed)))
    return entries
