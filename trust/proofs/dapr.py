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
from trust.techniques.dapr import stores_of
from trust.values import UNKNOWN, Text
from trust.workloads import Workload

_BUILT_IN: Final = "kubernetes"
_OWNERS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"})


def dapr_stores(chain: Chain) -> list[DaprComponent]:
    """Secret stores of Azure Key Vault, and what stands where one should: beside the other objects of Dapr of
    a workload.
    """
    return [
        item
        for item in chain.dapr_components
        if str(item.component_type).startswith("secretstores.") or chain.workload_of(item.node)
    ]


def applications(chain: Chain) -> list[PodOwner]:
    """Owners of pods with a sidecar, or of pods of a workload with a Configuration of Dapr."""
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


def users_of(chain: Chain, store: DaprComponent) -> list[Workload]:
    """The workloads whose application loads a secret store: its own, or those that share it."""
    if own := chain.workload_of(store.node):
        return [own]
    return [workload for workload in chain.workloads if store in stores_of(chain, workload)]


def fault(
    chain: Chain,
    item: KubernetesObject,
    problem: str,
    fix: str,
    *,
    unknown: bool = False,
    workload: Workload | None = None,
) -> Finding:
    """A finding about an object of a workload; of one that several share, for the first or a given one."""
    workload = workload or chain.workload_of(item.node)
    if workload is None and isinstance(item, DaprComponent):
        workload = next(iter(users_of(chain, item)), None)
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
    of=applications,
    reason="Dapr's injector makes no sidecar, and the application finds nothing at localhost.",
    source="https://docs.dapr.io/reference/arguments-annotations-overview/",
)
def dapr_sidecar_is_there(chain: Chain) -> Iterator[Finding]:
    """Every application of Dapr has a sidecar, and an app id of its own in its namespace."""
    taken = Counter(
        (owner.node.provider, known(owner.namespace), known(_app_id(owner))) for owner in applications(chain)
    )
    for owner in applications(chain):
        if not flag(owner.pod_annotations.get("dapr.io/enabled")):
            yield fault(chain, owner, "has no annotation dapr.io/enabled", "technique: dapr")
        if owner.kind not in _OWNERS:
            yield fault(chain, owner, "gets no sidecar, or never ends with one", "kind: Deployment")
        app_id = _app_id(owner)
        if app_id is not UNKNOWN and taken[owner.node.provider, known(owner.namespace), str(app_id)] > 1:
            yield fault(
                chain, owner, f"has the app id '{app_id}' of another one", "dapr.app_id: one of its own"
            )


@proof(
    "dapr-sidecar-keeps-the-standard",
    of=lambda chain: [owner for owner in applications(chain) if _is_restricted(chain, owner)],
    reason="A namespace with the restricted standard refuses the pods together with their sidecar.",
    source="https://docs.dapr.io/reference/arguments-annotations-overview/",
)
def dapr_sidecar_keeps_the_standard(chain: Chain) -> Iterator[Finding]:
    """In a namespace that enforces the restricted standard, sidecars have no capabilities and a profile."""
    for owner in applications(chain):
        installed = release(chain, DAPR, owner.node.provider)
        if not _is_restricted(chain, owner):
            continue
        profile = owner.pod_annotations.get("dapr.io/sidecar-seccomp-profile-type")
        if profile not in ("RuntimeDefault", "Localhost"):
            yield fault(chain, owner, "has a sidecar without seccomp profile", "technique: dapr sets it")
        injector = mapping(installed.values.get("dapr_sidecar_injector")) if installed else {}
        if installed and not flag(injector.get("sidecarDropALLCapabilities")):
            problem = "has a sidecar with capabilities"
            yield fault(chain, owner, problem, "technique: dapr sets sidecarDropALLCapabilities")


def _is_restricted(chain: Chain, owner: PodOwner) -> bool:
    label = "pod-security.kubernetes.io/enforce"
    return any(
        namespace.labels.get(label) == "restricted"
        for namespace in chain.namespaces
        if (namespace.node.provider, namespace.name) == (owner.node.provider, owner.namespace)
    )


@proof(
    "dapr-component-is-scoped",
    of=dapr_stores,
    reason="Every application of the namespace may load a Component without scopes.",
    source="https://docs.dapr.io/operations/components/component-scopes/",
    follows=["dapr-sidecar-is-there"],
)
def dapr_component_is_scoped(chain: Chain) -> Iterator[Finding]:
    """Every secret store is for the application of its workload, or for those that share it, and for no
    other.
    """
    for store in dapr_stores(chain):
        fix = "technique: dapr scopes the Component to dapr.app_id"
        if not store.scopes:
            yield fault(chain, store, "serves every application of its namespace", fix)
        if UNKNOWN in store.scopes:
            yield fault(chain, store, "has scopes that are unknown", fix, unknown=True)
        own, others = _asking(chain, store)
        scopes = {*map(known, store.scopes)} - {""}
        if own and (strange := sorted(scopes - own - others)):
            yield fault(chain, store, f"serves application {', '.join(strange)}, which is not its own", fix)
        if store.scopes and (missing := sorted(own - scopes)):
            yield fault(chain, store, f"does not serve application {', '.join(missing)}", fix)


