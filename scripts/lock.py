"""Write `requirements.lock`: names, versions and hashes of everything, for all platforms, without index addresses."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Resolve `pyproject.toml` with uv and write the lock file.

    Returns:
        The exit code of the resolver.
    """
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--group", "dev", "--universal"]
    command += ["--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header", "--quiet"]
    command += ["--python-version", "3.11", "-o", "requirements.lock"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
