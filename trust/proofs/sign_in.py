"""How pods and the CSI driver sign in: the webhook's label, and the access mode of SecretProviderClasses.

https://learn.microsoft.com/azure/aks/workload-identity-overview and
https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.graph import Node
from trust.nodes.delivery import SecretProviderClass
from trust.nodes.fields import known, listed, mapping, text
from trust.nodes.pods import SKIP_CONTAINERS, USE_IDENTITY, PodOwner
from trust.proofs.joins import line, pods_of, signing_in
from trust.proofs.proof import Finding, proof
from trust.readers import by_pod_identity
from trust.techniques import sign_ins
from trust.techniques.csi import CLOUDS, DRIVER
from trust.values import UNKNOWN, Text
from trust.workloads import Workload


@proof(
    "pod-token-label",
    of=signing_in,
    reason="The webhook gives only pods with the label a token and the AZURE_* variables.",
    source="https://learn.microsoft.com/azure/aks/workload-identity-overview#pod-labels",
    follows=["class-is-mounted"],
)
def pod_token_label(chain: Chain) -> Iterator[Finding]:
    """Pods whose application or sidecar reads the vault have the label of workload identity, with the value
    ``"true"``.
    """
    for workload, pods in signing_in(chain):
        value = pods.pod_labels.get(USE_IDENTITY)
        if value == "true":
            if skipped := _skipped(pods):
                yield Finding(
                    workload=workload.name,
                    text=f"{workload.name}: the webhook skips container {skipped} of its pods"
                    f" ({pods.kind} '{pods.name}') because of annotation {SKIP_CONTAINERS}",
                    fix=f"{line(workload, 'overrides')}: remove the annotation {SKIP_CONTAINERS}",
                    urn=pods.node.urn,
                )
            continue
        unknown = UNKNOWN in (value, pods.node.input("spec"))
        got = "have no" if value is None else f"have '{value}' in"
        yield Finding(
            workload=workload.name,
            text=f"{workload.name}: its pods ({pods.kind} '{pods.name}') {got} label {USE_IDENTITY}",
            fix=f'{line(workload, "overrides")}: let the pod template have the label {USE_IDENTITY}: "true"',
            urn=pods.node.urn,
            unknown=unknown,
        )


def _skipped(pods: PodOwner) -> str:
    """The containers that get neither token nor variables, if no other one does."""
    skipped = {name.strip() for name in str(pods.pod_annotations.get(SKIP_CONTAINERS) or "").split(";")}
    sidecar = {"daprd"} if pods.pod_annotations.get("dapr.io/enabled") == "true" else set[str]()
    readers = sidecar or {str(container.get("name")) for container in listed(pods.pod_spec.get("containers"))}
    return ", ".join(sorted(readers)) if readers and readers <= skipped else ""


_SELECTORS: Final = ("spec.selector.matchLabels", "spec.selector", "spec.podSelector.matchLabels")
"""Owners of pods and disruption budgets; Services; network policies."""


def _selecting(chain: Chain) -> list[tuple[Node, Mapping[str, Any]]]:
    """Each object that selects pods, with its labels."""
    selecting: list[tuple[Node, Mapping[str, Any]]] = []
    for node in chain.graph:
        if node.type.startswith("kubernetes:"):
            selectors = (mapping(node.input(path)) for path in _SELECTORS)
            selecting += [(node, labels) for labels in selectors if labels]
    return selecting


@proof(
    "token-label-is-not-selected",
    of=_selecting,
    reason="The selector of a Deployment cannot change, so another technique would have to delete it first.",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates",
)
def token_label_is_not_selected(chain: Chain) -> Iterator[Finding]:
    """Nothing selects pods by the label of workload identity, which comes and goes with the technique."""
    for node, labels in _selecting(chain):
        if USE_IDENTITY in labels:
            workload = chain.workload_of(node)
            name = workload.name if workload else ""
            kind = node.type.rsplit(":", 1)[-1]
            yield Finding(
                workload=name,
                text=f"{f'{name}: ' if name else ''}{kind} '{node.get('metadata.name')}' selects pods by"
                f" {USE_IDENTITY}",
                fix=f"{line(name, 'overrides')}: select by app.kubernetes.io/name alone",
                urn=node.urn,
            )


_MODES: Final = "https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/identity-access-modes/"


@proof(
    "class-identity",
    of=lambda chain: chain.secret_provider_classes,
    reason="The driver gets no token for the vault, and the pods stay in ContainerCreating.",
    source=_MODES,
    follows=["account-identity", "binding-is-used"],
)
def class_identity(chain: Chain) -> Iterator[Finding]:
    """Every SecretProviderClass signs in in one way, as the identity that trusts the ServiceAccount of its
    pods, or as one that its nodes or pods have.
    """
    for provider_class in chain.secret_provider_classes:
        workload = chain.workload_of(provider_class.node)
        problem, unknown = _problem(chain, provider_class, workload)
        if problem:
            name = workload.name if workload else ""
            yield Finding(
                workload=name,
                text=f"{f'{name}: ' if name else ''}SecretProviderClass"
                f" '{provider_class.namespace}/{provider_class.name}' {problem}",
                fix=f"{line(name, 'access')}: workload-identity, with the identity of the ServiceAccount",
                urn=provider_class.node.urn,
                unknown=unknown,
            )


def _problem(
    chain: Chain, provider_class: SecretProviderClass, workload: Workload | None
) -> tuple[str, bool]:
    """The problem, empty if there is none, and whether it is unknown."""
    cloud = text(provider_class.parameters.get("cloudName"), CLOUDS[0])
    if cloud is not UNKNOWN and cloud not in CLOUDS:
        return f"signs in to cloud '{cloud}', which is none of {', '.join(CLOUDS)}", False
    by_pod, by_node = provider_class.uses_pod_identity, provider_class.uses_node_identity
    if UNKNOWN in (by_pod, by_node):
        return "signs in in a way that is unknown before the update", True
    if (by_pod is True) + (by_node is True) + (provider_class.client_id != "") > 1:
        return "signs in in several ways at once", False
    if by_pod:
        reader = by_pod_identity(chain, workload) if workload else None
        is_bound = reader is None or all(link.state != "missing" for link in reader.links)
        return (
            "reads by AAD Pod Identity, and nothing binds its pods to an identity" * (not is_bound),
            False,
        )
    if by_node:
        return _of_node(chain, provider_class, workload)
    if provider_class.client_id == "":
        has_secret = workload is None or any(_signs_in_by_secret(chain, workload, provider_class.name))
        return ("reads as nobody: it has no clientID, and its volume no Secret" * (not has_secret), False)
    return _of_account(chain, provider_class, workload)


def _of_node(
    chain: Chain, provider_class: SecretProviderClass, workload: Workload | None
) -> tuple[str, bool]:
    client_id, cluster = (
        provider_class.node_identity_client_id,
        chain.cluster_of(workload) if workload else None,
    )
    ids = (cluster.csi_addon_client_id, cluster.kubelet_client_id) if cluster else ()
    if client_id is not UNKNOWN and (client_id in ids or UNKNOWN in ids or not ids):
        return "", False
    problem = (
        f"reads as the nodes' identity with client id '{client_id}', which the cluster's nodes do not have"
    )
    return problem, client_id is UNKNOWN


def _signs_in_by_secret(chain: Chain, workload: Workload, name: Text) -> Iterator[bool]:
    for pods in pods_of(chain, workload):
        for volume in pods.volumes:
            csi = mapping(volume.get("csi"))
            mounted = text(mapping(csi.get("volumeAttributes")).get("secretProviderClass"))
            if csi.get("driver") == DRIVER and (mounted == name or UNKNOWN in (mounted, name)):
                yield bool(mapping(csi.get("nodePublishSecretRef")).get("name"))


def _of_account(
    chain: Chain, provider_class: SecretProviderClass, workload: Workload | None
) -> tuple[str, bool]:
    account = workload.service_account if workload else None
    client_id = provider_class.client_id
    identity = chain.identity_by_client_id(client_id)
    if client_id is UNKNOWN or (
        identity is None and any(known_identity.client_id is UNKNOWN for known_identity in chain.identities)
    ):
        return "names a client id that is unknown before the update", True
    if identity is None:
        return f"names client id '{client_id}', which no identity of the stack has", False
    if account is None or provider_class.uses_token_proxy is True:
        return "", False  # of a binding: azure/identity_bindings.py
    if account.subject not in [credential.subject for credential in chain.credentials_of(identity)]:
        subject = f"'{account.namespace}/{account.name}'"
        problem = f"names identity '{identity.name}', which has no credential for ServiceAccount {subject}"
        return problem, False
    return "", False


_SUFFIX: Final = re.compile(r"^https://[^./]+(\.vault\.[a-z.]+)", re.I)
_CLOUDS_BY_SUFFIX: Final[Mapping[str, frozenset[str]]] = {
    # Suffix of a vault's URL → names of its cloud, in lower case: of the CSI driver, the External Secrets
    # Operator and Dapr. https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
    ".vault.azure.net": frozenset({"azurepubliccloud", "publiccloud", "azurepublic"}),
    ".vault.azure.cn": frozenset({"azurechinacloud", "chinacloud", "azurechina"}),
    ".vault.usgovcloudapi.net": frozenset(
        {"azureusgovernmentcloud", "usgovernmentcloud", "azureusgovernment"}
    ),
    ".vault.microsoftazure.de": frozenset({"azuregermancloud", "germancloud"}),
}


@proof(
    "vault-cloud",
    of=lambda chain: [sign_in.item for sign_in in sign_ins(chain) if _SUFFIX.match(str(sign_in.url))],
    reason="The token of one cloud is none in another, and a vault's name leads to another address.",
    source="https://azure.github.io/secrets-store-csi-driver-provider-azure/docs/configurations/custom-environments/",
)
def vault_cloud(chain: Chain) -> Iterator[Finding]:
    """Every SecretProviderClass, SecretStore and Component names the cloud in which its vault is."""
    for sign_in in sign_ins(chain):
        item, cloud, url = sign_in.item, sign_in.cloud, sign_in.url
        match = _SUFFIX.match(str(url))
        allowed = _CLOUDS_BY_SUFFIX.get(match[1].lower()) if match else None
        if allowed is None or cloud is UNKNOWN or known(cloud).lower() in allowed:
            continue
        workload = chain.workload_of(item.node)
        name = workload.name if workload else ""
        yield Finding(
            workload=name,
            text=f"{item.kind} '{item.name}' is for cloud '{cloud}', and its vault is at {url}",
            fix=f"{line(name, 'technique')}: name the cloud of the vault, or none",
            urn=item.node.urn,
        )
