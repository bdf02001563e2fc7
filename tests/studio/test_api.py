"""The contract: what the page and programs rely on."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from impasto.images import read_settings


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def photo(orientation: int = 1, size: tuple[int, int] = (60, 40)) -> bytes:
    """A JPEG that says where and with what it was taken."""
    image = Image.new("RGB", size, (200, 40, 40))
    image.paste((40, 40, 200), (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112], exif[0x0110] = orientation, "Secret Camera 9"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif, quality=95)
    return buffer.getvalue()


def test_an_upload_is_upright_and_says_nothing_of_its_maker(visitor: Any) -> None:
    answer = visitor.upload(photo(orientation=6), "photo.jpg")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["width"], told["height"]) == (40, 60)
    kept = visitor.http.get(told["url"])
    assert b"Secret" not in kept.content
    assert not dict(Image.open(io.BytesIO(kept.content)).getexif())
    assert "immutable" in kept.headers["cache-control"]
    assert pixels(kept.content)[5, 20, 2] > 150  # what was left is on top
    assert Image.open(io.BytesIO(visitor.http.get(told["thumbnail"]).content)).format == "WEBP"


def test_the_same_bytes_give_the_same_id(visitor: Any, picture_bytes: Any, room: Any) -> None:
    first = visitor.upload(picture_bytes(7)).json()
    files = room.files
    assert visitor.upload(picture_bytes(7), "another name.gif").json() == first
    assert room.files == files


def test_a_copy_is_no_larger_than_asked_for(visitor: Any, picture_bytes: Any) -> None:
    url = visitor.upload(picture_bytes(3, 900, 300)).json()["url"]
    for size, side in ((100, 64), (256, 256), (8000, 900)):
        answer = visitor.http.get(url, params={"size": size})
        assert max(Image.open(io.BytesIO(answer.content)).size) == side
    tag = answer.headers["etag"]
    assert visitor.http.get(url, params={"size": 8000}, headers={"If-None-Match": tag}).status_code == 304


def test_a_large_upload_is_kept_at_a_size_that_suffices(visitor: Any) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (5000, 50)).save(buffer, "PNG")
    assert visitor.upload(buffer.getvalue()).json()["width"] == 4096


def test_samples_come_with_the_studio_and_stay(visitor: Any) -> None:
    styles = visitor.http.get("/api/styles").json()["styles"]
    samples = [style for style in styles if style["kind"] == "sample"]
    assert len(samples) == 11
    assert {"id", "name", "kind", "picture", "thumbnail"} <= set(samples[0])
    assert visitor.http.get(samples[0]["picture"]["url"]).status_code == 200
    assert visitor.http.delete(f"/api/styles/{samples[0]['id']}").status_code == 409


def test_a_style_of_the_users_comes_and_goes(visitor: Any) -> None:
    added = visitor.http.post("/api/styles", json={"picture": visitor.picture(5), "name": "  ../My <b>wave</b> "})
    assert added.status_code == 201
    style = added.json()
    assert (style["kind"], style["name"]) == ("user", "../My <b>wave</b>")
    assert style in visitor.http.get("/api/styles").json()["styles"]
    painting = visitor.paint(styles=[{"style": style["id"]}])
    assert visitor.http.delete(f"/api/styles/{style['id']}").status_code == 204
    assert visitor.http.delete(f"/api/styles/{style['id']}").status_code == 404
    assert visitor.look(painting["id"])["styles"][0]["picture"]["id"] == style["picture"]["id"]


def test_a_preview_follows_the_slider(visitor: Any, picture_bytes: Any) -> None:
    content, style = visitor.picture(1), visitor.picture(2)
    order: dict[str, Any] = {
        "content": content,
        "styles": [{"picture": style}, {"style": "sample-night", "weight": 0.3}],
        "size": 64,
    }
    shown = {}
    for strength in (0, 0.5, 1):
        answer = visitor.http.post("/api/previews", json={**order, "strength": strength})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert "paint;dur=" in answer.headers["server-timing"]
        shown[strength] = pixels(answer.content)
    assert shown[0].shape == (48, 64, 3)
    original = pixels(visitor.http.get(f"/api/pictures/{content}", params={"size": 64}).content)
    assert np.abs(shown[0] - original).mean() < 6
    assert np.abs(shown[1] - original).mean() > np.abs(shown[0.5] - original).mean() > np.abs(shown[0] - original).mean()
    moved = {}
    for color in ("keep", "match", "style"):
        # A style whose colours are far from the photo's.
        answer = visitor.http.post("/api/previews", json={**order, "styles": [{"style": "sample-gold"}], "color": color})
        difference = pixels(answer.content).mean((0, 1)) - original.mean((0, 1))
        moved[color] = np.abs(difference - difference.mean()).max()  # of the hues, however light the painting
    assert moved["keep"] < 8
    assert moved["match"] < 0.7 * moved["style"]


def test_a_fast_painting_is_done_at_return_and_says_how_it_was_made(visitor: Any, tmp_path: Path) -> None:
    painting = visitor.paint(method="fast", strength=0.8, styles=[{"style": "sample-wave"}])
    assert (painting["state"], painting["kind"], painting["progress"], painting["error"]) == ("done", "painting", None, None)
    assert (painting["width"], painting["height"]) == (64, 48)
    assert painting["settings"]["strength"] == 0.8
    assert painting["styles"][0]["name"] == "Wave"
    answer = visitor.http.get(painting["picture"], params={"download": 1})
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    (tmp_path / "painting.png").write_bytes(answer.content)
    settings = read_settings(tmp_path / "painting.png")
    assert settings is not None
    assert settings["settings"]["method"] == "fast"
    assert settings["studio"]["styles"] == ["Wave"]
    for link in ("preview", "thumbnail"):
        assert Image.open(io.BytesIO(visitor.http.get(painting[link]).content)).format == "WEBP"


def test_a_mask_says_where_a_fast_painting_is_painted(visitor: Any) -> None:
    mask = Image.new("L", (96, 72), 0)
    mask.paste(255, (0, 0, 48, 72))
    buffer = io.BytesIO()
    mask.save(buffer, "PNG")
    where = visitor.upload(buffer.getvalue()).json()["id"]
    painting = visitor.paint(method="fast", masks=[{"content": where}])
    painted = pixels(visitor.http.get(painting["picture"]).content)
    original = pixels(visitor.http.get(painting["content"]["url"], params={"size": 64}).content)
    assert np.abs(painted[:, 36:] - original[:, 36:]).mean() < 6
    assert np.abs(painted[:, :28] - original[:, :28]).mean() > 10
    assert painting["settings"]["masks"] == [{"content": where, "style": None}]


def test_the_gallery_is_newest_first_page_by_page(visitor: Any) -> None:
    made = [visitor.paint(method="fast", strength=strength)["id"] for strength in (0.2, 0.4, 0.6)][::-1]
    first = visitor.http.get("/api/paintings", params={"limit": 2}).json()
    assert [painting["id"] for painting in first["paintings"]] == made[:2]
    second = visitor.http.get("/api/paintings", params={"limit": 1, "before": first["next"]}).json()
    assert second["paintings"][0]["id"] == made[2]
    while second["next"]:
        second = visitor.http.get("/api/paintings", params={"limit": 100, "before": second["next"]}).json()


def test_a_deleted_painting_leaves_nothing(visitor: Any, room: Any) -> None:
    painting = visitor.paint(method="fast")
    before = room.files
    assert visitor.http.delete(f"/api/paintings/{painting['id']}").status_code == 204
    assert len(before - room.files) == 2
    assert visitor.http.get(f"/api/paintings/{painting['id']}").status_code == 404
    assert visitor.http.get(painting["picture"]).status_code == 404


def test_an_online_painting_waits_and_can_be_cancelled(visitor: Any) -> None:
    painting = visitor.paint(method="online", texture="gram", iterations=5, color="keep", spectrum_weight=4)
    assert painting["state"] == "queued"
    assert painting["settings"]["texture"] == "gram"
    assert painting["settings"]["spectrum_weight"] == 4
    url = f"/api/paintings/{painting['id']}"
    assert visitor.http.get("/api/health").json()["queued"] >= 1
    assert visitor.http.get(f"{url}/picture").status_code == 409
    assert visitor.http.get(f"{url}/preview").status_code == 409
    assert visitor.http.post(f"{url}/cancel").json()["state"] == "cancelled"
    assert visitor.http.post(f"{url}/cancel").status_code == 409
    with visitor.http.stream("GET", f"{url}/events") as stream:
        lines = list(stream.iter_lines())
    assert "event: painting" in lines
    told = json.loads(next(line for line in lines if line.startswith("data:"))[5:])
    assert told["state"] == "cancelled"


def test_a_preset_decides_what_the_client_leaves_open(visitor: Any) -> None:
    painting = visitor.paint(method="online", preset="gatys", iterations=7)
    assert (painting["settings"]["preset"], painting["settings"]["texture"]) == ("gatys", "gram")
    assert painting["settings"]["iterations"] == 7
    visitor.http.post(f"/api/paintings/{painting['id']}/cancel")


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"size": 63}, 422, "size"),
        ({"size": 99_999}, 422, "size"),
        ({"strength": 2}, 422, "strength"),
        ({"styles": []}, 422, "styles"),
        ({"styles": [{}]}, 422, "either"),
        ({"styles": [{"style": "sample-wave", "weight": 0}]}, 422, "weight"),
        ({"styles": [{"style": "nobody"}]}, 404, "no such style"),
        ({"content": "nobody"}, 404, "picture"),
        ({"content": "../../etc/passwd"}, 422, "content"),
        ({"method": "fast", "texture": "gram"}, 422, "online"),
        ({"method": "fast", "preset": "gatys"}, 422, "online"),
        ({"method": "fast", "spectrum_weight": 1}, 422, "online"),
        ({"method": "online", "spectrum_weight": -1}, 422, "spectrum_weight"),
        ({"method": "online", "texture": "gramm"}, 422, "did you mean 'gram'"),
        ({"method": "online", "preset": "nobody"}, 422, "preset"),
        ({"method": "online", "iterations": 10**6}, 422, "iterations"),
        ({"encoder": "/etc/passwd"}, 422, "encoder"),
    ],
)
def test_a_refusal_is_one_line(visitor: Any, change: dict[str, Any], status: int, words: str) -> None:
    order = {"content": visitor.picture(1), "styles": [{"picture": visitor.picture(2)}], "size": 64, **change}
    answer = visitor.http.post("/api/paintings", json=order)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert words in error["message"]
    assert "\n" not in error["message"]
    assert "--" not in error["message"]


def test_what_the_page_needs_for_its_controls(visitor: Any) -> None:
    options = visitor.http.get("/api/options").json()
    assert {"limits", "textures", "colors", "presets", "sizes", "defaults"} <= set(options)
    assert all(texture["what"] for texture in options["textures"])
    assert all(preset["what"] for preset in options["presets"])


def test_metrics_count_routes_and_jobs(visitor: Any) -> None:
    visitor.paint(method="fast")
    text = visitor.http.get("/metrics").text
    assert 'impasto_requests_total{method="POST",route="/api/paintings",status="201"}' in text
    assert 'impasto_paintings{state="done"}' in text


def test_the_page_is_served_with_its_assets_and_nothing_else(visitor: Any) -> None:
    page = visitor.http.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert visitor.http.get("/", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    for path in ("/assets/../../serve.py", "/assets/%2e%2e/%2e%2e/serve.py", "/assets//etc/passwd", "/assets/nothing.js"):
        assert visitor.http.get(path).status_code == 404
