"""Sign-in for a page that other machines can open: people with a password, sessions, and whose session is whose.

Passwords are kept as argon2id hashes (RFC 9106) in `people.json` of the data folder. A session is a random token in a cookie
that scripts cannot read and other sites cannot send; it lives in the memory of the server and ends after some idle hours.
Gradio ties a conversation to a `session_hash` that the browser makes up; the first person who uses one owns it.
"""

import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from html import escape
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from advisor.errors import AdvisorError
from advisor.web import strings

SHORTEST, LONGEST = 10, 128
"""Characters of a password."""
IDLE_SECONDS = 12 * 3600
TRIES, WINDOW_SECONDS = 5, 15 * 60
"""Wrong passwords for one name or from one address before either has to wait, and for how long they count."""
MAX_BODY = 1_000_000
MOST_KEPT = 20_000
"""Conversations, and keys with failures, that are remembered; the oldest go first."""
COOKIE = "ga_session"
OPEN = frozenset({"/sign-in", "/robots.txt", "/favicon.ico"})
"""Paths that need no sign-in."""
SHARED_PATHS = frozenset(
    "/ /sign-in /sign-out /health /config /config/ /theme.css /favicon.ico /robots.txt /manifest.json /gradio_api/queue/join /gradio_api/queue/data "
    "/gradio_api/run/predict /gradio_api/cancel /gradio_api/reset /gradio_api/startup-events /gradio_api/app_id".split()
)
SHARED_FOLDERS = ("/svelte/", "/static/", "/assets/", "/export/", "/pwa_icon", "/gradio_api/heartbeat/")
"""All that a shared page needs of Gradio; every other path, among them files and uploads, is not there."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def is_from_another_site(method: str, headers: Mapping[str, str]) -> bool:
    """Return whether another site's page sends this request to change something (OWASP ASVS 5.0, 3.5.1)."""
    if method in {"GET", "HEAD", "OPTIONS"}:
        return False
    origin = headers.get("origin", "")
    is_foreign = bool(origin) and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    return is_foreign or headers.get("sec-fetch-site", "") in {"cross-site", "same-site"}


