"""A bounded memory of what was computed before: the least recently used goes first. Safe to share between threads."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Values by key. budget: what all of them may cost together; cost: of one, 1 when None."""

    def __init__(self, budget: int, cost: Callable[[Value], int] | None = None) -> None:
        self._budget, self._cost = budget, cost or (lambda value: 1)
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._spent = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of the key; `make` is called where there is none, perhaps by two threads at once."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
        value = make()
        self._put(key, value, self._cost(value))
        return value

    def _put(self, key: Hashable, value: Value, cost: int) -> None:
        with self._lock:
            if key in self._values:
                self._spent -= self._values.pop(key)[1]
            self._values[key] = value, cost
            self._spent += cost
            while self._spent > self._budget and len(self._values) > 1:
                self._spent -= self._values.popitem(last=False)[1][1]
