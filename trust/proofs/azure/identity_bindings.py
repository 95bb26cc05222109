"""Identity bindings: AKS and the cluster's RBAC let exactly the ServiceAccounts of workloads use an identity.

Deliberately not here: federated credentials (``credentials.py``), and the rights in vaults (``roles.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trust.chain import Chain
from trust.nodes.azure import Identity, IdentityBinding
from trust.nodes.fields import known
from trust.proofs.joins import delivered, line, names, once, workloads_of_identity
from trust.proofs.proof import Finding, proof
from trust.rbac.identity_uses import ANNOTATION, Use, identity_binding, may_be_allowed, uses
from trust.readers import BY_TOKEN, by_binding
from trust.techniques import bound_workloads
from trust.values import UNKNOWN
from trust.workloads import Workload

_PAGE: Final = "https://learn.microsoft.com/azure/aks/identity-bindings"
_PODS: Final = ("system:serviceaccounts", "system:authenticated")


def is_bound(chain: Chain, workload: Workload) -> bool:
    """Whether a workload signs in by the token proxy."""
    return any(workload.node.urn == other.node.urn for other, _ in bound_workloads(chain))


def _account(workload: Workload) -> str:
    return f"ServiceAccount '{workload.namespace}/{workload.service_account_name}'"


@proof(
    "identity-binding",
    of=bound_workloads,
    reason="The token proxy of a cluster gets tokens only for identities that are bound to it.",
    source=f"{_PAGE}-concepts",
)
def identity_is_bound(chain: Chain) -> Iterator[Finding]:
    """Every identity that pods use through the token proxy has an identity binding in their cluster."""
    for workload, identity in bound_workloads(chain):
        cluster = chain.cluster_of(workload)
        binding = identity_binding(chain, identity, cluster)
        problem = _in_another_group(binding, cluster.resource_id if cluster else "")
        if binding is None:
            problem = f"identity '{identity.name}' has no identity binding in cluster"
            problem += f" '{cluster.name}'" if cluster else " of its pods"
        if problem:
            yield Finding(
                workload=workload.name,
                text=f"{workload.name}: {problem}",
                fix=f"{line(workload, 'access')}: identity-binding, with a binding of its identity",
                urn=binding.node.urn if binding else identity.node.urn,
                unknown=binding is None and identity.node.external,
            )


def _in_another_group(binding: IdentityBinding | None, cluster_id: object) -> str:
    group = binding.node.input("resourceGroupName") if binding else None
    parts = str(cluster_id or "").lower().split("/")
    if group in (None, UNKNOWN) or len(parts) < 5 or str(group).lower() == parts[4]:
        return ""
    return f"the identity binding is in resource group '{group}', and the cluster in '{parts[4]}'"


@proof(
    "binding-allows-account",
    of=bound_workloads,
    reason="The token proxy refuses a ServiceAccount without the verb use-managed-identity on the client id.",
    source=f"{_PAGE}#authorize-namespaces-and-service-accounts",
)
def binding_allows_the_account(chain: Chain) -> Iterator[Finding]:
    """RBAC lets every ServiceAccount whose pods use an identity by an identity binding do so."""
    for workload, identity in bound_workloads(chain):
        place = (workload.namespace, workload.service_account_name)
        if any(use.includes(*place) for use in uses(chain, workload.provider, identity)):
            continue
        yield Finding(
            workload=workload.name,
            text=f"{workload.name}: no ClusterRoleBinding lets {_account(workload)} use identity"
            f" '{identity.name}' (verb use-managed-identity on its client id)",
            fix=f"{line(workload, 'access')}: identity-binding, with the ServiceAccount of its pods",
            urn=identity.node.urn,
            unknown=UNKNOWN in place or may_be_allowed(chain, workload),
        )


@proof(
    "binding-allows-no-other",
    of=bound_workloads,
    reason="A subject that RBAC lets use the identity reads what the identity may read.",
    source=f"{_PAGE}#authorize-namespaces-and-service-accounts",
    follows=["binding-allows-account"],
)
def binding_allows_no_other(chain: Chain) -> Iterator[Finding]:
    """RBAC lets only ServiceAccounts of workloads that read as an identity use it, each by its name."""
    for (provider, _), workloads in _by_identity(chain).items():
        identity = workloads[0][1]
        own = [workload for workload, _ in workloads] + workloads_of_identity(chain, identity)
        for use in uses(chain, provider, identity):
            problem = _wider(use, own)
            if not problem:
                continue
            yield Finding(
                workload=workloads[0][0].name,
                text=f"{use.binding.kind} '{use.binding.name}' {problem} identity '{identity.name}'",
                fix="the ClusterRole: the client id alone; its binding: the ServiceAccount of the pods",
                urn=use.binding.node.urn,
                breaks=names(own),
            )


def _by_identity(chain: Chain) -> dict[tuple[str, str], list[tuple[Workload, Identity]]]:
    by_identity: dict[tuple[str, str], list[tuple[Workload, Identity]]] = {}
    for workload, identity in bound_workloads(chain):
        by_identity.setdefault((workload.provider, identity.node.urn), []).append((workload, identity))
    return by_identity


def _wider(use: Use, own: list[Workload]) -> str:
    """How a right is wider than asked for; empty if it is not, or if it is one of people."""
    is_account = use.subject.get("kind") == "ServiceAccount"
    if not is_account and not str(use.subject.get("name")).startswith(_PODS):
        return ""
    if not any(use.is_account(workload.namespace, workload.service_account_name) for workload in own):
        return f"lets {use.who} use"
    return "" if use.is_exact else f"lets {use.who} use every identity, and not only"


@proof(
    "binding-is-used",
    of=lambda chain: _only_bound(chain),
    reason="Without the annotation the token is one for Entra, which has no credential for it.",
    source=f"{_PAGE}#deploy-sample-application",
)
def binding_is_used(chain: Chain) -> Iterator[Finding]:
    """Pods and SecretProviderClasses whose identity has a binding, and no credential for them, use it."""
    for workload, identity in _only_bound(chain):
        for way in (way for other, ways in delivered(chain) if other is workload for way in ways):
            own = [reader for reader in way.readers if any(link.what == BY_TOKEN for link in reader.links)]
            if own and not all(by_binding(reader) for reader in own):
                what = (
                    f"its pods have no annotation {ANNOTATION}: 'true'"
                    if way.signs_in
                    else ("its SecretProviderClass has no useAzureTokenProxy: 'true'")
                )
                yield Finding(
                    workload=workload.name,
                    text=f"{workload.name}: {what}, and identity '{identity.name}' has no credential for"
                    f" {_account(workload)}",
                    fix=f"{line(workload, 'access')}: identity-binding, or workload-identity",
                    urn=workload.node.urn,
                )


@once
def _only_bound(chain: Chain) -> list[tuple[Workload, Identity]]:
    """The workloads that RBAC lets use an identity that trusts their ServiceAccount in no other way."""
    pairs: list[tuple[Workload, Identity]] = []
    for workload in chain.workloads if chain.identity_bindings else ():
        account = workload.service_account
        identity = chain.identity_by_client_id(account.client_id) if account else None
        if account is None or identity is None or UNKNOWN in (account.subject, identity.client_id):
            continue
        has_credential = any(
            credential.subject in (account.subject, UNKNOWN) for credential in chain.credentials_of(identity)
        )
        place = (known(account.namespace), known(account.name))
        if not has_credential and any(
            use.includes(*place) for use in uses(chain, workload.provider, identity)
        ):
            pairs.append((workload, identity))
    return pairs
