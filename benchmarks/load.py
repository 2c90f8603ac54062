"""Load and soak: many streams at the pace of a model through the page and through plain HTTP, ten times too many, and hours of use.

python -m benchmarks.load [--streams 100] [--plain 250] [--overload 10] [--minutes 30]

A model's server of our own on loopback writes a fixed number of words a second, so what is measured is our own share.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.page import ROOT, _Chat, _free_port, _p95
from benchmarks.speed import QUESTIONS

WORDS, RATE = 150, 20.0
"""Words of an answer and how many the model writes a second: the best possible answer takes 7.5 seconds."""


def model_server() -> None:
    """Serve a model until stopped; print the address first."""
    from tests.scripted_server import Handler, ScriptedServer

    def paced(handler: Handler) -> None:
        handler.head()
        begun = time.monotonic()
        for number in range(WORDS):
            handler.delta("The fee is shown before you accept. [1] " if number == 0 else "also ")
            handler.pause(max(0.0, begun + (number + 1) / RATE - time.monotonic()))
        handler.delta(finish="stop")
        handler.event(b"[DONE]")

    class Wide(ScriptedServer):
        request_queue_size = 1024

    server = Wide().queue(paced)
    print(server.url, flush=True)
    server.serve_forever()


@contextmanager
def served(data: Path) -> Iterator[tuple[str, int]]:
    """Serve the page with that model; yield its address and the number of its process."""
    import urllib.request

    model = subprocess.Popen([sys.executable, "-m", "benchmarks.load", "--model-server"], cwd=ROOT, stdout=subprocess.PIPE, text=True)  # fmt: skip
    assert model.stdout is not None  # noqa: S101 - it is a pipe
    port = _free_port()
    environment = {
        **os.environ,
        "GIG_ADVISOR_DATA_DIR": str(data),
        "GIG_ADVISOR_MODEL": "openai:paced",
        "GIG_ADVISOR_BASE_URL": model.stdout.readline().strip(),
    }
    page = subprocess.Popen([sys.executable, "-m", "advisor", "serve", "--port", str(port)], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 300
        while True:
            try:
                urllib.request.urlopen(url, timeout=30).read()
                break
            except OSError:
                if page.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.1)
        yield url, page.pid
    finally:
        for process in (page, model):
            process.terminate()
            process.wait(timeout=30)


async def _plain(client: Any, url: str, question: str) -> float:
    """Ask over the API for programs; return the seconds until the whole answer."""
    start = time.perf_counter()
    joined = await client.post(f"{url}/gradio_api/call/answer", json={"data": [question, "US"]})
    joined.raise_for_status()
    async with client.stream("GET", f"{url}/gradio_api/call/answer/{joined.json()['event_id']}") as events:
        async for line in events.aiter_lines():
            if line.startswith("event: error"):
                raise RuntimeError("the answer failed")
            if line.startswith("event: complete"):
                return time.perf_counter() - start
    raise RuntimeError("the stream ended without an answer")


async def together(url: str, count: int, *, plain: bool = False) -> tuple[list[float], list[float], list[str]]:
    """Let so many ask in the same instant; return the seconds of answers, of refusals, and what else went wrong."""
    import httpx

    chat = _Chat(url)
    ends: list[float] = []
    refused: list[float] = []
    errors: list[str] = []

    async def person(number: int, client: Any) -> None:
        start = time.perf_counter()
        question = QUESTIONS[number % len(QUESTIONS)]
        try:
            if plain:
                ends.append(await _plain(client, url, question))
            else:
                ends.append((await chat.ask(client, uuid4().hex[:11], question))[1])
        except httpx.HTTPStatusError as error:
            (refused if error.response.status_code in {429, 503} else errors).append(time.perf_counter() - start)  # type: ignore[arg-type]
        except (httpx.HTTPError, RuntimeError) as error:
            errors.append(f"{type(error).__name__}: {error}")

    async with httpx.AsyncClient(timeout=300, limits=httpx.Limits(max_connections=count * 3)) as client:
        await asyncio.gather(*(person(number, client) for number in range(count)))
    return ends, refused, [str(error) for error in errors]


async def soak(url: str, process: int, minutes: float, people: int) -> tuple[int, float, list[str]]:
    """Let a few people ask all the time; return the answers, the growth of memory from a fifth of the time on, and errors."""
    import httpx
    import psutil

    chat, server = _Chat(url), psutil.Process(process)
    begun, seconds = time.monotonic(), minutes * 60
    answers, errors, sizes = 0, [], []

    async def person(number: int, client: Any) -> None:
        nonlocal answers
        while time.monotonic() - begun < seconds:
            try:
                await chat.ask(client, uuid4().hex[:11], QUESTIONS[(number + answers) % len(QUESTIONS)])
                answers += 1
            except (httpx.HTTPError, RuntimeError) as error:
                errors.append(f"{type(error).__name__}: {error}")

    async def watch() -> None:
        while time.monotonic() - begun < seconds:
            if time.monotonic() - begun > seconds / 5:
                sizes.append(server.memory_info().rss)
            await asyncio.sleep(max(0.5, seconds / 100))

    async with httpx.AsyncClient(timeout=300) as client:
        await asyncio.gather(watch(), *(person(number, client) for number in range(people)))
    part = max(1, len(sizes) // 5)
    early, late = sum(sizes[:part]) / part, sum(sizes[-part:]) / part
    return answers, late / early - 1, errors


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print.

    Args:
        arguments: Command line; the process's own when None.

    Returns:
        0 when nothing failed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model-server", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--streams", type=int, default=100, help="streams at once through the page")
    parser.add_argument("--plain", type=int, default=250, help="questions at once over the API for programs")
    parser.add_argument("--overload", type=int, default=10, help="times too many; 0 leaves it out")
    parser.add_argument("--minutes", type=float, default=30.0, help="of the soak; 0 leaves it out")
    options = parser.parse_args(arguments)
    if options.model_server:
        model_server()
        return 0
    errors: list[str] = []

    def tell(*rows: tuple[str, str, str]) -> None:
        for what, found, target in rows:
            print(f"{what:62}  {found:>12}  {target}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "GIG_ADVISOR_DATA_DIR": folder, "GIG_ADVISOR_MODEL": "offline"}
        subprocess.run([sys.executable, "-m", "advisor", "ask", QUESTIONS[0]], env=environment, cwd=ROOT, check=True, capture_output=True)  # fmt: skip
        with served(Path(folder)) as (url, process):
            asyncio.run(together(url, 1))
            ends, refused, bad = asyncio.run(together(url, options.streams))
            errors += bad
            tell(
                (f"{options.streams} streams of {WORDS} words at {RATE:g}/s through the page, p95", f"{_p95(ends):.2f} s", "at most 9 s"),
                ("refused among them", str(len(refused)), "0"),
            )  # fmt: skip
            if options.plain:
                ends, refused, bad = asyncio.run(together(url, options.plain, plain=True))
                errors += bad
                tell(
                    (f"{options.plain} at once over plain HTTP, p95", f"{_p95(ends):.2f} s", ""),
                    ("refused among them", str(len(refused)), "0"),
                )
            if options.overload:
                many = options.streams * options.overload
                ends, refused, bad = asyncio.run(together(url, many))
                errors += bad
                start = time.perf_counter()
                again, _, more = asyncio.run(together(url, 1))
                errors += more
                tell(
                    (f"{many} at once: answered, refused", f"{len(ends)}, {len(refused)}", ""),
                    ("a refusal, p95", f"{_p95(refused):.2f} s", "at most 1 s"),
                    ("the next answer", f"{time.perf_counter() - start:.1f} s" if again else "none", f"at most {WORDS / RATE + 10:g} s"),
                )  # fmt: skip
            if options.minutes:
                answers, drift, bad = asyncio.run(soak(url, process, options.minutes, min(10, options.streams)))
                errors += bad
                tell(
                    (f"answers in {options.minutes:g} minutes", str(answers), ""),
                    ("growth of memory in it", f"{drift:.1%}", "at most 3 %"),
                )
    tell(("errors", str(len(errors)), "0"))
    for line in errors[:3]:
        sys.stderr.write(f"{line}\n")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
