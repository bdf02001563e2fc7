"""Regions outlive a reload: they lie on the desk again as they were, until the photo is changed or they are cleared."""

import io
import json
from typing import Any

from PIL import Image

from .conftest import choose_small, hang, until

KEPT = "localStorage.getItem('impasto-regions')"
LONG = 500  # iterations: nobody waits for the end
NONE = "#regions >> text=Paint only parts of it"
ONE = "#regions >> text=1 region painted"
# How far the preview is from the photo, in a square around a place: 0 to 255.
CHANGED = """([x, y]) => {
  const pixels = [document.querySelector("#sketch"), document.querySelector("#before")].map((picture) => {
    const pen = new OffscreenCanvas(64, 64).getContext("2d");
    pen.drawImage(picture, 0, 0, 64, 64);
    return pen.getImageData(x * 64 - 4, y * 64 - 4, 8, 8).data;
  });
  return pixels[0].reduce((sum, value, at) => sum + Math.abs(value - pixels[1][at]), 0) / pixels[0].length;
}"""
MIDDLE, CORNER = [0.5, 0.5], [0.1, 0.9]


def brush(page: Any) -> None:
    """Paints a spot in the middle of the photo and one of the style."""
    page.click("#regions")
    page.wait_for_selector(".sheet >> nth=1")
    for sheet in page.locator(".sheet").all():
        page.locator("[aria-label='Size of the brush']").fill("200")
        sheet.focus()
        page.keyboard.press("Space")
    page.click("text=Use these regions")
    page.wait_for_selector(ONE)


def masks_of(page: Any, button: str) -> Any:
    """The masks of a painting that the button orders, which the service takes."""
    with page.expect_response(
        lambda answer: answer.url.endswith("/api/paintings") and answer.request.method == "POST"
    ) as answer:
        page.click(button)
    assert answer.value.status == 201
    return json.loads(answer.value.request.post_data)["masks"]


def cancel(page: Any) -> None:
    """Cancels the painting on the wall and waits for its end: a reload would hang one that is still being made."""
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector("#sketch:not([hidden])")
    until(page, "async () => (await (await fetch('/api/health')).json()).running === 0")


def reload(page: Any) -> None:
    page.reload()
    page.wait_for_selector("#picture:not([hidden])")


def test_a_reload_keeps_the_regions_and_they_reach_the_service(painted_page: Any) -> None:
    page = painted_page
    brush(page)
    choose_small(page, LONG)
    masks = masks_of(page, "#paint")
    reload(page)  # with the painting on the wall
    page.wait_for_selector(ONE)
    cancel(page)

    reload(page)  # with the preview
    page.wait_for_selector(ONE)
    page.wait_for_selector("#sketch:not([hidden])")
    assert page.evaluate(CHANGED, MIDDLE) > 10
    assert page.evaluate(CHANGED, CORNER) < 3
    assert masks_of(page, "#paint") == masks  # the same bytes have the same id
    cancel(page)
    mask = page.request.get(f"{page.evaluate('location.origin')}/api/pictures/{masks[0]['content']}").body()
    with Image.open(io.BytesIO(mask)) as picture:
        grey = picture.convert("L")
        assert [grey.getpixel((int(x * grey.width), int(y * grey.height))) for x, y in (MIDDLE, CORNER)] == [255, 0]


def test_a_kept_preview_has_the_region_and_leaves_out_the_part_of_the_style(painted_page: Any) -> None:
    page = painted_page
    brush(page)
    (mask,) = masks_of(page, "#keep")
    assert mask["content"]
    assert mask["style"] is None


def test_another_photo_or_clearing_forgets_them(painted_page: Any) -> None:
    page = painted_page
    brush(page)
    page.click("[aria-label='Mosaic']")  # in the seat of the one before: where in the photo holds, where in the style does not
    reload(page)
    page.wait_for_selector(ONE)
    (mask,) = masks_of(page, "#keep")
    assert mask["content"]
    assert mask["style"] is None

    before = page.evaluate(KEPT)
    hang(page, "pagoda.jpg")
    page.wait_for_selector(NONE)
    assert page.evaluate(KEPT) is None
    page.evaluate("text => localStorage.setItem('impasto-regions', text)", before)  # as another tab may, with the other photo
    reload(page)
    until(page, "document.querySelector('#regions:not([disabled])')")
    page.wait_for_selector(NONE)

    brush(page)
    assert page.evaluate(KEPT)
    page.click("#regions")
    page.click("text=Paint everywhere")
    page.wait_for_selector(NONE)
    assert page.evaluate(KEPT) is None
    reload(page)
    until(page, "document.querySelector('#regions:not([disabled])')")
    page.wait_for_selector(NONE)


def test_a_browser_without_room_forgets_them_in_silence(painted_page: Any) -> None:
    page = painted_page
    brush(page)
    assert page.evaluate(KEPT)
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }")
    brush(page)
    assert page.evaluate(KEPT) is None  # rather none than those of before
    reload(page)
    page.wait_for_selector("#sketch:not([hidden])")
    page.wait_for_selector(NONE)
    assert page.locator("#wall-problem").is_hidden()
