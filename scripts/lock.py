"""Write the lock files: names, versions and hashes of everything, for all platforms, without index addresses.

`requirements.lock` is what runs and what tests; `requirements-browser.lock` is what the tests in a real browser need besides.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
OPTIONS = (
    "--universal", "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header", "--quiet", "--python-version", "3.11",
)  # fmt: skip


def main() -> int:
    """Resolve `pyproject.toml` with uv and write both files.

    Returns:
        The exit code of the first resolution that failed, or 0.
    """
    compile_ = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS]
    return (
        subprocess.run([*compile_, "pyproject.toml", "--group", "dev", "-o", "requirements.lock"], cwd=ROOT, check=False).returncode
        or subprocess.run(
            [*compile_, "--group", "browser", "-c", "requirements.lock", "-o", "requirements-browser.lock"], cwd=ROOT, check=False
        ).returncode
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
