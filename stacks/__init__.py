"""Sentences made of nouns: each composition turns settings into components and returns the stack's outputs."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from stacks.all_in_one import all_in_one
from stacks.settings import Composition, Settings

STACKS: dict[Composition, Callable[[Settings], Awaitable[Mapping[str, Any]]]] = {
    Composition.ALL_IN_ONE: all_in_one,
}

__all__ = ["STACKS"]
