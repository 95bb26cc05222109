"""The objects of the External Secrets Operator: what it reads as which ServiceAccount, and what it writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from trust.chain import Chain
from trust.durations import seconds
from trust.nodes.delivery import SecretStore
from trust.nodes.fields import known, mapping, same_text, text, vault_of_url
from trust.nodes.kubernetes import HelmRelease, KubernetesObject, Role
from trust.operators import EXTERNAL_SECRETS
from trust.proofs.proof import Finding, proof
from trust.values import UNKNOWN

_API: Final = "external-secrets.io/v1"
_REFRESH: Final = frozenset({"Periodic", "OnChange", "CreatedOnce"})
_CREATION: Final = frozenset({"Owner", "Orphan", "Merge", "None", "CreateOrMerge"})
_DELETION: Final = frozenset({"Retain", "Delete", "Merge"})


def _objects(chain: Chain) -> list[KubernetesObject]:
    return [*chain.secret_stores, *chain.external_secrets]


def _finding(
    chain: Chain, item: KubernetesObject, problem: str, fix: str, *, unknown: bool = False
) -> Finding:
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
            yield _finding(chain, item, problem, f"technique: the object has to be of {_API}")


@proof(
    "eso-store-is-namespaced",
    of=_objects,
    reason="A ClusterSecretStore reads with one identity for every namespace, and limits the keys of none.",
    source="https://external-secrets.io/latest/guides/multi-tenancy/",
)
def eso_store_is_namespaced(chain: Chain) -> Iterator[Finding]:
    """Every store is a SecretStore in the namespace of what reads from it."""
    for store in chain.secret_stores:
        if store.kind != "SecretStore":
            yield _finding(
                chain, store, "serves every namespace", "technique: a SecretStore in its namespace"
            )
    for external in chain.external_secrets:
        for kind in sorted(
            {str(kind) for (kind, _), _ in external.asks if kind is not UNKNOWN} - {"SecretStore"}
        ):
            yield _finding(
                chain, external, f"reads from a {kind}", "technique: a SecretStore in its namespace"
            )


@proof(
    "eso-store-identity",
    of=lambda chain: chain.secret_stores,
    reason="The operator would read as another identity, or with a client secret, or fail.",
    source="https://external-secrets.io/latest/provider/azure-key-vault/#workload-identity",
    follows=["workload-in-one-namespace"],
)
def eso_store_identity(chain: Chain) -> Iterator[Finding]:
    """Every store reads as the ServiceAccount of its workload, and names neither tenant nor client secret."""
    for store in chain.secret_stores:
        if store.auth_type is UNKNOWN:
            yield _finding(chain, store, "has an authType that is unknown", "technique: eso", unknown=True)
        elif store.auth_type != "WorkloadIdentity":
            problem = f"signs in by {store.auth_type} and not by WorkloadIdentity"
            yield _finding(chain, store, problem, "technique: eso sets WorkloadIdentity")
        if "authSecretRef" in store.provider:
            yield _finding(chain, store, "signs in with a Secret", "technique: eso needs no authSecretRef")
        yield from _of_account(chain, store)


def _of_account(chain: Chain, store: SecretStore) -> Iterator[Finding]:
    workload = chain.workload_of(store.node)
    namespace, name = store.service_account
    account = chain.service_account(store.node.provider, namespace, name)
    ref = mapping(store.provider.get("serviceAccountRef"))
    if UNKNOWN in (namespace, name):
        yield _finding(chain, store, "reads as an unknown ServiceAccount", "service_account", unknown=True)
    elif not name:
        yield _finding(chain, store, "names no ServiceAccount", "service_account: the workload's own")
    elif workload and workload.service_account_name not in ("", UNKNOWN, name):
        problem = f"reads as ServiceAccount '{name}', and the workload's is '{workload.service_account_name}'"
        yield _finding(chain, store, problem, "service_account: one for the pods and for the store")
    elif account is None:
        problem = (
            f"reads as ServiceAccount '{namespace}/{name}', which the program neither makes nor annotates"
        )
        yield _finding(chain, store, problem, "service_account: one of the program")
    if ref.get("namespace") not in (None, UNKNOWN, store.namespace):
        problem = f"names a ServiceAccount of namespace '{ref.get('namespace')}'"
        yield _finding(chain, store, problem, "service_account: one of its own namespace")
    if store.provider.get("tenantId") and account and account.tenant_id:
        problem = "names the tenant, which the ServiceAccount names too: the operator fails"
        yield _finding(chain, store, problem, "technique: eso takes the tenant from the ServiceAccount")


@proof(
    "eso-store-vault",
    of=lambda chain: chain.secret_stores,
    reason="The operator would read another vault, or none.",
    source="https://external-secrets.io/latest/provider/azure-key-vault/",
)
def eso_store_vault(chain: Chain) -> Iterator[Finding]:
    """The URL of every store is that of a vault of the stack, or of one that the stack uses."""
    for store in chain.secret_stores:
        url = text(store.provider.get("vaultUrl"))
        vault = chain.vault(store.vault)
        if url is UNKNOWN:
            yield _finding(chain, store, "has a vaultUrl that is unknown", "vault", unknown=True)
        elif not str(url).startswith("https://") or vault is None:
            problem = f"has the vaultUrl '{url}', which is that of no vault that the stack makes or uses"
            yield _finding(chain, store, problem, "secrets[].vault: a vault of section vault or vaults")
        elif vault_of_url(vault.uri) and same_text(str(vault.uri).rstrip("/"), str(url).rstrip("/")) is False:
            problem = f"has the vaultUrl '{url}', and the vault answers at '{vault.uri}'"
            yield _finding(chain, store, problem, "secrets[].vault: a vault of section vault or vaults")


@proof(
    "eso-reads-a-store",
    of=lambda chain: chain.external_secrets,
    reason="The operator reports an ExternalSecret without its store as not ready, and makes no Secret.",
    source="https://external-secrets.io/latest/api/externalsecret/",
    follows=["workload-in-one-namespace", "eso-store-is-namespaced"],
)
def eso_reads_a_store(chain: Chain) -> Iterator[Finding]:
    """Every ExternalSecret reads from a store of its namespace that the stack makes."""
    stores = {store.key for store in chain.secret_stores}
    for external in chain.external_secrets:
        for name in dict.fromkeys(name for (_, name), _ in external.asks):
            if name is UNKNOWN:
                yield _finding(chain, external, "reads from an unknown store", "technique: eso", unknown=True)
            elif (external.node.provider, known(external.namespace), str(name)) not in stores:
                problem = f"reads from store '{name}', which is not in namespace '{external.namespace}'"
                yield _finding(chain, external, problem, "secrets[].vault: a vault that the workload reads")


@proof(
    "eso-target",
    of=lambda chain: chain.external_secrets,
    reason="The operator's webhook refuses it, or no Secret is there for the pods.",
    source="https://external-secrets.io/latest/guides/ownership-deletion-policy/",
)
def eso_target(chain: Chain) -> Iterator[Finding]:
    """The policies of every ExternalSecret fit each other, and it makes the Secret that pods read."""
    read = {
        (owner.node.provider, known(owner.namespace), known(ref.name))
        for owner in chain.pod_owners
        for ref in owner.secret_refs
        if not ref.optional
    }
    for external in chain.external_secrets:
        target = mapping(external.spec.get("target"))
        creation, deletion = target.get("creationPolicy", "Owner"), target.get("deletionPolicy", "Retain")
        is_read = (external.node.provider, known(external.namespace), known(external.target)) in read
        for problem in _policy_problems(creation, deletion, is_read=is_read):
            fix = "external_secrets: creation_policy: Owner, deletion_policy: Retain are the defaults"
            yield _finding(chain, external, problem, fix)


def _policy_problems(creation: Any, deletion: Any, *, is_read: bool) -> Iterator[str]:
    if creation not in _CREATION or deletion not in _DELETION:
        yield f"has a policy that the operator does not know ({creation}, {deletion})"
    elif deletion == "Delete" and creation != "Owner":
        yield f"deletes a Secret that it does not own ({creation})"
    elif deletion == "Merge" and creation == "None":
        yield "removes keys of a Secret that it does not make"
    if creation == "None" and is_read:
        yield "makes no Secret, and pods read it"


@proof(
    "eso-refresh",
    of=lambda chain: chain.external_secrets,
    reason="A new value never arrives, or not with the one that belongs to it, or the vault throttles.",
    source="https://external-secrets.io/latest/api/externalsecret/",
)
def eso_refresh(chain: Chain) -> Iterator[Finding]:
    """What is refreshed is refreshed at most once a minute, and all values of a workload alike."""
    rhythms: dict[str, set[tuple[str, str]]] = defaultdict(set)
    fix = "external_secrets.refresh_interval: 1m or more, with refresh_policy: Periodic"
    for external in chain.external_secrets:
        policy = text(external.spec.get("refreshPolicy"), "Periodic")
        interval = text(external.spec.get("refreshInterval"), "1h")
        if UNKNOWN in (policy, interval):
            yield _finding(chain, external, "has a refreshInterval that is unknown", fix, unknown=True)
            continue
        every = seconds(str(interval))
        if policy not in _REFRESH or every is None:
            yield _finding(chain, external, f"has an unknown refresh ({policy}, {interval})", fix)
        elif policy == "Periodic" and every < 60:
            never = "is never refreshed" if every == 0 else "reads the vault more than once a minute"
            yield _finding(chain, external, f"{never} (refreshInterval {interval})", fix)
        workload = chain.workload_of(external.node)
        rhythm = rhythms[workload.node.urn if workload else external.node.urn]
        rhythm.add((str(policy), str(every)))
        if len(rhythm) == 2:
            problem = f"is refreshed at another time than the other values ({policy}, {interval})"
            yield _finding(chain, external, problem, fix)


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
            yield _finding(chain, role, problem, "technique: the Role names the ServiceAccount of the store")
        if (role.node.provider, known(role.namespace), role.kind, known(role.name)) in bound:
            granted |= there
        else:
            problem = "is bound to no ServiceAccount of the operator, so it gets no token"
            yield _finding(
                chain, role, problem, "operators.external_secrets.namespace: where the operator runs"
            )
    for release in _releases(chain):
        if granted and not _needs_roles(release):
            fix = "operators.external_secrets.cluster_wide: true, if it may"
            yield _finding(
                chain, release, "allows tokens of every ServiceAccount, whatever the Roles allow", fix
            )
    if not any(_needs_roles(release) for release in _releases(chain)):
        return
    for store in chain.secret_stores:
        if (store.node.provider, *map(known, store.service_account)) not in granted:
            problem = "reads as a ServiceAccount of which the operator gets no token"
            yield _finding(chain, store, problem, "technique: eso makes a Role and a RoleBinding for it")


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
    operators = {
        (
            known(operator.namespace),
            str(mapping(operator.values.get("serviceAccount")).get("name", operator.name)),
        )
        for operator in _releases(chain)
    }
    return {
        (binding.node.provider, known(binding.namespace), known(binding.role[0]), known(binding.role[1]))
        for binding in chain.role_bindings
        for subject in binding.subjects
        if subject.get("kind") == "ServiceAccount"
        and (not operators or (str(subject.get("namespace")), str(subject.get("name"))) in operators)
    }
