"""How refusals and failures are answered: one shape of JSON, a status, and no word about our insides."""

import logging
import math
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from impasto.errors import ImpastoError, InputError, MemoryLimitError
from impasto.studio import database, storage
from impasto.studio.faults import Broken, Fault, Full, Invalid, NotFound
from impasto.studio.orders import plain
from impasto.studio.schemas import Error

LOG = logging.getLogger("impasto.studio")
CODES = {404: "not-found", 405: "not-allowed", 400: "bad-request"}

DESCRIBED: dict[int | str, dict[str, Any]] = {
    status: {"model": Error, "description": words}
    for status, words in {
        400: "The request cannot be read.",
        401: "The token is missing or wrong.",
        403: "Another site's page, or another host name.",
        404: "There is no such thing.",
        408: "The request stopped half-way.",
        413: "Too many bytes or pixels.",
        422: "A value that cannot be.",
        429: "Too much at once; Retry-After says when to come back.",
        507: "No room for more.",
    }.items()
}


def binary(*media: str, **others: str) -> dict[int | str, dict[str, Any]]:
    """The description of an answer that is no JSON. others: refusals of its own, as `_409="why"`."""
    content = {name: {"schema": {"type": "string", "format": "binary"}} for name in media}
    return {200: {"content": content, "description": "The bytes."}} | refusals(**others)


def refusals(**others: str) -> dict[int | str, dict[str, Any]]:
    """The description of refusals, as `_409="why"`."""
    return {int(status[1:]): {"model": Error, "description": words} for status, words in others.items()}


def refusal(fault: Fault) -> JSONResponse:
    """The answer for a fault."""
    headers = {"Cache-Control": "no-store"}
    if fault.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(fault.retry_after)))
    if fault.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    words = " ".join(str(fault).split())
    return JSONResponse({"error": {"code": fault.code, "message": words}}, fault.status, headers)


def fault_of(error: BaseException) -> Fault:
    """Whatever went wrong, as a fault."""
    if isinstance(error, Fault):
        return error
    if storage.is_full(error) or (isinstance(error, OperationalError) and database.is_full(error)):
        return Full("the studio's disc is full: free some space or delete paintings, then try again")
    if isinstance(error, InputError | MemoryLimitError):
        return Invalid(plain(str(error)))
    if isinstance(error, ImpastoError):
        return Broken(str(error))
    LOG.error("a request failed", exc_info=error)
    return Broken("something went wrong in the studio; its log says what")


def install(app: FastAPI) -> None:
    """Has the application answer all errors so."""

    async def fault(request: Request, error: Exception) -> Response:
        return refusal(fault_of(error))

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        if place[:1] == ["path"]:
            return refusal(NotFound("there is nothing of that name"))
        name = ".".join(place[1:]) or "the request"
        return refusal(Invalid(f"{name}: {first['msg'].removeprefix('Value error, ')}"))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = CODES.get(error.status_code, "bad-request")
        words = {404: "there is nothing at this address", 405: f"{request.method} is not possible at this address"}
        message = words.get(error.status_code, str(error.detail))
        return JSONResponse({"error": {"code": code, "message": message}}, error.status_code, error.headers)

    app.add_exception_handler(ImpastoError, fault)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, fault)
