"""Technique kubernetes-secret: the program writes the value into a Kubernetes Secret, which the pods read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from trust.chain import Chain
from trust.links import Link, State
from trust.nodes.fields import known
from trust.nodes.kubernetes import KubernetesSecret
from trust.nodes.objects import grouped
from trust.nodes.vaults import VaultObject
from trust.readers import by_account
from trust.requests import Contents, Delivery, Part, Request
from trust.workloads import Workload

NAME: Final = "kubernetes-secret"
IS_FALLBACK: Final = False
OWN_NAMES: Final = ("-secrets",)
_OF_THE_DRIVER: Final = "secrets-store.csi.k8s.io/used"
"""Label of Secrets with which the CSI driver signs in."""


def delivery(chain: Chain, workload: Workload) -> Delivery | None:
    """The objects that the program writes both into a vault and into a Secret of the workload.

    A vault's object and a Secret have the same value if they are made of the same resource. Of a value that
    comes from the settings no resource tells; there the pods wait for the object.
    """
    secrets = [item for item in chain.own(chain.secrets, workload) if _OF_THE_DRIVER not in item.labels]
    if not secrets:
        return None
    waits = {urn for pods in workload.pods for urn in pods.node.dependencies}
    written, made_of = _written(chain)
    requests = [
        Request(item.vault, item.kind, item.name, _links(workload, secret, str(item.name)), None, copied=True)
        for secret in secrets
        for item in {
            **{urn: written[urn] for urn in sorted(waits & written.keys())},
            **{item.node.urn: item for urn in secret.node.dependencies for item in made_of.get(urn, ())},
        }.values()
    ]
    readers = (by_account(chain, workload),) if workload.service_account else ()
    return Delivery(NAME, tuple(requests), readers, is_complete=False)


def contents(chain: Chain) -> Iterator[Contents]:
    """The vault objects that the program writes into a Secret, too: a key has the name of its object."""
    for workload in chain.workloads:
        made = delivery(chain, workload)
        requests = made.requests if made else ()
        keys = {
            known(request.name): (Part(request.vault, request.kind, request.name),) for request in requests
        }
        for secret in chain.own(chain.secrets, workload) if keys else ():
            yield Contents(secret.node.provider, secret.namespace, secret.name, keys)


def _written(chain: Chain) -> tuple[Mapping[str, VaultObject], Mapping[str, list[VaultObject]]]:
    """The vaults' objects by URN, and by the resources that their values are made of."""
    return chain.once(
        "written",
        lambda: (
            {item.node.urn: item for item in chain.vault_objects},
            grouped(
                (urn, item)
                for item in chain.vault_objects
                for urn in item.node.dependencies
                if _is_value(chain, urn)
            ),
        ),
    )


def _is_value(chain: Chain, urn: str) -> bool:
    """Whether a resource makes a value: a password, say, and not the vault or its group."""
    node = chain.graph.get(urn)
    return node is not None and node.type.split(":")[0] not in ("azure-native", "kubernetes", "pulumi")


def _links(workload: Workload, secret: KubernetesSecret, name: str) -> tuple[Link, ...]:
    label = f"Secret {secret.namespace}/{secret.name}"
    used = {known(used_name) for pods in workload.pods for used_name, _ in pods.secret_keys}
    state: State = "external" if not workload.pods else "held" if known(secret.name) in used else "unknown"
    return (
        Link("writes", "the program", f"{name} into {label}", secret.node.urn),
        Link("read", f"pods of {workload.name}", label, secret.node.urn, state),
    )
