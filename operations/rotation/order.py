"""Order in which workloads get a new value: by themselves, or by new pods.

Found from the resources of the stack, as docs/rotation.md describes each technique (``techniques/``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from operations.rotation.techniques import arrival
from trust.access import Reading, readings
from trust.chain import Chain
from trust.nodes.fields import known
from trust.nodes.pushes import PUSH_SECRETS
from trust.workloads import Workload

_RESTARTED: Final = frozenset(("Deployment", "StatefulSet", "DaemonSet"))
_RELOAD: Final = "reloader.stakater.com/"


@dataclass(frozen=True)
class Step:
    """One workload's way to a new value."""

    workload: str
    namespace: str
    technique: str
    when: str
    """When the cluster, or the application, has it."""
    then: str
    """The next step: none, a command, or a restart by Reloader."""
    rank: int
    """0: by itself. 1: Reloader. 2: needs new pods, by the command. 3: another tool's pods."""

    @property
    def restarts(self) -> bool:
        """Whether a person has to make new pods."""
        return self.rank >= 2


def order(chain: Chain, name: str, vault: str = "") -> list[Step]:
    """The workloads that read the secret: first those that refresh by themselves, last those to restart."""
    by_urn = {
        workload.node.urn: workload
        for workload in chain.workloads
        # Nothing arrives at what pushes: it has no pods, and reads only what it has written.
        if not chain.own(PUSH_SECRETS.of(chain), workload)
    }
    steps: dict[str, Step] = {}
    for reading in readings(chain):
        if _is_of(reading, name, vault) and reading.urn in by_urn and reading.urn not in steps:
            steps[reading.urn] = _step(chain, by_urn[reading.urn], reading.technique, name)
    return sorted(steps.values(), key=lambda step: (step.rank, step.namespace, step.workload))


def vault_of(chain: Chain, name: str) -> str:
    """The vault from which workloads read the secret; empty if none does."""
    names = (known(reading.vault) for reading in readings(chain) if _is_of(reading, name, ""))
    return next((vault for vault in names if vault), "")


def _is_of(reading: Reading, name: str, vault: str) -> bool:
    return (
        reading.kind == "secret"
        and known(reading.name).lower() in (name.lower(), "*")
        and reading.state != "missing"
        and (not vault or known(reading.vault).lower() == vault.lower())
    )


def _step(chain: Chain, workload: Workload, technique: str, name: str) -> Step:
    when, refreshes = arrival(chain, workload, technique, name)
    rank, then = (0, "nothing to do") if refreshes else _restart(workload)
    return Step(workload.name, str(workload.namespace or ""), technique, when, then, rank)


def _restart(workload: Workload) -> tuple[int, str]:
    if not workload.pods:
        return 3, "restart the pods, which another tool deploys"
    owners = [owner for owner in workload.pods if owner.kind in _RESTARTED]
    if not owners:
        return 0, "its next run reads it"
    if all(any(_RELOAD in str(key) for key in owner.annotations) for owner in owners):
        return 1, "Reloader restarts the pods"
    commands = [
        f"kubectl rollout restart {owner.kind.lower()}/{owner.name} --namespace {owner.namespace}"
        for owner in owners
    ]
    return 2, "; ".join(commands)
