"""Warnings about what an update takes away from pods that nothing of the program replaces: those that another
tool deploys (`kind: none`), and with `grants: external` the old pods of a rollout.

The outputs of the last update tell what these pods name.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from components.workloads import WORKLOADS, Capability, Technique, WorkloadKind
from components.workloads.vault_objects import qualified_name
from stacks.args.vault import vault_component
from stacks.outputs.access import kubernetes_secrets_of
from stacks.preflight.checks.vaults import resolved_vaults
from stacks.preflight.lookup import Lookup
from stacks.preflight.own_state import (
    DAPR_CONFIGURATION,
    EXTERNAL_SECRET,
    NAMESPACE,
    PROVIDER_CLASS,
    SECRET,
    SECRET_SYNC,
    SERVICE_ACCOUNT,
    OwnState,
)
from stacks.preflight.registry import warning
from stacks.settings import Grants, Settings
from stacks.settings.model.workloads import ANY_KEY, WorkloadSettings
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation

_NAMES = "docs/techniques.md#names-that-stay"
_Part = Mapping[str, Any]
"""Part of a document: of a pod's manifest, or a row of the output ``access``."""


_KEYS = {"workload", "namespace", "secret", "asked", "technique", "vault"}


@warning(
    "pods-elsewhere-lose-a-name",
    "https://kubernetes.io/docs/concepts/configuration/secret/#restriction-secret-must-exist;"
    " https://kubernetes.io/docs/concepts/security/service-accounts/#assign-to-pod",
)
def pods_of_other_tools_keep_what_they_name(lookup: Lookup) -> Iterator[Violation]:
    """A tool deploys the pods at a time of its own, so they go on naming what the last update published."""
    state = lookup.state
    namespaces = {row["workload"]: row["namespace"] for row in _rows(state)}
    pods: Mapping[str, _Part] = state.published.get("pods") or {}
    for name, patch in pods.items():
        namespace = namespaces.get(name)
        if namespace is None:
            continue
        path, remaining = _place(lookup.settings, name)
        lost = [*_lost(lookup.settings, state, namespace, patch)]
        if lost:
            yield Violation(
                path,
                f"pods of another tool name what {name!r} had at the last update, and this update takes it"
                f" away from namespace {namespace!r}: {', '.join(lost)}; those that start again fail",
                "deploy pods that name it no longer first, for example those of a second workload beside"
                f" {'this one' if remaining else repr(name)}",
                command=_NAMES,
            )


@warning(
    "secret-leaves-before-its-pods",
    "https://www.pulumi.com/registry/packages/kubernetes/#pulumicomskipawait: what is not waited for may"
    " still run when Pulumi deletes what has left the program",
)
def secrets_stay_until_their_pods_are_gone(lookup: Lookup) -> Iterator[Violation]:
    """Pulumi deletes a secret of the vault at the end of the update in which it leaves the list."""
    settings, state = lookup.settings, lookup.state
    written = state.of_type(SECRET)
    listed = {secret.object_key for each in settings.workloads for secret in each.objects}
    kept = {f"{vault_component(label)}/{name}" for label, name in listed}
    elsewhere: Container[str] = state.published.get("pods") or {}
    vaults = {**lookup.context.vaults, **resolved_vaults(lookup)}
    labels = {vault.name: label for label, vault in vaults.items()}
    for row in _rows(state):
        name, workload = row["secret"], row["workload"]
        if not row["asked"] or row["vault"] not in labels:
            continue
        if (logical := f"{vault_component(labels[row['vault']])}/{name}") not in written or logical in kept:
            continue
        spec = WORKLOADS[Technique(row["technique"])].spec
        reads_when_it_starts = not spec.uses_kubernetes_secrets
        waits = settings.grants is Grants.MANAGED
        if not reads_when_it_starts or (waits and (workload not in elsewhere or spec.volume_by_vault)):
            continue
        whose = "pods of another tool" if workload in elsewhere else "old pods, for which nothing waits,"
        path, _ = _place(settings, workload)
        yield Violation(
            path,
            f"secret {name!r} leaves the list, and unless the last update had manage: release for it, this"
            f" one deletes it from vault {row['vault']!r}: {whose} of {workload!r} may still read it",
            "list it with manage: release until they are gone",
            command=_NAMES,
        )


