"""How a studio is started: what it refuses in one line, and what it says."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy")

from impasto.cli.main import main
from impasto.errors import InputError
from impasto.studio.config import Config, from_environment, is_loopback
from impasto.studio.database import Database
from impasto.studio.models import Base


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--port", "99999"], "--port"),
        (["--token", "short"], "token"),
        (["--queue", "rabbit://x"], "redis://"),
        (["--database", "studio.db"], "postgresql://"),
        (["--database", "oracle://x/y"], "--database"),
        (["--storage", "nowhere://x"], "--storage"),
        (["--host", "no.such.host.invalid"], "--host"),
        (["--queue", "redis://127.0.0.1:1/0"], "queue does not answer"),
        (["--database", "postgresql://x@127.0.0.1:1/y"], "does not answer"),
        (["--data", "/dev/null/x"], "data folder"),
        (["--lease", "0"], "--lease"),
        (["--trusted-proxy", "proxy.example"], "--trusted-proxy is 'proxy.example'"),
        (["--trusted-proxy", "127.0.0.1,10.0.0.1/8"], "10.0.0.1/8 has host bits set"),
        (["--trusted-proxy", "127.0.0.1,"], "with commas between them"),
    ],
)
def test_a_set_up_that_cannot_be_is_refused_in_one_line(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["studio", "--no-browser", "--port", "0", "--data", str(tmp_path), *words]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert message in lines[0]


def test_a_port_that_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["studio", "--no-browser", "--port", str(taken.getsockname()[1]), "--data", str(tmp_path)]) == 2
    assert "another --port" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["studio", "worker"])
def test_missing_packages_are_named(command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("impasto.cli.studio.NEEDED", ("no_such_package",))
    assert main([command]) == 2
    assert "pip install 'impasto[studio]'" in capsys.readouterr().err


def test_the_command_line_does_not_load_the_studio() -> None:
    code = (
        "import sys\nfrom impasto.cli.main import main\n"
        "for command in ('studio', 'worker'):\n    try:\n        main([command, '--help'])\n"
        "    except SystemExit:\n        pass\n"
        "sys.exit(any(name in sys.modules for name in ('fastapi', 'sqlalchemy', 'numpy', 'huey')))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_the_environment_says_what_the_command_line_does_not() -> None:
    config = Config(database="postgresql://a:secret@b/c", workers=3, lease=7.5, token="x" * 20)
    assert Config(**from_environment(config.environment())) == config  # type: ignore[arg-type]
    assert config.database_url.startswith("postgresql+psycopg://")
    with pytest.raises(InputError, match="no number"):
        from_environment({"IMPASTO_STUDIO_WORKERS": "many"})


@pytest.mark.parametrize(
    ("host", "own"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("db", False)]
)
def test_what_counts_as_this_machine(host: str, own: bool) -> None:
    assert is_loopback(host) is own


def test_elsewhere_than_on_loopback_a_token_is_made_and_told(start: Callable[..., Any], port: int, tmp_path: Path) -> None:
    import httpx

    words = [
        "studio",
        "--no-browser",
        "--host",
        "0.0.0.0",
        "--port",
        str(port),
        "--data",
        str(tmp_path / "data"),
        "--workers",
        "0",
    ]
    studio = start(*words)
    while not (found := re.search(r"\?token=(\S{24,})", studio.log.read_text())):
        assert studio.popen.poll() is None, studio.log.read_text()
        time.sleep(0.1)
    token = found[1]
    # The socket is bound when the address is told, so a client need only wait.
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, transport=httpx.HTTPTransport(retries=12)) as http:
        assert http.get("/api/health").status_code == 401
        assert http.get("/api/health", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert oct((tmp_path / "data").stat().st_mode)[-3:] == "700"


def test_the_migrations_make_the_tables_that_the_code_expects(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    database = Database(f"sqlite:///{tmp_path / 'studio.db'}")
    database.migrate()
    database.migrate()  # a second start changes nothing
    database.wait(seconds=1)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_worker_waits_for_the_tables_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="impasto studio"):
        Database(f"sqlite:///{tmp_path / 'studio.db'}").wait(seconds=0.1)
