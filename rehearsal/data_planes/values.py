"""Values that stand for the secrets of a simulated world, which holds hashes of the real ones only.

Equal hashes have equal values, so that a copy in a cluster equals the version of the vault that it was made
from.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from rehearsal.simulators.secret_hashes import HASH_PREFIX
from rehearsal.simulators.world import World

START: Final = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
"""The time of what a world of an earlier version does not know the time of: when this process started."""


def made_up(world: World, stored: Any) -> str:
    """The value that stands for a stored one. It has letters outside ASCII: a length is not a number of
    bytes.
    """
    digest = world.keyed_hash(["made up", str(stored)]).removeprefix(HASH_PREFIX)
    return f"ключ-{digest[: 12 + int(digest[-1], 16)]}"