def _rows(state: OwnState) -> Sequence[_Part]:
    """The rows of the output ``access``; those of an earlier release that lack a key are left out."""
    rows: Sequence[_Part] = state.published.get("access") or ()
    return [row for row in rows if row.keys() >= _KEYS]


def _place(settings: Settings, name: str) -> tuple[Path, bool]:
    """The path of a workload, and whether there is one: another may have taken its place."""
    names = [workload.name for workload in settings.workloads]
    return (("workloads", names.index(name)), True) if name in names else (("workloads",), False)


def _lost(settings: Settings, state: OwnState, namespace: str, patch: _Part) -> Iterator[str]:
    """The objects that the pods name and no longer find, in words."""
    listed = settings.namespaces_by_name.get(namespace)
    if state.has(NAMESPACE, f"/{namespace}") and (listed is None or listed.existing):
        yield "the namespace with everything in it"
        return
    here = [workload for workload in settings.workloads if workload.namespace == namespace]
    spec = _part(patch, "spec")
    account = spec.get("serviceAccountName", "")
    accounts = {workload.service_account_name for workload in here}
    if state.has(SERVICE_ACCOUNT, f"{namespace}/{account}") and account not in accounts:
        yield f"ServiceAccount {account!r}"
    classes = {name for workload in here for name in _classes(workload)}
    for name in _named_classes(spec):
        if state.has(PROVIDER_CLASS, f"{namespace}/{name}") and name not in classes:
            yield f"SecretProviderClass {name!r}"
    configuration = _part(_part(patch, "metadata"), "annotations").get("dapr.io/config", "")
    apps = {workload.dapr_app_id for workload in here if Capability.DAPR in workload.spec.capabilities}
    if state.has(DAPR_CONFIGURATION, f"{namespace}/{configuration}") and configuration not in apps:
        yield f"Configuration {configuration!r} of Dapr"
    filled: dict[str, set[str]] = {}
    for workload in here:
        for name, keys in kubernetes_secrets_of(workload).items():
            filled.setdefault(name, set()).update(keys)
    for name, key in dict.fromkeys(_named_secrets(spec)):
        # The operator's object that leaves is deleted without its Secret.
        is_left = name not in filled and any(
            state.has(token, f"{namespace}/{name}") for token in (EXTERNAL_SECRET, SECRET_SYNC)
        )
        if not is_left and not _holds(filled.get(name, set()), key):
            yield f"key {key!r} of Secret {name!r}" if key != ANY_KEY else f"Secret {name!r}"


def _holds(keys: Container[str], key: str) -> bool:
    if key == ANY_KEY:
        return bool(keys)
    return key in keys or ANY_KEY in keys


def _classes(workload: WorkloadSettings) -> Iterator[str]:
    """The SecretProviderClasses of a workload whose names its pods know beforehand."""
    if workload.spec.volume_by_vault is not None and workload.kind is WorkloadKind.NONE:
        yield from (qualified_name(workload.name, vault) for vault in workload.vaults)


def _named_classes(spec: _Part) -> Iterator[str]:
    for volume in _each(spec, "volumes"):
        if name := _part(_part(volume, "csi"), "volumeAttributes").get("secretProviderClass"):
            yield name


def _named_secrets(spec: _Part) -> Iterator[tuple[str, str]]:
    """Secret and key of each reference of the pod. ``ANY_KEY``: the whole Secret."""
    for container in _each(spec, "containers"):
        for variable in _each(container, "env"):
            if reference := _part(_part(variable, "valueFrom"), "secretKeyRef"):
                yield reference["name"], reference["key"]
        for source in _each(container, "envFrom"):
            if reference := _part(source, "secretRef"):
                yield reference["name"], ANY_KEY
    for volume in _each(spec, "volumes"):
        for source in _each(_part(volume, "projected"), "sources"):
            secret = _part(source, "secret")
            yield from ((secret["name"], item["key"]) for item in _each(secret, "items"))


def _part(manifest: _Part, key: str) -> _Part:
    return manifest.get(key) or {}


def _each(manifest: _Part, key: str) -> Sequence[_Part]:
    return manifest.get(key) or ()
