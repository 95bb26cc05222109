"""Every value of the chain that becomes another one breaks a proof, or is listed here with the reason."""

from collections.abc import Collection, Mapping
from typing import Any

import pytest

from tests.support.plan import STACK_FILES
from tests.trust.graphs import build_config, shipped_build
from tests.trust.proofs.broken import config, not_proved
from tests.trust.proofs.mutating import CHAIN, DELIVERY, mutations
from tests.trust.recording import recorded
from trust import read_rehearsal
from trust.chain import Chain
from trust.graph import Graph
from trust.proofs import run

FREE: Mapping[str, str] = {
    # Kind and path, without indexes → why no proof is about it.
    "FederatedIdentityCredential federatedIdentityCredentialResourceName": "a name that nothing refers to",
    "RoleAssignment roleAssignmentName": "a GUID that nothing refers to",
    "RoleAssignment principalType": "ARM refuses another type than that of the principal",
    "UserAssignedIdentity": "the links are its outputs, and those are the same",
    "Secret resourceGroupName": "ARM finds no vault there",
    "SecretStore metadata.annotations": "how long Pulumi waits",
    "ExternalSecret metadata.annotations": "how long Pulumi waits, and what a deletion leaves",
    "ExternalSecret metadata.name": "a name that nothing refers to",
    "ExternalSecret spec.data.secretKey": "pods of another tool read it",
    "ExternalSecret spec.target.name": "as above",
    "ExternalSecret spec.target.template.engineVersion": "the API server refuses another one",
    "RoleBinding metadata.name": "a name that nothing refers to",
    "RoleBinding roleRef.apiGroup": "the API server refuses another one",
    "Configuration spec.secrets.scopes.storeName": "the pod's annotation closes the built-in store, too",
    "Pod spec.containers.volumeMounts.mountPath": "only the application knows its paths",
    "Pod spec.containers.volumeMounts.readOnly": "the volume itself is read-only",
    "Pod spec.containers.env.name": "SECRET_NAME is for an application that does not take SECRET_NAMES",
    "Vault location": "where it is decides nothing",
    "Vault resourceGroupName": "the links are the vault's outputs",
    "Vault vaultName": "the links are the vault's outputs",
    "Vault properties.sku": "a price",
    "Vault properties.softDeleteRetentionInDays": "any number of days that ARM takes",
    "Vault properties.enabledFor": "virtual machines and ARM may read then, and no pod",
    "Vault properties.enableSoftDelete": "Azure has turned it on for every vault",
    "Vault properties.networkAcls": "the proofs of production ask for it",
    "Vault properties.publicNetworkAccess": "the proofs of production ask for it",
}
API_VERSION = "azureApiVersion"
"""An output of the provider about itself."""
MADE_UP = {"build": ("Vault properties.tenantId",)}
"""The mocks make up the tenant of an identity, so nothing can be compared with it."""
PEOPLE = "/officer/"
"""Part of the name of roles that are those of people."""


_FEW = 8


def _is_free(label: str, source: str) -> bool:
    reasons = (*FREE, *MADE_UP.get(source, ()))
    return any(label.startswith(prefix) for prefix in reasons) or PEOPLE in label or API_VERSION in label


GRAPHS = {
    "build": lambda: (
        shipped_build(next(path for path in STACK_FILES if path.name == "Pulumi.four-techniques.yaml")).graph
    ),
    "rehearsal": lambda: read_rehearsal(recorded("rehearsal_before")),
}


FREE_DELIVERY: Mapping[str, str] = {
    # Kind and path, without indexes → why no proof is about it.
    "ExternalSecret metadata.name": "a name that nothing refers to",
    "ExternalSecret spec.target.template.engineVersion": "the operator knows no other",
    "Configuration spec.secrets.scopes.storeName": "of the built-in store, which sidecars do not have",
    "NetworkPolicy spec.policyTypes": "the policy that denies by default still denies",
    "Release values.reloader.enableCSIIntegration": "it watches more than it has to",
    "Release values.reloader.watchGlobally": "it watches more than it has to",
    "Service spec.ports.name": "a name that nothing refers to",
    "Service spec.ports.port": "the address of callers",
    "Pod metadata.annotations.aks-secrets": "a digest, which makes new pods",
    'Pod metadata.annotations["dapr.io/app-port"]': "the application's own",
    'Pod metadata.annotations["dapr.io/disable-builtin': "the Configuration denies that store as well",
    'Pod metadata.annotations["dapr.io/log-level"]': "how much the sidecar logs",
    "Pod spec.containers.env.name": "only the application knows its variables",
    "Pod spec.containers.image": "another version or another registry is no fault by itself",
    "Pod spec.containers.name": "a name that nothing refers to",
    "Pod spec.containers.ports": "the Service and the policies name the number",
    "Pod spec.nodeSelector": "which node it is decides nothing",
    "Pod spec.securityContext.runAsUser": "any user but root",
}


@pytest.mark.parametrize("name", ["cart", "copied"])
def test_another_value_of_a_delivery_breaks_a_proof(name: str) -> None:
    graph = build_config(config(name, isolated=True)).graph
    missed = _not_caught(graph, DELIVERY)
    assert [label for label in missed if not any(label.startswith(free) for free in FREE_DELIVERY)] == []


def test_each_reason_is_about_a_value_of_a_delivery() -> None:
    graphs = [build_config(config(name, isolated=True)).graph for name in ("app", "cart", "copied")]
    labels = [mutation.label for graph in graphs for mutation in mutations(graph, DELIVERY)]
    assert [free for free in FREE_DELIVERY if not any(label.startswith(free) for label in labels)] == []


def _not_caught(graph: Graph, kinds: Mapping[str, tuple[str, ...]] = CHAIN) -> dict[str, Any]:
    before = _not_proved(Chain.read(graph), None)
    missed: dict[str, Any] = {}
    recent: list[str] = []  # the proofs that have caught the last values catch most of the next ones
    for mutation in mutations(graph, kinds):
        chain = Chain.read(mutation.applied(graph))
        caught = _not_proved(chain, recent[:_FEW]) - before or _not_proved(chain, None) - before
        if not caught:
            missed[f"{mutation.label} of {mutation.node.name}"] = mutation.value
        recent = [*caught, *(name for name in recent if name not in caught)]
    return missed


def _not_proved(chain: Chain, only: Collection[str] | None) -> set[str]:
    return {verdict.proof.name for verdict in not_proved(run(chain, only=only))}


def test_each_reason_is_about_a_value() -> None:
    labels = [mutation.label for graph in GRAPHS.values() for mutation in mutations(graph())]
    assert [free for free in FREE if not any(label.startswith(free) for label in labels)] == []


@pytest.mark.parametrize("source", GRAPHS)
def test_another_value_breaks_a_proof(source: str) -> None:
    missed = _not_caught(GRAPHS[source]())
    assert {label: value for label, value in missed.items() if not _is_free(label, source)} == {}
