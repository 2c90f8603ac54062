"""Skill data: releases into ledger and graph, recognition with evidence, occupations, and the swap test."""

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from advisor import Advisor, Settings, occupations, skills, tools
from advisor.cli import app
from advisor.embedding import MiniLM
from advisor.erasure import own_documents
from advisor.errors import LedgerError, SourceError
from advisor.facts import Facts
from advisor.ledger import Ledger
from advisor.neutral import neutral
from advisor.occupations import by_skills
from advisor.recognise import clauses, recognise
from ingest.readers.esco import read_esco
from ingest.readers.onet import read_onet
from ingest.skilldata import ingest_skill_data
from tests.people import pairs
from tests.skill_graph import ESCO, ONET, SHARED, with_releases
from tests.tool_facts import corpus_facts

EMBEDDING = MiniLM()
CARER = "I look after my grandmother and run the school bake sale."


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return with_releases(tmp_path_factory.mktemp("releases"))


def path_skills() -> set[str]:
    return {step.skill for guide in corpus_facts().guides.values() for step in guide.steps}


def labels(text: str, settings: Settings | None = None) -> set[str]:
    if settings is None:
        return {skill.label for skill in recognise(text, path_skills())}
    found = recognise(text, path_skills(), settings.data_dir, EMBEDDING)
    return {skill.label for skill in found}


def test_an_onet_release_becomes_occupations_with_all_that_belongs_to_them() -> None:
    release, elements, entries = read_onet(ONET)
    assert (release.name, release.version) == ("onet", "1.0")
    assert "O*NET 1.0 Database" in release.attribution
    assert "CC BY 4.0" in release.attribution
    lantern = entries[0].occupation
    assert (lantern.title, lantern.zone, lantern.education) == ("Lantern Keepers", 2, "High School Diploma")
    assert lantern.titles == ("Lamplighter", "Street Lamp Attendant", "SLA")
    assert {(need.skill, need.importance, need.level) for need in lantern.needs if need.relation == "skill"} == {
        ("onet:2.A.1.a", 3.12, 2.5),
        ("onet:2.B.3.j", 4.5, 4.1),
    }
    assert lantern.links[0] == ("onet:90-1002.00", "related", 1)
    text = "\n".join(block.text for block in entries[0].document.blocks)
    assert "Light lanterns at dusk." in text
    assert "Equipment Maintenance: importance 4.5 of 5" in text
    assert next(skill for skill in elements if skill.label == "Microsoft Excel").names == ("Excel",)


def test_what_onet_marks_as_too_thin_is_not_used() -> None:
    kite = next(entry.occupation for entry in read_onet(ONET)[2] if entry.occupation.title == "Kite Repairers")
    assert [need.skill for need in kite.needs] == ["onet:2.B.3.l"]
    assert kite.titles == ("Kite Mender",)


def test_an_esco_package_becomes_skills_groups_relations_and_occupations() -> None:
    release, found, entries = read_esco(ESCO)
    by_label = {skill.label: skill for skill in found}
    assert "European Commission" in release.attribution
    assert by_label["light oil lamps"].links == (("esco:g1", "broader"), ("esco:s3", "optional"))
    assert by_label["working with lamps"].kind == "group"
    assert by_label["write Lampish"].kind == "language"
    assert by_label["LampScript (computer programming)"].names == ("LampScript",)
    titles = {entry.occupation.title: entry.occupation for entry in entries}
    assert set(titles) == {"Lamp and sail trades", "lamp keeper", "sail mender"}
    assert {(n.skill, n.relation) for n in titles["lamp keeper"].needs} == {
        ("esco:s1", "essential"),
        ("esco:s3", "optional"),
    }


def test_a_zip_file_reads_like_its_folder(tmp_path: Path) -> None:
    packed = tmp_path / "db_1_0_text.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in ONET.iterdir():
            archive.write(file, f"db_1_0_text/{file.name}")
    assert read_onet(packed) == read_onet(ONET)


def test_esco_relations_by_label_stand_in_for_the_official_table(tmp_path: Path) -> None:
    folder = tmp_path / "esco_1_0"
    shutil.copytree(ESCO, folder)
    (folder / "occupationSkillRelations_en.csv").unlink()
    (folder / "occupation_skill_relations_by_label.csv").write_text(
        "occupationUri,occupationLabel,relationType,skillLabel\n"
        "http://data.europa.eu/esco/occupation/aaa1,lamp keeper,essential,light oil lamps\n"
        "http://data.europa.eu/esco/occupation/aaa1,lamp keeper,optional,polish brass (metal)\n"
    )
    _, found, entries = read_esco(folder)
    keeper = next(entry.occupation for entry in entries if entry.occupation.title == "lamp keeper")
    assert [need.skill for need in keeper.needs] == ["esco:s1", "esco:label-polish-brass-metal"]
    assert next(skill for skill in found if skill.id == "esco:label-polish-brass-metal").names == ("polish brass",)


