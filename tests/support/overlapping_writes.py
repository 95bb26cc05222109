"""Simulated Azure in which exclusive writes overlap for certain: the first one lasts until a second one has
been refused.

Otherwise the second write has to come within the duration of the first, which a busy machine does not grant.
Run as a module, it is the process of the simulators, in place of ``rehearsal.simulators``.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from rehearsal.simulators import __main__ as process
from rehearsal.simulators.azure.provider import AzureProvider
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.world import World

TIMEOUT_SECONDS = 60


@contextmanager
def overlapping_writes() -> Iterator[None]:
    """Every exclusive write of the block fails unless a second one is refused meanwhile."""
    exclusively = World.exclusively

    @contextmanager
    def noted(world: World, key: str) -> Iterator[bool]:
        with exclusively(world, key) as free:
            if not free:
                _refusal(world).set()
            yield free

    def wait(provider: AzureProvider, seconds: float) -> None:
        if seconds and not _refusal(provider.world).wait(TIMEOUT_SECONDS):
            raise ProviderError(f"no second write was refused within {TIMEOUT_SECONDS} s")

    with patch.object(World, "exclusively", noted), patch.object(AzureProvider, "wait", wait):
        yield


def _refusal(world: World) -> threading.Event:
    return vars(world).setdefault("refusal", threading.Event())


if __name__ == "__main__":
    with overlapping_writes():
        process.main()
    process.end()