class People:
    """Names and password hashes in one file, readable by its owner only."""

    def __init__(self, data_dir: Path) -> None:
        """Keep the file's place; it is made with the first person."""
        self._path = data_dir / "people.json"
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def _all(self) -> dict[str, str]:
        if not self._path.is_file():
            return {}
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise AdvisorError(
                f"{self._path} cannot be read ({error}). Move it away and add the people again."
            ) from error
        return {str(name): str(kept) for name, kept in found.items()}

    def _write(self, people: Mapping[str, str]) -> None:
        fresh = self._path.with_suffix(".tmp")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(people, indent=1), encoding="utf-8")
            fresh.replace(self._path)
        except OSError as error:
            raise AdvisorError(
                f"{str(self._path)!r} cannot be written ({error.strerror}). Free some space or make the folder writable; "
                "nobody was added or removed."
            ) from error

    def names(self) -> list[str]:
        """Return the names of all people, sorted."""
        return sorted(self._all())

    def add(self, name: str, password: str) -> None:
        """Add a person, or give one a new password.

        Raises:
            AdvisorError: When the name or the password cannot be used.
        """
        if not (1 <= len(name) <= 40 and name.isprintable() and name == name.strip()):
            raise AdvisorError(f"{name!r} cannot be a name: use 1 to 40 printable characters.")
        if not SHORTEST <= len(password) <= LONGEST:
            raise AdvisorError(f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}.")
        if name.lower() in password.lower():
            raise AdvisorError("The password must not hold the name.")
        self._write(self._all() | {name: self._hasher.hash(password)})

    def remove(self, name: str) -> bool:
        """Remove a person; return whether there was one."""
        people = self._all()
        found = people.pop(name, None) is not None
        if found:
            self._write(people)
        return found

    def is_right(self, name: str, password: str) -> bool:
        """Return whether the password is that of the person; an unknown name takes as long as a known one."""
        kept = self._all().get(name)
        try:
            self._hasher.verify(kept or self._nobody, password[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


class Doors:
    """Who is signed in, who failed how often, and who owns which conversation; all in memory."""

    def __init__(self, people: People, now: Callable[[], float] = time.monotonic) -> None:
        """Start with everybody outside."""
        self.people, self._now = people, now
        self._sessions: dict[str, tuple[str, float]] = {}
        self._failed: dict[str, list[float]] = {}
        self._owners: dict[str, str] = {}

    def wait(self, *keys: str) -> float:
        """Return the seconds until one of the keys, a name or an address, may try again; 0 when it may now."""
        now, longest = self._now(), 0.0
        for key in keys:
            recent = [at for at in self._failed.get(key, ()) if now - at < WINDOW_SECONDS]
            self._failed[key] = recent
            if len(recent) >= TRIES:
                longest = max(longest, WINDOW_SECONDS - (now - recent[-TRIES]))
        return longest

    def enter(self, name: str, password: str, address: str) -> str:
        """Return a token for the right password, or an empty string, which counts as a failure of name and address."""
        keys = (f"name {name}", f"address {address}")
        if not self.people.is_right(name, password):
            for key in keys:
                while len(self._failed) >= MOST_KEPT:
                    self._failed.pop(next(iter(self._failed)))
                self._failed.setdefault(key, []).append(self._now())
            return ""
        self._failed.pop(keys[0], None)
        token = secrets.token_urlsafe(32)
        self._sessions[token] = (name, self._now())
        return token

    def who(self, token: str) -> str:
        """Return the name behind a token and keep the session awake, or an empty string; who was removed is out at once."""
        name, seen = self._sessions.get(token, ("", 0.0))
        if name and (self._now() - seen > IDLE_SECONDS or name not in self.people.names()):
            self._sessions.pop(token, None)
            return ""
        if name:
            self._sessions[token] = (name, self._now())
        return name

    def leave(self, token: str) -> None:
        """End a session."""
        self._sessions.pop(token, None)

    def owns(self, token: str, conversation: str) -> bool:
        """Return whether a conversation belongs to this session; the first one to use it owns it."""
        while len(self._owners) >= MOST_KEPT:
            self._owners.pop(next(iter(self._owners)))
        return self._owners.setdefault(conversation, token) == token


class Guard:
    """ASGI middleware in front of the page: no path without sign-in, none that the page does not need, none of another person."""

    def __init__(self, app: App, doors: Doors) -> None:
        """Wrap an app.

        Args:
            app: What is guarded.
            doors: Who is signed in.
        """
        self._app, self._doors = app, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or hand it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        path, method = str(scope["path"]), str(scope.get("method", ""))
        if scope["type"] != "http" or not (path in SHARED_PATHS or path.startswith(SHARED_FOLDERS)):
            await _say(send, 404, strings.NOT_HERE)
            return
        headers = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in scope["headers"]}
        if is_from_another_site(method, headers):
            await _say(send, 403, strings.FOREIGN_ORIGIN)
            return
        token = _token(headers.get("cookie", ""))
        if path == "/sign-in":
            await self._sign_in(scope, method, receive, send, headers.get("cookie", ""))
        elif path in OPEN:
            await self._app(scope, receive, send)
        elif not self._doors.who(token):
            wants_page = method == "GET" and path == "/"
            await (_go(send, "/sign-in") if wants_page else _say(send, 401, strings.SIGN_IN_FIRST))
        elif path == "/sign-out":
            self._doors.leave(token)
            await _go(send, "/sign-in", f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
        else:
            await self._own(scope, receive, send, token, path, method)

    async def _own(self, scope: Scope, receive: Receive, send: Send, token: str, path: str, method: str) -> None:
        """Hand a request on when every conversation that it names is the person's own."""
        query = parse_qs(scope.get("query_string", b"").decode("latin-1"))
        named = list(query.get("session_hash", ()))
        if path.startswith("/gradio_api/heartbeat/"):
            named.append(path.rsplit("/", 1)[-1])
        if method == "POST":
            body = await _body(receive)
            if body is None:
                await _say(send, 413, strings.TOO_MUCH)
                return
            named += _session_in(body)
            receive = _again(body, receive)
        if not all(self._doors.owns(token, conversation) for conversation in named):
            await _say(send, 403, strings.NOT_YOURS)
            return
        await self._app(scope, receive, send)

    async def _sign_in(self, scope: Scope, method: str, receive: Receive, send: Send, cookies: str) -> None:
        if method != "POST":
            await _say(send, 200, form(), "text/html; charset=utf-8")
            return
        body = await _body(receive) or b""
        given = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        name, address = given.get("name", "")[:40], str((scope.get("client") or ("",))[0])
        wait = self._doors.wait(f"name {name}", f"address {address}")
        if wait:
            page = form(strings.TOO_MANY_TRIES.format(minutes=max(1, round(wait / 60))))
            await _say(send, 429, page, "text/html; charset=utf-8", (("retry-after", str(int(wait) + 1)),))
            return
        token = self._doors.enter(name, given.get("password", ""), address)
        if not token:
            await _say(send, 401, form(strings.WRONG_PASSWORD), "text/html; charset=utf-8")
            return
        self._doors.leave(_token(cookies))
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{COOKIE}={token}; Path=/; Max-Age={IDLE_SECONDS}; HttpOnly; SameSite=Strict{secure}"
        await _go(send, "/", cookie)


def form(message: str = "") -> str:
    """Return the sign-in page."""
    note = f"<p role='alert'>{escape(message)}</p>" if message else ""
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{escape(strings.SIGN_IN_TITLE)}</title><style>{_STYLE}</style></head><body><main><h1>{escape(strings.TITLE)}</h1>{note}"
        f"<form method='post' action='/sign-in'><label>{escape(strings.NAME)}<input name='name' autocomplete='username' required autofocus></label>"
        f"<label>{escape(strings.PASSWORD)}<input name='password' type='password' autocomplete='current-password' required></label>"
        f"<button>{escape(strings.SIGN_IN)}</button></form></main></body></html>"
    )


_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;margin:0;background:#f7f7f4;color:#1d2a2a}main{max-width:22rem;margin:12vh auto;padding:0 1rem}"
    "label{display:block;margin:1rem 0}input{display:block;width:100%;box-sizing:border-box;padding:.6rem;font:inherit;border:1px solid #6b7b7b;border-radius:.4rem}"
    "button{width:100%;padding:.7rem;font:inherit;border:0;border-radius:.4rem;background:#1f5f5b;color:#fff}"
    "@media(prefers-color-scheme:dark){body{background:#16201f;color:#e6eceb}input{background:#1f2b2a;color:inherit}}"
)


