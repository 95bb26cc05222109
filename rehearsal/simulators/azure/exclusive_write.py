"""The duration of a write, during which some types refuse a second write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rehearsal.simulators.azure import arm
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.world import World

HOLD_SECONDS: Final = 0.12
"""Shortest duration of an exclusive write that has no latency, so that writes overlap unless the program
orders them.
"""


class ExclusiveWrite:
    """Waits for the write's latency on entry, and holds what the type needs exclusively until the exit.

    The world's lock is not held during the wait. Raises ArmError if another write holds the same thing.
    """

    def __init__(
        self,
        world: World,
        token: str,
        id_: str,
        *,
        latency: float,
        shortest: float,
        wait: Callable[[float], None],
    ) -> None:
        self._world = world
        self._exclusive = arm.EXCLUSIVE.get(token)
        self._id = id_
        self._latency = latency
        self._shortest = shortest
        self._wait = wait
        self._holding: Any = None

    def __enter__(self) -> None:
        if self._exclusive is None:
            self._wait(self._latency)
            return
        key, refusal = self._exclusive(self._id)
        self._holding = self._world.exclusively(key)
        if not self._holding.__enter__():
            self._holding.__exit__(None, None, None)
            raise refusal
        try:
            self._wait(max(self._latency, self._shortest))
        except ProviderError:
            self.__exit__()
            raise

    def __exit__(self, *error: object) -> None:
        if self._holding is not None:
            self._holding.__exit__(None, None, None)
