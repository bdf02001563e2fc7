"""Where it is used: on a phone, with the keyboard or a screen reader, in light and dark, and when the service has trouble."""

import json
from typing import Any

import pytest

from .conftest import hang, until

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe: pip install axe-playwright-python")
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}


def area(page: Any, selector: str) -> float:
    """Square pixels of it that are on the screen."""
    box, screen = page.locator(selector).bounding_box(), page.viewport_size
    width = min(screen["width"], box["x"] + box["width"]) - max(0, box["x"])
    height = min(screen["height"], box["y"] + box["height"]) - max(0, box["y"])
    return float(max(0, width) * max(0, height))


def violations(page: Any) -> list[str]:
    page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null)))")
    found = axe.Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}" for one in found for node in one["nodes"]]


def test_a_phone_shows_the_picture_first(open_page: Any) -> None:
    page = open_page(**PHONE)
    hang(page, "cat.jpg")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("#picture").bounding_box()["width"] > 320
    assert page.locator("#paint").is_visible()
    page.locator("#strength").scroll_into_view_if_needed()
    assert page.locator("#picture").is_visible()  # the sliders move under it
    assert page.locator("#picture").bounding_box()["y"] >= 0
    small = page.locator("button:visible").evaluate_all(
        "all => all.filter((one) => one.clientHeight < 22).map((one) => one.outerHTML)"
    )
    assert small == []
    assert violations(page) == []


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (360, 740)], ids="{0[0]}x{0[1]}".format)
def test_the_picture_is_the_largest_thing(open_page: Any, size: tuple[int, int]) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    hang(page, "pagoda.jpg")
    others = ["#ledge", "#act", "#look-part", "#mix-part", ".bar"]
    assert area(page, "#picture") > max(area(page, other) for other in others)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page: Any, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    assert violations(page) == []
    hang(page, "cat.jpg")
    page.click("[aria-label='Wave']")
    page.click("[aria-label='Mix in Ink']")
    page.click("#advanced summary")
    assert violations(page) == []
    page.click("#keep")
    page.wait_for_selector(".label-acts >> text=Download")
    page.click("nav >> text=Latest creations")
    page.wait_for_selector(".card img")
    assert violations(page) == []
    page.click("#regions")
    page.wait_for_selector("dialog .sheet")
    assert violations(page) == []


def test_the_theme_can_be_chosen_and_stays(open_page: Any) -> None:
    page = open_page(color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("button", name="Dark theme").click()
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    page.wait_for_selector("#ledge [data-style]")
    assert page.evaluate(paper) == dark


def test_the_keyboard_alone_paints(page: Any) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.get_by_text("or try it with one of ours").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#sketch:not([hidden])")
    page.focus("[aria-label='Glass']")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.label-title').textContent === 'After Glass'")
    page.focus("#strength")
    page.keyboard.press("ArrowLeft")
    assert page.get_attribute("#strength", "aria-valuetext") == "99 %"
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring != "none"


def test_the_service_s_one_line_stands_beside_the_button(painted_page: Any) -> None:
    page = painted_page
    answer = json.dumps({"error": {"code": "full", "message": "The studio is full; delete a painting."}})
    page.route("**/api/paintings", lambda route: route.fulfill(status=507, body=answer, content_type="application/json"))
    page.click("#paint")
    page.wait_for_selector("#act .problem >> text=The studio is full; delete a painting.")
    assert page.locator("#paint").is_enabled()


def test_a_busy_service_is_asked_again(painted_page: Any) -> None:
    page = painted_page
    page.wait_for_timeout(1500)  # the finer preview comes first
    asked = []

    def busy(route: Any) -> None:
        asked.append(json.loads(route.request.post_data)["strength"])
        if len(asked) == 1:
            route.fulfill(status=429, headers={"Retry-After": "1"}, body="{}", content_type="application/json")
        else:
            route.continue_()

    page.route("**/api/previews", busy)
    page.locator("#strength").fill("30")
    with page.expect_response(lambda response: response.url.endswith("/api/previews") and response.ok):
        pass
    assert asked[:2] == [0.3, 0.3]
    assert page.locator("#wall-problem").is_hidden()
