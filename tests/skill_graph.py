"""A data folder with the hand-made releases of `tests/data`, for tests of skill data."""

from pathlib import Path

from advisor import Settings
from ingest.build import ingest
from ingest.skilldata import ingest_skill_data
from tests.guides import write_corpus

DATA = Path(__file__).parent / "data"
ONET, ESCO = DATA / "onet_1_0", DATA / "esco_1_0"
SHARED = Path(__file__).parents[2] / "shared" / "data"


def with_releases(folder: Path) -> Settings:
    """Return settings of a folder with one invented guide, an invented O*NET release and an invented ESCO package."""
    settings = Settings(data_dir=folder / "data", corpus_dir=write_corpus(folder / "corpus"))
    ingest([], settings)
    for path, kind in ((ONET, "onet"), (ESCO, "esco")):
        report = ingest_skill_data([str(path)], settings, kind)
        assert report.sources[0].status == "added", report.sources[0].message
    return settings
