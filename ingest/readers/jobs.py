"""Feeds of job posts - CSV, JSON or RSS - to clean posts: each once, pay as numbers, skills without `+3`."""

import csv
import hashlib
import html
import io
import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from advisor import jobs
from advisor.embedding import Embedding, open_embedding
from advisor.errors import ReadError, SourceError
from advisor.jobs import Post
from advisor.settings import Settings
from ingest import sources
from ingest.build import Report, SourceReport
from ingest.readers.base import clean, parse_date
from ingest.readers.table import sniff_delimiter
from ingest.readers.text import decode, looks_binary

MAX_POSTS = 500_000
_MAX_TITLE, _MAX_TEXT, _MAX_SKILL, _MAX_SKILLS = 300, 5_000, 60, 40
_FIELDS = {
    "title": ("job title", "title", "position", "role", "name", "headline", "summary"),
    "pay": (
        "hourly/fixed",
        "hourly fixed",
        "rate",
        "hourly rate",
        "pay",
        "salary",
        "compensation",
        "payment",
        "pay type",
        "type",
    ),
    "budget": ("budget", "est. budget", "fixed price", "price", "amount"),
    "level": ("level", "experience level", "experience", "seniority"),
    "skills": ("skills", "skill", "tags", "tag", "categories", "category", "keywords"),
    "description": ("description", "details", "body", "content", "text", "content:encoded"),
    "url": ("url", "link", "apply url", "guid"),
    "posted": ("posted", "date", "published", "pubdate", "publication date", "created", "created at", "date posted"),
    "currency": ("currency",),
}
_SIGNS = {"$": "USD", "£": "GBP", "€": "EUR", "₹": "INR", "₦": "NGN", "₱": "PHP"}
_AMOUNT = re.compile(
    r"(?:(?P<sign>[$£€₹₦₱])|(?P<code>\b[A-Z]{3}\b))?\s?(?P<number>\d[\d,]*(?:\.\d+)?)\s?(?P<k>k\b)?", re.I
)
_HOURLY = re.compile(r"\bhour|/\s?hr?\b|\bper hr\b|\bp/?h\b", re.I)
_NOTHING = frozenset(("", "n/a", "na", "none", "null", "-", "nan"))


@dataclass(frozen=True)
class Feed:
    """What a feed gave: its distinct posts, how many rows were read, and how many had no title."""

    posts: tuple[Post, ...]
    rows: int
    left_out: int


def read_jobs(data: bytes, name: str) -> Feed:
    """Read a feed.

    Args:
        data: The whole file.
        name: File name, for messages.

    Raises:
        ReadError: When it is no feed of posts; the text says what is expected.
    """
    if looks_binary(data):
        raise ReadError(f"{name!r} holds binary data. Give a feed as CSV, JSON or RSS.", "binary")
    text = decode(data, None)
    start = text.lstrip("\ufeff \r\n\t")[:1]
    rows = (
        _from_json(text, name)
        if start in "[{" and start
        else _from_rss(data, name)
        if start == "<"
        else _from_csv(text, name)
    )
    columns = _columns({key for row in rows[:200] for key in row})
    if "title" not in columns:
        raise ReadError(
            f"{name!r} has no column for the title of a post. Name one `title`; `skills`, `pay`, `budget`, `level`, "
            "`description`, `url` and `posted` are used when there.",
            "no_columns",
        )
    posts: dict[str, Post] = {}
    left_out = 0
    for row in rows:
        post = _post({field: row.get(column, "") for field, column in columns.items()})
        if post is None:
            left_out += 1
        else:
            posts.setdefault(post.id, post)
    return Feed(tuple(posts.values()), len(rows), left_out)


def _from_csv(text: str, name: str) -> list[dict[str, Any]]:
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=sniff_delimiter(text))
        rows: list[dict[str, Any]] = []
        for row in reader:
            rows.append({key: value for key, value in row.items() if isinstance(key, str)})
            if len(rows) > MAX_POSTS:
                raise ReadError(f"{name!r} has more than {MAX_POSTS:,} rows. Split it.", "too_large")
    except csv.Error as error:
        raise ReadError(f"{name!r} is not valid CSV: {error}. Export it again.", "damaged") from error
    return rows


