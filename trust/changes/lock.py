"""The type of a lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from trust.changes.judges import Judge
from trust.graph import Node

Rule = Callable[[Node, Node], Iterator[str]]
"""(resource before, resource after) → sentences, in which {name} stands for the resource's name."""


@dataclass(frozen=True)
class Lock:
    """A property that protects."""

    type: str
    path: tuple[str | int, ...]
    """Keys below the inputs."""
    subject: str
    """Beginning of the sentence; {name} is the resource's physical name."""
    judge: Judge
