"""Technique kubernetes-secret: the program writes the value into a Kubernetes Secret, which the pods read."""

from __future__ import annotations

from typing import Final

from trust.chain import Chain
from trust.links import Link, State
from trust.nodes.fields import known
from trust.nodes.kubernetes import KubernetesSecret
from trust.readers import by_account
from trust.requests import Delivery, Request
from trust.workloads import Workload

NAME: Final = "kubernetes-secret"
IS_FALLBACK: Final = False
_OF_THE_DRIVER: Final = "secrets-store.csi.k8s.io/used"
"""Label of Secrets with which the CSI driver signs in."""


def delivery(chain: Chain, workload: Workload) -> Delivery | None:
    """The objects that the program writes both into a vault and into a Secret of the workload.

    A vault's object and a Secret have the same value if they are made of the same resource. Of a value that
    comes from the settings no resource tells; there the pods wait for the object.
    """
    secrets = [
        secret
        for secret in chain.secrets
        if chain.workload_of(secret.node) is workload and _OF_THE_DRIVER not in secret.labels
    ]
    if not secrets:
        return None
    requests = [
        Request(item.vault, item.kind, item.name, _links(workload, secret, str(item.name)), None, copied=True)
        for secret in secrets
        for item in chain.vault_objects
        if _is_source(chain, workload, secret, item.node.urn, item.node.dependencies)
    ]
    readers = (by_account(chain, workload),) if workload.service_account else ()
    return Delivery(NAME, tuple(requests), readers, is_complete=False)


def _is_source(
    chain: Chain, workload: Workload, secret: KubernetesSecret, urn: str, upstream: tuple[str, ...]
) -> bool:
    values = {item for item in upstream if _is_value(chain, item)}
    waits = any(urn in pods.node.dependencies for pods in workload.pods)
    return waits or bool(values & set(secret.node.dependencies))


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
