"""Warnings about SecretProviderClasses of a live stack: what a longer list does to pods that use them."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.workloads.techniques.csi import ROLLED_OUT
from components.workloads.techniques.csi_objects import mounted_objects, provider_type
from components.workloads.vault_objects import qualified_name
from stacks.preflight.checks.vaults import resolved_vaults
from stacks.preflight.lookup import Lookup
from stacks.preflight.needed_grants import needed_grant, principal_before_the_update
from stacks.preflight.own_state import PROVIDER_CLASS
from stacks.preflight.registry import warning
from stacks.settings import Grants
from stacks.settings.model.rights import read_scopes
from stacks.settings.model.workloads import WorkloadSettings, kept_keys
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation

_NAMES = "docs/techniques.md#names-that-stay"


@warning(
    "class-waits-for-its-grants",
    "the provider mounts all objects of a class or none: secrets-store-csi-driver-provider-azure,"
    " pkg/provider/provider.go (GetSecretsStoreObjectContent returns the first error)",
)
def pods_can_mount_what_their_class_lists(lookup: Lookup) -> Iterator[Violation]:
    """The class of a workload without a rollout of the program keeps its name, so it changes in place."""
    if lookup.settings.grants is not Grants.EXTERNAL:
        return
    for index, workload in enumerate(lookup.settings.workloads):
        if workload.kind in ROLLED_OUT or workload.spec.volume_by_vault is None:
            continue
        reaches = read_scopes(lookup.settings.workloads_by_identity[workload.identity_name])
        for position, secret in enumerate(workload.secrets):
            name = qualified_name(workload.name, secret.vault)
            parameters: Mapping[str, Any] = _class_in_state(lookup, name).get("parameters") or {}
            mounted = mounted_objects(str(parameters.get("objects", "")))
            if not mounted or (secret.name.lower(), provider_type(secret.type)) in mounted:
                continue
            path = ("workloads", index, "secrets", position)
            principal = principal_before_the_update(lookup, workload.identity_name)
            reach = next(reach for reach in reaches if reach.includes(secret))
            vault = {**lookup.context.vaults, **resolved_vaults(lookup)}.get(secret.vault)
            grant = needed_grant(reach, vault, principal) if vault and principal else None
            if grant and grant.is_found(lookup, path):
                continue
            yield Violation(
                path,
                f"csi mounts all objects of SecretProviderClass {name!r} or none, and no role assignment for"
                f" {secret.name!r} is found: once it is listed, pods of {workload.name!r} that start again"
                " wait in ContainerCreating until it is granted",
                "grant it before this update",
                command=grant.command if grant else "pulumi stack output grants",
            )


@warning(
    "synced-secret-gets-no-new-key",
    "https://github.com/kubernetes-sigs/secrets-store-csi-driver/issues/1566",
)
def synced_secrets_keep_their_keys(lookup: Lookup) -> Iterator[Violation]:
    """The driver up to 1.5 adds no key to a Secret that exists."""
    for index, workload in enumerate(lookup.settings.workloads):
        if not workload.spec.secrets_follow_running_pods:
            continue
        synced = _synced_in_state(lookup, workload)
        for path, value in workload.delivered_values:
            if not workload.uses_kubernetes_secret(value):
                continue
            ref = workload.secret_key_ref(value)
            held = synced.get(ref.secret)
            if held is None or set(kept_keys(value, ref)) <= held:
                continue
            new = ", ".join(repr(key) for key in kept_keys(value, ref) if key not in held)
            yield Violation(
                ("workloads", index, *path, "kubernetes_secret"),
                f"Kubernetes Secret {ref.secret!r} exists without key {new}, and the CSI driver up to 1.5"
                " adds no key to a Secret that exists: pods that read it there wait in"
                " CreateContainerConfigError",
                "give all values of the Secret another kubernetes_secret.name in this update, or delete the"
                " Secret after it",
                command=_NAMES,
            )


@warning(
    "synced-secret-keeps-its-labels",
    "createK8sSecret of the driver sets labels and annotations; its patches, also those of a rotation, do"
    " not: controllers/secretproviderclasspodstatus_controller.go",
)
def synced_secrets_keep_their_labels(lookup: Lookup) -> Iterator[Violation]:
    """The driver labels a Secret when it creates it, and never again."""
    for index, workload in enumerate(lookup.settings.workloads):
        if not workload.spec.secrets_follow_running_pods:
            continue
        classes = [_class_in_state(lookup, qualified_name(workload.name, vault)) for vault in workload.vaults]
        held = {
            secret["secretName"]: secret for class_ in classes for secret in class_.get("secretObjects") or ()
        }
        common = {
            "labels": {**lookup.settings.labels, **workload.labels},
            "annotations": dict(workload.annotations),
        }
        made = {
            workload.secret_key_ref(value).secret
            for _, value in workload.delivered_values
            if workload.uses_kubernetes_secret(value)
        }
        expected = {
            name: {kind: dict(values) for kind, values in common.items()}
            for name in sorted(made & held.keys())
        }
        places: dict[tuple[str, str], Path] = {}
        for where, name, entry in workload.labelled_secrets:
            for kind in common if name in expected else ():
                expected[name][kind] |= getattr(entry, kind)
                if getattr(entry, kind):
                    places.setdefault((name, kind), ("workloads", index, *where, kind))
        for name, kinds in expected.items():
            for kind, values in kinds.items():
                if values != (held[name].get(kind) or {}):
                    yield Violation(
                        places.get((name, kind), ("workloads", index, kind)),
                        f"Kubernetes Secret {name!r} exists, and the CSI driver sets {kind} only when it"
                        " creates a Secret",
                        "give its values another kubernetes_secret.name in this update, or delete the Secret"
                        " after it",
                        command=_NAMES,
                    )


def _class_in_state(lookup: Lookup, name: str) -> Mapping[str, Any]:
    """Spec of the SecretProviderClass that the last update left. Empty: there is none."""
    return lookup.state.specs.get((PROVIDER_CLASS, f"{name}-secret-provider-class"), {})


def _synced_in_state(lookup: Lookup, workload: WorkloadSettings) -> dict[str, set[str]]:
    """The Kubernetes Secrets that the classes of a workload fill, each with its keys."""
    synced: dict[str, set[str]] = {}
    for vault in workload.vaults:
        spec = _class_in_state(lookup, qualified_name(workload.name, vault))
        for secret in spec.get("secretObjects") or ():
            synced.setdefault(secret["secretName"], set()).update(entry["key"] for entry in secret["data"])
    return synced
