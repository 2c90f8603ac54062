"""Write `docs/sbom.json`: every package of `requirements.lock` as a CycloneDX list of parts, the same for the same lock."""

import hashlib
import json
import re
import sys
import uuid
from pathlib import Path

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "docs" / "sbom.json"
_ENTRY = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def packages(lock: str) -> list[tuple[str, str]]:
    """Return name and version of every package of a lock file; the same name can have versions for several systems."""
    return sorted(set(_ENTRY.findall(lock)))


def made(lock: str) -> str:
    """Return the list of parts as JSON."""
    bom = Bom(serial_number=uuid.UUID(bytes=hashlib.sha256(lock.encode()).digest()[:16], version=4))
    bom.metadata.component = Component(name="gig-advisor", type=ComponentType.APPLICATION, bom_ref="gig-advisor")
    for name, version in packages(lock):
        url = PackageURL("pypi", name=name, version=version)
        bom.components.add(
            Component(name=name, version=version, type=ComponentType.LIBRARY, purl=url, bom_ref=url.to_string())
        )
    bom.register_dependency(bom.metadata.component, list(bom.components))
    listed = json.loads(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string())
    # The time of writing would differ each time; the lock and its history say when.
    del listed["metadata"]["timestamp"]
    return json.dumps(listed, indent=1) + "\n"


def main() -> int:
    """Write the file.

    Returns:
        0.
    """
    TARGET.write_text(made((ROOT / "requirements.lock").read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
