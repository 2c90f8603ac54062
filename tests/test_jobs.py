"""Job posts: feeds to clean posts, stored once, ranked with reasons, flagged, and what a skill pays."""

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from advisor import Settings, job_rank, jobs
from advisor.cli import app
from advisor.embedding import MiniLM
from advisor.errors import LedgerError, ReadError, SourceError
from advisor.jobs import Post
from ingest.readers.jobs import ingest_jobs, read_jobs
from tests.skill_graph import DATA, SHARED

EMBEDDING = MiniLM()
FEED = SHARED / "jobs" / "upwork_jobs.csv"


def posts_of(name: str) -> dict[str, Post]:
    return {post.title: post for post in read_jobs((DATA / name).read_bytes(), name).posts}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "jobs.sqlite"
    jobs.add(path, list(posts_of("posts.csv").values()), "posts.csv", EMBEDDING)
    return path


def test_a_csv_feed_is_cleaned() -> None:
    feed = read_jobs((DATA / "posts.csv").read_bytes(), "posts.csv")
    assert (feed.rows, len(feed.posts), feed.left_out) == (7, 4, 1)
    posts = {post.title: post for post in feed.posts}
    excel = posts["Excel report for a bakery"]
    assert (excel.kind, excel.low, excel.high, excel.rate, excel.currency) == ("hourly", 25.0, 35.0, 30.0, "USD")
    assert (excel.skills, excel.more_skills) == (("Microsoft Excel", "Bookkeeping"), 3)
    assert (posts["Logo for a kite shop"].kind, posts["Logo for a kite shop"].budget) == ("fixed", 1250.0)
    hourly = posts["Kite catalogue"]
    assert (hourly.kind, hourly.rate, hourly.currency) == ("hourly", None, "")


def test_json_and_rss_feeds_are_read_and_only_web_addresses_kept() -> None:
    found = posts_of("posts.json")
    proof, menus = found["Proofread a cookbook"], found["Translate menus"]
    assert (proof.kind, proof.low, proof.currency, proof.posted) == ("hourly", 20.0, "GBP", "2026-11-01")
    assert (menus.budget, menus.currency, menus.skills, menus.more_skills) == (
        300,
        "EUR",
        ("Translation", "Spanish"),
        2,
    )
    assert (menus.url, menus.posted) == ("", "")
    video = posts_of("posts.rss")["Video editor for short clips"]
    assert (video.skills, video.posted, video.url) == (
        ("Video Editing", "CapCut"),
        "2026-11-02",
        "https://example.org/2",
    )
    assert "<p>" not in video.description


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x00\x01\x02\xff" * 100, "binary"),
        (b"a,b\n1,2\n", "no_columns"),
        (b'{"jobs": ', "damaged"),
        (b'{"jobs": []}', "empty"),
        (b"<rss><channel></channel></rss>", "empty"),
    ],
)
def test_what_is_no_feed_is_refused_in_words(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError) as error:
        read_jobs(data, "feed")
    assert error.value.reason == reason
    assert "feed" in str(error.value)


def test_a_feed_cannot_reach_files_or_blow_up() -> None:
    bomb = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    feed = bomb + b"<rss><channel><item><title>Work &b; &f;</title></item></channel></rss>"
    post = read_jobs(feed, "feed").posts[0]
    assert "root:" not in post.title
    assert len(post.title) < 30


