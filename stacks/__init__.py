"""The compositions: each creates components from the settings, and returns the stack's outputs."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from stacks.all_in_one import all_in_one
from stacks.platform import platform
from stacks.settings import Composition, Settings
from stacks.workloads import workloads

STACKS: dict[Composition, Callable[[Settings], Awaitable[Mapping[str, Any]]]] = {
    Composition.ALL_IN_ONE: all_in_one,
    Composition.PLATFORM: platform,
    Composition.WORKLOADS: workloads,
}

__all__ = ["STACKS"]
