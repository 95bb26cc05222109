"""ServiceAccounts: which identity a pod becomes, and the cluster's switches without which it becomes none.

Owns: the two annotations, the pods that run as the ServiceAccount, and the cluster's switches. Deliberately
not here: whether Entra accepts its token (``credentials.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from trust.chain import Chain
from trust.nodes.azure import Cluster, Identity
from trust.nodes.fields import known, text
from trust.nodes.kubernetes import CLIENT_ID, ServiceAccount
from trust.nodes.pods import USE_IDENTITY, PodOwner
from trust.proofs.azure.identity_bindings import is_bound
from trust.proofs.joins import line, names, pods_of, rights
from trust.proofs.proof import Finding, proof
from trust.rights.holders import federated, workloads_of_identity
from trust.techniques import sign_ins
from trust.values import UNKNOWN, Text
from trust.workloads import Workload

_OVERVIEW: Final = "https://learn.microsoft.com/azure/aks/workload-identity-overview"


def _clusters(chain: Chain) -> Iterable[Cluster]:
    """The clusters whose switches are known and whose pods sign in to Entra."""
    used = {cluster.node.urn for workload in federated(chain) if (cluster := chain.cluster_of(workload))}
    return [cluster for cluster in chain.clusters if cluster.node.urn in used and not cluster.is_reference]


def _workloads_in(chain: Chain, cluster: Cluster) -> list[str]:
    return names(workload for workload in federated(chain) if chain.cluster_of(workload) == cluster)


def _cluster_finding(chain: Chain, cluster: Cluster, text: str, fix: str, *, unknown: bool) -> Finding:
    return Finding(
        text=f"cluster '{cluster.name}' {text}",
        fix=fix,
        urn=cluster.node.urn,
        unknown=unknown,
        breaks=_workloads_in(chain, cluster),
    )


@proof(
    "cluster-oidc-issuer",
    of=_clusters,
    reason="Without an issuer no token of the cluster is one that Entra could trust.",
    source="https://learn.microsoft.com/azure/aks/use-oidc-issuer",
)
def cluster_oidc_issuer(chain: Chain) -> Iterator[Finding]:
    """Every cluster whose pods sign in to Entra has an OIDC issuer."""
    for cluster in _clusters(chain):
        if cluster.oidc_enabled is not True:
            yield _cluster_finding(
                chain,
                cluster,
                "has no OIDC issuer" if cluster.oidc_enabled is False else "may have an OIDC issuer or not",
                "cluster: let oidcIssuerProfile.enabled of the ManagedCluster be true",
                unknown=cluster.oidc_enabled is UNKNOWN,
            )


@proof(
    "cluster-workload-identity",
    of=_clusters,
    reason="Without the webhook no pod gets a token for Entra, and no AZURE_* variable.",
    source="https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster",
    follows=["cluster-oidc-issuer"],
)
def cluster_workload_identity(chain: Chain) -> Iterator[Finding]:
    """Every cluster whose pods sign in to Entra has workload identity on."""
    for cluster in _clusters(chain):
        switch = cluster.workload_identity_enabled
        if switch is not True:
            yield _cluster_finding(
                chain,
                cluster,
                "has workload identity off" if switch is False else "may have workload identity on or not",
                "cluster: let securityProfile.workloadIdentity.enabled of the ManagedCluster be true",
                unknown=switch is UNKNOWN,
            )


def _finding(workload: Workload, urn: str, text: str, fix: str, *, unknown: bool = False) -> Finding:
    return Finding(workload=workload.name, text=f"{workload.name}: {text}", fix=fix, urn=urn, unknown=unknown)


def _accounts(chain: Chain) -> Iterator[tuple[Workload, ServiceAccount]]:
    for workload in federated(chain):
        if workload.service_account:
            yield workload, workload.service_account


def _label(account: ServiceAccount) -> str:
    return f"ServiceAccount '{account.namespace}/{account.name}'"


def _unnamed(chain: Chain) -> Iterator[tuple[Workload, ServiceAccount, str]]:
    """Workloads whose pods get a token of a ServiceAccount that names no identity, although one trusts it."""
    trusting = {str(credential.subject): str(credential.identity_name) for credential in chain.credentials}
    for workload in chain.workloads:
        account = workload.service_account
        identity = trusting.get(str(account.subject)) if account and account.client_id == "" else None
        if account and identity and any(_relies_on_webhook(pods) for pods in pods_of(chain, workload)):
            yield workload, account, identity


def _relies_on_webhook(pods: PodOwner) -> bool:
    """Whether the webhook gives the client id to the pods, which do not name it themselves."""
    variables = {str(variable.get("name")) for _, variable in pods.env}
    return pods.pod_labels.get(USE_IDENTITY) == "true" and "AZURE_CLIENT_ID" not in variables


@proof(
    "account-identity",
    of=lambda chain: [*federated(chain), *_unnamed(chain)],
    reason="Entra exchanges the token only for the identity that has a credential for the ServiceAccount.",
    source=f"{_OVERVIEW}#service-account-annotations",
    follows=[
        *("credential-parent", "credential-subject", "credential-unique", "credential-is-used"),
        "binding-is-used",
    ],
)
def account_identity(chain: Chain) -> Iterator[Finding]:
    """The client id of every ServiceAccount is that of the identity whose credential names it, or whose
    binding its pods use.
    """
    for workload, account, name in _unnamed(chain):
        text = f"{_label(account)} has no annotation {CLIENT_ID}, and identity '{name}' trusts it"
        fix = f"{line(workload, 'identity')}: the identity that has the credential of the ServiceAccount"
        yield _finding(workload, account.node.urn, text, fix)
    for workload, account in _accounts(chain):
        fix = f"{line(workload, 'identity')}: the identity that has the credential of the ServiceAccount"
        identity = _identity(chain, account)
        if identity is None:
            unknown = account.client_id is UNKNOWN or any(
                known_identity.client_id is UNKNOWN for known_identity in chain.identities
            )
            text = (
                f"{_label(account)} names client id '{account.client_id}', which no identity of the stack has"
            )
            if unknown:
                text = f"which identity {_label(account)} names is unknown before the update"
            yield _finding(workload, account.node.urn, text, fix, unknown=unknown)
            continue
        subjects = [credential.subject for credential in chain.credentials_of(identity)]
        if account.subject in subjects or is_bound(chain, workload):
            continue
        others = [
            f"'{chain_credential.identity_name}'"
            for chain_credential in chain.credentials
            if chain_credential.subject == account.subject is not UNKNOWN
        ]
        text = f"{_label(account)} names identity '{identity.name}', "
        text += (
            f"and its credential belongs to {', '.join(others)}"
            if others
            else "which has no credential for it"
        )
        unknown = UNKNOWN in subjects or account.subject is UNKNOWN
        yield _finding(workload, account.node.urn, text, fix, unknown=unknown)


def _identity(chain: Chain, account: ServiceAccount) -> Identity | None:
    """The identity that the annotation names; in a first preview, the one for which it waits."""
    if account.client_id is not UNKNOWN:
        return chain.identity_by_client_id(account.client_id)
    waits = set(account.node.dependencies)
    awaited = [identity for identity in chain.identities if identity.node.urn in waits]
    return awaited[0] if len(awaited) == 1 else None


@proof(
    "account-tenant",
    of=federated,
    reason="The token is exchanged in the tenant that is named, and an identity exists in its own alone.",
    source="https://external-secrets.io/latest/provider/azure-key-vault/#workload-identity",
    follows=["account-identity", "class-identity"],
)
def account_tenant(chain: Chain) -> Iterator[Finding]:
    """The tenant of every ServiceAccount, SecretProviderClass and vault is that of the identity that it names
    or lets read.
    """
    for workload, account in _accounts(chain):
        identity = _identity(chain, account)
        yield from _tenant(workload, _label(account), account.tenant_id, identity, account.node.urn)
    for sign_in in sign_ins(chain):
        item = sign_in.item
        workload, identity = chain.workload_of(item.node), chain.identity_by_client_id(sign_in.client_id)
        if workload and identity and sign_in.tenant is not None:
            label = f"{item.kind} '{item.namespace}/{item.name}'"
            yield from _tenant(workload, label, sign_in.tenant, identity, item.node.urn)
    for vault in chain.vaults:
        tenant = text(vault.node.input("properties.tenantId"))
        for identity in chain.identities if known(tenant) else ():
            # Mocks make up the tenant of an identity.
            if any(grant.vault == vault.name for grant in rights(chain, identity)) and _GUID.fullmatch(
                known(identity.tenant_id)
            ):
                for workload in workloads_of_identity(chain, identity):
                    yield from _tenant(workload, f"vault '{vault.name}'", tenant, identity, vault.node.urn)


_GUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


def _tenant(
    workload: Workload, label: str, tenant: Text, identity: Identity | None, urn: str
) -> Iterator[Finding]:
    if identity is None or identity.tenant_id in (UNKNOWN, "") or tenant is UNKNOWN:
        return  # A stack has one tenant, so this tells no fault before the update.
    if str(tenant).lower() != str(identity.tenant_id).lower():
        shown = f"names tenant '{tenant}'" if tenant else "names no tenant"
        text = f"{label} {shown}; identity '{identity.name}' is in '{identity.tenant_id}'"
        yield _finding(
            workload, urn, text, f"{line(workload, 'identity')}: take tenant and client id of one identity"
        )


@proof(
    "pods-run-as-account",
    of=federated,
    reason="A pod gets the token of its own ServiceAccount, and no identity trusts another one.",
    source=f"{_OVERVIEW}#pod-labels",
    follows=["workload-in-one-namespace"],
)
def pods_run_as_account(chain: Chain) -> Iterator[Finding]:
    """The pods of every workload run as the ServiceAccount that names its identity."""
    for workload, account in _accounts(chain):
        for pods in pods_of(chain, workload):
            if (pods.service_account, pods.namespace) == (account.name, account.namespace):
                continue
            text = (
                f"its pods run as ServiceAccount '{pods.namespace}/{pods.service_account}' and not as"
                f" '{account.namespace}/{account.name}'"
            )
            unknown = UNKNOWN in (pods.service_account, pods.namespace, account.name, account.namespace)
            fix = f"{line(workload, 'service_account')}: {account.name}"
            yield _finding(workload, pods.node.urn, text, fix, unknown=unknown)


@proof(
    "workload-in-one-namespace",
    of=lambda chain: chain.workloads,
    reason="Pods and operators find only objects of their namespace.",
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/",
)
def workload_in_one_namespace(chain: Chain) -> Iterator[Finding]:
    """Every object of a workload is in the namespace of its ServiceAccount."""
    for workload in chain.workloads:
        for node in chain.graph.children(workload.node) if known(workload.namespace) else ():
            namespace = node.input("metadata.namespace")
            if namespace is UNKNOWN or namespace in (None, workload.namespace):
                continue
            kind = node.type.rsplit(":", 1)[-1]
            label = f"{kind} '{namespace}/{node.get('metadata.name') or node.name}'"
            problem = f"{label} is not in namespace '{workload.namespace}'"
            yield _finding(
                workload, node.urn, problem, f"{line(workload, 'namespace')}: {workload.namespace}"
            )
