"""Reading: what each format gives through the public door, and what is refused by name."""

import io
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from advisor.errors import ReadError
from ingest.readers import FORMATS, READERS, Block, ReadDocument, detect, read

DATA = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def texts(document: ReadDocument) -> list[str]:
    return [block.text for block in document.blocks]


def refusal(data: bytes, name: str, kind: str | None = None) -> str:
    with pytest.raises(ReadError) as caught:
        read(data, name, kind)
    assert name in str(caught.value)
    return caught.value.reason


# Text, Markdown, tables


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_plain_text_is_decoded_and_split_at_blank_lines(encoding: str) -> None:
    text = "Über die Gebühren\r\n====\r\n\r\nDas kostet zehn Prozent für jeden.\r\nMehr nicht.\r\n\r\nEnde – schön"
    document = read(text.encode(encoding), "note.txt")
    assert document.title == "Über die Gebühren"
    assert texts(document) == ["Das kostet zehn Prozent für jeden.\nMehr nicht.", "Ende – schön"]


def test_markdown_keeps_headings_lists_tables_and_front_matter() -> None:
    text = (
        "---\ntitle: 'Fees'\ndate: 2026-03-04\n---\n# One\nA *b* c\n\n- x\n  - y\n\n"
        "## Two\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<p hidden>no</p>"
    )
    document = read(text.encode(), "guide.md")
    assert (document.title, document.published) == ("Fees", date(2026, 3, 4))
    assert document.blocks == (
        Block(("One",), "A b c"),
        Block(("One",), "- x\n  - y", "list"),
        Block(("One", "Two"), "a: 1; b: 2", "table"),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_row_of_a_table_file_names_its_columns(delimiter: str) -> None:
    rows = ["job;pay;note", 'driver;"18,50";"first\nsecond"', "writer;20;"]
    data = "\n".join(rows).replace(";", delimiter).encode("cp1252")
    document = read(data, "jobs.csv")
    assert document.blocks == (Block((), "job: driver; pay: 18,50; note: first second\njob: writer; pay: 20", "table"),)


def test_odd_tables_are_read_and_large_ones_refused() -> None:
    assert texts(read(b"1,2\n3,4\n", "n.csv")) == ["column 1: 1; column 2: 2\ncolumn 1: 3; column 2: 4"]
    assert texts(read(b"a,\n1,2,3\n", "n.csv")) == ["a: 1; column 2: 2; column 3: 3"]
    assert refusal(b"a,b\n" + b"1,2\n" * 200_001, "n.csv") == "too_large"
    assert refusal(b"a," * 2000, "n.csv") == "too_large"
    assert refusal(b'a,b\n"' + b"x" * 200_000, "n.csv") == "damaged"


# PDF


def make_pdf(*pages: list[str], password: str = "", title: str = "") -> bytes:
    writer = PdfWriter()
    names = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    font = DictionaryObject({NameObject(key): NameObject(value) for key, value in names.items()})
    for number, lines in enumerate(pages):
        sheet = writer.add_blank_page(595, 842)
        content = DecodedStreamObject()
        shown = "".join(f"({line}) Tj 0 -14 Td " for line in lines)
        content.set_data(f"BT /F1 12 Tf 50 800 Td {shown}ET".encode("latin-1"))
        sheet[NameObject("/Contents")] = writer._add_object(content)
        sheet[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        writer.add_outline_item(title=f"Chapter {number + 1}", page_number=number)
    if title:
        writer.add_metadata({"/Title": title, "/CreationDate": "D:20260304050607Z"})
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def test_a_pdf_gives_its_pages_under_bookmarks() -> None:
    document = read(
        make_pdf(
            ["Fees are ten per cent of everything that you make in exam-", "ple months. Tips stay."],
            ["Second."],
            title="Fees",
        ),
        "x.pdf",
    )
    assert (document.title, document.published) == ("Fees", date(2026, 3, 4))
    assert document.blocks == (
        Block(
            ("Chapter 1", "Page 1"), "Fees are ten per cent of everything that you make in example months. Tips stay."
        ),
        Block(("Chapter 2", "Page 2"), "Second."),
    )


def test_running_lines_of_a_pdf_are_dropped() -> None:
    pages = [
        ["Handbook 2026", f"Text of part {name}.", f"Page {number} of 5"] for number, name in enumerate("abcde", 1)
    ]
    assert texts(read(make_pdf(*pages), "x.pdf")) == [f"Text of part {name}." for name in "abcde"]


def test_pdf_refusals_say_why() -> None:
    assert refusal(make_pdf(["secret"], password="pass"), "x.pdf") == "encrypted"
    assert refusal(make_pdf([]), "x.pdf") == "no_text"
    assert refusal(b"%PDF-1.7\ngarbage", "x.pdf") == "damaged"
    assert refusal(make_pdf(["text"])[:300], "x.pdf") == "damaged"


# Word


def make_docx() -> bytes:
    document = docx.Document()
    document.core_properties.title = "Handbook"
    document.add_heading("Fees", 1)
    document.add_paragraph("Typical pay is ").add_run("$18").bold = True
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("inner", style="List Bullet 2")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table.rows[0].cells + table.rows[1].cells, ["City", "Pay", "Leeds", "£11"], strict=True):
        cell.text = text
    hidden = document.add_paragraph("shown ").add_run("hidden")
    hidden.font.hidden = True
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def test_a_word_file_keeps_headings_lists_and_tables_in_order() -> None:
    document = read(make_docx(), "x.docx")
    assert document.title == "Handbook"
    assert document.blocks == (
        Block(("Fees",), "Typical pay is $18"),
        Block(("Fees",), "- first\n  - inner", "list"),
        Block(("Fees",), "City: Leeds; Pay: £11", "table"),
        Block(("Fees",), "shown"),
    )


def repacked(data: bytes, change: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            new.writestr(member, change.get(member, old.read(member)))
    return output.getvalue()


def test_text_inserted_under_review_or_in_a_control_is_read_and_deleted_text_is_not() -> None:
    with zipfile.ZipFile(io.BytesIO(make_docx())) as package:
        body = package.read("word/document.xml").decode()
    extra = (
        '<w:p><w:r><w:t xml:space="preserve">fee </w:t></w:r><w:ins w:id="1"><w:r><w:t>12%</w:t></w:r></w:ins>'
        '<w:del w:id="2"><w:r><w:delText>10%</w:delText></w:r></w:del></w:p>'
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p></w:sdtContent></w:sdt><w:sectPr"
    )
    changed = repacked(make_docx(), {"word/document.xml": body.replace("<w:sectPr", extra, 1).encode()})
    assert texts(read(changed, "x.docx"))[-2:] == ["fee 12%", "in a control"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (repacked(make_docx(), {"word/document.xml": bytes(50_000_000)}), "too_large"),
        (repacked(make_docx(), {"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "hostile"),
        (
            repacked(make_docx(), {"word/styles.xml": '<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16")}),
            "hostile",
        ),
        (repacked(make_docx(), {"word/document.xml": b"<broken"}), "damaged"),
        (repacked(make_docx(), {"[Content_Types].xml": b"<a/>"}), "damaged"),
        (make_docx()[:3000], "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "encrypted"),
    ],
)
def test_word_refusals_say_why(data: bytes, reason: str) -> None:
    assert refusal(data, "x.docx") == reason


# Which reader


@pytest.mark.parametrize(
    ("name", "content_type", "head", "kind"),
    [
        ("a.html", "", b"%PDF-1.7", "pdf"),
        ("a.txt", "text/plain", b"  <!DOCTYPE HTML><p>", "html"),
        ("a.txt", "", b"PK\x03\x04....word/document.xml", "docx"),
        ("a.md", "text/html; charset=utf-8", b"<p>x", "html"),
        ("a.md", "text/plain", b"# x", "markdown"),
        ("a.pdf", "", b"just text", "text"),
        ("https://example.org/a.csv?x=1.pdf", "application/octet-stream", b"a,b", "table"),
        ("a", "", b"<p>x", "html"),
        ("README", "", b"hello", "text"),
        ("a.TSV", "", b"a\tb", "table"),
    ],
)
def test_bytes_win_over_type_and_type_over_suffix(name: str, content_type: str, head: bytes, kind: str) -> None:
    assert detect(name, content_type, head) == kind


def test_what_no_reader_knows_is_refused() -> None:
    assert refusal(b"\xff\xd8\xff\xe0" + bytes(100), "a.jpg") == "unknown_kind"
    assert refusal(b"PK\x03\x04xl/workbook.xml", "a.xlsx") == "unknown_kind"
    assert refusal(b"\x7fELF\x02" + bytes(100), "a.txt") == "unknown_kind"
    assert refusal(b" \n ", "a.txt") == "empty"
    assert refusal(b"abc\x00\x01\x02", "a.txt", "text") == "binary"
    assert refusal(b"<p></p>", "a.html") == "no_text"
    assert set(FORMATS.values()) == set(READERS)


# Files that nobody here made

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the shared test data is not on this machine")


@needs_data
def test_every_html_case_is_read_or_refused_by_name() -> None:
    read_cases = 0
    refused = set()
    for file in sorted((DATA / "html5lib").rglob("*.dat")):
        for case in file.read_bytes().split(b"#data\n"):
            try:
                read(case.split(b"\n#errors")[0].split(b"\n#encoding")[0], file.name, "html")
            except ReadError as error:
                refused.add(error.reason)
            else:
                read_cases += 1
    assert read_cases > 500
    assert refused <= {"no_text", "empty"}


@needs_data
def test_every_document_is_read_or_refused_by_name() -> None:
    refused: dict[str, str] = {}
    for file in sorted((DATA / "documents").iterdir()):
        try:
            document = read(file.read_bytes(), file.name)
        except ReadError as error:
            refused[file.name] = error.reason
        else:
            assert document.title
            assert all(block.text for block in document.blocks)
    assert {name for name, reason in refused.items() if reason == "encrypted"} == {"pdf_encrypted.pdf"}
    scanned = {name for name, reason in refused.items() if reason == "no_text" and name.endswith(".pdf")}
    assert scanned == {"file_image.pdf", "file_scanned.pdf"}
    assert set(refused.values()) == {"encrypted", "no_text", "unknown_kind"}
