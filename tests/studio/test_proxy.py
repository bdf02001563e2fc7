"""Behind a reverse proxy: whose word about a client is believed, and what follows from it."""

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("fastapi")

from impasto.studio.config import Config, from_environment
from impasto.studio.limits import Rate
from impasto.studio.serve import server_settings, with_token

TOKEN = "a-token-of-enough-letters"
PROXY = "10.89.0.2"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def served(open_room: Callable[..., Any]) -> Callable[..., Any]:
    """served(peer, **settings) -> a client of the studio as uvicorn serves it, which sees its requests come from `peer`."""
    from starlette.testclient import TestClient

    def opened(peer: str, **settings: Any) -> TestClient:
        room, _ = open_room({"reading": Rate(2, 0.001)}, **{"host": "0.0.0.0", "token": TOKEN, **settings})
        server = server_settings(room.desk)
        server.load()
        return TestClient(server.loaded_app, base_url="http://studio.example", client=(peer, 50000), headers=BEARER)

    return opened


def asked(client: Any, *addresses: str) -> list[int]:
    """The answers to requests that the proxy forwards for these."""
    return [client.get("/api/health", headers={"X-Forwarded-For": address}).status_code for address in addresses]


@pytest.mark.parametrize("trusted", [PROXY, "10.89.0.0/24", "2001:db8::/32, 10.89.0.0/16"])
@pytest.mark.parametrize("peer", [PROXY, f"::ffff:{PROXY}"])
def test_clients_of_a_trusted_proxy_have_limits_of_their_own(served: Callable[..., Any], trusted: str, peer: str) -> None:
    client = served(peer, trusted_proxy=trusted)
    assert asked(client, *["203.0.113.1"] * 3, *["203.0.113.2"] * 3) == [200, 200, 429] * 2
    # What the client itself claims stands before what the proxy adds.
    assert asked(client, "198.51.100.7, 203.0.113.1") == [429]


@pytest.mark.parametrize("trusted", ["", "10.89.0.3", "10.90.0.0/16"])
def test_nobody_else_is_believed(served: Callable[..., Any], trusted: str) -> None:
    assert asked(served(PROXY, trusted_proxy=trusted), *(f"203.0.113.{number}" for number in range(3))) == [200, 200, 429]


@pytest.mark.parametrize(
    ("trusted", "scheme", "secure"), [(PROXY, "https", True), (PROXY, "http", False), ("", "https", False)]
)
def test_over_tls_the_cookie_is_for_tls_alone(served: Callable[..., Any], trusted: str, scheme: str, secure: bool) -> None:
    client = served(PROXY, trusted_proxy=trusted)
    answer = client.get(f"/?token={TOKEN}", headers={"X-Forwarded-Proto": scheme}, follow_redirects=False)
    assert ("secure" in answer.headers["set-cookie"].lower().split("; ")) is secure


def test_a_proxy_on_this_machine_brings_strangers_who_need_the_token(served: Callable[..., Any]) -> None:
    assert with_token(Config(trusted_proxy="127.0.0.1")).token
    client = served("127.0.0.1", host="127.0.0.1", trusted_proxy="127.0.0.1")
    assert asked(client, "203.0.113.1") == [200]  # under the proxy's name, which is not this machine's
    del client.headers["Authorization"]
    assert asked(client, "203.0.113.1") == [401]


def test_the_environment_names_proxies_too() -> None:
    found = from_environment({"IMPASTO_STUDIO_TRUSTED_PROXY": " 10.89.0.2,::1 "})
    assert Config(**found).trusted_proxies == ["10.89.0.2/32", "::1/128", "::ffff:10.89.0.2/128"]  # type: ignore[arg-type]
    assert Config(**from_environment({"IMPASTO_STUDIO_TRUSTED_PROXY": " "})).trusted_proxies == []  # type: ignore[arg-type]
