"""The way to the database: an engine that suits SQLite or PostgreSQL, sessions, and the migrations. What is in it: `models`."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from impasto.errors import InputError

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 20
LOCK = 0x1A9A570
"""Advisory lock of PostgreSQL under which one process migrates while the others wait."""

FULL = ("disk is full", "no space left", "could not extend file")


class Database:
    """Sessions on one database. Raises InputError for an URL that leads nowhere."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        self._writers = sessionmaker(self.engine, expire_on_commit=False)
        self._readers = sessionmaker(self.engine.execution_options(readonly=True), expire_on_commit=False)

    @contextlib.contextmanager
    def begin(self) -> Iterator[Session]:
        """A transaction that writes: committed at the end, rolled back on an error."""
        with self._writers.begin() as session:
            yield session

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads, and waits for no writer."""
        with self._readers.begin() as session:
            yield session

    def migrate(self) -> None:
        """Brings the tables to the newest version; several processes may ask at once. Raises InputError."""
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self._answering(), self.engine.connect() as connection, _alone(connection):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()

    def wait(self, seconds: float = 60.0) -> None:
        """Until another process has brought the tables to the newest version. Raises InputError after that time."""
        from alembic.config import Config
        from alembic.migration import MigrationContext
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        head = ScriptDirectory.from_config(config).get_current_head()
        until = time.monotonic() + seconds
        while True:
            try:
                with self.engine.connect() as connection:
                    found = MigrationContext.configure(connection).get_current_revision()
            except OperationalError:
                found = None
            if found == head:
                return
            if time.monotonic() > until:
                raise InputError("the studio's database is not ready; start `impasto studio` on it first")
            time.sleep(0.3)

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            place = self.engine.url.render_as_string(hide_password=True)
            reason = " ".join(str(error.orig).split())
            raise InputError(f"the database {place} does not answer ({reason}); start it, or mend --database") from error


def is_full(error: BaseException) -> bool:
    """Whether the database says that its disc is full."""
    return any(words in str(error).lower() for words in FULL)


def _engine(url: str) -> Engine:
    try:
        if url.startswith("sqlite"):
            engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, pool_size=20)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return create_engine(url, pool_pre_ping=True, pool_size=20, connect_args={"connect_timeout": 10})
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        why = " ".join(str(error).split())
        raise InputError(f"--database cannot be used ({why}); give sqlite:///FILE or postgresql://USER@HOST/NAME") from error


def _prepare_sqlite(connection: Any, record: object) -> None:
    """WAL lets readers and one writer go side by side, over processes too; FULL makes a commit survive a power cut."""
    connection.isolation_level = None  # SQLAlchemy begins transactions, not the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """The write lock is taken at the start: one that is upgraded half-way fails at once where it would have to wait."""
    readonly = connection.get_execution_options().get("readonly")
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


@contextlib.contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """SQLite's write lock does it by itself."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
        connection.commit()
