"""Names of worker processes, by which rows say who holds them."""

import os
import secrets
import socket


def new_name() -> str:
    """A name that no other worker has."""
    return f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}"
