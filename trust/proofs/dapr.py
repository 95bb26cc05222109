"""Dapr: a sidecar returns the listed secrets to the application that lists them, and reads as its pod."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.nodes.delivery import DaprComponent, DaprConfiguration
from trust.nodes.fields import flag, known, listed, mapping, text
from trust.nodes.kubernetes import KubernetesObject
from trust.nodes.pods import PodOwner
from trust.operators import DAPR, release
from trust.proofs.proof import Finding, proof
from trust.values import UNKNOWN, Text

_STORE_TYPE: Final = "secretstores.azure.keyvault"
_BUILT_IN: Final = "kubernetes"
_OWNERS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def _stores(chain: Chain) -> list[DaprComponent]:
    """Secret stores of Azure Key Vault, and what stands where one should: beside the other objects of Dapr of
    a workload.
    """
    return [
        item
        for item in chain.dapr_components
        if str(item.component_type).startswith("secretstores.") or chain.workload_of(item.node)
    ]


def _applications(chain: Chain) -> list[PodOwner]:
    """What makes pods with a sidecar, or pods of a workload that has a Configuration of Dapr."""
    configured = {
        workload.node.urn
        for item in chain.dapr_configurations
        if (workload := chain.workload_of(item.node)) is not None
    }
    return [
        owner
        for owner in chain.pod_owners
        if any(str(key).startswith("dapr.io/") for key in owner.pod_annotations)
        or ((workload := chain.workload_of(owner.node)) and workload.node.urn in configured)
    ]


def _app_id(owner: PodOwner) -> Text:
    return text(owner.pod_annotations.get("dapr.io/app-id"), str(owner.name or ""))


def _finding(
    chain: Chain, item: KubernetesObject, problem: str, fix: str, *, unknown: bool = False
) -> Finding:
    workload = chain.workload_of(item.node)
    name = workload.name if workload else ""
    subject = f"{item.kind} '{item.name}'"
    return Finding(
        workload=name,
        text=f"{subject} {problem}",
        fix=f"workloads[name={name}].{fix}" if name else fix,
        urn=item.node.urn,
        unknown=unknown,
    )


@proof(
    "dapr-sidecar-is-there",
    of=_applications,
    reason="Dapr's injector makes no sidecar, and the application finds nothing at localhost.",
    source="https://docs.dapr.io/reference/arguments-annotations-overview/",
)
def dapr_sidecar_is_there(chain: Chain) -> Iterator[Finding]:
    """Every application of Dapr has a sidecar, and an app id of its own in its namespace."""
    taken = Counter(
        (owner.node.provider, known(owner.namespace), known(_app_id(owner))) for owner in _applications(chain)
    )
    for owner in _applications(chain):
        if not flag(owner.pod_annotations.get("dapr.io/enabled")):
            yield _finding(chain, owner, "has no annotation dapr.io/enabled", "technique: dapr")
        if owner.kind not in _OWNERS:
            yield _finding(chain, owner, "gets no sidecar, or never ends with one", "kind: Deployment")
        app_id = _app_id(owner)
        if app_id is not UNKNOWN and taken[owner.node.provider, known(owner.namespace), str(app_id)] > 1:
            yield _finding(
                chain, owner, f"has the app id '{app_id}' of another one", "dapr.app_id: one of its own"
            )


@proof(
    "dapr-sidecar-keeps-the-standard",
    of=lambda chain: [owner for owner in _applications(chain) if _is_restricted(chain, owner)],
    reason="A namespace with the restricted standard refuses the pods together with their sidecar.",
    source="https://docs.dapr.io/reference/arguments-annotations-overview/",
)
def dapr_sidecar_keeps_the_standard(chain: Chain) -> Iterator[Finding]:
    """In a namespace that enforces the restricted standard, sidecars have no capabilities and a profile."""
    for owner in _applications(chain):
        installed = release(chain, DAPR, owner.node.provider)
        if not _is_restricted(chain, owner):
            continue
        profile = owner.pod_annotations.get("dapr.io/sidecar-seccomp-profile-type")
        if profile not in ("RuntimeDefault", "Localhost"):
            yield _finding(chain, owner, "has a sidecar without seccomp profile", "technique: dapr sets it")
        injector = mapping(installed.values.get("dapr_sidecar_injector")) if installed else {}
        if installed and not flag(injector.get("sidecarDropALLCapabilities")):
            problem = "has a sidecar with capabilities"
            yield _finding(chain, owner, problem, "technique: dapr sets sidecarDropALLCapabilities")


def _is_restricted(chain: Chain, owner: PodOwner) -> bool:
    label = "pod-security.kubernetes.io/enforce"
    return any(
        namespace.labels.get(label) == "restricted"
        for namespace in chain.namespaces
        if (namespace.node.provider, namespace.name) == (owner.node.provider, owner.namespace)
    )


@proof(
    "dapr-component-is-scoped",
    of=_stores,
    reason="Every application of the namespace may load a Component without scopes.",
    source="https://docs.dapr.io/operations/components/component-scopes/",
    follows=["dapr-sidecar-is-there"],
)
def dapr_component_is_scoped(chain: Chain) -> Iterator[Finding]:
    """Every secret store is for the application of its workload, and for no other."""
    for store in _stores(chain):
        fix = "technique: dapr scopes the Component to dapr.app_id"
        if not store.scopes:
            yield _finding(chain, store, "serves every application of its namespace", fix)
        if UNKNOWN in store.scopes:
            yield _finding(chain, store, "has scopes that are unknown", fix, unknown=True)
        workload = chain.workload_of(store.node)
        own = {known(_app_id(owner)) for owner in (workload.pods if workload else ())}
        if own and (strange := sorted({*map(known, store.scopes)} - own - {""})):
            yield _finding(
                chain, store, f"serves application {', '.join(strange)}, which is not its own", fix
            )
        if own and store.scopes and not own & {*map(known, store.scopes)}:
            yield _finding(chain, store, f"does not serve application {', '.join(sorted(own))}", fix)


@proof(
    "dapr-store-identity",
    of=_stores,
    reason="The sidecar tries other methods, the identity of the node among them, or reads another vault.",
    source="https://docs.dapr.io/developing-applications/integrations/azure/azure-authentication/authenticating-azure/",
    follows=["account-identity"],
)
def dapr_store_identity(chain: Chain) -> Iterator[Finding]:
    """Every secret store reads a vault of the stack, as the identity of its pod and in no other way."""
    for store in _stores(chain):
        if store.component_type != _STORE_TYPE or store.node.input("spec.version") != "v1":
            problem = f"is of type '{store.component_type}', version '{store.node.input('spec.version')}'"
            yield _finding(chain, store, problem, f"technique: dapr makes a {_STORE_TYPE}, version v1")
            continue
        if store.vault is UNKNOWN:
            yield _finding(chain, store, "names an unknown vault", "secrets[].vault", unknown=True)
        elif chain.vault(store.vault) is None:
            problem = f"names vault '{store.vault}', which the stack neither makes nor uses"
            yield _finding(chain, store, problem, "secrets[].vault: one of vaults")
        if store.auth_methods != "workloadidentity":
            problem = f"signs in by '{store.auth_methods or 'every method in turn'}'"
            yield _finding(chain, store, problem, "technique: dapr sets azureAuthMethods: workloadidentity")
        workload = chain.workload_of(store.node)
        account = workload.service_account if workload else None
        if store.client_id and account and account.client_id not in (UNKNOWN, store.client_id):
            problem = f"names client id {store.client_id}, and the ServiceAccount {account.client_id}"
            yield _finding(chain, store, problem, "identity: one for the Component and the ServiceAccount")
        if store.client_id == "" and account and account.client_id == "":
            problem = "names no azureClientId, and the ServiceAccount names none either"
            yield _finding(chain, store, problem, "identity: one that the ServiceAccount names")
        for secret in sorted(
            {"azureClientSecret", "azureCertificate", "azureCertificateFile"} & {*store.metadata}
        ):
            yield _finding(chain, store, f"signs in with {secret}", "technique: dapr needs no client secret")


@proof(
    "dapr-configuration-is-read",
    of=_applications,
    reason="A sidecar without a Configuration returns every secret that its identity may read.",
    source="https://docs.dapr.io/operations/configuration/secret-scope/",
    follows=["workload-in-one-namespace", "dapr-sidecar-is-there"],
)
def dapr_configuration_is_read(chain: Chain) -> Iterator[Finding]:
    """Every sidecar reads a Configuration of its namespace that the stack makes."""
    configurations = _configurations(chain)
    for owner in _applications(chain):
        name = text(owner.pod_annotations.get("dapr.io/config"))
        if name is UNKNOWN:
            yield _finding(chain, owner, "names an unknown Configuration", "technique: dapr", unknown=True)
        elif _of(owner, configurations) is None:
            problem = (
                f"names Configuration '{name}', which is not in its namespace"
                if name
                else "names no Configuration"
            )
            yield _finding(chain, owner, problem, "technique: dapr makes one, and names it in dapr.io/config")


_Configurations = Mapping[tuple[str, str, str], DaprConfiguration]


def _configurations(chain: Chain) -> _Configurations:
    return {item.key: item for item in chain.dapr_configurations}


def _of(owner: PodOwner, configurations: _Configurations) -> DaprConfiguration | None:
    """The Configuration that a sidecar reads."""
    name = text(owner.pod_annotations.get("dapr.io/config"))
    return configurations.get((owner.node.provider, known(owner.namespace), known(name))) if name else None


@proof(
    "dapr-denies-by-default",
    of=lambda chain: chain.dapr_configurations,
    reason="The sidecar returns every secret of a store without a scope to every container of the pod.",
    source="https://docs.dapr.io/operations/configuration/secret-scope/",
    follows=["workload-in-one-namespace"],
)
def dapr_denies_by_default(chain: Chain) -> Iterator[Finding]:
    """Every Configuration denies what it does not list, in each secret store of its application."""
    stores: dict[str, list[str]] = defaultdict(list)
    for store in _stores(chain):
        if workload := chain.workload_of(store.node):
            stores[workload.node.urn].append(known(store.name))
    configurations = _configurations(chain)
    readers: dict[str, list[PodOwner]] = defaultdict(list)
    for owner in _applications(chain):
        if configuration := _of(owner, configurations):
            readers[configuration.node.urn].append(owner)
    fix = "technique: dapr denies by default"
    for configuration in chain.dapr_configurations:
        for scope in configuration.secret_scopes:
            if scope.get("defaultAccess") != "deny":
                problem = f"allows every secret of store '{scope.get('storeName')}' that it does not deny"
                yield _finding(chain, configuration, problem, fix)
        workload = chain.workload_of(configuration.node)
        needed = stores[workload.node.urn] if workload else []
        built_in = [] if _have_no_built_in(readers[configuration.node.urn]) else [_BUILT_IN]
        for name in (*needed, *built_in):
            if configuration.scope_of(name) is None:
                yield _finding(chain, configuration, f"has no scope for store '{name}'", fix)


def _have_no_built_in(owners: list[PodOwner]) -> bool:
    """Whether no sidecar has the store of the namespace's Secrets."""
    annotation = "dapr.io/disable-builtin-k8s-secret-store"
    return bool(owners) and all(flag(owner.pod_annotations.get(annotation)) for owner in owners)


