"""Which changes of an object make pulumi-kubernetes replace it.

pulumi-kubernetes, provider/pkg/provider/diff.go (forceNew) and provider.go (addPatchValueToDiff); each path is a JSONPath,
evaluated on the change alone (PatchPropertiesChanged in provider/pkg/openapi/match.go).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from rehearsal.simulators.diff import Change, Path

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
"""(group, kind) → the paths whose change replaces the object, besides name and namespace."""


def replacing(found: Mapping[Path, Change], new: Mapping[str, Any], keys: Collection[str]) -> frozenset[Path]:
    """The changes that replace the object which they lead to."""
    parts = [key.replace(_EACH, f".{_EACH}").split(".") for key in keys]
    return frozenset(path for path in found if any(_matches(path, _at(new, path), key) for key in parts))


def _matches(path: Path, value: Any, key: list[str]) -> bool:
    for step, part in zip(path, key, strict=False):
        if part != (_EACH if isinstance(step, int) else step):
            return False
    # A key stands for all below it. Below a change that lies above the key, the key has to be there.
    return _found([value], key[len(path) :])


def _found(values: list[Any], key: list[str]) -> bool:
    """k8s.io/client-go, util/jsonpath: a name that is nowhere is an error, but nothing in nothing is none.

    So a list that goes as a whole replaces the object, and an item that goes does not.
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
    """What stands there, or None."""
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value
