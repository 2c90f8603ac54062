"""Hostile or broken files are read in a child process with limits on time, memory and output.

The child is this module run with `-m`: it gets one file after the other on its standard input and answers with JSON.
It has no environment, may write no file, and is killed with its process group when it takes too long.
"""

import contextlib
import json
import math
import os
import signal
import struct
import subprocess
import sys
import threading
import types
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.settings import Settings
    from ingest.readers.base import ReadDocument

_ROOT = Path(__file__).resolve().parent.parent
_LENGTH = struct.Struct(">Q")
_MAX_OPEN_FILES = 64

MAX_OUTPUT_BYTES = 120_000_000
"""Longest answer taken from a child; a longer one is refused as `too_large`."""

FILES_PER_CHILD = 200
"""A fresh child after this many files, so that what a library leaks stays small."""


class Sandbox:
    """Keeps one child process for many files and starts a fresh one after a failure; for one thread at a time."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None
        self._files = 0

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child; the next file gets a new one."""
        if self._child is not None:
            _end(self._child)
        self._child, self._files = None, 0

    def read(
        self, source: bytes | Path, name: str, kind: str | None = None, charset: str | None = None
    ) -> "ReadDocument":
        """Read one file in the child.

        Args:
            source: The content, or the path of a regular file.
            name: File name, for the format and as the last choice of a title.
            kind: A key of `ingest.readers.READERS`; found from name and content when None.
            charset: The encoding that a server's header names, if any.

        Raises:
            ReadError: What the reader says, or `timeout`, `memory`, `crash`, `too_large`, `missing`.
        """
        from advisor.errors import ReadError
        from ingest.readers.base import from_json

        data = source if isinstance(source, bytes) else _content(source, self._settings.max_file_bytes)
        if self._files >= FILES_PER_CHILD:
            self.close()
        child = self._child or self._start()
        self._files += 1
        late = threading.Event()

        def stop() -> None:
            late.set()
            _kill(child)

        watch = threading.Timer(self._settings.parse_seconds, stop)
        watch.daemon = True
        watch.start()
        sound = False
        try:
            answer = _exchange(child, {"name": name, "kind": kind, "charset": charset}, data)
            document = from_json(answer["document"]) if "document" in answer else None
            reason, message = str(answer.get("reason")), str(answer.get("message"))
            sound = reason != "memory"
            if document is not None:
                return document
        except (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError):
            reason, message = "crash", f"{name!r} made its reader crash. Save it again or convert it to PDF or text."
        except OverflowError:
            reason, message = "too_large", f"{name!r} gives too much text. Split it."
        finally:
            watch.cancel()
            watch.join()
            if late.is_set() or not sound:
                self.close()  # a child whose answer was not understood could give it for the next file
        if late.is_set():
            reason = "timeout"
            message = (
                f"{name!r} took longer than {self._settings.parse_seconds:g} seconds to read. "
                "Split it, or raise GIG_ADVISOR_PARSE_SECONDS."
            )
        raise ReadError(message, reason)

    def _start(self) -> subprocess.Popen[bytes]:
        from advisor.errors import ReadError

        limits = [str(self._settings.parse_memory_bytes), str(math.ceil(self._settings.parse_seconds))]
        # No `-I`: the package may lie in a checkout, which only PYTHONPATH can name.
        command = [sys.executable, "-P", "-s", "-m", "ingest.sandbox", *limits]
        try:
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and numbers
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env=_environment(),
                start_new_session=True,
            )
        except OSError as error:
            raise ReadError(f"The reading process cannot be started: {error}.", "crash") from error
        self._files = 0
        return self._child


def read_in_child(
    source: bytes | Path, name: str, kind: str | None, settings: "Settings", charset: str | None = None
) -> "ReadDocument":
    """Read one file in a child of its own.

    Args:
        source: The content, or the path of a regular file.
        name: File name, for the format and as the last choice of a title.
        kind: A key of `ingest.readers.READERS`; found from name and content when None.
        settings: Limits.
        charset: The encoding that a server's header names, if any.

    Raises:
        ReadError: As `Sandbox.read`.
    """
    with Sandbox(settings) as sandbox:
        return sandbox.read(source, name, kind, charset)