def _token(cookies: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookies)
    except Exception:  # noqa: BLE001 - a cookie that cannot be read is no cookie
        return ""
    return jar[COOKIE].value if COOKIE in jar else ""


def _session_in(body: bytes) -> list[str]:
    """Return the conversations that a request body names; a body that is no JSON object names none."""
    try:
        given = json.loads(body)
    except ValueError:
        return []
    found = given.get("session_hash") if isinstance(given, dict) else None
    return [str(found)] if found is not None else []


async def _body(receive: Receive) -> bytes | None:
    """Return the whole body of a request, or None when it is longer than allowed."""
    parts = bytearray()
    while True:
        message = await receive()
        parts += message.get("body", b"")
        if len(parts) > MAX_BODY:
            return None
        if not message.get("more_body"):
            return bytes(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body already read once more, then what comes after it."""
    given = False

    async def replay() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _say(
    send: Send, status: int, text: str, kind: str = "text/plain; charset=utf-8", more: tuple[tuple[str, str], ...] = ()
) -> None:
    from advisor.web.app import HEADERS

    headers = {"content-type": kind, "cache-control": "no-store", **HEADERS, **dict(more)}
    pairs = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": text.encode()})


async def _go(send: Send, path: str, cookie: str = "") -> None:
    from advisor.web.app import HEADERS

    headers = {"location": path, "cache-control": "no-store", **HEADERS, **({"set-cookie": cookie} if cookie else {})}
    if cookie.startswith(f"{COOKIE}=;"):
        # The next person at this browser finds nothing of the one who left; browsers heed it over HTTPS.
        headers["clear-site-data"] = '"cache", "storage"'
    pairs = [(key.lower().encode(), value.encode()) for key, value in headers.items()]
    await send({"type": "http.response.start", "status": 303, "headers": pairs})
    await send({"type": "http.response.body", "body": b""})
