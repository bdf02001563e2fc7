"""The whole story: a photo is dropped, a style chosen, strength turned, the painting made, compared, fetched, found again."""

import base64
from typing import Any

from PIL import Image

from .conftest import EXAMPLES, choose_small, set_slider, until

DROP = """([selector, name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  for (const kind of ["dragover", "drop"]) {
    const event = new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true });
    document.querySelector(selector).dispatchEvent(event);
  }
}"""
PASTE = """([name, data]) => {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
}"""


def drop(page: Any, selector: str, name: str, data: bytes, media: str = "image/jpeg") -> None:
    page.evaluate(DROP, [selector, name, media, base64.b64encode(data).decode()])


def test_from_the_drop_to_the_gallery(page: Any) -> None:
    drop(page, "#wall", "cat.jpg", (EXAMPLES / "photos" / "cat.jpg").read_bytes())
    page.wait_for_selector("#sketch:not([hidden])")

    page.click("[aria-label='Lilies']")
    page.click("[aria-label='Mix in Wave']")
    set_slider(page, "[aria-label='How much of Wave']", 50)
    assert page.locator("#mix-part output").all_text_contents() == ["67 %", "33 %"]
    set_slider(page, "#strength", 80)
    page.locator("input[name=color][value=keep]").check()

    choose_small(page, 10)
    page.click("#paint")
    page.wait_for_selector(".label-acts >> text=Download")
    assert page.text_content(".label-title") == "After Lilies and Wave"
    assert "strength 80" in page.text_content(".label-note")

    page.focus("#divider")
    for _ in range(3):
        page.keyboard.press("PageUp")
    assert page.get_attribute("#divider", "aria-valuenow") == "60"
    page.keyboard.press("Home")
    assert page.get_attribute("#divider", "aria-valuetext") == "the painting alone"

    with page.expect_download() as download:
        page.click(".label-acts >> text=Download")
    with Image.open(download.value.path()) as picture:
        assert (picture.format, max(picture.size)) == ("PNG", 256)

    page.click("nav >> text=Latest creations")
    card = page.locator(".card").first
    card.wait_for()
    assert card.locator("h3").text_content() == "After Lilies and Wave"
    assert card.locator(".card-from img").count() == 3


def test_a_kept_preview_hangs_in_the_gallery_until_it_is_deleted(painted_page: Any) -> None:
    page = painted_page
    page.click("[aria-label='Ink']")
    page.click("#keep")
    page.wait_for_selector(".label-acts >> text=Download")
    page.click("nav >> text=Latest creations")
    card = page.locator(".card").filter(has_text="After Ink").first
    card.wait_for()
    name = card.get_attribute("data-id")
    same = page.locator(f"[data-id='{name}']")

    same.get_by_role("button", name="Delete").click()
    same.get_by_role("button", name="Undo").click()
    assert "gone" not in (same.get_attribute("class") or "")

    same.get_by_role("button", name="Delete").click()
    with page.expect_response(lambda response: response.request.method == "DELETE") as response:
        pass
    assert response.value.status == 204
    same.wait_for(state="detached")
    page.reload()
    page.wait_for_selector("#ledge [data-style]")
    page.click("nav >> text=Latest creations")
    page.wait_for_load_state("networkidle")
    assert page.locator(f"[data-id='{name}']").count() == 0


def test_a_style_is_used_again_on_another_photo(painted_page: Any) -> None:
    page = painted_page
    page.click("[aria-label='Gold']")
    set_slider(page, "#strength", 65)
    page.click("#keep")
    page.wait_for_selector(".label-acts >> text=Download")
    page.click("[aria-label='Night']")
    set_slider(page, "#strength", 100)
    page.click("nav >> text=Latest creations")
    page.locator(".card").filter(has_text="After Gold").first.get_by_role("button", name="Use this style again").click()
    until(page, "document.querySelector('.label-title').textContent === 'After Gold'")
    assert page.input_value("#strength") == "65"


def test_a_pasted_picture_is_the_photo_and_a_dropped_one_a_style(page: Any) -> None:
    data = (EXAMPLES / "photos" / "cat.jpg").read_bytes()
    page.evaluate(PASTE, ["cat.jpg", base64.b64encode(data).decode()])
    page.wait_for_selector("#sketch:not([hidden])")
    drop(page, ".shelf", "my_own-style.jpg", (EXAMPLES / "photos" / "pagoda.jpg").read_bytes())
    page.wait_for_selector("[aria-label='my own style'][aria-pressed=true]")
    page.hover("[aria-label='my own style']")
    page.click("[aria-label='Remove my own style']")
    page.wait_for_selector("[aria-label='my own style']", state="detached")


def test_what_is_no_picture_is_told_where_the_user_looks(page: Any) -> None:
    drop(page, "#wall", "letter.png", b"Dear painter, this is a letter.", "image/png")
    page.wait_for_selector("#wall-problem:not([hidden])")
    message = page.text_content("#wall-problem")
    assert message
    assert "\n" not in message


def test_the_desk_is_as_it_was_after_a_reload(painted_page: Any) -> None:
    page = painted_page
    page.click("[aria-label='Mosaic']")
    set_slider(page, "#strength", 40)
    page.reload()
    page.wait_for_selector("#sketch:not([hidden])")
    assert page.text_content(".label-title") == "After Mosaic"
    assert page.input_value("#strength") == "40"
