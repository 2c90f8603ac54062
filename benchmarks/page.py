"""The web page next to its targets: start, first view, first answer text, sixty people at once, weight, other hosts.

python -m benchmarks.page            needs a browser for the page's own times; without one those lines say so
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

from benchmarks.speed import EMPTY_PAGE, QUESTIONS, ROOT

PEOPLE = 60
BROWSER = os.environ.get("BROWSER_PATH") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
BOX = "#ga-question textarea, #ga-question input"
FIRST_TEXT = """(question) => new Promise((done) => {
  const box = document.querySelector('#ga-question textarea, #ga-question input');
  const chat = document.querySelector('#ga-chat'), before = chat.querySelectorAll('.bot.message').length;
  const start = performance.now();
  const look = () => {
    const shown = [...chat.querySelectorAll('.bot.message')].slice(before);
    if (shown.some((one) => one.innerText.trim() && !one.querySelector('.ga-steps'))) {
      watch.disconnect(); requestAnimationFrame(() => done(performance.now() - start));
    }
  };
  const watch = new MutationObserver(look);
  watch.observe(chat, {childList: true, subtree: true, characterData: true});
  box.value = question; box.dispatchEvent(new Event('input', {bubbles: true}));
  setTimeout(() => document.querySelector('#ga-ask').click(), 0);
})"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _served(data: Path) -> Iterator[tuple[str, float]]:
    """Serve the page as a person starts it; yield its address and the seconds until it answered."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "GIG_ADVISOR_DATA_DIR": str(data), "GIG_ADVISOR_MODEL": "offline"}
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "advisor", "serve", "--port", str(port)], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL
    )  # fmt: skip
    try:
        while True:
            try:
                urllib.request.urlopen(url, timeout=30).read()
                break
            except OSError:
                if server.poll() is not None or time.perf_counter() - start > 300:
                    raise
                time.sleep(0.02)
        yield url, time.perf_counter() - start
    finally:
        server.terminate()
        server.wait(timeout=30)


def empty_page() -> float:
    """Return the seconds that importing Gradio and serving an empty Blocks takes."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", EMPTY_PAGE], env={**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}, check=True)  # fmt: skip
    return time.perf_counter() - start


def in_browser(url: str) -> dict[str, Any]:
    """Return what a browser sees: seconds to a usable page, milliseconds to the first answer text, other hosts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        start = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.wait_for_selector(BOX)
        page.fill(BOX, "x")
        usable = time.perf_counter() - start
        page.fill(BOX, "")
        page.wait_for_timeout(2000)
        first = []
        for question in QUESTIONS[:6]:
            first.append(page.evaluate(FIRST_TEXT, question))
            page.wait_for_timeout(1500)
        others = {u for u in asked if not u.startswith((url, "data:", "blob:", "about:"))}
        browser.close()
    return {"usable": usable, "first": first, "others": sorted(others)}


class _Chat:
    """The calls that the page itself makes when a question is sent, found in its description."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/gradio_api"
        with urllib.request.urlopen(f"{url}/config") as answer:  # noqa: S310  (our own server on loopback)
            config = json.load(answer)
        ids = {part["props"].get("elem_id"): part["id"] for part in config["components"]}
        calls = config["dependencies"]
        self.send = next(
            call["id"] for call in calls if [ids["ga-question"], "submit"] in call["targets"] and call["inputs"]
        )
        self.reply = next(
            call["id"] for call in calls if call["outputs"] and call["outputs"][0] == ids["ga-chat"] and len(call["inputs"]) == 3
        )  # fmt: skip

    async def ask(self, client: Any, session: str, question: str) -> tuple[float, float]:
        """Send a question as the page does; return the seconds to the first answer text and to its end.

        Raises:
            RuntimeError: When the server reports an error.
        """
        start, first = time.perf_counter(), 0.0
        body = {"fn_index": self.send, "session_hash": session, "data": [question, None], "trigger_id": None}
        (await client.post(f"{self.url}/run/predict", json=body)).raise_for_status()
        body = {"fn_index": self.reply, "session_hash": session, "data": [None, {}, None], "trigger_id": None}
        (await client.post(f"{self.url}/queue/join", json=body)).raise_for_status()
        async with client.stream("GET", f"{self.url}/queue/data", params={"session_hash": session}) as events:
            async for line in events.aiter_lines():
                if not line.startswith("data:"):
                    continue
                event = json.loads(line[5:])
                if not first and event["msg"] == "process_generating" and "ga-steps" not in line and "<p>" in line:
                    first = time.perf_counter() - start
                if event["msg"] == "process_completed":
                    if not event.get("success"):
                        raise RuntimeError(str(event)[:300])
                    end = time.perf_counter() - start
                    return first or end, end
        raise RuntimeError("the stream ended without an answer")


