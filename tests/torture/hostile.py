"""Row 5: files that nobody would save - made by Hypothesis from true ones and from pieces of each format - are read or refused by name.

Each is read in the child process, as every file is; the next file is always read, and the parent keeps its memory.
"""

import io
import time
import zipfile
from collections.abc import Callable

import psutil
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from advisor.errors import ReadError
from advisor.settings import Settings
from ingest.readers import Block
from ingest.sandbox import Sandbox

SECONDS = 12.0
PARENT_BYTES = 50_000_000
PIECES: dict[str, tuple[str, ...]] = {
    "html": ("<p>", "</p>", "<table><tr><td rowspan=9999999>", "</table>", "<!--", "-->", "<![CDATA[", "<svg>", "<math>", "<template>", "<script>", "&#x110000;", "&nbsp", "<meta charset=utf-7>", "<ul><li>", "<h1>", "\x00", "<a href=", "'\"", "<style>", "<base href=//x>", "text "),
    "text": ("# ", "---\n", "```\n", "> " * 20, "- ", "| a | b |\n|---|", "[x]: ", "\n\n", "\x0c", "\u2028", "\x00", "text ", "id: &a [*a, *a]\n", "!!python/object:os.system x\n", "1. ", "<b>"),
    "csv": (",", ";", "\t", '"', '""', "\n", "\r", "=cmd|' /C calc'!A0", "-1e999", "NaN", "\x00", "a", "1,000", "\ufeff", "'"),
    "pdf": ("%PDF-1.7\n", "1 0 obj", "endobj\n", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R 2 0 R]/Count 99>>", "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>", "stream\n", "\nendstream", "/Filter/FlateDecode", "/Length 99999999", "xref\n0 9999999\n", "trailer<</Root 1 0 R/Prev 9>>", "startxref\n9\n%%EOF", "[" * 50, "(", "BT (x) Tj ET", "/Encrypt 1 0 R", "/ObjStm", "R 0 R"),
    "docx": ("<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>", "<w:body>", "<w:p><w:r><w:t>text</w:t></w:r></w:p>", "</w:body></w:document>", "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", "&x;", "<w:numPr>", "<w:hyperlink r:id='x'>", "<w:sdt>", "\x00", "<?xml version='1.1'?>"),
}  # fmt: skip
NAMES = ("x", "../../x", "x\x00", "-rf", "CON", "x" * 250, "\u202exlsx", " ", "x.tar.gz", "x%00", "x;rm", "\\\\host\\x")
ENDINGS = {"html": ".html", "text": ".md", "csv": ".csv", "pdf": ".pdf", "docx": ".docx"}
FORMATS = tuple(PIECES)


def _zipped(text: str) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(
            "[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        )
        package.writestr("word/document.xml", text.encode("utf-8", "surrogatepass"))
    return output.getvalue()


def files(form: str) -> st.SearchStrategy[bytes]:
    """Return a strategy for files of a format: its pieces in any order, any bytes between them, damage at the end."""
    piece = st.one_of(st.sampled_from(PIECES[form]), st.text(max_size=20))
    many = st.builds(lambda part, times: part * times, st.sampled_from(PIECES[form]), st.integers(1, 400))
    text = st.lists(st.one_of(piece, many), max_size=25).map("".join)
    encode: Callable[[str], bytes] = _zipped if form == "docx" else lambda said: said.encode("utf-8", "surrogatepass")
    whole = text.map(encode)

    def damaged(data: bytes, cut: int, at: int, noise: bytes) -> bytes:
        data = data[: len(data) - cut % (len(data) + 1)] if cut % 3 == 0 else data
        at %= len(data) + 1
        return data[:at] + noise + data[at + len(noise) :]

    other = st.builds(
        lambda data, name: data.decode("latin-1").encode(name, "replace"),
        whole,
        st.sampled_from(("utf-16", "utf-7", "cp037", "shift_jis", "utf-32")),
    )
    return st.one_of(whole, st.builds(damaged, whole, st.integers(0, 99), st.integers(0, 9999), st.binary(max_size=12)), other, st.binary(max_size=400))  # fmt: skip


def run(form: str, count: int, chosen: int) -> list[str]:
    """Read so many made-up files of a format; return what was slow, untyped, or stopped the files after it."""
    bad: list[str] = []
    process = psutil.Process()
    limits = Settings(parse_seconds=SECONDS - 1, parse_memory_bytes=600_000_000)
    read = 0

    def one(sandbox: Sandbox, data: bytes, name: str) -> None:
        nonlocal read
        began = time.monotonic()
        try:
            sandbox.read(data, name + ENDINGS[form])
        except ReadError:
            pass
        except Exception as error:  # noqa: BLE001 - an error without a name of ours is what is looked for
            bad.append(f"{form} {name!r} {data[:200]!r}: {type(error).__name__}: {error}")
        read += 1
        if time.monotonic() - began > SECONDS:
            bad.append(f"{form} {name!r} {data[:200]!r}: took longer than {SECONDS:g} s")
        if read % 100 == 0 and sandbox.read(b"<p>good", "x.html").blocks != (Block((), "good"),):
            bad.append(f"{form}: the file after {name!r} was not read")

    with Sandbox(limits) as sandbox:
        sandbox.read(b"<p>good", "x.html")
        before = process.memory_info().rss

        @seed(chosen)
        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(files(form), st.sampled_from(NAMES))
        def test(data: bytes, name: str) -> None:
            one(sandbox, data, name)

        test()
        # What Hypothesis keeps of its own examples is not the reader's, so small runs are what this measures.
        grown = process.memory_info().rss - before
        if grown > PARENT_BYTES + 20_000 * read:
            bad.append(f"{form}: the parent grew by {grown:,} bytes")
    return bad if read >= min(count, 50) else [*bad, f"{form}: only {read} files were made"]
