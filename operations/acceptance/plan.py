"""The resources, the time and the cost of an acceptance, shown before anything is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from operations.acceptance.prices import LIST, Price
from operations.acceptance.run_folder import RunFolder

NODES: Final = 2
HOURS: Final = 1.5
"""How long the nodes run, from the first update to the destruction, if no step waits for its limit."""


@dataclass(frozen=True)
class Planned:
    """A step as the plan shows it."""

    name: str
    title: str
    minutes: int
    """How long it takes at most where all is well; an estimate until reports tell better."""


STEPS: Final = (
    Planned("doctor", "is everything there that the stack needs", 1),
    Planned("up", "the cluster, the vault, five workloads, one for each technique", 25),
    Planned("verify", "each workload gets its secrets", 10),
    Planned("rotate", "a secret gets a new value", 10),
    Planned("verify again", "each workload gets the new value", 10),
    Planned("move", "a workload moves from csi to eso", 10),
    Planned("verify the move", "it gets its secrets by the new technique", 10),
    Planned("destroy", "everything goes", 15),
    Planned("purge", "the deleted vault goes for good", 5),
)


def plan_text(folder: RunFolder, location: str, vm_size: str, price: Price | None, *, keep: bool) -> str:
    """The plan for a person who decides on it."""
    group = f"rg-aks-secrets-{folder.stack}"
    lines = [
        f"An acceptance makes, in the subscription that pulumi is signed in to, in {location}:",
        f"  the resource group {group}, and in it",
        f"  an AKS cluster (tier Free, {NODES} nodes {vm_size}), with a load balancer and its address",
        "  a Key Vault without purge protection, with 5 secrets of made-up values",
        "  user-assigned identities with federated credentials, and role assignments on the vault",
        "",
        *_steps(),
        "",
        _cost(price),
        "At its end, and at the first failure, it deletes all of this and purges the vault"
        + ("; --keep: a failure leaves everything as it is." if keep else "."),
        f"Folder of the run: {folder.path}",
    ]
    return "\n".join(lines)


def _steps() -> Sequence[str]:
    total = sum(step.minutes for step in STEPS)
    head = f"Steps, about {total} minutes at most (an estimate; docs/acceptance.md has what runs took):"
    return [head, *(f"  {step.name}: {step.title}" for step in STEPS)]


def _cost(price: Price | None) -> str:
    rest = "the load balancer, disks and requests to the vault add cents"
    if price is None:
        return (
            f"Cost: {NODES} nodes for about {HOURS} hours, at a price that {LIST} did not tell; {rest}."
            " See https://azure.microsoft.com/pricing/calculator/."
        )
    total = price.amount * NODES * HOURS
    return (
        f"Cost: about {total:.2f} {price.currency} for {NODES} nodes and {HOURS} hours, at {price.amount}"
        f" {price.currency} an hour ({LIST}, read {price.read}, valid since {price.since}); {rest}."
    )
