"""The application: routes, error answers and the gate around one desk, with what has to run beside them."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp

import impasto
from impasto.studio.desk import Desk
from impasto.studio.sweep import Sweeper
from impasto.studio.web import answers, page, paintings, pictures, results, styles, system
from impasto.studio.web.gate import Gate
from impasto.studio.web.house import House

ABOUT = """Paints a photo in the style of any picture. Upload pictures, look at previews, have paintings made and follow them.

Every refusal has the same shape: `{"error": {"code": ..., "message": ...}}`. 429 and 507 are no failures: come back later,
or delete something.
"""


def create(desk: Desk, warm: bool = False) -> ASGIApp:
    """The application for an open desk whose database has its tables. warm: load the network before the first visitor comes."""
    house = House(desk)
    app = FastAPI(
        title="Impasto studio",
        version=impasto.__version__,
        description=ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.house, app.state.warm = house, warm
    answers.install(app)
    app.middleware("http")(_measured)
    for part in (system, pictures, styles, paintings, results, page):
        app.include_router(part.router)
    return Gate(app, desk.config, desk.limits)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    house: House = app.state.house
    sweeper = Sweeper(house.desk)
    house.desk.styles.add_samples()
    if app.state.warm:
        Thread(target=house.realtime.warm, name="warm", daemon=True).start()
        house.decoder.start()
    sweeper.start()
    yield
    house.follower.close()
    sweeper.stop()
    house.close()


async def _measured(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Counts the request under its route, never under its address."""
    started = time.perf_counter()
    status = 500
    try:
        response = await answer(request)
        status = response.status_code
        return response
    finally:
        route: Any = request.scope.get("route")
        name, metrics = getattr(route, "path", "none"), request.app.state.house.metrics
        metrics.requests.labels(request.method, name, str(status)).inc()
        metrics.seconds.labels(name).observe(time.perf_counter() - started)
