"""When somebody can work, cannot, and what an hour brings, from plain words, for the work week."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from advisor.slots import Request, date_in

_DAY = r"(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?"


def fill(request: Request) -> dict[str, Any] | None:
    """Return the arguments that a question gives: hours a week, free and busy times, pay by hour."""
    wanted = request.wants("schedule")
    if request.has(
        r"\bwhat (?:can|could) i do\b|\bwhat (?:pays?|earns|brings) (?:\w+ )?(?:best|most|more|well)\b|\bwhat (?:kinds? of )?(?:work|jobs?|gigs?)\b|\b(?:can|could) i (?:live|survive)\b|\blive (?:on|off|from) \d|\bvisas?\b|\b(?:rule|law|legal|limit)\b"
    ):
        return None  # which work, or whether it carries somebody, is another question than when
    asks = wanted or request.has(
        r"\b(plan (?:my|a|me)|(?:week(?:ly)?|day) plan|plan for (?:the|my|this|next) week|timetable|schedule|week plan|lay (?:it|them) out|calendar|which (?:hours|shifts|days)|what hours|when should i (?:drive|work|deliver|be online)|"
        r"when do i have to work|spread \d+ hours|fit \d+ hours|best \d+ hours|blocks of|put \d+ (?:hours|hrs|h)\b|around (?:that|them|my|it|those)|want \d+ hours of gigs|plan \d+ hours|plan (?:around|night))\b"
    )
    if not asks or not wanted and request.has(r"\b(become|learn|study plan|career|invoice|pay(?:ment)? plan)\b"):
        return None
    rest = next(
        (
            n
            for n in request.all("hours")
            if re.match(r"\W*(?:of )?(?:rest|sleep|between|break|off between)\b", n.after)
        ),
        None,
    )
    free = [n for n in request.all("hours", "") if n is not rest]
    hours = request.one("hours", "week") or (free[0].value if free else request.hours_per_week)
    day_cap = request.one("hours", "day")
    text = request.text
    given: dict[str, Any] = {"currency": request.currency}
    if hours and hours <= 84:
        given["max_hours"] = int(hours)
    elif (
        not wanted
        and not request.has(
            r"\b(evenings|nights|weekends?|mornings|after \d|mondays?|tue\w*|wed\w*|thu\w*|fri\w*|sat\w*|sun\w*|hours)\b"
        )
        or not wanted
        and request.has(r"\bworth (?:it|driving|working)\b")
    ):
        # "Is Friday night worth it?" asks what a night brings, and not for a plan.
        return None
    if rest is not None:
        given["rest_hours"] = min(16, int(rest.value))
    if day_cap:
        given["max_hours_per_day"] = int(day_cap)
    if any_day := re.search(
        r"(?:more than|at most|max(?:imum)?|up to) (\d{1,2})(?: ?(?:hours|hrs|h))? (?:in|on|a|per|each|every) (?:any |one |single )*day\b",
        text,
        re.I,
    ):
        given["max_hours_per_day"] = int(any_day[1])
    if block := re.search(
        r"blocks? of (?:at least )?(\d+)|(?:less|shorter) than (\d+) ?(?:hours|hrs|h)\b|at least (\d+) ?(?:hours|hrs|h) (?:at once|at a time|in a row|a shift)",
        text,
        re.I,
    ):
        given["min_block"] = min(8, int(next(piece for piece in block.groups() if piece)))
        if hours and int(hours) == given["min_block"]:
            # The other number of hours is the week's.
            others = [n.value for n in free if n.value != hours]
            given.pop("max_hours", None)
            if others and others[0] <= 84:
                given["max_hours"] = int(others[0])
    if off := re.search(r"\b(one|two|three|\d) (?:rest days?|days? (?:off|free))", text, re.I):
        given["days_off"] = {"one": 1, "two": 2, "three": 3}.get(off[1].lower()) or int(off[1])
    if (
        week := date_in(text, request.plan.day)
        if request.has(r"\bweek of\b|\bweek (?:beginning|starting|from)\b")
        else None
    ):
        given["week_of"] = week.isoformat()
    busy = [
        {"day": name[:3].lower(), "start": 0, "end": 24}
        for name in re.findall(
            rf"\b(?:not|no|no work|never|except|closed|off)\b (?:work )?(?:on )?{_DAY}s?\b", text, re.I
        )
    ]
    spans = list(_spans(text))
    pays = list(request.all("money", "hour"))
    available, expected = [], []
    for days, start, end, before, after in [*spans, *_parts(text)]:
        money = re.match(
            r"\W*(?:is|are|pays?|brings?|make|makes|at|for|=|:)?\W*(?:about |around )?[$£€]?(\d+(?:\.\d+)?)\b(?! ?(?:hours|hrs|h\b|:|am|pm))",
            after,
            re.I,
        )
        if money:
            expected += [{"day": day, "start": start, "end": end, "net_per_hour": Decimal(money[1])} for day in days]
        elif re.search(_TAKEN, before, re.I):
            # A fixed job without a day named is one of weekdays.
            busy += [{"day": day, "start": start, "end": end} for day in (["weekdays"] if days == ["every"] else days)]
        else:
            available += [{"day": day, "start": start, "end": end} for day in days]
    if not available and not expected:
        start, end = 6, 23
        late = re.search(r"\b(?:after|until|from) (\d{1,2}) ?(pm)?\b(?! ?(?:hours|hrs|h)\b)", text, re.I)
        if request.has(r"\bevenings?\b"):
            start, end = 17, 23
        elif request.has(r"\bmornings?\b") and not busy:
            start, end = 6, 12
        elif late and (late[2] or int(late[1]) >= 12):
            start = _clock(late[1], late[2])
        days = (
            ["weekend"]
            if request.has(r"\bweekends? only|only (?:on )?weekends?")
            else ["weekdays"]
            if not busy and request.has(_WEEKDAYS)
            else ["every"]
        )
        if 0 <= start < end <= 24 and (days != ["every"] or (start, end) != (6, 23)):
            available = [{"day": days[0], "start": start, "end": end}]
    if available:
        # "… and saturday all day" adds to the hours of the other days.
        whole = re.findall(
            rf"\b(?:all|whole|any(?: ?time)?)(?: day)?(?: on)? {_DAY}|\b{_DAY}s? (?:all day|any ?time|the whole day)",
            text,
            re.I,
        )
        available += [{"day": (one or other)[:3].lower(), "start": 6, "end": 23} for one, other in whole]
        given["available"] = available
    if busy:
        given["busy"] = busy
    if pays:
        otherwise = re.search(
            r"\b(?:else|otherwise|other (?:hours|times|days)|rest)\W+(?:about |around )?[$£€]?(\d+(?:\.\d+)?)",
            text,
            re.I,
        )
        given["net_per_hour"] = Decimal(otherwise[1]) if otherwise else min(n.value for n in pays)
        named = re.search(rf"\b{_DAY}\b", text, re.I)
        if named and len(pays) > 1 and not expected:
            expected = [
                {"day": named[1][:3].lower(), "start": 6, "end": 24, "net_per_hour": max(n.value for n in pays)}
            ]
    return given | ({"expected": expected} if expected else {})


_WEEKDAYS = (
    r"\b(?:week ?days|mon(?:day)?(?: to |-| - |–)fri(?:day)?|every day except (?:the )?weekends?|working days)\b"
)
_TAKEN = r"\b(?:(?:day |full[- ]time |main |other )?job|shift|class(?:es)?|school|lectures?|college|work at|busy|child ?care|kids?|commitments?|lessons?|around|round)\b[^.;?]*$"
"""Words in front of a span of hours that say that they are taken."""
_SPAN = re.compile(
    r"\b(?:from |between )?(\d{1,2})(?:[:.](?:00|15|30|45))? ?(am|pm|h)? ?(?:to|-|–|until|till|and) ?(\d{1,2})(?:[:.](?:00|15|30|45))? ?(am|pm|h)?\b(?! ?(?:hours|hrs|%|miles|dollars))",
    re.IGNORECASE,
)


def _spans(text: str) -> Iterator[tuple[list[str], int, int, str, str]]:
    """Yield each span of hours with the days named next to it, first and last hour, and the words before and after it."""
    done = 0
    for match in _SPAN.finditer(text):
        start, end = (
            _clock(match[1], match[2] or (match[4] if int(match[1]) < int(match[3]) else "")),
            _clock(match[3], match[4]),
        )
        if not match[2] and not match[4] and end <= start and end + 12 <= 24:
            end += 12  # "9-5"
        if not 0 <= start < end <= 24:
            continue
        before, after = text[done : match.start()], text[match.end() :]
        near = re.match(rf"(?:,|\)|\s|on\b|every\b|and\b|each\b|{_WEEKDAYS}|\bweekends?\b|{_DAY}\b)+", after, re.I)
        behind = near[0] if near else ""
        ahead = re.search(rf"(?:\b{_DAY}s?\b(?:,|\s|and|&|from|\bare\b|\bis\b|:)*)+$", before, re.I)
        words = f"{ahead[0] if ahead else ''} {behind}"
        named = re.search(_WEEKDAYS, words, re.I) or (re.search(_WEEKDAYS, before, re.I))
        if named and (
            not ahead or re.search(_WEEKDAYS, before[ahead.start() - 12 if ahead.start() > 12 else 0 :], re.I)
        ):
            days = ["weekdays"]
        elif re.search(r"\bweekends?\b", words, re.I) or (
            not ahead and re.search(r"\bweekends?(?: only)?\b[^.;]*$", before, re.I)
        ):
            days = ["weekend"]
        else:
            days = [name[:3].lower() for name in re.findall(rf"\b{_DAY}", words, re.I)] or ["every"]
        yield days, start, end, before, after
        done = match.end()


_PART = {"morning": (6, 12), "afternoon": (12, 18), "evening": (17, 23), "night": (18, 24)}
_WHEN = re.compile(
    rf"\b{_DAY}s?\b(?:(?:\s?(?:,|/|&|and|or)\s?){_DAY}s?\b)*\s?(morning|afternoon|evening|night)s?\b(?: (?:from|after) (\d{{1,2}}) ?(pm)?)?",
    re.IGNORECASE,
)


def _parts(text: str) -> Iterator[tuple[list[str], int, int, str, str]]:
    """Yield the parts of days that are named in words, "Tue/Thu evenings", in the form of `_spans`."""
    for match in _WHEN.finditer(text):
        start, end = _PART[match[3].lower()]
        if match[4]:
            start = _clock(
                match[4], match[5] or ("pm" if int(match[4]) < 12 and match[3].lower() != "morning" else None)
            )
        if start < end:
            days = [name[:3].lower() for name in re.findall(rf"\b{_DAY}", match[0], re.I)]
            yield days, start, end, text[max(0, match.start() - 40) : match.start()], text[match.end() :]


def _clock(hour: str, half: str | None) -> int:
    value = int(hour)
    return value + 12 if (half or "").lower() == "pm" and value < 12 else value
