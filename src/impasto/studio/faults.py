"""What can go wrong for a client of the API, and with which HTTP status each is answered. No HTTP library here."""

from impasto.errors import ImpastoError


class Fault(ImpastoError):
    """A request that is refused. code: a word for programs; the message is one line for people."""

    status, code = 400, "bad-request"

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotFound(Fault):
    """There is no such thing (any more)."""

    status, code = 404, "not-found"


class Forbidden(Fault):
    """The request comes from another site, or through another name."""

    status, code = 403, "forbidden"


class Unauthorised(Fault):
    """The token is missing or wrong."""

    status, code = 401, "unauthorised"


class TooLarge(Fault):
    """More bytes or pixels than the studio takes."""

    status, code = 413, "too-large"


class BadPicture(Fault):
    """The file is no picture, or one that cannot be decoded."""

    status, code = 422, "bad-picture"


class Invalid(Fault):
    """Settings that cannot be."""

    status, code = 422, "invalid"


class Conflict(Fault):
    """Not possible in the state that the thing is in."""

    status, code = 409, "conflict"


class TooSlow(Fault):
    """The client stopped sending."""

    status, code = 408, "too-slow"


class TooMany(Fault):
    """Later, please."""

    status, code = 429, "too-many"


class Full(Fault):
    """No room: the quota is reached, or the disc is full."""

    status, code = 507, "full"


class Broken(Fault):
    """Our fault, or that of the machine."""

    status, code = 500, "our-fault"
