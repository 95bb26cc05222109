"""Technique secret-sync: the Sync Controller reads each SecretSync again at its poll interval."""

from __future__ import annotations

from typing import Final

from operations.rotation.variables import reads
from trust.chain import Chain
from trust.operators import release
from trust.techniques.secret_sync import CHART, SYNCS, SecretSync, class_of, poll_interval, read_again
from trust.workloads import Workload

NAME: Final = "secret-sync"


def arrival(chain: Chain, workload: Workload, name: str) -> tuple[str, bool]:
    """At the next poll, or when the controller starts, which reads all SecretSyncs."""
    every = chain.own(SYNCS.of(chain), workload)
    syncs = [sync for sync in every if _copies(chain, sync, name)] or every
    names = {str(sync.name) for sync in syncs}
    installed = release(chain, CHART, workload.provider)
    interval = f", every {poll_interval(installed)}" if installed else ""
    when = f"at the next poll of the Sync Controller{interval} (at once: {read_again(chain, workload)})"
    return when, not reads(workload.pods, names)


def _copies(chain: Chain, sync: SecretSync, name: str) -> bool:
    provider_class = class_of(chain, sync)
    asks = provider_class.asks if provider_class else []
    return name.lower() in {str(ask.name).lower() for ask in asks}
