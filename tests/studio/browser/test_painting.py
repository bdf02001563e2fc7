"""A painting that takes its time: it can be cancelled, left and found again; regions and figures are jobs as well."""

import json
from typing import Any

from .conftest import choose_small, until

LONG = 500  # iterations: nobody waits for the end


def start(page: Any) -> str:
    """Starts a long painting; its id."""
    choose_small(page, LONG)
    with page.expect_response(lambda response: response.url.endswith("/api/paintings")) as response:
        page.click("#paint")
    return str(response.value.json()["id"])


def origin(page: Any) -> str:
    return str(page.evaluate("location.origin"))


def test_a_painting_shows_its_progress_and_is_cancelled(painted_page: Any) -> None:
    page = painted_page
    identity = start(page)
    until(page, "/step \\d+ of \\d+/.test(document.querySelector('.label-note').textContent)")
    page.wait_for_selector("#after:not([hidden])")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector("#sketch:not([hidden])")
    until(
        page,
        "async (url) => (await (await fetch(url)).json()).state === 'cancelled'",
        f"{origin(page)}/api/paintings/{identity}",
    )


def test_a_reload_finds_the_running_painting_again(painted_page: Any) -> None:
    page = painted_page
    identity = start(page)
    page.wait_for_selector("#after:not([hidden])")
    page.evaluate("history.replaceState(null, '', '/')")  # as if the tab had been closed and the studio opened anew
    page.reload()
    until(page, "/step \\d+ of \\d+/.test(document.querySelector('.label-note')?.textContent)")
    assert identity in page.url

    page.locator("#strength").fill("50")  # the wall turns to the preview, the painting waits in the bar
    page.wait_for_selector("#sketch:not([hidden])")
    page.click("#underway")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector("#underway", state="hidden")


def test_regions_are_painted_with_the_brush_and_sent(painted_page: Any) -> None:
    page = painted_page
    page.click("#regions")
    page.wait_for_selector(".sheet >> nth=1")
    photo, style = page.locator(".sheet").all()
    box = photo.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60, steps=4)
    page.mouse.up()
    style.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Space")
    page.click("text=Use these regions")
    page.wait_for_selector("#regions >> text=1 region painted")

    choose_small(page, LONG)
    with page.expect_request(lambda request: request.url.endswith("/api/paintings") and request.method == "POST") as request:
        page.click("#paint")
    (mask,) = json.loads(request.value.post_data)["masks"]
    assert mask["content"]
    assert mask["style"]
    assert request.value.response().status == 201
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector("#sketch:not([hidden])")


def test_nothing_painted_means_everywhere_and_undo_takes_a_stroke_back(painted_page: Any) -> None:
    page = painted_page
    page.click("#regions")
    page.locator(".sheet").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Undo").click()
    page.click("text=Use these regions")
    page.wait_for_selector("#regions >> text=Paint only parts of it")


def test_how_it_works_has_figures_made_of_this_pair(painted_page: Any) -> None:
    page = painted_page
    answers: list[Any] = []
    page.on("response", lambda answer: answer.url.endswith("/api/reconstructions") and answers.append(answer))
    page.click("#works")
    until(page, "/step \\d+ of \\d+/.test(document.querySelector('dialog .waiting-figure')?.textContent)")
    jobs = [answer.json() for answer in answers]
    assert [job["kind"] for job in jobs] == ["reconstruction"] * 2
    assert [set(json.loads(answer.request.post_data)) for answer in answers] == [{"content"}, {"style"}]
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.id") == "works"
    for job in jobs:  # finished figures take minutes
        assert page.request.post(f"{origin(page)}/api/paintings/{job['id']}/cancel").ok


def test_finished_figures_are_shown(painted_page: Any) -> None:
    page = painted_page
    page.click("#keep")
    page.wait_for_selector(".label-acts >> text=Download")
    (painting,) = page.request.get(f"{origin(page)}/api/paintings?limit=1").json()["paintings"]
    figure = json.dumps({**painting, "kind": "reconstruction"})
    page.route("**/api/reconstructions", lambda route: route.fulfill(status=201, body=figure, content_type="application/json"))
    page.click("#works")
    page.wait_for_selector("dialog .insides img[alt^='What stays of the photo']")
    page.wait_for_selector("dialog .insides img[alt^='What is taken from']")
