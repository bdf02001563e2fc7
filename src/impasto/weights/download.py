"""Brings one file over HTTP: resumes what is there, retries, and says in one line what went wrong.

It knows neither the catalogue nor checksums. `requests` carries it because its proxies, certificates, redirects and
separate connect and read timeouts are right by default; pooch does not resume, and urllib has one timeout for everything.
The retrying is ours since it must go on from the bytes on disk.
"""

import errno
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from impasto.errors import WeightsError

if TYPE_CHECKING:
    import requests

Progress = Callable[[int, int | None], None]

_CHUNK = 1 << 16
_STEP = 1 << 20  # bytes that make a broken attempt a step forward, so that it does not count as a failure


@dataclass(frozen=True)
class Limits:
    """Patience. connect, stall: seconds without an answer, without a byte; attempts: failures in a row; pause: seconds
    before the second attempt, doubled for each later one."""

    connect: float = 10.0
    stall: float = 30.0
    attempts: int = 4
    pause: float = 1.0


@dataclass(frozen=True)
class Job:
    """What to bring where. size: bytes that the file must have, None if unknown; advice: the way out, ends every error;
    progress: called with (bytes done, bytes in all or None)."""

    name: str
    url: str
    part: Path
    size: int | None
    advice: str
    progress: Progress | None = None
    limits: Limits = Limits()

    @property
    def host(self) -> str:
        """The server's name, for messages."""
        return urlsplit(self.url).netloc or self.url

    @property
    def have(self) -> int:
        """Bytes on disk."""
        return self.part.stat().st_size if self.part.exists() else 0

    @property
    def validator(self) -> Path:
        """Where the strong ETag of a part is kept."""
        return self.part.with_name(f"{self.part.name}.etag")

    def error(self, reason: str) -> WeightsError:
        """What to raise: the reason in one line, with the way out."""
        return WeightsError(f"cannot fetch '{self.name}': {reason}; {self.advice}")


class _Broken(Exception):
    """An attempt that ended early and may do better next time; the message says how it ended."""


class _Unreachable(_Broken):
    """No connection at all."""


def download(job: Job) -> bool:
    """Fills `job.part`; True when it was not all got in one go, but put together.

    A part that could not be finished stays for the next call. Raises WeightsError.
    """
    import requests

    failures, resumed = 0, False
    with requests.Session() as session:
        while job.size is None or job.have != job.size:
            before = job.have
            resumed = resumed or before > 0
            try:
                _attempt(session, job)
                break
            except _Broken as broken:
                failures = 0 if job.have - before >= _STEP else failures + 1
                if failures >= job.limits.attempts or (isinstance(broken, _Unreachable) and not job.have):
                    raise job.error(str(broken)) from broken.__cause__
                time.sleep(job.limits.pause * 2 ** max(failures - 1, 0))
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                raise WeightsError(f"the disk is full after {_mib(job.have)} of '{job.name}'; {_room(job)}") from error
    job.validator.unlink(missing_ok=True)
    return resumed


def _attempt(session: "requests.Session", job: Job) -> None:
    """One request that brings all the rest. Raises _Broken when another may help, WeightsError when none will."""
    import requests

    timeout = (job.limits.connect, job.limits.stall)
    try:
        with session.get(job.url, headers=_headers(job), stream=True, timeout=timeout) as answer:
            start = _start(answer, job)
            length = answer.headers.get("Content-Length", "")
            total = start + int(length) if length.isdigit() else job.size
            if total is not None and job.size is not None and total != job.size:
                job.part.unlink(missing_ok=True)
                raise job.error(f"{job.host} offers a file of {total:,} bytes, which should have {job.size:,}")
            _check_room(job, (total or 0) - start)
            _write(answer, job, start, total)
    except requests.exceptions.RequestException as error:
        raise _reason(error, job) from error
    if job.size is not None and job.have != job.size:
        raise _Broken(f"{job.host} broke off after {_mib(job.have)}")


def _headers(job: Job) -> dict[str, str]:
    """`identity`, so that sizes and ranges are the file's; its rest only if it is still the same (RFC 9110, 13.1.5)."""
    headers = {"Accept-Encoding": "identity"}
    if job.have:
        headers["Range"] = f"bytes={job.have}-"
        if job.validator.exists():
            headers["If-Range"] = job.validator.read_text()
    return headers


def _start(answer: "requests.Response", job: Job) -> int:
    """The position in the file at which the answer begins. Raises as `_attempt` does."""
    status = answer.status_code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise _Broken(f"{job.host} answers {status} {answer.reason}")
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and job.have:
        job.part.unlink()
        raise _Broken(f"{job.host} has a shorter file than the part on disk")
    if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        raise job.error(f"{job.host} answers {status} {answer.reason}")
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        raise job.error(f"{job.host} answers with a web page (the login page of a network?)")
    if status == HTTPStatus.PARTIAL_CONTENT:
        if answer.headers.get("Content-Range", "").startswith(f"bytes {job.have}-"):
            return job.have
        job.part.unlink(missing_ok=True)
        raise _Broken(f"{job.host} does not resume properly")
    etag = answer.headers.get("ETag", "")
    job.validator.unlink(missing_ok=True)
    if etag.startswith('"'):  # a weak one must not be sent in If-Range
        job.validator.write_text(etag)
    return 0


def _write(answer: "requests.Response", job: Job, start: int, total: int | None) -> None:
    done = start
    with job.part.open("r+b" if start else "wb") as file:
        file.seek(start)
        for chunk in answer.iter_content(_CHUNK):
            file.write(chunk)
            done += len(chunk)
            if job.progress:
                job.progress(done, total)


def _reason(error: "requests.exceptions.RequestException", job: Job) -> Exception:
    """What to raise for an exception of requests: our words for it, and whether to go on."""
    from requests import exceptions as known
    from urllib3.exceptions import NewConnectionError, ReadTimeoutError

    cause = error.args[0] if error.args else None
    cause = getattr(cause, "reason", None) or cause
    if isinstance(error, known.SSLError):
        return job.error(f"{job.host} shows no valid certificate")
    if isinstance(error, known.ReadTimeout) or isinstance(cause, ReadTimeoutError):
        return _Broken(f"{job.host} sent nothing for {job.limits.stall:g} s after {_mib(job.have)}")
    if isinstance(error, (known.ConnectTimeout, known.ProxyError)) or isinstance(cause, NewConnectionError):
        return _Unreachable(f"no connection to {job.host}")
    if isinstance(error, (known.ConnectionError, known.ChunkedEncodingError)):
        return _Broken(f"{job.host} broke off after {_mib(job.have)}")
    return job.error(f"{job.url} is no usable address ({type(error).__name__})")


def _check_room(job: Job, needed: int) -> None:
    if shutil.disk_usage(job.part.parent).free < needed:
        raise WeightsError(f"not enough disk space for '{job.name}', which needs {_mib(needed)} more; {_room(job)}")


def _room(job: Job) -> str:
    return f"make room in {job.part.parent} or set IMPASTO_HOME to a folder on another disk"


def _mib(count: int) -> str:
    return f"{count / 2**20:,.1f} MiB"