@proof(
    "dapr-allows-what-is-listed",
    of=_applications,
    reason="The application gets 403 for a secret that it reads, or may ask for one that it does not read.",
    source="https://docs.dapr.io/developing-applications/building-blocks/secrets/secrets-scopes/",
    follows=["dapr-configuration-is-read", "dapr-denies-by-default"],
)
def dapr_allows_what_is_listed(chain: Chain) -> Iterator[Finding]:
    """Every sidecar returns the secrets whose names the application gets, and no others."""
    configurations = _configurations(chain)
    for owner in _applications(chain):
        configuration = _of(owner, configurations)
        if configuration is None:
            continue
        for store, expected in _expected(owner).items():
            scope = configuration.scope_of(store) or {}
            allowed = {str(name) for name in listed(scope.get("allowedSecrets"))}
            denied = {str(name) for name in listed(scope.get("deniedSecrets"))}
            fix = "secrets: one list for the Configuration and the application"
            if missing := sorted(expected - (allowed - denied)):
                problem = (
                    f"does not allow {', '.join(missing)} of store '{store}', which the application reads"
                )
                yield _finding(chain, configuration, problem, fix)
            if more := sorted(allowed - denied - expected):
                problem = (
                    f"allows {', '.join(more)} of store '{store}', of which the application gets no name"
                )
                yield _finding(chain, configuration, problem, fix)


def _expected(owner: PodOwner) -> Mapping[str, set[str]]:
    """The names of secrets that an application reads, by store: its variables ``SECRET_NAMES…``."""
    env: dict[str, Any] = {str(variable.get("name")): variable.get("value") for _, variable in owner.env}
    expected: dict[str, set[str]] = {}
    for name, store in env.items():
        if name.startswith("DAPR_SECRET_STORE") and isinstance(store, str):
            names = env.get(f"SECRET_NAMES{name.removeprefix('DAPR_SECRET_STORE')}", "")
            expected[store] = {part for part in str(names or "").split(",") if part}
    return expected