def _asking(chain: Chain, store: DaprComponent) -> tuple[set[str], set[str]]:
    """The ids of the applications for which a store is, and those of the namespace whose pods another tool
    deploys: their Configurations reserve them.
    """
    if workload := chain.workload_of(store.node):
        return {known(_app_id(owner)) for owner in workload.pods}, set()
    place = store.key[:2]
    owners = [owner for owner in applications(chain) if owner.key[:2] == place]
    asking = {known(_app_id(owner)) for owner in owners if known(store.name) in _expected(owner)}
    without_pods = (item for item in chain.dapr_configurations if item.key[:2] == place)
    return asking, {
        known(item.name)
        for item in without_pods
        if (workload := chain.workload_of(item.node)) and not workload.pods
    }


@proof(
    "dapr-configuration-is-read",
    of=applications,
    reason="A sidecar without a Configuration returns every secret that its identity may read.",
    source="https://docs.dapr.io/operations/configuration/secret-scope/",
    follows=["workload-in-one-namespace", "dapr-sidecar-is-there"],
    about_requests=True,
)
def dapr_configuration_is_read(chain: Chain) -> Iterator[Finding]:
    """Every sidecar reads a Configuration of its namespace that the stack makes."""
    configurations = _configurations(chain)
    for owner in applications(chain):
        name = text(owner.pod_annotations.get("dapr.io/config"))
        if name is UNKNOWN:
            yield fault(chain, owner, "names an unknown Configuration", "technique: dapr", unknown=True)
        elif _of(owner, configurations) is None:
            problem = (
                f"names Configuration '{name}', which is not in its namespace"
                if name
                else "names no Configuration"
            )
            yield fault(chain, owner, problem, "technique: dapr makes one, and names it in dapr.io/config")


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
    follows=["workload-in-one-namespace", "dapr-store-is-there"],
    about_requests=True,
)
def dapr_denies_by_default(chain: Chain) -> Iterator[Finding]:
    """Every Configuration denies what it does not list, in each secret store of its application."""
    stores: dict[str, list[str]] = defaultdict(list)
    for store in dapr_stores(chain):
        for workload in users_of(chain, store):
            stores[workload.node.urn].append(known(store.name))
    configurations = _configurations(chain)
    readers: dict[str, list[PodOwner]] = defaultdict(list)
    for owner in applications(chain):
        if configuration := _of(owner, configurations):
            readers[configuration.node.urn].append(owner)
    fix = "technique: dapr denies by default"
    for configuration in chain.dapr_configurations:
        for scope in configuration.secret_scopes:
            if scope.get("defaultAccess") != "deny":
                problem = f"allows every secret of store '{scope.get('storeName')}' that it does not deny"
                yield fault(chain, configuration, problem, fix)
        workload = chain.workload_of(configuration.node)
        needed = stores[workload.node.urn] if workload else []
        built_in = [] if _have_no_built_in(readers[configuration.node.urn]) else [_BUILT_IN]
        for name in (*needed, *built_in):
            if configuration.scope_of(name) is None:
                yield fault(chain, configuration, f"has no scope for store '{name}'", fix)


def _have_no_built_in(owners: list[PodOwner]) -> bool:
    """Whether no sidecar has the store of the namespace's Secrets."""
    annotation = "dapr.io/disable-builtin-k8s-secret-store"
    return bool(owners) and all(flag(owner.pod_annotations.get(annotation)) for owner in owners)


@proof(
    "dapr-allows-what-is-listed",
    of=applications,
    reason="The application gets 403 for a secret that it reads, or may ask for one that it does not read.",
    source="https://docs.dapr.io/reference/api/secrets_api/",
    follows=["dapr-configuration-is-read", "dapr-denies-by-default"],
    about_requests=True,
)
def dapr_allows_what_is_listed(chain: Chain) -> Iterator[Finding]:
    """Every sidecar returns the secrets whose names the application gets, and no others."""
    configurations = _configurations(chain)
    for owner in applications(chain):
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
                yield fault(chain, configuration, problem, fix)
            if more := sorted(allowed - denied - expected):
                problem = (
                    f"allows {', '.join(more)} of store '{store}', of which the application gets no name"
                )
                yield fault(chain, configuration, problem, fix)


def _expected(owner: PodOwner) -> Mapping[str, set[str]]:
    """The names of secrets that an application reads, by store: its variables ``SECRET_NAMES…``."""
    env: dict[str, Any] = {str(variable.get("name")): variable.get("value") for _, variable in owner.env}
    expected: dict[str, set[str]] = {}
    for name, store in env.items():
        if name.startswith("DAPR_SECRET_STORE") and isinstance(store, str):
            names = env.get(f"SECRET_NAMES{name.removeprefix('DAPR_SECRET_STORE')}", "")
            expected[store] = {part for part in str(names or "").split(",") if part}
    return expected
