"""The child process that reads files: what it gives, and that nothing a file does reaches further than one refusal."""

import io
import os
import sys
import textwrap
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from advisor.errors import ReadError
from advisor.settings import Settings
from ingest import sandbox as sandbox_module
from ingest.readers import Block
from ingest.sandbox import Sandbox, read_in_child

SMALL = Settings(parse_memory_bytes=300_000_000, parse_seconds=10)
needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="this system has no limits on a process")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SMALL) as opened:
        yield opened


def refusal(sandbox: Sandbox, data: bytes | Path, name: str, kind: str | None = None) -> str:
    with pytest.raises(ReadError) as caught:
        sandbox.read(data, name, kind)
    assert name in str(caught.value)
    return caught.value.reason


def child_id(sandbox: Sandbox) -> int | None:
    return sandbox._child.pid if sandbox._child else None


def good(sandbox: Sandbox) -> bool:
    return sandbox.read(b"<p>good", "x.html").blocks == (Block((), "good"),)


@pytest.fixture
def odd_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader package of its own in the child, whose `read` does what the file's name says."""
    package = tmp_path / "ingest" / "readers"
    package.mkdir(parents=True)
    root = Path(sandbox_module.__file__).parent
    (tmp_path / "advisor").symlink_to(root.parent / "advisor")
    (tmp_path / "ingest" / "__init__.py").touch()
    for name in ("sandbox.py", "readers/base.py"):
        (tmp_path / "ingest" / name).write_text((root / name).read_text())
    (package / "__init__.py").write_text(
        textwrap.dedent(
            """
            import os, socket, subprocess, sys, time
            from ingest.readers.base import Block, ReadDocument

            def read(data, name, kind, charset):
                if name == "sleep":
                    time.sleep(60)
                elif name == "spin":
                    while True:
                        pass
                elif name == "exit":
                    os._exit(3)
                elif name == "abort":
                    os.abort()
                elif name == "raise":
                    raise KeyboardInterrupt
                elif name == "memory":
                    data = bytes(10**10)
                elif name == "spawn":
                    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
                    time.sleep(60)
                elif name == "write":
                    with open(data.decode(), "w") as file:
                        file.write("x" * 100000)
                elif name == "files":
                    kept = [open(os.devnull) for _ in range(1000)]
                elif name == "print":
                    print("noise " * 1000, flush=True)
                elif name == "garbage":
                    os.write(int(data), b"\\0\\0\\0\\0\\0\\0\\0\\2[]")
                elif name == "huge":
                    return ReadDocument(name, (Block((), "x" * 130_000_000),))
                elif name == "environment":
                    return ReadDocument(name, (Block((), " ".join(sorted(os.environ))),))
                elif name == "modules":
                    return ReadDocument(name, (Block((), " ".join(sorted(sys.modules))),))
                return ReadDocument(name, (Block((), "good"),))
            """
        )
    )
    monkeypatch.setattr(sandbox_module, "_ROOT", tmp_path)


