"""Technique akv2k8s: the controller reads each object again at its resync period."""

from __future__ import annotations

from typing import Final

from operations.rotation.variables import reads
from trust.chain import Chain
from trust.operators import release
from trust.techniques.akv2k8s import CHART, SYNCED, read_again, resync_seconds
from trust.workloads import Workload

NAME: Final = "akv2k8s"


def arrival(chain: Chain, workload: Workload, name: str) -> tuple[str, bool]:
    """At the next resync, or when the controller starts, which reads all objects."""
    every = chain.own(SYNCED.of(chain), workload)
    of_object = [item for item in every if str(item.object.get("name")).lower() == name.lower()] or every
    names = {str(item.target) for item in of_object}
    installed = release(chain, CHART, workload.provider)
    period = resync_seconds(installed) if installed else None
    interval = f", every {period} s" if period else ""
    when = f"at the next resync of akv2k8s{interval} (at once: {read_again(chain, workload)})"
    return when, not reads(workload.pods, names)
