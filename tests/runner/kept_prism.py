"""Prism as somebody runs it who means it to stay: started again when it ends by itself."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.runners.prism import Prism


class KeptPrism:
    """A Prism that is there while the block is entered, at the same address.

    It panics where an SDK worker can't be started, and ends.
    """

    def __init__(self, program: Path) -> None:
        self._prism = Prism(program)
        self._is_there = threading.Event()
        self._leave = threading.Event()
        # It lives as long as the thread that starts it.
        self._thread = threading.Thread(target=self._keep, name="prism", daemon=True)
        self._error: BaseException | None = None

    @property
    def address(self) -> str:
        return self._prism.address

    def _keep(self) -> None:
        try:
            with self._prism:
                self._is_there.set()
                while not self._leave.wait(0.2):
                    if not self._prism.running:
                        self._prism.start()
        except BaseException as error:
            self._error = error
            self._is_there.set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._is_there.wait()
        if self._error is not None:
            raise self._error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leave.set()
        self._thread.join()
        if self._error is not None and error is None:
            raise self._error
