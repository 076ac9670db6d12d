"""Things that a process has once, however many copies of a DoFn a runner makes in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class ProcessWide(Generic[Key, Thing]):
    """Makes a thing for each key when it is first asked for, and keeps it."""

    def __init__(
        self, make: Callable[[Key], Thing], end: Callable[[Thing], object] = lambda thing: None
    ) -> None:
        self._make = make
        self._end = end
        self._lock = threading.Lock()
        self._things: dict[Key, Thing] = {}

    def get(self, key: Key) -> Thing:
        """The thing for ``key``; whoever asks while it is being made waits for it."""
        with self._lock:
            if key not in self._things:
                self._things[key] = self._make(key)
            return self._things[key]

    def end_all(self) -> None:
        """Ends every thing; the next `get` makes a new one."""
        with self._lock:
            things = list(self._things.values())
            self._things.clear()
        for thing in things:
            self._end(thing)
