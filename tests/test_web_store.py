"""What is kept: off until switched on, over a restart, erased for good; profiles, hand-outs, files and what they turn into."""

import csv
import io
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from advisor import Advisor, AdvisorError, Profile
from advisor.web import chat, downloads, files, handout, history, language, library, posts_view, profile, strings
from advisor.web.store import Store
from tests.web_page import small_settings


@pytest.fixture
def opened(tmp_path: Path) -> Advisor:
    return Advisor.open(small_settings(tmp_path))


def test_nothing_is_kept_until_the_person_switches_it_on(tmp_path: Path, opened: Advisor) -> None:
    store = Store(tmp_path)
    turns = [list(chat.respond(opened, "How much does Examplia take?"))[-1]]
    assert not store.is_on
    assert history.keep(store, turns, "") == ""
    assert history.keep(None, turns, "") == ""
    assert not store.path.exists()
    store.switch(on=True)
    assert history.keep(store, turns, "")
    assert oct(store.path.stat().st_mode)[-3:] == "600"


def test_a_conversation_survives_a_restart_and_grows_in_its_place(tmp_path: Path, opened: Advisor) -> None:
    Store(tmp_path).switch(on=True)
    first = list(chat.respond(opened, "How much does Examplia take?"))[-1]
    name = history.keep(Store(tmp_path), [first], "")
    second = list(chat.respond(opened, "How old must I be?", [first]))[-1]
    assert history.keep(Store(tmp_path), [first, second], name) == name
    items = Store(tmp_path).items(history.CONVERSATION)
    assert len(items) == 1
    shown = history.from_data(items[0].data)
    assert [turn.question for turn in shown] == [first.question, second.question]
    assert shown[0].html == first.html
    assert "help.examplia.example" in history.to_markdown(items[0])


def test_saved_things_are_found_renamed_and_deleted(tmp_path: Path) -> None:
    store = Store(tmp_path)
    one = store.save("conversation", "Fees of Examplia", [{"question": "x"}])
    store.save("conversation", "Taxes", [{"question": "y about fees"}])
    assert [item.title for item in store.items(containing="FEES OF")] == ["Fees of Examplia"]
    assert len(store.items(containing="fees")) == 2
    assert store.rename(one, "  Another   name ")
    assert not store.rename(one, "  ")
    found = store.item(one)
    assert found is not None
    assert found.title == "Another name"
    assert store.delete(one)
    assert not store.delete(one)
    assert store.delete_all() == 1
    assert store.items() == []


def test_an_erased_client_is_gone_from_the_disk(tmp_path: Path) -> None:
    store = Store(tmp_path)
    client = store.add_client("Heron")
    assert client is not None
    assert store.add_client(" heron ") is None
    store.note(client.id, "Prefers-mornings-zebra")
    store.save("conversation", "Fees", [{"question": "quokka question"}], client=client.id)
    store.save("conversation", "Mine", [{"question": "kept"}])
    assert [item.title for item in store.items()] == ["Mine"]
    assert b"zebra" in store.path.read_bytes()
    assert store.erase_client(client.id)
    left = store.path.read_bytes()
    for word in (b"zebra", b"quokka", b"Heron"):
        assert word not in left
    assert store.clients() == []
    assert [item.title for item in store.items()] == ["Mine"]
    assert not store.erase_client(client.id)


def test_deleting_everything_leaves_the_clients_alone(tmp_path: Path) -> None:
    store = Store(tmp_path)
    client = store.add_client("Heron")
    assert client is not None
    store.save("roadmap", "Path", {}, client=client.id)
    store.delete_all()
    assert len(store.items(client=client.id)) == 1


