"""Changes of an object that make pulumi-kubernetes replace it.

pulumi-kubernetes, provider/pkg/provider/diff.go (forceNew) and provider.go (addPatchValueToDiff); each path
is a JSONPath, evaluated on the change alone (PatchPropertiesChanged in provider/pkg/openapi/match.go).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from rehearsal.simulators.diff import Change, Difference, Path, changes
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import SECRET
from rehearsal.simulators.kubernetes.provider.instance import ProviderInstance
from rehearsal.simulators.kubernetes.provider.resource import AUTONAMED, is_patch
from rehearsal.simulators.provider import Call
from rehearsal.simulators.wire import plain

_CONFIG_MAP: Final = GroupVersionKind("", "v1", "ConfigMap")
_EACH: Final = "[*]"
_POD: Final = (
    *(
        "affinity",
        "automountServiceAccountToken",
        "dnsConfig",
        "dnsPolicy",
        "enableServiceLinks",
        "hostAliases",
        "hostIPC",
    ),
    *(
        "hostNetwork",
        "hostPID",
        "hostname",
        "imagePullSecrets",
        "nodeName",
        "nodeSelector",
        "overhead",
        "preemptionPolicy",
    ),
    *(
        "priority",
        "priorityClassName",
        "readinessGates",
        "restartPolicy",
        "runtimeClassName",
        "schedulerName",
    ),
    *("securityContext", "serviceAccount", "serviceAccountName", "shareProcessNamespace", "subdomain"),
    *("terminationGracePeriodSeconds", "volumes"),
)
_CONTAINER: Final = (
    *(
        "args",
        "command",
        "env",
        "image",
        "imagePullPolicy",
        "lifecycle",
        "livenessProbe",
        "ports",
        "readinessProbe",
        "resources",
    ),
    *(
        "securityContext",
        "stdin",
        "stdinOnce",
        "terminationMessagePath",
        "terminationMessagePolicy",
        "tty",
        "volumeDevices",
    ),
    *("volumeMounts", "workingDir"),
)
_VOLUME: Final = (
    *(
        "awsElasticBlockStore",
        "azureDisk",
        "azureFile",
        "cephfs",
        "cinder",
        "csi",
        "fc",
        "flexVolume",
        "flocker",
    ),
    *(
        "gcePersistentDisk",
        "glusterfs",
        "hostPath",
        "iscsi",
        "local",
        "nfs",
        "photonPersistentDisk",
        "portworxVolume",
    ),
    *("quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"),
)
FORCES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("apps", "Deployment"): ("spec.selector",),
    ("apps", "DaemonSet"): ("spec.selector",),
    ("apps", "StatefulSet"): (
        *("spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"),
        *("spec.podManagementPolicy", "spec.revisionHistoryLimit"),
    ),
    ("batch", "Job"): ("spec.selector", "spec.template", "spec.completions", "spec.parallelism"),
    ("", "Pod"): (
        *(f"spec.{name}" for name in _POD),
        *(f"spec.{kind}{_EACH}.{name}" for kind in ("containers", "initContainers") for name in _CONTAINER),
    ),
    ("", "Service"): ("spec.clusterIP",),
    ("", "PersistentVolume"): tuple(f"spec.{name}" for name in _VOLUME),
    ("", "PersistentVolumeClaim"): (
        "spec.accessModes",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeName",
    ),
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Secret"): ("type",),
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
}
"""(group, kind) → paths whose change replaces the object, besides name and namespace."""


def object_difference(call: Call, instance: ProviderInstance) -> Difference:
    """Changes of an object, and which of them replace it.

    An object that keeps its name is deleted before the new one is made.
    """
    old, new = plain(call.old_inputs), plain(call.inputs)
    changed = changes(old, new)
    # The engine asks about a dependent of what it replaces with a whole property unknown.
    was, now = mapping(old.get("metadata")), mapping(new.get("metadata"))
    generated = mapping(now.get("annotations")).get(AUTONAMED)
    same_place = (was.get("name"), was.get("namespace")) == (now.get("name"), now.get("namespace"))
    replaces = replacing(changed, new, _forcing_paths(call, instance, new))
    return Difference(changed, replaces, delete_first=same_place and not generated)


def _forcing_paths(call: Call, instance: ProviderInstance, new: Mapping[str, Any]) -> set[str]:
    paths, kind = {"metadata.name", "metadata.namespace"}, GroupVersionKind.of(new)
    if is_patch(call):
        return paths
    if kind == SECRET and (not instance.on("enableSecretMutable") or new.get("immutable")):
        return paths | {"type", "stringData", "data"}
    if kind == _CONFIG_MAP and (not instance.on("enableConfigMapMutable") or new.get("immutable")):
        return paths | {"binaryData", "data"}
    return paths | set(FORCES.get((kind.group, kind.name), ()))


def replacing(
    changed: Mapping[Path, Change], new: Mapping[str, Any], keys: Collection[str]
) -> frozenset[Path]:
    """Changes that replace the object."""
    parts = [key.replace(_EACH, f".{_EACH}").split(".") for key in keys]
    return frozenset(path for path in changed if any(_matches(path, _at(new, path), key) for key in parts))


def _matches(path: Path, value: Any, key: list[str]) -> bool:
    for step, part in zip(path, key, strict=False):
        if part != (_EACH if isinstance(step, int) else step):
            return False
    # A key includes everything below it. A change above the key counts only if the key exists in the new
    # value.
    return _exists([value], key[len(path) :])


def _exists(values: list[Any], key: list[str]) -> bool:
    """Whether the key exists below the values.

    k8s.io/client-go, util/jsonpath: a name that no value has is an error, unless there is no value at all.

    So the removal of a whole list replaces the object, and the removal of an item does not.
    """
    for part in key:
        if part == _EACH:
            values = [item for value in values if isinstance(value, list) for item in value]
        elif values:
            values = [value[part] for value in values if isinstance(value, Mapping) and part in value]
            if not values:
                return False
    return True


def _at(value: Any, path: Path) -> Any:
    """Value at the path; None if there is none."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value
