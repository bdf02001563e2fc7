"""Who gets in, how much, and with which headers."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from impasto.studio.limits import Rate

TOKEN = "a-token-of-enough-letters"


def test_every_answer_carries_its_headers(visitor: Any) -> None:
    for path in ("/", "/api/health", "/api/nothing", "/assets/nothing.js"):
        headers = visitor.http.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "cache-control" in headers


def test_errors_have_one_shape(visitor: Any) -> None:
    for method, path, status in (("GET", "/api/nothing", 404), ("PUT", "/api/styles", 405), ("GET", "/api/paintings/%00", 404)):
        answer = visitor.http.request(method, path)
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"code", "message"}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example", "[::2]"])
def test_another_name_for_this_machine_is_refused(visitor: Any, host: str) -> None:
    assert visitor.http.get("/api/health", headers={"Host": host}).status_code == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8040", "[::1]:8040", "LOCALHOST:1"])
def test_its_own_names_are_not(visitor: Any, host: str) -> None:
    assert visitor.http.get("/api/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1"},
    ],
)
def test_another_sites_page_changes_nothing(visitor: Any, headers: dict[str, str]) -> None:
    assert visitor.http.post("/api/styles", json={}, headers=headers).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://127.0.0.1"}, {"Sec-Fetch-Site": "same-origin"}])
def test_its_own_page_and_programs_may(visitor: Any, headers: dict[str, str]) -> None:
    assert visitor.http.post("/api/styles", json={}, headers=headers).status_code == 422


def test_a_token_is_asked_for_everywhere(open_room: Callable[..., Any]) -> None:
    _, visitor = open_room(host="0.0.0.0", token=TOKEN)
    visitor.http.base_url = "http://studio.example"
    for path in ("/", "/api/health", "/metrics", "/api/openapi.json", "/assets/app.js", "/?token=wrong"):
        answer = visitor.http.get(path)
        assert answer.status_code == 401
        assert TOKEN not in answer.text
    assert visitor.http.get("/api/health", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    assert visitor.http.get("/api/health", headers={"Authorization": f"Basic {TOKEN}"}).status_code == 401
    assert visitor.http.get(f"/api/health?token={TOKEN}").status_code == 401  # tokens in addresses end up in logs


def test_the_token_in_the_address_becomes_a_cookie_once(open_room: Callable[..., Any]) -> None:
    _, visitor = open_room(host="0.0.0.0", token=TOKEN)
    visitor.http.base_url = "http://studio.example"
    answer = visitor.http.get(f"/?token={TOKEN}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert re.search("httponly.*samesite=strict", answer.headers["set-cookie"].lower())
    assert visitor.http.get("/").status_code == 200
    assert visitor.http.get("/api/health").status_code == 200


def test_a_client_that_is_too_fast_is_told_when_to_come_back(open_room: Callable[..., Any]) -> None:
    _, visitor = open_room({"reading": Rate(3, 0.1)})
    answers = [visitor.http.get("/api/health") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 5 <= int(answers[-1].headers["retry-after"]) <= 11
    assert answers[-1].json()["error"]["code"] == "too-many"


def test_too_many_jobs_are_told_to_come_back(open_room: Callable[..., Any]) -> None:
    _, visitor = open_room({"queue": 1})
    visitor.paint(method="online")
    content = visitor.picture(1)
    answer = visitor.http.post("/api/reconstructions", json={"content": content})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


def test_the_quota_is_kept_and_room_can_be_made(open_room: Callable[..., Any]) -> None:
    _, visitor = open_room(quota=100_000)
    order = {"content": visitor.picture(1), "styles": [{"picture": visitor.picture(2)}], "size": 64}
    made = []
    while (answer := visitor.http.post("/api/paintings", json=order)).status_code == 201:
        made.append(answer.json()["id"])
        assert len(made) < 100
    assert answer.status_code == 507
    assert "delete" in answer.json()["error"]["message"]
    for painting in made[:2]:
        visitor.http.delete(f"/api/paintings/{painting}")
    assert visitor.http.post("/api/paintings", json=order).status_code == 201


def test_uploads_that_nobody_used_make_room(open_room: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("impasto.studio.pictures.ORPHAN_SECONDS", 0.0)
    room, visitor = open_room()
    painting = visitor.paint(method="fast")
    quota = room.desk.pictures._quota = room.desk.pictures.used() + 50_000
    for seed in range(3, 13):
        visitor.picture(seed)
    assert room.desk.pictures.used() <= quota
    assert visitor.http.get(painting["content"]["url"]).status_code == 200


def test_what_is_old_is_removed_where_that_is_wished(open_room: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from impasto.studio import sweep

    room, visitor = open_room(retention=1)
    old = visitor.paint(method="fast")
    sweep.tidy(room.desk)
    assert visitor.look(old["id"])["state"] == "done"
    monkeypatch.setattr(sweep, "DAY", -1.0)
    monkeypatch.setattr(sweep, "ORPHANED_FILE_SECONDS", -1.0)
    room.desk.storage.put("paintings", b"of a process that died", ".png")
    sweep.tidy(room.desk)
    assert "error" in visitor.look(old["id"])
    assert not room.files
