"""How a studio is set up: one frozen dataclass, filled from the command line and the environment, checked once, here."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

from impasto.errors import InputError
from impasto.images.paths import shown

PREFIX = "IMPASTO_STUDIO_"
"""The environment's names: IMPASTO_STUDIO_DATABASE and so on, so that passwords need not stand on a command line."""

SHORTEST_TOKEN = 16
"""Characters; a shorter one could be guessed."""

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def data_folder() -> Path:
    """`$IMPASTO_HOME/studio`, or `studio` in the user's data folder. Need not exist yet."""
    home = os.environ.get("IMPASTO_HOME")
    return (Path(home) if home else platformdirs.user_data_path("impasto", appauthor=False)) / "studio"


@dataclass(frozen=True)
class Config:
    """A studio's set-up. Raises InputError for one that cannot be.

    data: folder of the database, the queue and the pictures, as far as these are not URLs of elsewhere.
    database: an SQLAlchemy URL, SQLite in `data` when empty. queue: `redis://...`, a file in `data` when empty.
    storage: an fsspec URL for pictures and checkpoints, a folder in `data` when empty.
    workers: processes that paint online, started along with the web process.
    token: what a client must show; empty on loopback. retention: days that a painting is kept, 0 for ever.
    quota: bytes that pictures may take in all, 0 for as many as fit. lease: seconds without a sign of life after which a
    worker's job is given to another. checkpoint: seconds between two of a painting's checkpoints at least.
    trusted_proxy: addresses or networks, with commas between them, whose word about a client's address is believed.
    """

    host: str = "127.0.0.1"
    port: int = 8040
    data: str = ""
    database: str = ""
    queue: str = ""
    storage: str = ""
    workers: int = 1
    token: str = ""
    retention: int = 0
    quota: int = 0
    lease: float = 30.0
    checkpoint: float = 4.0
    trusted_proxy: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise InputError(f"--port is {self.port}; it must lie in 0..65535")
        for name in ("workers", "retention", "quota"):
            if getattr(self, name) < 0:
                raise InputError(f"--{name} is {getattr(self, name)}; it must be 0 or more")
        if not 1 <= self.lease <= 3600:
            raise InputError(f"--lease is {self.lease:g}; it must lie in 1..3600 seconds")
        if not 0 <= self.checkpoint <= 3600:
            raise InputError(f"the time between checkpoints is {self.checkpoint:g}; it must lie in 0..3600 seconds")
        if self.token and (len(self.token) < SHORTEST_TOKEN or not self.token.isascii() or not self.token.isprintable()):
            raise InputError(f"the token must be at least {SHORTEST_TOKEN} plain characters; leave it out to have one made")
        if self.queue and urlsplit(self.queue).scheme not in ("redis", "rediss", "unix"):
            raise InputError(f"--queue is {shown(self.queue)}; give redis://HOST:PORT/0, or leave it out for a queue in a file")
        if self.database and "://" not in self.database:
            raise InputError(f"--database is {shown(self.database)}; give an URL such as postgresql://USER@HOST/NAME")
        try:
            _ = self.trusted_proxies
        except ValueError as error:
            raise InputError(
                f"--trusted-proxy is {shown(self.trusted_proxy)} ({error}); "
                "give addresses or networks, such as 127.0.0.1 or 10.89.0.0/24, with commas between them"
            ) from None

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.data).expanduser().resolve() if self.data else data_folder()

    @property
    def database_url(self) -> str:
        """Where the rows are, with the driver that is installed."""
        if not self.database:
            return f"sqlite:///{self.folder / 'studio.db'}"
        scheme, _, rest = self.database.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else self.database

    @property
    def storage_url(self) -> str:
        """Where pictures and checkpoints are."""
        return self.storage or str(self.folder / "storage")

    @property
    def queue_url(self) -> str:
        """Where the queue is: an URL of Redis, or a file's path."""
        return self.queue or str(self.folder / "queue.db")

    @property
    def trusted_proxies(self) -> list[str]:
        """The networks of `trusted_proxy`; those of IPv4 also as a socket names them that listens to both kinds."""
        given = self.trusted_proxy.split(",") if self.trusted_proxy else []
        networks = [ipaddress.ip_network(part.strip()) for part in given]
        mapped = [f"::ffff:{one.network_address}/{96 + one.prefixlen}" for one in networks if one.version == 4]
        return [*map(str, networks), *mapped]

    @property
    def loopback(self) -> bool:
        """Whether nobody but this machine can reach the studio; a proxy brings others."""
        return is_loopback(self.host) and not self.trusted_proxy

    def make_folder(self) -> None:
        """Makes the data folder, for its owner alone. Raises InputError where that is impossible."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise InputError(f"cannot make the data folder {shown(self.folder)} ({why}); choose another with --data") from error

    def environment(self) -> dict[str, str]:
        """The variables that tell a worker process all of this."""
        return {f"{PREFIX}{field.name.upper()}": str(getattr(self, field.name)) for field in fields(self)}


def from_environment(environment: Mapping[str, str]) -> dict[str, str | int | float]:
    """The settings that the environment gives. Raises InputError for a number that is none."""
    found: dict[str, str | int | float] = {}
    for field in fields(Config):
        text = environment.get(f"{PREFIX}{field.name.upper()}")
        if text is None or not text.strip():
            continue
        kind = type(getattr(Config, field.name))
        try:
            found[field.name] = kind(text.strip())
        except ValueError:
            raise InputError(f"{PREFIX}{field.name.upper()} is {shown(text)}, which is no number") from None
    return found


def is_loopback(host: str) -> bool:
    """Whether an address, or the name of one, is this machine's own."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
