"""Start-up and answer times of the product, each command in a process of its own.

python -m benchmarks.speed
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
QUESTIONS = (
    "How old must I be to drive for Uber?",
    "What does DoorDash pay after car costs?",
    "Is Instacart worth it?",
    "How do Taskers get paid?",
    "Can I drive for Lyft with a rented car?",
    "What happens when my Uber account is closed?",
    "How do I start with deliveries and no car?",
    "Which app pays out every day?",
)
EMPTY_PAGE = (
    "import gradio, threading, urllib.request\n"
    "with gradio.Blocks() as demo: pass\n"
    "_, url, _ = demo.launch(prevent_thread_lock=True, quiet=True)\n"
    "urllib.request.urlopen(url).read()\n"
)
OUR_PAGE = (
    "import socket, threading, time, urllib.request, uvicorn\n"
    "from advisor import Advisor\n"
    "from advisor.web.app import create\n"
    "advisor = Advisor.open()\n"
    "probe = socket.socket(); probe.bind(('127.0.0.1', 0)); port = probe.getsockname()[1]; probe.close()\n"
    "server = uvicorn.Server(uvicorn.Config(create(advisor), host='127.0.0.1', port=port, log_level='error'))\n"
    "threading.Thread(target=server.run, daemon=True).start()\n"
    "while not server.started: time.sleep(0.01)\n"
    "urllib.request.urlopen(f'http://127.0.0.1:{port}/').read()\n"
)


def seconds(command: Sequence[str], environment: dict[str, str], runs: int = 5) -> float:
    """Return the median wall time of a command."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(
            command, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        times.append(time.perf_counter() - start)
    return median(times)


def warm() -> tuple[float, float, float]:
    """Return p50 and p95 of a warm offline answer in milliseconds, and the memory of the process in MB with Chroma open."""
    import psutil

    from advisor import Advisor

    with Advisor.open() as advisor:
        advisor.build_dense()
        for question in QUESTIONS:
            advisor.ask(question)
        times = []
        for _ in range(25):
            for question in QUESTIONS:
                start = time.perf_counter()
                advisor.ask(question)
                times.append((time.perf_counter() - start) * 1000)
        times.sort()
        memory = psutil.Process().memory_info().rss / 1e6
        return median(times), times[int(len(times) * 0.95)], memory


def main() -> int:
    """Print all figures.

    Returns:
        0.
    """
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GIG_ADVISOR_DATA_DIR"] = folder
        environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
        python = sys.executable
        ask = [python, "-m", "advisor", "ask", QUESTIONS[0]]
        print(f"first ask, building the index    {seconds(ask, environment, runs=1):8.2f} s")
        print(f"ask, cold process                {seconds(ask, environment):8.2f} s")
        print(f"--help, cold process             {seconds([python, '-m', 'advisor', '--help'], environment):8.2f} s")
        p50, p95, memory = warm()
        print(f"warm offline answer              {p50:8.1f} ms p50 {p95:8.1f} ms p95")
        print(f"memory, serving with Chroma      {memory:8.0f} MB without the page")
        one = seconds([python, "-c", EMPTY_PAGE], environment, runs=3)
        two = seconds([python, "-c", OUR_PAGE], environment, runs=3)
        print(f"first page: empty Gradio {one:.2f} s, ours {two:.2f} s, ratio {two / one:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
