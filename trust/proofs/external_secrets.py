"""The objects of the External Secrets Operator: what it reads, from which store, as which ServiceAccount."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trust.chain import Chain
from trust.nodes.delivery import SecretStore
from trust.nodes.fields import known, mapping, same_text, text, vault_of_url
from trust.nodes.kubernetes import HelmRelease, KubernetesObject, Role
from trust.operators import EXTERNAL_SECRETS
from trust.proofs.proof import Finding, proof
from trust.values import UNKNOWN

_API: Final = "external-secrets.io/v1"


def _objects(chain: Chain) -> list[KubernetesObject]:
    return [*chain.secret_stores, *chain.external_secrets]


def fault(chain: Chain, item: KubernetesObject, problem: str, fix: str, *, unknown: bool = False) -> Finding:
    workload = chain.workload_of(item.node)
    name = workload.name if workload else ""
    return Finding(
        workload=name,
        text=f"{item.kind} '{item.name}' {problem}",
        fix=f"workloads[name={name}].{fix}" if name and not fix.startswith("operators.") else fix,
        urn=item.node.urn,
        unknown=unknown,
    )


@proof(
    "eso-api-version",
    of=_objects,
    reason="The operator has not served v1beta1 since chart 0.17, so the cluster refuses the object.",
    source="https://github.com/external-secrets/external-secrets/issues/4840",
)
def eso_api_version(chain: Chain) -> Iterator[Finding]:
    """Every object of the External Secrets Operator is of external-secrets.io/v1."""
    for item in _objects(chain):
        if item.api_version != _API or item.node.input("apiVersion", _API) != _API:
            problem = f"is of {item.node.input('apiVersion', item.api_version)}, which is not served"
            yield fault(chain, item, problem, f"technique: the object has to be of {_API}")


@proof(
    "eso-store-is-namespaced",
    of=_objects,
    reason="A ClusterSecretStore reads with one identity for every namespace, and limits the keys of none.",
    source="https://external-secrets.io/latest/guides/multi-tenancy/",
    about_requests=True,
)
def eso_store_is_namespaced(chain: Chain) -> Iterator[Finding]:
    """Every store is a SecretStore in the namespace of what reads from it."""
    for store in chain.secret_stores:
        if store.kind != "SecretStore":
            yield fault(chain, store, "serves every namespace", "technique: a SecretStore in its namespace")
    for external in chain.external_secrets:
        for kind in sorted(
            {str(kind) for (kind, _), _ in external.asks if kind is not UNKNOWN} - {"SecretStore"}
        ):
            yield fault(chain, external, f"reads from a {kind}", "technique: a SecretStore in its namespace")


@proof(
    "eso-store-identity",
    of=lambda chain: chain.secret_stores,
    reason="The operator would read as another identity, or with a client secret, or fail.",
    source="https://external-secrets.io/latest/provider/azure-key-vault/#workload-identity",
    follows=["workload-in-one-namespace", "credential-subject"],
    about_requests=True,
)
def eso_store_identity(chain: Chain) -> Iterator[Finding]:
    """Every store reads as the ServiceAccount of its workload, and names neither tenant nor client secret."""
    for store in chain.secret_stores:
        if store.auth_type is UNKNOWN:
            yield fault(chain, store, "has an authType that is unknown", "technique: eso", unknown=True)
        elif store.auth_type != "WorkloadIdentity":
            problem = f"signs in by {store.auth_type} and not by WorkloadIdentity"
            yield fault(chain, store, problem, "technique: eso sets WorkloadIdentity")
        if "authSecretRef" in store.provider:
            yield fault(chain, store, "signs in with a Secret", "technique: eso needs no authSecretRef")
        yield from _of_account(chain, store)


def _of_account(chain: Chain, store: SecretStore) -> Iterator[Finding]:
    workload = chain.workload_of(store.node)
    namespace, name = store.service_account
    account = chain.service_account(store.node.provider, namespace, name)
    ref = mapping(store.provider.get("serviceAccountRef"))
    if UNKNOWN in (namespace, name):
        yield fault(chain, store, "reads as an unknown ServiceAccount", "service_account", unknown=True)
    elif not name:
        yield fault(chain, store, "names no ServiceAccount", "service_account: the workload's own")
    elif workload and workload.service_account_name not in ("", UNKNOWN, name):
        problem = f"reads as ServiceAccount '{name}', and the workload's is '{workload.service_account_name}'"
        yield fault(chain, store, problem, "service_account: one for the pods and for the store")
    elif account is None:
        problem = (
            f"reads as ServiceAccount '{namespace}/{name}', which the program neither makes nor annotates"
        )
        yield fault(chain, store, problem, "service_account: one of the program")
    if ref.get("namespace") not in (None, UNKNOWN, store.namespace):
        problem = f"names a ServiceAccount of namespace '{ref.get('namespace')}'"
        yield fault(chain, store, problem, "service_account: one of its own namespace")
    if store.provider.get("tenantId") and account and account.tenant_id:
        problem = "names the tenant, which the ServiceAccount names too: the operator fails"
        yield fault(chain, store, problem, "technique: eso takes the tenant from the ServiceAccount")


@proof(
    "eso-store-vault",
    of=lambda chain: chain.secret_stores,
    reason="The operator would read another vault, or none.",
    source="https://external-secrets.io/latest/provider/azure-key-vault/",
    about_requests=True,
)
def eso_store_vault(chain: Chain) -> Iterator[Finding]:
    """The URL of every store is that of a vault of the stack, or of one that the stack uses."""
    for store in chain.secret_stores:
        url = text(store.provider.get("vaultUrl"))
        vault = chain.vault(store.vault)
        if url is UNKNOWN:
            yield fault(chain, store, "has a vaultUrl that is unknown", "vault", unknown=True)
        elif not str(url).startswith("https://") or vault is None:
            problem = f"has the vaultUrl '{url}', which is that of no vault that the stack makes or uses"
            yield fault(chain, store, problem, "secrets[].vault: a vault of section vault or vaults")
        elif vault_of_url(vault.uri) and same_text(str(vault.uri).rstrip("/"), str(url).rstrip("/")) is False:
            problem = f"has the vaultUrl '{url}', and the vault answers at '{vault.uri}'"
            yield fault(chain, store, problem, "secrets[].vault: a vault of section vault or vaults")


@proof(
    "eso-reads-a-store",
    of=lambda chain: chain.external_secrets,
    reason="The operator reports an ExternalSecret without its store as not ready, and makes no Secret.",
    source="https://external-secrets.io/latest/api/externalsecret/",
    follows=["workload-in-one-namespace", "eso-store-is-namespaced"],
    about_requests=True,
)
def eso_reads_a_store(chain: Chain) -> Iterator[Finding]:
    """Every ExternalSecret reads from a store of its namespace that the stack makes."""
    stores = {store.key for store in chain.secret_stores}
    for external in chain.external_secrets:
        for name in dict.fromkeys(name for (_, name), _ in external.asks):
            if name is UNKNOWN:
                yield fault(chain, external, "reads from an unknown store", "technique: eso", unknown=True)
            elif (external.node.provider, known(external.namespace), str(name)) not in stores:
                problem = f"reads from store '{name}', which is not in namespace '{external.namespace}'"
                yield fault(chain, external, problem, "secrets[].vault: a vault that the workload reads")


@proof(
    "eso-token-right",
    of=lambda chain: [] if not chain.secret_stores else [*_token_roles(chain), *_releases(chain)],
    reason="The operator could take on every identity of the cluster, or gets no token and reads nothing.",
    source="https://external-secrets.io/latest/guides/security-best-practices/#scoping-serviceaccount-token-creation",
    follows=["workload-in-one-namespace", "eso-store-identity"],
)
def eso_token_right(chain: Chain) -> Iterator[Finding]:
    """The operator may request tokens of the ServiceAccounts of its stores, and of no others."""
    accounts = {(store.node.provider, *map(known, store.service_account)) for store in chain.secret_stores}
    granted: set[tuple[str, str, str]] = set()
    bound = _bound(chain)
    for role, names in _token_roles(chain):
        there = {(role.node.provider, known(role.namespace), name) for name in names}
        if role.kind == "ClusterRole" or not names or not there <= accounts:
            problem = f"allows tokens of {', '.join(sorted(names)) or 'every ServiceAccount, or of none'}"
            yield fault(chain, role, problem, "technique: the Role names the ServiceAccount of the store")
        if role.grants_more_than_tokens:
            yield fault(chain, role, "allows more than tokens", "technique: the Role is about tokens alone")
        if (role.node.provider, known(role.namespace), role.kind, known(role.name)) in bound:
            granted |= there
        else:
            problem = "is bound to no ServiceAccount of the operator, so it gets no token"
            yield fault(chain, role, problem, "operators.external_secrets.namespace: where the operator runs")
    yield from _others_with_tokens(chain)
    for release in _releases(chain):
        if granted and not _needs_roles(release):
            fix = "operators.external_secrets.cluster_wide: true, if it may"
            yield fault(
                chain, release, "allows tokens of every ServiceAccount, whatever the Roles allow", fix
            )
    if not any(_needs_roles(release) for release in _releases(chain)):
        return
    for store in chain.secret_stores:
        if (store.node.provider, *map(known, store.service_account)) not in granted:
            problem = "reads as a ServiceAccount of which the operator gets no token"
            yield fault(chain, store, problem, "technique: eso makes a Role and a RoleBinding for it")


def _others_with_tokens(chain: Chain) -> Iterator[Finding]:
    """Bindings that give the operator's right to request tokens to something else, too."""
    roles = {(role.node.provider, known(role.namespace), known(role.name)) for role, _ in _token_roles(chain)}
    operators = _operators(chain)
    for binding in chain.role_bindings if operators else ():
        if (binding.node.provider, known(binding.namespace), known(binding.role[1])) not in roles:
            continue
        names = {(str(subject.get("namespace")), str(subject.get("name"))) for subject in binding.subjects}
        is_shared = bool(names & operators)  # a binding without the operator is another fault
        for subject in binding.subjects:
            who = (str(subject.get("namespace")), str(subject.get("name")))
            if is_shared and (subject.get("kind") != "ServiceAccount" or who not in operators):
                problem = f"also gives {subject.get('kind')} '{who[1]}' tokens of its ServiceAccounts"
                yield fault(chain, binding, problem, "technique: the RoleBinding names the operator alone")


