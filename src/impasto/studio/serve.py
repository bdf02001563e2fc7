"""`impasto studio`: one command that brings up the tables, the workers and the web process, and takes them down again."""

import contextlib
import os
import secrets
import socket
import sys
import threading
import webbrowser
from dataclasses import replace

import uvicorn

from impasto.errors import InputError
from impasto.studio.config import Config
from impasto.studio.crew import Crew
from impasto.studio.desk import Desk
from impasto.studio.web import app

GRACE_SECONDS = 3
"""Time that open requests have to end when the server is told to stop."""


def serve(config: Config, browser: bool = False) -> None:
    """Serves until a signal. Raises InputError for what the user can mend."""
    config = with_token(config)
    with listen(config) as listener:
        config = replace(config, port=listener.getsockname()[1])
        desk = Desk(config)
        desk.database.migrate()
        desk.queue.check()
        server = uvicorn.Server(server_settings(desk))
        with Crew(config, desk.jobs):
            say(config, browser)
            server.run(sockets=[listener])


def server_settings(desk: Desk) -> uvicorn.Config:
    """How a desk is served."""
    return uvicorn.Config(
        app.create(desk, warm=True),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(desk.config.trusted_proxy),
        forwarded_allow_ips=desk.config.trusted_proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=20,
        backlog=512,
    )


def with_token(config: Config) -> Config:
    """With a token made, where others can reach the studio and none was given."""
    if config.loopback or config.token:
        return config
    return replace(config, token=secrets.token_urlsafe(24))


def listen(config: Config) -> socket.socket:
    """The socket, bound: whether the address is free is known before anything is started. Raises InputError."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise InputError(f"there is no address {config.host} on this machine; choose another --host") from error
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
    except OSError as error:
        listener.close()
        why = (error.strerror or str(error)).lower()
        raise InputError(f"cannot listen on {config.host}:{config.port} ({why}); choose another --port or --host") from error
    listener.set_inheritable(False)
    return listener


def address(config: Config) -> str:
    """The address to open in a browser."""
    host = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(config.host, config.host)
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{config.port}/" + (f"?token={config.token}" if config.token else "")


def say(config: Config, browser: bool) -> None:
    """Prints where the studio is, and opens it where that is wished."""
    print(f"Impasto's studio is at {address(config)}", flush=True)
    print(f"its data: {config.folder}; Ctrl-C ends it, and it goes on where it was", file=sys.stderr, flush=True)
    if browser:
        with contextlib.suppress(webbrowser.Error):
            threading.Timer(1.0, webbrowser.open, [address(config)]).start()
