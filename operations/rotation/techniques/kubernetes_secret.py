"""Technique kubernetes-secret: `pulumi up` writes the Secret."""

from __future__ import annotations

from typing import Final

from operations.rotation.variables import reads
from trust.chain import Chain
from trust.workloads import Workload

NAME: Final = "kubernetes-secret"


def arrival(chain: Chain, workload: Workload, _name: str) -> tuple[str, bool]:
    """With the update that writes the Secret."""
    names = {str(item.name) for item in chain.own(chain.secrets, workload)}
    return "with `pulumi up`, which writes the Secret", not reads(workload.pods, names)