def _operators(chain: Chain) -> set[tuple[str, str]]:
    """Namespace and name of the ServiceAccount of each release of the operator."""
    return {
        (
            known(operator.namespace),
            str(mapping(operator.values.get("serviceAccount")).get("name", operator.name)),
        )
        for operator in _releases(chain)
    }


def _token_roles(chain: Chain) -> list[tuple[Role, frozenset[str]]]:
    return [(role, names) for role in chain.roles if (names := role.token_accounts) is not None]


def _releases(chain: Chain) -> list[HelmRelease]:
    return [release for release in chain.releases if release.chart == EXTERNAL_SECRETS]


def _needs_roles(release: HelmRelease) -> bool:
    return mapping(release.values.get("rbac")).get("serviceAccountTokenCreate") is False


def _bound(chain: Chain) -> set[tuple[str, str, str, str]]:
    """Cluster, namespace, kind and name of the roles that the operator has; that any ServiceAccount has, if
    the operator is not of this stack.
    """
    operators = _operators(chain)
    return {
        (binding.node.provider, known(binding.namespace), known(binding.role[0]), known(binding.role[1]))
        for binding in chain.role_bindings
        for subject in binding.subjects
        if subject.get("kind") == "ServiceAccount"
        and (not operators or (str(subject.get("namespace")), str(subject.get("name"))) in operators)
    }
