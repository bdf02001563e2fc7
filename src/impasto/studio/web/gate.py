"""The gate, which every request passes first: token, host and origin, sizes, numbers; and headers on the way out.

Pure ASGI, because it also counts the bytes of a body while they come in.
"""

import asyncio
import hmac
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from impasto.studio.config import LOOPBACK_NAMES, Config
from impasto.studio.faults import Fault, Forbidden, TooLarge, TooMany, TooSlow, Unauthorised
from impasto.studio.limits import Limits
from impasto.studio.web.answers import refusal

COOKIE = "impasto_token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
UPLOADS = "/api/pictures"
MULTIPART_BYTES = 64 * 2**10
"""What a form adds to the file in it."""

POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), clipboard-read=(self), geolocation=(), microphone=()",
}


class Gate:
    """Stands before the application."""

    def __init__(self, app: ASGIApp, config: Config, limits: Limits) -> None:
        self._app, self._config, self._limits = app, config, limits
        self._present = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets an HTTP request pass, or answers it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body, send = _Body(self._limits, scope, receive), _with_headers(send)
        self._present += 1
        try:
            answer = self._answer(scope) or body.answer()
            if answer is not None:
                await answer(scope, receive, send)
            else:
                await self._app(scope, body.receive, body.refusing(send))
        finally:
            self._present -= 1

    def _answer(self, scope: Scope) -> Response | None:
        """What is answered at once: a refusal, or the cookie for a token; None for a request that may pass."""
        headers = Headers(scope=scope)
        try:
            if self._present > self._limits.requests:
                raise TooMany("the studio is busy: try again in a second", retry_after=1)
            if self._config.loopback:
                check_host(headers)
            if scope["method"] not in SAFE:
                check_origin(headers)
            if self._config.token:
                return self._check_token(scope, headers)
        except Fault as fault:
            return refusal(fault)
        return None

    def _check_token(self, scope: Scope, headers: Headers) -> Response | None:
        token = self._config.token
        shown = parse_qs(scope["query_string"].decode("latin-1")).get("token") if scope["path"] == "/" else None
        if shown and _same(shown[0], token):
            response = RedirectResponse("/", 303, {"Cache-Control": "no-store"})
            over_tls = scope["scheme"] == "https"
            response.set_cookie(COOKIE, token, max_age=31_536_000, httponly=True, samesite="strict", path="/", secure=over_tls)
            return response
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if not (scheme.lower() == "bearer" and _same(given.strip(), token)) and not _same(_cookie(headers), token):
            raise Unauthorised("this studio wants its token: open the address that it printed, or send 'Authorization: Bearer'")
        return None


class _Body:
    """A request's body, refused as soon as it has too many bytes or stops coming."""

    def __init__(self, limits: Limits, scope: Scope, receive: Receive) -> None:
        uploads = scope["path"].rstrip("/") == UPLOADS
        self._most = limits.upload_bytes + MULTIPART_BYTES if uploads else limits.body_bytes
        self._patience = limits.body_seconds
        self._scope, self._receive = scope, receive
        self._seen, self._whole = 0, False
        self._fault: Fault | None = None

    def answer(self) -> Response | None:
        """What is answered at once where the request says that it is too large."""
        told = Headers(scope=self._scope).get("content-length", "")
        return refusal(self._too_large()) if told.isdecimal() and int(told) > self._most else None

    async def receive(self) -> Message:
        """The next part."""
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(self._patience):
                message = await self._receive()
        except TimeoutError:
            self._fault = TooSlow("the request stopped half-way; send it again")
            raise self._fault from None
        self._seen += len(message.get("body", b""))
        self._whole = not message.get("more_body", False)
        if self._seen > self._most:
            self._fault = self._too_large()
            raise self._fault
        return message

    def refusing(self, send: Send) -> Send:
        """Sends the refusal in the place of whatever the application made of it."""
        refused = False

        async def sending(message: Message) -> None:
            nonlocal refused
            if self._fault is not None and message["type"] == "http.response.start":
                refused = True
                await refusal(self._fault)(self._scope, self._receive, send)
            elif not refused:
                await send(message)

        return sending

    def _too_large(self) -> TooLarge:
        return TooLarge(f"the request is larger than {self._most / 2**20:.3g} MiB, the most that this studio takes; send less")


def check_host(headers: Headers) -> None:
    """Raises Forbidden for a name that is not this machine's: a foreign page may have its name lead here (DNS rebinding)."""
    name = urlsplit(f"//{headers.get('host', '')}").hostname if "@" not in headers.get("host", "") else None
    if name not in LOOPBACK_NAMES:
        raise Forbidden("this studio answers on this machine alone, as localhost or 127.0.0.1")


def check_origin(headers: Headers) -> None:
    """Raises Forbidden for a change that another site's page asks for. Programs send neither header, and pass."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        foreign = origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    if foreign:
        raise Forbidden("another site's page may not change anything here")


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())


def _cookie(headers: Headers) -> str:
    try:
        found: Any = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
