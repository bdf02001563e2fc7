"""Takes the pictures of `docs/studio.md` in a real browser: `python examples/studio_pictures.py [-o FOLDER] [--only PART]`.

Starts a studio of its own with an empty gallery, paints in it as a visitor would, and photographs the page. Needs Playwright
(`pip install playwright`) and Chromium. Ten minutes on two processor cores; --iterations 10 --size 256 tries it in two.
"""

import argparse
import io
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
PHOTOS = HERE / "photos"
LIMIT = 150_000  # bytes a picture may have
DESK = {"width": 1440, "height": 900}
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
HUNG = (
    *(("pagoda", "Wave"), ("cat", "Glass"), ("pagoda", "Watercolour"), ("cat", "Night"), ("pagoda", "Gold")),
    *(("cat", "Mosaic"), ("pagoda", "Dots"), ("cat", "Facets"), ("pagoda", "Lilies")),
)
PARTS = ("desk", "phone")
PATIENCE = 900_000  # ms
FINISHED = ".label-acts >> text=Download"


@contextmanager
def studio() -> Iterator[str]:
    """The address of a studio that begins with nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "impasto", "studio", "--no-browser", "--data", folder, "--port", str(port)]
        server = subprocess.Popen(command)
        try:
            while True:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5).close()
                    break
                except (urllib.error.URLError, OSError):
                    time.sleep(0.3)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def opened(browser: Browser, address: str, **settings: Any) -> Page:
    """The studio in a fresh window."""
    page = browser.new_context(**{"viewport": DESK, **settings}).new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(address)
    page.wait_for_selector("#ledge [data-style]")
    return page


def hang(page: Page, photo: str) -> None:
    """Chooses a photo and waits for its preview."""
    page.evaluate("document.querySelector('#sketch').hidden = true")
    page.set_input_files("#photo-file", PHOTOS / f"{photo}.jpg")
    page.wait_for_selector("#sketch:not([hidden])")


def shot(page: Page) -> Image.Image:
    """The window as it is, once nothing moves."""
    page.mouse.move(5, 5)
    page.wait_for_timeout(2500)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def save(picture: Image.Image, path: Path) -> None:
    """As JPEG, as good as the limit allows."""
    for quality in range(90, 40, -5):
        data = io.BytesIO()
        picture.save(data, "JPEG", quality=quality, optimize=True, progressive=True)
        if data.tell() <= LIMIT:
            break
    path.write_bytes(data.getvalue())
    print(f"{path}: {picture.width} x {picture.height}, {data.tell() // 1000} kB", flush=True)


def side_by_side(pictures: list[Image.Image], gap: int = 28) -> Image.Image:
    """In one row on paper."""
    width = sum(picture.width + gap for picture in pictures) - gap
    sheet = Image.new("RGB", (width, max(picture.height for picture in pictures)), "#ffffff")
    left = 0
    for picture in pictures:
        sheet.paste(picture, (left, 0))
        left += picture.width + gap
    return sheet


def fill_gallery(page: Page) -> None:
    """Keeps a few previews."""
    for photo, style in HUNG:
        hang(page, photo)
        page.click(f"[aria-label='{style}']")
        with page.expect_response(lambda answer: answer.url.endswith("/api/paintings") and answer.request.method == "POST"):
            page.click("#keep")
        page.wait_for_selector(FINISHED)


def desk(page: Page, folder: Path, size: int, iterations: int) -> None:
    """The page on a large screen: empty, a mix in the dark, regions, a painting being made, done, and the gallery."""
    save(shot(page), folder / "empty.jpg")
    fill_gallery(page)
    hang(page, "cat")
    page.click("[aria-label='Lilies']")
    page.click("[aria-label='Mix in Gold']")
    page.click("[aria-label='Mix in Wave']")
    page.locator("[aria-label='How much of Gold']").fill("45")
    page.emulate_media(color_scheme="dark")
    save(shot(page), folder / "mix.jpg")
    page.emulate_media(color_scheme="light")
    hang(page, "pagoda")
    page.click("[aria-label='Night']")
    regions(page, folder)
    page.click("#advanced summary")
    page.locator(f"input[name=size][value='{size}']").check()
    page.locator("#iterations").fill(str(iterations))
    page.click("#advanced summary")
    page.click("#paint")
    page.wait_for_selector("#after:not([hidden])")
    save(shot(page), folder / "painting.jpg")
    page.wait_for_selector(FINISHED)
    page.focus("#divider")
    for _ in range(2):
        page.keyboard.press("PageUp")
    page.evaluate("document.activeElement.blur()")
    save(shot(page), folder / "result.jpg")
    page.click("nav >> text=Latest creations")
    page.wait_for_selector(".card img")
    save(shot(page), folder / "gallery.jpg")
    page.evaluate("scrollTo(0, 0)")


def regions(page: Page, folder: Path) -> None:
    """The brush, after some strokes over the tower and over the sky of the style."""
    page.click("#regions")
    page.wait_for_selector(".sheet >> nth=1")
    page.locator("dialog [aria-label='Size of the brush']").fill("70")
    strokes = (
        (0, ((0.32, 0.16), (0.32, 0.3), (0.2, 0.42), (0.42, 0.52), (0.22, 0.68), (0.45, 0.8))),
        (1, ((0.3, 0.25), (0.8, 0.2), (0.45, 0.4))),
    )
    for number, points in strokes:
        box = page.locator(".sheet").nth(number).bounding_box()
        assert box is not None
        for index, (x, y) in enumerate(points):
            page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=6)
            if index == 0:
                page.mouse.down()
        page.mouse.up()
    save(shot(page), folder / "regions.jpg")
    page.keyboard.press("Escape")


def phones(browser: Browser, address: str, folder: Path) -> None:
    """Three views of a phone."""
    pictures = []
    light, dark = (opened(browser, address, color_scheme=scheme, **PHONE) for scheme in ("light", "dark"))
    hang(light, "cat")
    pictures.append(shot(light))
    hang(dark, "pagoda")
    dark.click("[aria-label='Glass']")
    dark.locator("#strength").scroll_into_view_if_needed()
    dark.evaluate("scrollBy(0, 180)")
    pictures.append(shot(dark))
    light.click("nav >> text=Latest creations")
    light.wait_for_selector(".card img, #creations-empty:not([hidden])")
    pictures.append(shot(light))
    sheet = side_by_side([picture.resize((480, 987), Image.Resampling.LANCZOS) for picture in pictures])
    save(sheet, folder / "phone.jpg")


def main() -> None:
    """Takes all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=HERE.parent / "docs" / "images" / "studio")
    parser.add_argument("--size", type=int, default=512, help="of the painting")
    parser.add_argument("--iterations", type=int, default=165, help="of the painting")
    parser.add_argument("--only", choices=PARTS, action="append", help="a part of them; phone shows an empty gallery alone")
    args = parser.parse_args()
    parts = args.only or PARTS
    args.output.mkdir(parents=True, exist_ok=True)
    with studio() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = opened(browser, address, color_scheme="light")
        if "desk" in parts:
            desk(page, args.output, args.size, args.iterations)
        if "phone" in parts:
            phones(browser, address, args.output)
        browser.close()


if __name__ == "__main__":
    main()
