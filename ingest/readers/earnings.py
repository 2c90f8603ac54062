"""Earnings and trip logs: CSV, TSV and XLSX of any app to rows of start, end, pay, tips, distance and zone.

Columns are recognised by their headers in several languages and, where those say nothing, by their values. What is kept
of a row is time, zone, distance, duration, pay and platform: never a name, an address or a rider's identity.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from advisor.errors import SourceError

if TYPE_CHECKING:
    import pandas as pd

MAX_BYTES = 400_000_000
COLUMNS = ("start", "end", "pay", "tips", "miles", "minutes", "zone", "platform", "kind", "done")

# What a header may say, in the order in which it is tried; a whole header beats a part of one.
HEADERS: dict[str, tuple[str, ...]] = {
    "date": ("date", "day", "trip date", "datum", "fecha", "data", "dato", "jour"),
    "start": (
        "ride start", "start time", "trip start", "begin trip time", "started at", "start", "begin", "pickup datetime", "accepted at",
        "accept time", "trip start time", "actual pickup time", "beginn", "startzeit", "fahrtbeginn", "hora de inicio", "inicio", "heure de debut",
        "debut", "inizio", "inicio da viagem", "poczatek",
    ),
    "request": ("request time", "trip request time", "request timestamp", "requested at", "anfragezeit", "hora de solicitud", "hora da solicitacao",
                "heure de la demande", "trip requested", "order time", "created at", "timestamp", "time", "local time", "vs reporting", "transaction time"),
    "pickup": ("pickup time", "pick up time", "picked up at", "abholzeit", "hora de recogida"),
    "end": (
        "ride end", "end time", "trip end", "dropoff time", "drop off time", "dropoff datetime", "completed at", "ended at", "end", "trip end time",
        "actual delivery time", "delivery time", "ende", "fahrtende", "hora de finalizacion", "fin", "heure de fin", "fine", "fim", "koniec",
    ),
    "pay": (
        "earnings", "total earnings", "total pay", "net earnings", "total", "payout", "pay", "you earned", "driver earnings", "gross earnings", "paid to you",
        "your earnings", "net pay", "amount", "dasher pay", "batch earnings", "order earnings", "an dich gezahlt", "auszahlung an dich", "deine einnahmen",
        "umsatz", "einnahmen", "verdienst", "pagado a ti", "tus ganancias", "ganancias", "pago a voce", "seus ganhos", "ganhos",
        "verse a vous", "vos revenus",
        "revenus",
        "a te corrisposto", "guadagni", "wyplacono tobie", "zarobki", "verdiensten",
    ),
    "base": ("base pay", "base fare", "fare", "doordash pay", "base", "batch payment", "fahrpreis", "tarifa"),
    "tips": ("tip", "tips", "tip amount", "customer tip", "customer tips", "trinkgeld", "trinkgelder", "propina", "propinas", "gorjeta", "gorjetas", "pourboire",
             "pourboires", "mancia", "mance", "napiwek", "fooi"),
    "minutes": ("duration", "duration minutes", "minutes", "trip duration", "active time", "time on trip", "dauer", "duracion", "duree", "durata", "duracao", "czas trwania"),
    "miles": ("distance", "miles", "trip distance", "distance miles", "mileage", "distance mi", "entfernung", "strecke", "distancia", "distanza", "dystans"),
    "km": ("distance km", "km", "kilometers", "kilometres", "distance kilometers", "kilometer"),
    "zone": ("pickup zip", "zone", "pickup zone", "start location", "area", "pickup area", "zip", "borough", "neighborhood", "market", "region", "city", "pickup postcode"),
    "platform": ("platform", "app", "service", "company", "provider"),
    "status": ("status", "trip status", "order status", "cancel", "cancelled", "canceled", "zustand", "estado", "statut", "stato"),
    "period": ("period", "activity", "segment"),
    "id": ("trip uuid", "trip id", "order id", "delivery id", "batch id", "transaction uuid", "fahrt uuid", "id"),
}  # fmt: skip
_CANCELLED = re.compile(r"cancel|unfulfilled|declined|failed|no.?show|storniert|abgebrochen|cancelad|annul", re.I)
_ENGAGED = re.compile(r"drive|trip|ride|deliver|order|engaged|on.?job", re.I)
_APPS = {"uber": "uber", "lyft": "lyft", "doordash": "doordash", "dasher": "doordash", "instacart": "instacart", "grubhub": "grubhub",
         "gridwise": "", "spark": "walmart-spark", "flex": "amazon-flex", "deliveroo": "deliveroo", "bolt": "bolt", "grab": "grab"}  # fmt: skip


@dataclass(frozen=True)
class LogRead:
    """What was understood of a log.

    Attributes:
        rows: One row per trip, order or waiting time, in the columns of `COLUMNS`, sorted by start.
        columns: Which header was taken for what.
        left_out: Reasons with the number of rows that were left out.
        notices: What the person should know or confirm.
    """

    rows: "pd.DataFrame"
    columns: Mapping[str, str]
    left_out: Mapping[str, int] = field(default_factory=dict)
    notices: Sequence[str] = ()


def read_log(data: bytes, name: str, columns: Mapping[str, str] | None = None) -> LogRead:
    """Read an earnings or trip log.

    Args:
        data: The file's bytes.
        name: Its name, which tells the format and may tell the app.
        columns: What the person confirmed, from our word (`start`, `pay` …) to the file's header; wins over guesses.

    Raises:
        SourceError: When the file is no table, or neither a time nor a pay column can be found; the text names the headers.
    """
    if len(data) > MAX_BYTES:
        raise SourceError(f"{name!r} is larger than {MAX_BYTES // 1_000_000} MB; cut it into years.", "too_large")
    table = _table(data, name)
    headers = {str(column): _plain(str(column)) for column in table.columns}
    found = _recognise(headers, table, dict(columns or {}))
    if "pay" not in found and "base" not in found:
        raise SourceError(
            f"{name!r}: no column holds the pay. Headers: {', '.join(list(headers)[:30])}. Say which with columns, for instance "
            '{"pay": "Total"}.',
            "no_columns",
        )
    if not ({"start", "request", "pickup", "end", "date"} & set(found)):
        raise SourceError(
            f"{name!r}: no column holds a time. Headers: {', '.join(list(headers)[:30])}. Say which with columns, for instance "
            '{"start": "Begin"}.',
            "no_columns",
        )
    return _rows(table, found, name)


def _table(data: bytes, name: str) -> "pd.DataFrame":
    import pandas as pd

    try:
        if name.lower().endswith((".xlsx", ".xlsm")):
            return pd.read_excel(io.BytesIO(data), dtype=str, engine="openpyxl")
        text, separator = _decoded(data)
        return pd.read_csv(
            io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, na_values=["", "NA", "N/A", "null", "None", "-", "—"],
            engine="c", on_bad_lines="skip", skipinitialspace=True,
        )  # fmt: skip
    except (ValueError, KeyError, OSError, pd.errors.ParserError) as error:
        raise SourceError(f"{name!r} is no table that can be read: {error}.", "no_table") from error


def _decoded(data: bytes) -> tuple[str, str]:
    """Return the text and its separator; a preamble before the header is cut off."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        text = data.decode("utf-8", "replace")
    if text.startswith("\x00") or "\x00" in text[:200]:
        text = data.decode("utf-16", "replace")
    head = text[:20_000].splitlines()
    counts = {sep: sorted(line.count(sep) for line in head[:40]) for sep in (",", ";", "\t", "|")}
    separator = max(counts, key=lambda sep: counts[sep][len(counts[sep]) // 2] if counts[sep] else 0)
    widths = [len(next(csv.reader([line], delimiter=separator), [])) for line in head[:40]]
    usual = max(set(widths), key=widths.count) if widths else 0
    skip = next((i for i, width in enumerate(widths) if width >= max(2, usual - 1)), 0)
    return ("\n".join(text.splitlines()[skip:]) if skip else text), separator


def _plain(header: str) -> str:
    words = unicodedata.normalize("NFKD", header).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", words).strip()


def _recognise(headers: Mapping[str, str], table: "pd.DataFrame", given: dict[str, str]) -> dict[str, str]:
    """Return our word for each recognised column: given ones, whole headers, parts of headers, then values."""
    found = {word: header for word, header in given.items() if header in headers}
    taken = set(found.values())
    for whole in (True, False):
        for word, names in HEADERS.items():
            if word in found:
                continue
            for name in names:
                fits = [
                    h
                    for h, plain in headers.items()
                    if h not in taken and (plain == name if whole else _part(name, plain))
                ]
                if fits and not table[fits[0]].isna().all():
                    # The shortest header of several is the total: "Paid to you" before "Paid to you : Your earnings : Fare".
                    found[word] = min(fits, key=len)
                    taken.add(found[word])
                    break
    if "pay" not in found and "base" not in found:
        money = [
            h
            for h in headers
            if h not in taken and table[h].dropna().astype(str).str.match(r"^\s*-?[$€£₹]").mean() > 0.6
        ]
        if money:
            found["pay"] = money[-1]
    return found


def _part(name: str, plain: str) -> bool:
    return len(name) >= 3 and bool(re.search(rf"\b{re.escape(name)}\b", plain))


def _rows(table: "pd.DataFrame", found: Mapping[str, str], name: str) -> LogRead:
    import numpy as np
    import pandas as pd

    notices: list[str] = []

    def column(word: str) -> "pd.Series":
        return table[found[word]] if word in found else pd.Series(pd.NA, index=table.index, dtype="object")

    day = _times(column("date")) if "date" in found else None
    times = {word: _times(column(word), day) for word in ("start", "request", "pickup", "end") if word in found}
    start = times.get("start")
    for word in ("request", "pickup", "end"):
        if word in times:
            start = times[word] if start is None else start.fillna(times[word])
    if start is None:
        start = day if day is not None else pd.Series(pd.NaT, index=table.index)
        notices.append("Only days are given, no times: what is said by hour needs a log with times.")
    end = times.get("end", pd.Series(pd.NaT, index=table.index))
    if day is not None:
        # A trip over midnight is written with the day on which it began.
        end = end.where(~(end < start), end + pd.Timedelta(days=1))
    minutes = _minutes(column("minutes"), start, end)
    end = end.fillna(start + pd.to_timedelta(minutes, unit="min"))
    tips = _money(column("tips")).fillna(0.0)
    if "pay" in found:
        pay = _money(column("pay"))
        if "base" in found and _money(column("base")).fillna(0).add(tips).sub(pay).abs().median() > pay.abs().median():
            notices.append(f"Pay is taken from {found['pay']!r}; check that tips are in it.")
    else:
        pay = _money(column("base")) + tips
        notices.append(f"Pay is {found['base']!r} plus tips.")
    miles = _number(column("miles")) if "miles" in found else _number(column("km")) / 1.609344
    status = column("status").astype("string").fillna("")
    cancelled = status.str.contains(_CANCELLED) | (
        status.str.lower().isin(["1", "true", "yes", "y"])
        if found.get("status", "").lower().startswith("cancel")
        else False
    )
    period = column("period").astype("string").fillna("trip" if "period" not in found else "")
    engaged = period.str.contains(_ENGAGED)
    platform = (
        column("platform").astype("string").str.lower().str.strip()
        if "platform" in found
        else pd.Series(_app(name, table), index=table.index)
    )
    rows = pd.DataFrame(
        {
            "start": start, "end": end, "pay": pay, "tips": tips, "miles": miles, "minutes": minutes,
            "zone": _by_value(column("zone"), _zone_names), "platform": platform.fillna(""),
            "kind": np.where(engaged.astype(bool), "trip", "wait"), "done": ~cancelled.astype(bool),
        }
    )  # fmt: skip
    rows, left_out = _cleaned(rows, column("id") if "id" in found else None)
    return LogRead(
        rows.sort_values("start", kind="stable").reset_index(drop=True), dict(found), left_out, tuple(notices)
    )


def _cleaned(rows: "pd.DataFrame", key: "pd.Series | None") -> tuple["pd.DataFrame", dict[str, int]]:
    """Return the rows that can be used, and how many were left out for which reason."""
    left_out: dict[str, int] = {}

    def drop(bad: "pd.Series", reason: str) -> None:
        nonlocal rows
        if count := int(bad.sum()):
            left_out[reason] = count
            rows = rows[~bad]

    drop(rows["start"].isna(), "no readable time")
    if key is not None and key.notna().all():
        drop(key.loc[rows.index].duplicated(), "the same trip twice")
    drop(rows.duplicated(["start", "end", "pay", "miles"]) & (rows["kind"] == "trip"), "the same row twice")
    drop((rows["kind"] == "trip") & rows["pay"].isna() & rows["done"], "no readable pay")
    drop(~rows["pay"].fillna(0).between(-2000, 20_000), "pay that cannot be right")
    drop(rows["minutes"] > 24 * 60, "longer than a day")
    drop(rows["end"] < rows["start"], "ends before it starts")
    return rows, left_out


def _zone_names(values: "pd.Series") -> "pd.Series":
    return values.astype("string").str.replace(r"\.0$", "", regex=True).fillna("")


def _is_cancelled(texts: "pd.Series", is_flag: bool) -> "pd.Series":
    words = texts.astype("string").fillna("").str.lower()
    return words.str.contains(_CANCELLED) | (words.isin(["1", "true", "yes", "y"]) if is_flag else False)


def _app(name: str, table: "pd.DataFrame") -> str:
    text = (name + " " + " ".join(str(column) for column in table.columns)).lower()
    return next((app for word, app in _APPS.items() if word in text), "")


def _times(values: "pd.Series", day: "pd.Series | None" = None) -> "pd.Series":
    """Return local times; zones are dropped after reading, times without a date take that of `day`."""
    import numpy as np
    import pandas as pd

    if day is None:
        try:
            return pd.to_datetime(values, format="ISO8601").dt.tz_localize(None)
        except (ValueError, TypeError, AttributeError):
            pass  # Not one ISO form for all: each value is looked at below.
    texts = values.astype("string").str.strip().str.replace(r"\s+(?:[A-Z]{2,4}T|UTC|GMT)$", "", regex=True)
    texts = texts.str.replace(r"(?<=:\d\d)(?:\.\d+)?\s*(?:Z|[+-]\d{2}:?\d{2})$", "", regex=True)
    if day is not None:
        clock = texts.str.match(r"^\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?\s*(?:[AaPp]\.?[Mm]\.?)?$", na=False)
        if clock.any():
            joined = day.dt.strftime("%Y-%m-%d").astype("string") + " " + texts
            texts = joined.where(clock, texts)
    unique = pd.Series(texts.dropna().unique(), dtype="string")
    first = unique.str.extract(r"^(\d{1,4})[./-](\d{1,2})[./-](\d{2,4})")
    is_day_first = bool((pd.to_numeric(first[0], errors="coerce").between(13, 31)).any()) or bool(
        unique.str.match(r"^\d{1,2}\.\d{1,2}\.\d{2,4}").mean() > 0.5
    )
    try:
        # One form for all is the rule, and twenty times as fast as looking at each.
        parsed = pd.to_datetime(unique, format="ISO8601")
    except (ValueError, TypeError):
        parsed = pd.to_datetime(unique, errors="coerce", dayfirst=is_day_first, format="mixed")
    codes, _ = pd.factorize(texts)
    known = parsed.to_numpy("datetime64[ns]")
    return pd.Series(
        np.where(codes >= 0, known[codes] if len(known) else np.datetime64("NaT"), np.datetime64("NaT")),
        index=values.index,
    )


def _number(values: "pd.Series") -> "pd.Series":
    """Return numbers; `1.234,56` and `1,234.56` are both read, units and signs around them dropped."""
    import pandas as pd

    quick = pd.to_numeric(values, errors="coerce")
    if quick.notna().sum() == values.notna().sum():
        return quick.astype("float64")
    return _by_value(values, _number_texts).astype("float64")


def _number_texts(values: "pd.Series") -> "pd.Series":
    import pandas as pd

    texts = values.astype("string").str.replace(r"[^\d,.\-()]", "", regex=True)
    texts = texts.str.replace(r"^\((.*)\)$", r"-\1", regex=True)
    comma = texts.str.match(r"^-?\d{1,3}(?:\.\d{3})+,\d+$|^-?\d+,\d{1,2}$", na=False)
    plain = texts.where(~comma, texts.str.replace(".", "", regex=False).str.replace(",", ".", regex=False))
    return pd.to_numeric(plain.str.replace(",", "", regex=False), errors="coerce")


def _by_value(values: "pd.Series", function: "Callable[[pd.Series], pd.Series]") -> "pd.Series":
    """Return a function of a column, worked out once for each different value."""
    import pandas as pd

    codes, different = pd.factorize(values, use_na_sentinel=False)
    return pd.Series(function(pd.Series(different, dtype="object")).to_numpy()[codes], index=values.index)


_money = _number


def _minutes(values: "pd.Series", start: "pd.Series", end: "pd.Series") -> "pd.Series":
    """Return durations in minutes; the unit of a bare number is the one that fits the times, else its size tells."""
    import pandas as pd

    span = (end - start).dt.total_seconds() / 60
    if values.isna().all():
        return span
    texts = values.astype("string").str.strip()
    if texts.str.contains(":", na=False).mean() > 0.5:
        parts = texts.where(texts.str.count(":") == 2, "0:" + texts if texts.str.len().median() > 5 else texts + ":00")
        return pd.to_timedelta(parts, errors="coerce").dt.total_seconds() / 60
    number = _number(values)
    spans = span[(span > 0) & (number > 0)]
    typical = float(number[number > 0].median()) if (number > 0).any() else 0.0
    usual = float(spans.median()) if len(spans) else 0.0
    in_seconds = abs(typical / 60 - usual) < abs(typical - usual) if usual else typical > 180
    return number / 60 if in_seconds else number