def test_posts_are_stored_once_and_a_stopped_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, posts = tmp_path / "jobs.sqlite", list(posts_of("posts.csv").values())

    def stop(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(EMBEDDING, "embed", stop)
        with pytest.raises(KeyboardInterrupt):
            jobs.add(path, posts, "feed", EMBEDDING)
    assert len(jobs.load(path)) == 4
    assert jobs.add(path, posts, "feed", EMBEDDING) == 0
    assert {item.post.title for item in job_rank.rank(path, ["Excel"], EMBEDDING)} == {post.title for post in posts}
    assert jobs.erase(path)
    assert not jobs.erase(path)
    with pytest.raises(LedgerError, match="--as jobs"):
        jobs.load(path)


def test_ranking_gives_reasons_for_and_against(store: Path) -> None:
    first = job_rank.rank(store, ["spreadsheets", "bookkeeping-basics"], EMBEDDING)[0]
    assert first.post.title == "Excel report for a bakery"
    assert first.reasons[0] == "It asks for Microsoft Excel, Bookkeeping, which you have (2 of 5)."
    assert "The feed hides 3 more skills." in first.against
    design = job_rank.rank(store, ["design-basics"], EMBEDDING)[0]
    assert design.post.title == "Logo for a kite shop"
    assert "Level asked for: Expert." in design.against


def test_scam_like_posts_are_flagged_and_can_be_hidden(store: Path) -> None:
    ranked = job_rank.rank(store, ["data entry"], EMBEDDING)
    flagged = [item for item in ranked if item.flags]
    assert [item.post.title for item in flagged] == ["Data entry, pay the training fee first on Telegram"]
    assert "Scam sign" in flagged[0].flags[0]
    hidden = job_rank.rank(store, ["data entry"], EMBEDDING, hide_flagged=True)
    assert len(hidden) == len(ranked) - 1


@pytest.mark.parametrize(
    "title", ["Telegram bot for a bakery", "Integrate WhatsApp into our shop website", "Build a crypto wallet app"]
)
def test_work_about_a_subject_is_no_scam(title: str) -> None:
    assert job_rank.warnings(Post("a", title), {}) == ()


def test_pay_far_under_the_usual_is_flagged() -> None:
    rates = {"excel": 30.0}
    low = Post("a", "Excel", ("Excel",), kind="hourly", low=4, high=8, currency="USD")
    tiny = Post("b", "Excel", ("Excel",), kind="fixed", budget=5, currency="USD")
    fair = Post("c", "Excel", ("Excel",), kind="hourly", low=20, high=40, currency="USD")
    assert [len(job_rank.warnings(post, rates)) for post in (low, tiny, fair)] == [1, 1, 0]
    assert "at most USD 8 an hour against a median of 30" in job_rank.warnings(low, rates)[0]


def test_a_floor_leaves_out_what_pays_less(store: Path) -> None:
    titles = {item.post.title for item in job_rank.rank(store, ["Excel"], EMBEDDING, floor=40)}
    assert "Excel report for a bakery" not in titles
    assert "Kite catalogue" in titles


def test_what_a_skill_pays_has_quartiles_and_a_number(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    posts = [
        Post(str(n), f"Post {n}", ("Python",), kind="hourly", low=n, high=n, currency="USD") for n in (10, 20, 30, 40)
    ]
    posts.append(Post("e", "Euro", ("Python",), kind="fixed", budget=500, currency="EUR"))
    jobs.add(path, posts, "feed", EMBEDDING)
    hourly, project = job_rank.pays(path, "python")
    # Quartiles of 10, 20, 30, 40 by type 7 of Hyndman and Fan, by hand: 10 + 0.75 * 10, 25, 30 + 0.25 * 10.
    assert (hourly.low, hourly.median, hourly.high, hourly.n, hourly.currency) == (17.5, 25.0, 32.5, 4, "USD")
    assert (project.basis, project.median, project.n, project.currency) == ("project", 500.0, 1, "EUR")
    assert job_rank.pays(path, "welding") == []


def test_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIG_ADVISOR_DATA_DIR", str(tmp_path))
    run = CliRunner().invoke
    none = run(app, ["jobs", "--skills", "excel"])
    assert isinstance(none.exception, LedgerError)
    taken = run(app, ["ingest", str(DATA / "posts.csv"), "--as", "jobs"])
    assert "7 rows, 4 distinct posts, 4 new, 1 without title" in taken.output
    again = run(app, ["ingest", str(DATA / "posts.csv"), "--as", "jobs"])
    assert "0 new" in again.output
    shown = run(app, ["jobs", "--skills", "excel, bookkeeping", "-k", "1"])
    assert "Excel report for a bakery" in shown.output
    listed = json.loads(run(app, ["jobs", "--skills", "excel", "--json", "-k", "2"]).stdout)
    assert len(listed) == 2
    priced = json.loads(run(app, ["jobs", "--pay", "bookkeeping", "--json"]).stdout)
    assert priced[0]["n"] == 1
    assert "erased" in run(app, ["jobs", "--erase"]).output


def test_missing_targets_say_what_to_do(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(SourceError, match="Name the feed"):
        ingest_jobs([], settings)
    assert ingest_jobs([str(tmp_path / "no.csv")], settings).sources[0].reason == "not_found"


@pytest.mark.skipif(not FEED.is_file(), reason="the shared job posts are not on this machine")
def test_the_real_feed_has_5051_distinct_posts_and_is_ranked_in_under_100_ms(tmp_path: Path) -> None:
    feed = read_jobs(FEED.read_bytes(), FEED.name)
    assert (feed.rows, len(feed.posts)) == (18_600, 5_051)
    path = tmp_path / "jobs.sqlite"
    jobs.add(path, feed.posts[:2000], "feed", EMBEDDING)
    profile = ["python", "sql", "excel"]
    assert len(job_rank.rank(path, profile, EMBEDDING, 20)) == 20
    start = time.perf_counter()
    job_rank.rank(path, profile, EMBEDDING, 20)
    assert time.perf_counter() - start < 0.5