@pytest.mark.parametrize("kind", ["onet", "esco"])
def test_a_wrong_path_says_where_the_official_files_are(kind: str, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "no.zip").write_text("no zip")
    for target, reason in (("nowhere", "not_found"), ("empty", "incomplete"), ("no.zip", "unknown_kind")):
        report = ingest_skill_data([str(tmp_path / target)], settings, kind)
        assert (report.sources[0].status, report.sources[0].reason) == ("refused", reason)
        assert f"--as {kind}" in report.sources[0].message
        assert "https://" in report.sources[0].message
    with pytest.raises(SourceError, match="Name the folder"):
        ingest_skill_data([], settings, kind)


def test_a_release_with_other_columns_is_refused_in_words(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "onet_1_0"
    shutil.copytree(ONET, folder)
    (folder / "Job Zones.txt").write_text("O*NET-SOC Code\tZone\n90-1001.00\ttwo\n")
    line = ingest_skill_data([str(folder)], settings, "onet").sources[0]
    assert (line.status, line.reason) == ("refused", "damaged")
    assert "Job Zone" in line.message


def test_taking_a_release_in_again_changes_nothing_and_a_new_one_only_what_differs(
    releases: Settings, tmp_path: Path
) -> None:
    assert ingest_skill_data([str(ONET)], releases, "onet").sources[0].status == "unchanged"
    copy = Settings(data_dir=tmp_path / "data", corpus_dir=releases.corpus_dir)
    shutil.copytree(releases.data_dir, copy.data_dir)
    newer = tmp_path / "onet_1_0"
    shutil.copytree(ONET, newer)
    table = newer / "Occupation Data.txt"
    rows = [line for line in table.read_text().splitlines() if "Kite" not in line]
    table.write_text("\n".join(rows).replace("light them at dusk", "light them at nightfall") + "\n")
    line = ingest_skill_data([str(newer)], copy, "onet").sources[0]
    assert line.status == "changed"
    assert "2 documents" in line.message
    with skills.opened(skills.path_in(copy.data_dir)) as connection:
        titles = {row[0] for row in connection.execute("SELECT title FROM occupations WHERE source = 'onet'")}
    assert titles == {"Lantern Keepers", "Bakery Bookkeepers"}


def test_a_run_that_was_stopped_goes_on_where_it_was(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from ingest import skilldata

    def stop(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(skilldata, "embed_names", stop)
        with pytest.raises(KeyboardInterrupt):
            ingest_skill_data([str(ONET)], settings, "onet")
    with skills.opened(skills.path_in(settings.data_dir)) as connection:
        assert [complete for _, complete in skills.releases(connection)] == [False]
    line = ingest_skill_data([str(ONET)], settings, "onet").sources[0]
    assert "; 0 documents and 0 skills new" in line.message
    with skills.opened(skills.path_in(settings.data_dir)) as connection:
        assert [complete for _, complete in skills.releases(connection)] == [True]
        assert not skills.texts_to_embed(connection, EMBEDDING.name)


def test_guides_are_found_as_before_and_an_occupation_only_when_a_question_asks_about_it(
    releases: Settings, tmp_path: Path
) -> None:
    from ingest.build import ingest

    bare = Settings(data_dir=tmp_path / "bare", corpus_dir=releases.corpus_dir)
    ingest([], bare)
    questions = ("What fee does Examplia take?", "How do I get paid at Examplia?", "Who can join Examplia?")
    with Advisor.open(bare) as without, Advisor.open(releases) as with_data:
        for question in questions:
            before = [p.chunk.id for p in without.retrieval.retrieve(without.plan(question))]
            after = [p.chunk.id for p in with_data.retrieval.retrieve(with_data.plan(question))]
            assert before
            assert after == before
        asked = with_data.retrieval.retrieve(with_data.plan("What are the tasks of a lamplighter?"))
        assert any("Light lanterns at dusk" in passage.chunk.text for passage in asked)
        assert any("O*NET" in source.title for passage in asked for source in passage.chunk.sources)


def test_reference_documents_are_kept_apart_in_the_ledger(releases: Settings) -> None:
    with Ledger(releases.ledger_path, read_only=True) as ledger:
        chunks = ledger.chunks(ledger.chunk_ids("onet:90-1001.00")).values()
        assert {chunk.guide_kind for chunk in chunks} == {"occupation-data"}
        assert {chunk.region for chunk in chunks} == {"US"}
        assert not set(ledger.chunk_ids()) & {chunk.id for chunk in chunks}
        assert own_documents(ledger) == {}


def test_without_releases_every_question_says_how_to_get_them(settings: Settings) -> None:
    with pytest.raises(LedgerError, match="--as onet"):
        occupations.match(settings.data_dir, "lamplighter", EMBEDDING)
    assert occupations.asked_about(settings.data_dir, "What are the tasks of a lamplighter?") == []


@pytest.mark.parametrize(
    ("title", "first"),
    [
        ("Lamplighter", "Lantern Keepers"),
        ("mender of sails", "sail mender"),
        ("I light the oil lamps in our street every evening and clean their glass", "Lantern Keepers"),
    ],
)
def test_a_title_or_description_leads_to_its_occupation(title: str, first: str, releases: Settings) -> None:
    found = occupations.match(releases.data_dir, title, EMBEDDING, 3)
    assert found[0].title == first
    assert {item.source for item in found} == {"onet", "esco"}
    assert [item.score for item in found] == sorted((item.score for item in found), reverse=True)


def test_titles_that_must_not_be_known_can_be_left_out(releases: Settings) -> None:
    with skills.opened(skills.path_in(releases.data_dir)) as connection:
        every = occupations.build(connection, "onet", EMBEDDING.name)
        fewer = occupations.build(connection, "onet", EMBEDDING.name, {occupations.fold("LAMPLIGHTER (old)")})
    assert set(every.titles) - set(fewer.titles) == {"Lamplighter"}


def test_unpaid_work_counts_and_the_words_that_show_it_are_given() -> None:
    found = {skill.label: skill for skill in recognise(CARER, path_skills())}
    assert {"caring for people", "organising events", "raising money", "cooking and baking"} <= set(found)
    caring = found["caring for people"]
    assert caring.evidence[0].quote == "look after my grandmother"
    assert CARER[caring.evidence[0].start : caring.evidence[0].end] == caring.evidence[0].quote
    assert caring.because == "informal"
    assert 0.5 < caring.confidence < 0.9


def test_named_skills_are_surer_than_near_ones_and_more_evidence_makes_surer(releases: Settings) -> None:
    found = recognise(
        "Excel every day. Made Excel reports. I stitched the sails of our boat.",
        path_skills(),
        releases.data_dir,
        EMBEDDING,
    )
    by_label = {skill.label: skill for skill in found}
    assert by_label["spreadsheets"].confidence > 0.9
    assert len(by_label["spreadsheets"].evidence) == 2
    assert by_label["sew sails"].confidence < by_label["spreadsheets"].confidence
    assert all(0 < skill.confidence <= 1 for skill in found)


@pytest.mark.parametrize(
    "text",
    [
        "I never learned Python.",
        "I don't know Excel.",
        "I have no experience with SQL.",
        "I would like to learn Photoshop.",
        "I can't drive.",
    ],
)
def test_what_a_person_cannot_do_is_not_counted(text: str, releases: Settings) -> None:
    assert not labels(text, releases)


def test_names_written_with_a_capital_count_only_so(releases: Settings) -> None:
    assert "LampScript (computer programming)" in labels("Five years of LampScript.", releases)
    assert "LampScript (computer programming)" not in labels("five years of reading.", releases)


def test_a_list_and_a_text_say_the_same() -> None:
    given = ["Python", "customer service", "Photoshop"]
    listed = {skill.id for skill in recognise(given, path_skills())}
    written = {skill.id for skill in recognise("Python\ncustomer service\nPhotoshop", path_skills())}
    assert listed == written >= {"python", "customer-service", "design-software"}


def test_long_and_hostile_text_ends() -> None:
    assert recognise("(" * 200_000, path_skills()) == []
    assert recognise("", path_skills()) == []
    assert labels("look after " * 20_000) <= {"caring for people"}


def test_clauses_are_spans_of_their_sentence() -> None:
    text = "I cook, clean and drive"
    assert [text[start:end] for start, end in clauses(text)] == [text, "I cook", "clean", "drive"]


def shape(text: str, settings: Settings) -> list[tuple[str, float, int]]:
    found = recognise(text, path_skills(), settings.data_dir, EMBEDDING)
    return [(skill.id, skill.confidence, len(skill.evidence)) for skill in found]


def test_swapping_name_age_gender_and_nationality_changes_nothing_in_200_pairs(releases: Settings) -> None:
    differing = []
    for one, two in pairs(200):
        first, second = shape(one, releases), shape(two, releases)
        assert len(first) >= 3
        if first != second:
            differing.append((one, two))
    assert not differing, differing[:2]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Dear team,\nthis is Fatima al Sayed. Fatima al Sayed can sew.", "Dear team,\nthis is Anna Schmidt. Anna Schmidt can sew."),
        ("They drives a van. In their free time they sew.", "She drives a van. In her free time she sew."),
    ],
)  # fmt: skip
def test_no_part_of_a_name_and_no_pronoun_is_left(one: str, two: str) -> None:
    assert neutral(one).text.split() == neutral(two).text.split()


def test_occupations_share_at_least_three_named_skills_and_rare_skills_weigh_more(tmp_path: Path) -> None:
    names = ("sew sails", "mend nets", "splice ropes", "greet visitors", "read plans")
    everyday = [skills.Skill(f"s{n}", "esco", name) for n, name in enumerate(names)]

    def trade(title: str, *needs: tuple[int, str]) -> skills.Occupation:
        return skills.Occupation(
            f"esco:{title}", "esco", "1", title, needs=tuple(skills.Need(f"s{n}", how) for n, how in needs)
        )

    with skills.opened(skills.path_in(tmp_path), write=True) as connection:
        skills.put_skills(connection, everyday)
        skills.put_occupations(
            connection,
            [
                trade("rigger", (0, "essential"), (1, "essential"), (2, "essential"), (4, "essential")),
                trade("harbour clerk", (1, "optional"), (2, "optional"), (3, "essential")),
                *(trade(f"host {n}", (3, "essential"), (4, "essential")) for n in range(5)),
            ],
        )
    found = by_skills(tmp_path, ["Sew sails", "mend nets", "SPLICE ROPES", "greet visitors", "whistling"])
    assert [item.title for item in found] == ["rigger", "harbour clerk"]
    assert found[0].missing == ("read plans",)
    assert set(found[0].shared) == {"Sew sails", "mend nets", "SPLICE ROPES"}
    assert by_skills(tmp_path, ["sew sails", "mend nets"]) == []
    assert by_skills(tmp_path / "nothing", names) == []

    result = tools.run("match", {"skills": names[:3]}, Facts((), skill_data=tmp_path))
    assert result.output["occupations"][0]["title"] == "rigger"
    assert any("rigger (ESCO 1)" in line and "read plans" in line for line in result.summary)


def test_the_neutral_text_leads_back_to_the_words_that_were_written() -> None:
    text = "Maria Kowalska\nI am a Polish woman of 47. I speak Polish and Spanish."
    plain = neutral(text)
    assert "Kowalska" not in plain.text
    assert "woman" not in plain.text
    # A language that is spoken is a skill and stays.
    assert re.search(r"speak Polish and Spanish", plain.text)
    start = plain.text.index("speak")
    assert text[slice(*plain.span(start, start + 5))] == "speak"


def test_a_cv_in_word_or_pdf_is_read_like_its_text(
    bundled_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import docx

    from advisor.tools.paper import Paper

    monkeypatch.setenv("GIG_ADVISOR_DATA_DIR", str(bundled_settings.data_dir))
    word, pdf = tmp_path / "cv.docx", tmp_path / "cv.pdf"
    document, paper = docx.Document(), Paper("CV")
    for line in ("Bookkeeper with QuickBooks", "I look after my neighbour's children."):
        document.add_paragraph(line)
        paper.text(line)
    document.save(str(word))
    pdf.write_bytes(paper.done())
    for file in (word, pdf):
        done = CliRunner().invoke(app, ["skills", str(file), "--json"])
        assert done.exit_code == 0, done.output
        found = {item["id"] for item in json.loads(done.stdout)}
        assert {"bookkeeping-basics", "accounting-software", "informal:looking-after-children"} <= found


def test_commands_for_skills_and_occupations(releases: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIG_ADVISOR_DATA_DIR", str(releases.data_dir))
    monkeypatch.setenv("GIG_ADVISOR_CORPUS_DIR", str(releases.corpus_dir))
    said = CliRunner().invoke(app, ["skills", CARER])
    assert "caring for people (informal, informal): “look after my grandmother”" in said.output
    assert "strike out what is wrong" in said.output
    found = CliRunner().invoke(app, ["occupation", "lamplighter", "--json", "-k", "1", "--source", "onet"])
    assert [item["code"] for item in json.loads(found.stdout)] == ["90-1001.00"]
    wrong = CliRunner().invoke(app, ["occupation", "lamplighter", "--source", "isco"])
    assert wrong.exit_code != 0
    assert "onet, esco" in wrong.output + str(wrong.exception)


@pytest.mark.slow
@pytest.mark.skipif(
    not (SHARED / "onet_29_2").is_dir(), reason="the shared O*NET and ESCO tables are not on this machine"
)
def test_the_real_releases_are_read_whole() -> None:
    _, _, entries = read_onet(SHARED / "onet_29_2")
    assert len(entries) == 1016
    assert sum(bool(entry.occupation.needs) for entry in entries) > 850
    _, found, escos = read_esco(SHARED / "esco_1_2_0")
    assert sum(entry.occupation.kind == "occupation" for entry in escos) > 3000
    assert sum(skill.kind != "group" for skill in found) > 13_000
