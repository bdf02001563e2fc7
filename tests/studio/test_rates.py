"""Slots and buckets: nobody waits for ever, and nobody is forgotten in the line."""

import asyncio
from typing import Any

import pytest

pytest.importorskip("fastapi")

from impasto.studio.faults import TooMany
from impasto.studio.limits import Rate
from impasto.studio.web import rates


def test_a_line_is_short_and_moves(monkeypatch: pytest.MonkeyPatch, run_alone: Any) -> None:
    monkeypatch.setattr(rates, "PATIENCE", 0.3)

    async def tried() -> list[str]:
        slots = rates.Slots(1, 2, "something")
        seen: list[str] = []

        async def come(name: str, seconds: float) -> None:
            try:
                async with slots.one():
                    await asyncio.sleep(seconds)
                    seen.append(name)
            except TooMany as fault:
                seen.append(f"{name} after {fault.retry_after}")

        await asyncio.gather(come("first", 0.1), come("second", 0.6), come("impatient", 0.1), come("too many", 0.1))
        await come("later", 0.0)
        return seen

    assert run_alone(tried()) == ["too many after 1", "first", "impatient after 3", "second", "later"]


def test_a_bucket_fills_again_and_is_each_clients_own(run_alone: Any) -> None:
    buckets = rates.Buckets(Rate(2, 1000))
    for _ in range(2):
        buckets.take("one")
    buckets.take("two")

    run_alone(asyncio.sleep(0.05))
    buckets.take("one")
    slow = rates.Buckets(Rate(1, 0.1))
    slow.take("one")
    with pytest.raises(TooMany) as caught:
        slow.take("one")
    assert caught.value.retry_after == pytest.approx(10, rel=0.01)
