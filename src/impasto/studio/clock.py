"""The database's own clock: leases are compared on it alone, because the clocks of several machines differ."""

import time
from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class now(FunctionElement[float]):
    """Seconds since 1970, as the database sees it at this statement. Named in lower case like all of SQL's functions."""

    type = Float(53)
    inherit_cache = True


@compiles(now, "sqlite")
def _sqlite(element: now, compiler: Any, **options: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(now, "postgresql")
def _postgresql(element: now, compiler: Any, **options: Any) -> str:
    return "extract(epoch from clock_timestamp())::double precision"


def iso(seconds: float | None) -> str | None:
    """`2026-11-21T15:04:05.250Z`, as the API says times."""
    if seconds is None:
        return None
    whole = int(seconds // 1)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{int((seconds - whole) * 1000):03}Z"