def _from_json(text: str, name: str) -> list[dict[str, Any]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{name!r} is not valid JSON: {str(error)[:200]}. Export it again.", "damaged") from error
    if isinstance(value, dict):
        # Feeds wrap their list under one name: jobs, items, results, data.
        value = max((item for item in value.values() if isinstance(item, list)), key=len, default=[])
    rows = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    if not rows:
        raise ReadError(f"{name!r} holds no list of posts. Give a JSON list of objects with a `title`.", "empty")
    return rows[:MAX_POSTS]


def _from_rss(data: bytes, name: str) -> list[dict[str, Any]]:
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(f"{name!r} is not valid XML: {error}. Save the feed again.", "damaged") from error
    rows = []
    for item in root.iter("{*}item", "{*}entry") if root is not None else ():
        row: dict[str, Any] = {}
        for child in item:
            if not isinstance(child.tag, str):
                continue
            tag = etree.QName(child).localname.lower()
            value = child.get("term") or child.get("href") or "".join(child.itertext())
            row[tag] = [*row.get(tag, []), value] if tag == "category" else value
        rows.append(row)
    if not rows:
        raise ReadError(f"{name!r} is not a feed: it has no `item` or `entry`. Give RSS or Atom.", "empty")
    return rows[:MAX_POSTS]


def _columns(names: Iterable[str]) -> dict[str, str]:
    folded = {re.sub(r"[\s_]+", " ", name).strip().lower(): name for name in names}
    return {field: folded[word] for field, words in _FIELDS.items() for word in reversed(words) if word in folded}


def _plain(value: Any) -> str:
    text = html.unescape(re.sub(r"<[^<>]{0,2000}>", " ", html.unescape(str(value or ""))))
    return "" if (found := clean(text)).lower() in _NOTHING else found


def _post(row: Mapping[str, Any]) -> Post | None:
    title = _plain(row.get("title"))[:_MAX_TITLE]
    if not title:
        return None
    skills, more = _skills(row.get("skills"))
    pay, budget = _plain(row.get("pay")), _plain(row.get("budget"))
    description, url = _plain(row.get("description"))[:_MAX_TEXT], _plain(row.get("url"))[:500]
    kind = "hourly" if _HOURLY.search(pay) else "fixed" if re.search(r"fixed", pay, re.I) or budget else ""
    amounts = _amounts(pay) if kind == "hourly" else _amounts(budget or pay)
    currency = next((code for _, code in amounts if code), "") or _plain(row.get("currency")).upper()[:3]
    values = (
        sorted(value for value, _ in amounts)[:2] if len(amounts) <= 2 else sorted(value for value, _ in amounts[:2])
    )
    level = _plain(row.get("level"))[:40]
    key = "\x1f".join(
        (
            title.lower(),
            pay.lower(),
            budget.lower(),
            level.lower(),
            ", ".join(skills).lower(),
            str(more),
            description.lower(),
        )
    )
    return Post(
        id=hashlib.sha256(key.encode()).hexdigest()[:24],
        title=title,
        skills=skills,
        more_skills=more,
        kind=kind,
        low=values[0] if kind == "hourly" and values else None,
        high=values[-1] if kind == "hourly" and values else None,
        budget=values[-1] if kind == "fixed" and values else None,
        currency=currency if values else "",
        level=level,
        description=description,
        url=url if url.startswith(("http://", "https://")) else "",
        posted=_day(_plain(row.get("posted"))),
    )


def _skills(value: Any) -> tuple[tuple[str, ...], int]:
    """Return the skills, each once, and how many the feed hid behind `+3`."""
    parts = [str(part) for part in value] if isinstance(value, list) else re.split(r"[,;|\n]", str(value or ""))
    found: dict[str, str] = {}
    more = 0
    for part in map(_plain, parts):
        if match := re.fullmatch(r"\+\s?(\d{1,3})(?: more)?", part):
            more += int(match[1])
        elif part:
            found.setdefault(part.lower(), part[:_MAX_SKILL])
    return tuple(found.values())[:_MAX_SKILLS], more


def _amounts(text: str) -> list[tuple[float, str]]:
    found = []
    for match in _AMOUNT.finditer(text):
        value = float(match["number"].replace(",", "")) * (1000 if match["k"] else 1)
        code = _SIGNS.get(match["sign"] or "", "") or (match["code"] or "").upper()
        if value > 0:
            found.append((value, code))
    return found


def _day(text: str) -> str:
    if day := parse_date(text):
        return day.isoformat()
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return ""


def ingest_jobs(targets: Sequence[str], settings: Settings) -> Report:
    """Take feeds into the file of job posts; posts that are there already are not counted twice.

    Args:
        targets: Files or addresses.
        settings: Where the posts are kept.

    Returns:
        One line a feed; a refused one never stops the others.
    """
    start = time.monotonic()
    if not targets:
        raise SourceError("Name the feed: `gig-advisor ingest FILE --as jobs` (CSV, JSON or RSS).", "not_found")
    embedding = open_embedding(settings)
    reports = [take(target, settings, embedding) for target in targets]
    return Report(tuple(reports), time.monotonic() - start)


def take(target: str, settings: Settings, embedding: Embedding, feed: str = "") -> SourceReport:
    """Take one feed into the file of job posts and say what came of it; what cannot be read is refused with the reason.

    Args:
        target: A file or an address.
        settings: Where the posts are kept.
        embedding: Makes the vectors of new posts.
        feed: The name under which its posts can be removed again; `target` when empty.

    Raises:
        LedgerError: When the posts cannot be written.
    """
    try:
        found = read_jobs(_content(target, settings), Path(target).name or target)
        new = jobs.add(jobs.path_in(settings.data_dir), found.posts, feed or target, embedding)
    except SourceError as error:
        return SourceReport(target, "refused", 0, error.reason, str(error))
    text = f"{found.rows:,} rows, {len(found.posts):,} distinct posts, {new:,} new" + (
        f", {found.left_out:,} without title" if found.left_out else ""
    )
    return SourceReport(target, "added" if new else "unchanged", new, "", text)


def _content(target: str, settings: Settings) -> bytes:
    if sources.is_address(target):
        from ingest import fetch

        return fetch.fetch(target, settings).body
    path = Path(target).expanduser()
    if not path.is_file():
        raise SourceError(f"There is no file {target!r}. Check the path.", "not_found")
    if path.stat().st_size > settings.max_file_bytes:
        raise SourceError(f"{target!r} is larger than {settings.max_file_bytes:,} bytes. Split it.", "too_large")
    return path.read_bytes()