def text_in_child(path: Path, settings: "Settings") -> str:
    """Return a file's text with its headings, read in a child of its own; raises `ReadError` as `Sandbox.read`."""
    read = read_in_child(path, path.name, None, settings)
    return "\n".join(part for block in read.blocks for part in (*block.heading[-1:], block.text))


def _content(path: Path, max_bytes: int) -> bytes:
    """Read a regular file; a device or a pipe would never end."""
    from advisor.errors import ReadError

    try:
        if not path.is_file():
            raise ReadError(f"{path.name!r} is not a file that can be opened. Check the path.", "missing")
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise ReadError(f"{path.name!r} cannot be opened: {error.strerror}. Check the path.", "missing") from error
    if len(data) > max_bytes:
        raise ReadError(
            f"{path.name!r} is larger than {max_bytes:,} bytes. Split it, or raise GIG_ADVISOR_MAX_FILE_BYTES.",
            "too_large",
        )
    return data


def _environment() -> dict[str, str]:
    # Windows cannot start a program without SYSTEMROOT.
    kept = {name: value for name, value in os.environ.items() if name == "SYSTEMROOT"}
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def _exchange(child: subprocess.Popen[bytes], question: dict[str, str | None], data: bytes) -> Any:
    """Send a file and wait for the answer; the watch ends the wait by killing the child."""
    assert child.stdin is not None  # noqa: S101 - both are pipes
    assert child.stdout is not None  # noqa: S101
    _write_frame(child.stdin, json.dumps(question).encode())
    _write_frame(child.stdin, data)
    child.stdin.flush()
    return json.loads(_read_frame(child.stdout, MAX_OUTPUT_BYTES))


def _write_frame(stream: IO[bytes], data: bytes) -> None:
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)


def _read_frame(stream: IO[bytes], max_bytes: int) -> bytes:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (size,) = _LENGTH.unpack(head)
    if size > max_bytes:
        raise OverflowError
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _kill(child: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        # The child leads its own group and is not waited for yet, so the number cannot belong to another process.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        _kill(child)
    child.wait()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()


def _limit(memory_bytes: int, seconds: int) -> None:
    """Set the limits of this process that hold for its whole life; nothing on systems without them."""
    try:
        import resource
    except ImportError:
        return
    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: _MAX_OPEN_FILES,
        resource.RLIMIT_CPU: (seconds + 2) * (FILES_PER_CHILD + 1),
    }
    for limit, value in limits.items():
        # macOS refuses RLIMIT_AS; a hard limit below ours is kept.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))


def _limit_next_file(seconds: int) -> None:
    """Give the next file its own share of processor time, counted from what the earlier ones used."""
    try:
        import resource
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = math.ceil(usage.ru_utime + usage.ru_stime) + seconds + 2
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def _serve(memory_bytes: int, seconds: int) -> None:
    """Answer one file after the other until the parent closes the pipe; runs in the child."""
    # The readers need `advisor.errors` alone; an empty package in its place saves the import of everything public.
    package = types.ModuleType("advisor")
    package.__path__ = [str(_ROOT / "advisor")]
    sys.modules["advisor"] = package
    from advisor.errors import ReadError
    from ingest.readers import read
    from ingest.readers.base import to_json

    # A library that prints must not break the frames.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    _limit(memory_bytes, seconds)
    while True:
        try:
            question = json.loads(_read_frame(sys.stdin.buffer, 1_000_000))
            data = _read_frame(sys.stdin.buffer, sys.maxsize)
        except EOFError:
            return
        _limit_next_file(seconds)
        answer: dict[str, Any]
        try:
            answer = {"document": to_json(read(data, question["name"], question["kind"], question["charset"]))}
            text = json.dumps(answer).encode()
        except ReadError as error:
            text = json.dumps({"reason": error.reason, "message": str(error)}).encode()
        except MemoryError:
            message = f"{question['name']!r} needs too much memory. Split it, or raise GIG_ADVISOR_PARSE_MEMORY_BYTES."
            text = json.dumps({"reason": "memory", "message": message}).encode()
        _write_frame(answers, text)
        answers.flush()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]))
