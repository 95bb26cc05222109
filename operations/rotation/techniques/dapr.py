"""Technique dapr: the sidecar reads the vault at each call of the application."""

from __future__ import annotations

from typing import Final

from trust.chain import Chain
from trust.workloads import Workload

NAME: Final = "dapr"


def arrival(_chain: Chain, _workload: Workload, _name: str) -> tuple[str, bool]:
    """At once."""
    return "at the next call of the application", True