async def _people(url: str, count: int, turns: int, pause: float) -> tuple[list[float], list[float], list[str]]:
    import httpx

    chat = _Chat(url)
    firsts: list[float] = []
    ends: list[float] = []
    errors: list[str] = []
    limits = httpx.Limits(max_connections=count * 2)

    async def person(number: int, client: Any) -> None:
        session = uuid4().hex[:11]
        await asyncio.sleep(pause * number / count)
        for turn in range(turns):
            try:
                first, end = await chat.ask(client, session, QUESTIONS[(number + turn * 3) % len(QUESTIONS)])
            except (httpx.HTTPError, RuntimeError) as error:
                errors.append(f"{type(error).__name__}: {error}")
                continue
            firsts.append(first)
            ends.append(end)
            await asyncio.sleep(pause)

    async with httpx.AsyncClient(timeout=120, limits=limits) as client:
        await chat.ask(client, uuid4().hex[:11], QUESTIONS[0])
        await asyncio.gather(*(person(number, client) for number in range(count)))
    return firsts, ends, errors


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else float("nan")


def weight() -> int:
    """Return the bytes of our own assets: the style sheet and the head; pictures are drawn, fonts are the system's."""
    from advisor.web import theme

    return len(theme.css().encode()) + len(theme.HEAD.encode())


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print.

    Args:
        arguments: Command line; the process's own when None.

    Returns:
        0 when nothing failed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--pause", type=float, default=10.0, help="seconds between the questions of one person")
    options = parser.parse_args(arguments)
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        environment = {**os.environ, "GIG_ADVISOR_DATA_DIR": folder}
        subprocess.run([sys.executable, "-m", "advisor", "ask", QUESTIONS[0]], env=environment, cwd=ROOT, check=True, capture_output=True)  # fmt: skip
        empty = median(empty_page() for _ in range(2))
        with _served(data) as (_, again):
            pass
        with _served(data) as (url, up):
            rows += [
                ("importing gradio, serving an empty Blocks", f"{empty:.1f} s", ""),
                ("server up", f"{min(up, again):.1f} s", f"at most {empty + 2:.1f} s"),
            ]
            if BROWSER:
                seen = in_browser(url)
                first = sorted(seen["first"])
                rows += [
                    ("page usable after the server is up", f"{seen['usable']:.1f} s", "at most 2.5 s"),
                    ("first answer text after sending, median", f"{median(first):.0f} ms", "at most 300 ms"),
                    ("first answer text after sending, slowest", f"{first[-1]:.0f} ms", ""),
                    ("requests to another host", f"{len(seen['others'])} {' '.join(seen['others'])}".strip(), "0"),
                ]
            else:
                rows.append(("page usable, first text, other hosts", "skipped: no Chromium is installed", ""))
            people = options.people
            firsts, ends, errors = asyncio.run(_people(url, people, 3, options.pause))
            rows += [
                (f"{people} people chatting, whole answer, p95", f"{_p95(ends):.2f} s", "at most 1.5 s"),
                (f"{people} people chatting, first text, p95", f"{_p95(firsts):.2f} s", ""),
            ]
            bursts, burst_ends, more = asyncio.run(_people(url, people, 1, 0.0))
            rows += [
                (f"{people} questions in the same instant, p95", f"{_p95(burst_ends):.2f} s", ""),
                (f"{people} questions in the same instant, first text, p95", f"{_p95(bursts):.2f} s", ""),
                ("errors among them", str(len(errors) + len(more)), "0"),
            ]
    rows.append(("own assets", f"{weight() / 1024:.0f} KB", "at most 200 KB"))
    wide = max(len(row[0]) for row in rows)
    for what, found, target in rows:
        print(f"{what:{wide}}  {found:>12}  {target}")
    for line in (*errors, *more)[:3]:
        sys.stderr.write(f"{line}\n")
    return 1 if errors or more else 0


if __name__ == "__main__":
    sys.exit(main())