def test_a_damaged_store_says_what_to_do(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(AdvisorError, match="move the file away"):
        store.items()


def test_a_handout_has_answers_roadmap_and_sources_but_notes_only_when_asked(tmp_path: Path, opened: Advisor) -> None:
    from pypdf import PdfReader

    store = Store(tmp_path)
    client = store.add_client("Heron")
    assert client is not None
    store.note(client.id, "Private remark")
    turn = list(chat.respond(opened, "How much does Examplia take?"))[-1]
    store.save(history.CONVERSATION, turn.question, history.to_data([turn]), client=client.id)
    road = opened.run("roadmap", target="data-analyst")
    store.save(handout.ROADMAP, "data analyst", road.model_dump(mode="json"), client=client.id)
    known = store.client(client.id)
    assert known is not None
    items = store.items(client=client.id)
    made = handout.to_pdf(opened, known, items, country="", notes=False)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    assert "Hand-out for Heron" in text
    assert "help.examplia.example" in text.replace("\n", "")
    assert "spreadsheets" in text
    assert "Private remark" not in text
    noted = handout.to_markdown(opened, known, items, country="", notes=True).decode()
    assert "Private remark" in noted
    assert "Skill roadmap" in noted


def test_a_roadmap_comes_as_calendar_word_markdown_and_table(opened: Advisor) -> None:
    from docx import Document
    from icalendar import Calendar

    found = opened.run("roadmap", target="data-analyst", start=date(2027, 1, 4))
    assert {"csv", "pdf", "md", "docx", "ics"} <= set(downloads.endings(found))
    events = Calendar.from_ical(downloads.to_bytes(found, "ics").decode()).walk("VEVENT")
    assert len(events) == len(found.output["steps"])
    assert events[0].decoded("dtstart") == date(2027, 1, 4)
    assert Document(io.BytesIO(downloads.to_bytes(found, "docx"))).tables
    assert downloads.to_bytes(found, "pdf").startswith(b"%PDF")
    rows = list(csv.reader(io.StringIO(downloads.to_bytes(found, "csv").decode("utf-8-sig"))))
    assert len(rows) == len(found.output["steps"]) + 1
    with pytest.raises(AdvisorError, match="Forms:"):
        downloads.to_bytes(found, "exe")


def test_a_spreadsheet_runs_nothing_out_of_a_table(opened: Advisor) -> None:
    from advisor import Table

    found = opened.run("roadmap", target="data-analyst").model_copy(
        update={"table": Table(columns=("a",), rows=(("=cmd()",), (-5,)))}
    )
    assert "'=cmd()" in downloads.to_csv(found).decode()
    assert "\n-5" in downloads.to_csv(found).decode().replace("\r", "")


def test_what_the_browser_keeps_never_breaks_the_page() -> None:
    assert profile.from_browser(None) == Profile()
    assert profile.from_browser("x") == Profile()
    kept = profile.from_browser({"country": "DE", "age": 900, "nonsense": 1, "skills": ["SQL"]})
    assert kept == Profile(country="DE", skills=("SQL",))
    assert profile.to_browser(kept) == {"country": "DE", "skills": ["SQL"]}
    assert profile.said(Profile()) == ""
    typed = profile.from_form(
        {"country": "US", "age": "30", "hours_per_week": "12.5", "skills": "Excel, SQL\nPython", "capital": ""}
    )
    assert typed == Profile(country="US", age=30, hours_per_week=12.5, skills=("Excel", "SQL", "Python"))
    assert profile.as_arguments(typed, ["country", "age", "capital"]) == {"country": "US", "age": 30}


@pytest.mark.parametrize(
    ("question", "code"),
    [("Wie viel verdiene ich mit Uber und was kostet das?", "de"), ("¿Cuánto puedo ganar con Fiverr en España?", "es"), ("Combien est ce que je gagne avec Upwork ?", "fr"),
     ("我在优步上能赚多少钱？", "other"), ("What does Upwork take from me?", ""), ("uber vs lyft", ""), ("Is a GmbH or an LLC better for me?", ""), ("DoorDash", ""), ("", "")],
)  # fmt: skip
def test_questions_in_other_languages_are_noticed(question: str, code: str) -> None:
    assert language.other_than_english(question) == code


def test_a_document_is_added_found_and_removed(opened: Advisor, tmp_path: Path) -> None:
    note = tmp_path / "shift notes.txt"
    note.write_text("The quokka bonus pays forty dollars for every tenth delivery in Perth on rainy days.\n" * 3)
    lines = list(files.add_documents(opened, [str(note)], ""))
    assert lines[0] == 1
    assert isinstance(lines[1], files.Line)
    assert lines[1].status == "added"
    [(title, name)] = files.own_documents(opened)
    assert "shift notes" in title
    assert any("quokka" in passage.chunk.text for passage in opened.search("quokka bonus", 3))
    assert files.remove(opened, name)
    assert files.own_documents(opened) == []
    assert not any("quokka" in passage.chunk.text for passage in opened.search("quokka bonus", 3))
    assert not list((opened.settings.data_dir / files.FOLDER).iterdir())
    assert files.remove(opened, "examplia") == ""


def test_a_file_that_cannot_be_read_is_refused_and_not_kept(opened: Advisor, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.4 broken")
    line = list(files.add_documents(opened, [str(bad)], ""))[1]
    assert isinstance(line, files.Line)
    assert line.status == "refused"
    assert line.remarks
    assert not list((opened.settings.data_dir / files.FOLDER).iterdir())


def test_a_work_log_is_taken_in_told_and_erased(opened: Advisor, tmp_path: Path) -> None:
    log = tmp_path / "uber.csv"
    rows = [
        f"2026-10-{day:02} {hour:02}:00,2026-10-{day:02} {hour:02}:40,{12 + hour % 5},6"
        for day in range(1, 29)
        for hour in (9, 12, 18)
    ]
    log.write_text("Start time,End time,Earnings,Miles\n" + "\n".join(rows))
    line = list(files.add_logs(opened, [str(log)]))[1]
    assert isinstance(line, files.Line)
    assert line.status == "added"
    assert "84 rows" in line.remarks
    assert opened.log() is not None
    assert files.erase_log(opened)
    assert not files.erase_log(opened)
    assert opened.log() is None


def test_job_posts_are_taken_in_told_and_erased_to_the_last_byte(opened: Advisor, tmp_path: Path) -> None:
    feed = tmp_path / "posts.csv"
    feed.write_text("title,skills\nQuokkawriter wanted,python\nPaint a fence,painting\n")
    line = list(files.add_feeds(opened, [str(feed)], ""))[1]
    assert isinstance(line, files.Line)
    assert (line.name, line.status) == ("posts.csv", "added")
    again = list(files.add_feeds(opened, [str(feed)], ""))[1]
    assert isinstance(again, files.Line)
    assert again.status == "unchanged"
    [(title, name)] = files.own_feeds(opened)
    assert "posts.csv" in title
    assert "(2)" in title
    assert "Quokkawriter" in posts_view.ranked(opened, "python", 0)
    assert strings.POSTS_NO_SKILLS in posts_view.ranked(opened, " , ", 0)
    assert files.remove(opened, name) == title
    assert files.own_feeds(opened) == []
    kept = b"".join(path.read_bytes() for path in opened.settings.data_dir.glob("jobs.sqlite*"))
    assert b"Quokkawriter" not in kept


def test_a_post_is_shown_as_text_and_links_only_to_web_pages(opened: Advisor, tmp_path: Path) -> None:
    feed = tmp_path / "posts.csv"
    feed.write_text("title,skills,url\n<img src=x onerror=alert(1)>,python,javascript:alert(1)\n")
    assert len(list(files.add_feeds(opened, [str(feed)], ""))) == 2
    shown = posts_view.ranked(opened, "python", 0)
    assert "<img" not in shown
    assert "javascript:" not in shown


def test_a_feed_that_is_none_is_refused(opened: Advisor, tmp_path: Path) -> None:
    bad = tmp_path / "posts.csv"
    bad.write_bytes(bytes(range(256)) * 8)
    line = list(files.add_feeds(opened, [str(bad), ""], ""))[1]
    assert isinstance(line, files.Line)
    assert line.status == "refused"
    assert line.remarks


def test_a_cv_proposes_skills_with_their_words_and_leaves_nothing(opened: Advisor, tmp_path: Path) -> None:
    cv = tmp_path / "cv.txt"
    cv.write_text("I know Python and SQL. I cannot do design.\n")
    before = {path.name for path in opened.settings.data_dir.iterdir()}
    begun, found, line = files.read_cvs(opened, [str(cv)])
    assert begun == 1
    assert isinstance(found, list)
    assert isinstance(line, files.Line)
    choices, ticked = files.proposals(found)
    assert {"python", "sql"} <= set(ticked)
    assert any("“Python”" in shown for shown, label in choices if label == "python")
    assert {path.name for path in opened.settings.data_dir.iterdir()} == before
    broken = tmp_path / "cv.pdf"
    broken.write_bytes(b"%PDF-1.4 broken")
    refused = list(files.read_cvs(opened, [str(broken)]))[-1]
    assert isinstance(refused, files.Line)
    assert refused.status == "refused"


def test_the_library_filters_opens_and_dates_everything(opened: Advisor) -> None:
    assert [guide.id for guide in library.chosen(opened, "path", "", "")] == ["data-analyst"]
    assert [guide.id for guide in library.chosen(opened, "", "", "examplia WORK")] == ["examplia"]
    assert "examplia" in [guide.id for guide in library.chosen(opened, "platform", "US", "")]
    assert library.chosen(opened, "platform", "DE", "") == []
    shown = library.guide_html(opened, "examplia")
    assert "Examplia is a marketplace for editing work" in shown
    assert "https://help.examplia.example/fees" in shown
    assert "days" in shown
    assert library.guide_html(opened, "nothing") == ""
    past = library.history_html(opened, "examplia", "fee.worker")
    assert "<svg" in past
    assert "2025-04-30" in past
    assert "Platform" in library.coverage_html(opened, "")


def test_no_secret_of_sqlite_is_left_open(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.switch(on=True)
    with sqlite3.connect(store.path) as other:
        other.execute("INSERT OR REPLACE INTO settings VALUES('x', 'y')")
    assert store.is_on