def test_a_document_comes_back_as_it_was_read(sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text("---\ndate: 2026-03-04\n---\n# Fees\nTen \N{POUND SIGN}\n\n- a\n", encoding="utf-8")
    document = sandbox.read(file, file.name)
    assert document.blocks == (Block(("Fees",), "Ten \N{POUND SIGN}"), Block(("Fees",), "- a", "list"))
    assert str(document.published) == "2026-03-04"
    assert read_in_child(file, file.name, None, SMALL) == document
    assert read_in_child(file.read_bytes(), "a.md", "markdown", SMALL) == document


def test_one_child_reads_many_files_and_is_replaced_after_enough(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox_module, "FILES_PER_CHILD", 3)
    children = []
    for _ in range(7):
        assert good(sandbox)
        children.append(child_id(sandbox))
    assert [children.count(child) for child in dict.fromkeys(children)] == [3, 3, 1]


def test_a_refusal_of_the_reader_keeps_its_reason_and_the_child(sandbox: Sandbox) -> None:
    assert good(sandbox)
    before = child_id(sandbox)
    assert refusal(sandbox, b"%PDF-1.4 x", "x.pdf") == "damaged"
    assert refusal(sandbox, b"\x7fELF\0\0", "x.bin") == "unknown_kind"
    assert good(sandbox)
    assert child_id(sandbox) == before


def test_closing_ends_the_child() -> None:
    with Sandbox(SMALL) as sandbox:
        assert good(sandbox)
        child = child_id(sandbox)
    assert child is not None
    assert not psutil.pid_exists(child)


def test_paths_that_are_no_plain_file_or_too_large_are_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    assert refusal(sandbox, tmp_path, tmp_path.name) == "missing"
    assert refusal(sandbox, tmp_path / "none.txt", "none.txt") == "missing"
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.txt")
        assert refusal(sandbox, tmp_path / "pipe.txt", "pipe.txt") == "missing"
    (tmp_path / "large.txt").write_bytes(b"x" * 2000)
    with Sandbox(Settings(max_file_bytes=1999)) as small:
        assert refusal(small, tmp_path / "large.txt", "large.txt") == "too_large"


@pytest.mark.usefixtures("odd_child")
@needs_limits
@pytest.mark.parametrize("name", ["sleep", "spin"])
def test_a_reader_that_never_ends_is_killed_and_the_next_file_is_read(name: str) -> None:
    with Sandbox(Settings(parse_seconds=1)) as sandbox:
        began = time.monotonic()
        assert refusal(sandbox, b"x", name) == "timeout"
        assert time.monotonic() - began < 4
        assert sandbox.read(b"x", "fine").title == "fine"


@pytest.mark.usefixtures("odd_child")
@needs_limits
@pytest.mark.parametrize(
    ("name", "reason"),
    [("exit", "crash"), ("abort", "crash"), ("raise", "crash"), ("memory", "memory"), ("huge", "too_large")]
    + [("write", "crash"), ("files", "crash")],
)
def test_whatever_a_reader_does_is_one_named_refusal(name: str, reason: str, tmp_path: Path) -> None:
    target = tmp_path / "written"
    with Sandbox(Settings(parse_memory_bytes=1_000_000_000)) as sandbox:
        assert refusal(sandbox, str(target).encode(), name) == reason
        assert sandbox.read(b"x", "fine").title == "fine"
    assert not target.exists() or target.stat().st_size == 0


@pytest.mark.usefixtures("odd_child")
def test_a_reader_that_prints_does_not_break_the_answer(sandbox: Sandbox) -> None:
    assert sandbox.read(b"x", "print").title == "print"


@pytest.mark.usefixtures("odd_child")
@needs_limits
def test_an_answer_that_is_no_document_is_a_crash(sandbox: Sandbox) -> None:
    # The child keeps its answers on the first free descriptor after the three standard ones.
    assert refusal(sandbox, b"3", "garbage") == "crash"
    assert sandbox.read(b"x", "fine").title == "fine"


@pytest.mark.usefixtures("odd_child")
def test_the_child_has_no_environment_and_loads_nothing_heavy(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIG_ADVISOR_API_KEY", "secret")
    seen = set(sandbox.read(b"x", "environment").blocks[0].text.split())
    assert seen <= {"PYTHONPATH", "PYTHONUTF8", "PYTHONDONTWRITEBYTECODE", "SYSTEMROOT", "LC_CTYPE"}
    modules = sandbox.read(b"x", "modules").blocks[0].text.split()
    assert not {"pydantic", "httpx", "langchain_core", "chromadb", "numpy", "advisor.settings"} & set(modules)


@pytest.mark.usefixtures("odd_child")
@needs_limits
def test_what_a_reader_starts_is_killed_with_it() -> None:
    with Sandbox(Settings(parse_seconds=1.5)) as sandbox:
        assert refusal(sandbox, b"x", "spawn") == "timeout"
    left = [child for child in psutil.Process().children(recursive=True) if child.status() != psutil.STATUS_ZOMBIE]
    orphans = [
        process
        for process in psutil.process_iter(["cmdline"])
        if (process.info["cmdline"] or [])[-1:] == ["import time; time.sleep(60)"]
        and process.status() != psutil.STATUS_ZOMBIE
    ]
    assert left == orphans == []


def make_zip(members: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in members.items():
            package.writestr(name, data)
    return output.getvalue()


LAUGHS = b'<!DOCTYPE a [<!ENTITY a0 "ha">' + b"".join(
    b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 10) for number in range(1, 10)
)
PDF_LOOP = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99999999>>endobj\n"
    b"trailer<</Root 1 0 R/Prev 0>>\nstartxref\n0\n%%EOF"
)
PDF_BOMB = zlib.compress(zlib.compress(bytes(200_000_000)))
BOMBS = {
    "comments.html": b"<!--" * 100_000,
    "text_and_comments.html": b"<p>text<!--" * 100_000,
    "deep.html": b"<div>" * 200_000,
    "deep_tables.html": b"<table><tr><td>" * 50_000 + b"x",
    "deep_lists.html": b"<ul><li>" * 900 + b"x",
    "bold.html": b"<b>" * 100_000 + b"x",
    "attributes.html": b"<p " + b"a=1 " * 300_000 + b">x",
    "spans.html": b"<table><tr>" + b"<td rowspan=65000 colspan=65000>wide</td>" * 500 + b"<tr><td>x" * 5_000,
    "json.html": b"<script type='application/ld+json'>" + b"[" * 400_000 + b"</script><p>x",
    "brackets.md": b"[" * 50_000,
    "quotes.md": b"> " * 50_000 + b"x",
    "quote.csv": b'a,b\n"' + b"x" * 400_000,
    "blank.txt": b"\n \t" * 300_000 + b"x",
    "zip.docx": make_zip({"[Content_Types].xml": b"<a/>", "word/document.xml": bytes(60_000_000)}),
    "many.docx": make_zip({f"word/{number}.xml": b"" for number in range(6_000)}),
    "laughs.docx": make_zip({"[Content_Types].xml": LAUGHS + b"]><a>&a9;</a>", "word/document.xml": b"<a/>"}),
    "loop.pdf": PDF_LOOP,
    "nested.pdf": b"%PDF-1.4\n1 0 obj " + b"[" * 100_000,
    "bomb.pdf": (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<<>>>>endobj\n"
        b"4 0 obj<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream endobj\n"
        b"trailer<</Root 1 0 R/Size 5>>\nstartxref\n0\n%%%%EOF" % (len(PDF_BOMB), PDF_BOMB)
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_or_refused_by_name_in_good_time(name: str, sandbox: Sandbox) -> None:
    began = time.monotonic()
    try:
        sandbox.read(BOMBS[name], name)
        reason = "read"
    except ReadError as error:
        reason = error.reason
    assert time.monotonic() - began < SMALL.parse_seconds
    assert reason in {"read", "no_text", "too_deep", "damaged", "too_large", "hostile", "memory"}
    if name.endswith(".docx"):
        assert reason in {"too_large", "hostile"}
    assert good(sandbox)


@needs_limits
def test_a_page_that_needs_more_memory_than_allowed_is_refused(sandbox: Sandbox) -> None:
    # A busy machine reaches the time limit first; either way the page is refused and the next one is read.
    assert refusal(sandbox, b"<p>a</p>" * 490_000, "x.html") in {"memory", "timeout"}
    assert good(sandbox)
