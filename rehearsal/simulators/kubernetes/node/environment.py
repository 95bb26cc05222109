"""Environment variables of a pod's containers that come from Secrets.

The kubelet's words: pkg/kubelet/kubelet_pods.go of kubernetes; reportportal/kubernetes#178 (a Secret),
hetznercloud/csi-driver#1389 (a key of it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, mappings
from rehearsal.simulators.kubernetes.api.store import SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.node.errors import NotStartedError, with_warnings

ANY_KEY: Final = frozenset({"*"})
"""Keys of a Secret of which the world has only the hash."""


def require_secrets(objects: ObjectStore, pod: Manifest, warnings: list[str]) -> None:
    """Raises NotStartedError if a Secret or a key of it is missing."""
    spec, namespace = mapping(pod.get("spec")), pod["metadata"]["namespace"]
    for container in (*mappings(spec.get("initContainers")), *mappings(spec.get("containers"))):
        for reference, key in _references(container):
            name = reference.get("name")
            if (
                not isinstance(name, str)
                or is_hashed(name)
                or is_hashed(key)
                or reference.get("optional") is True
            ):
                continue
            keys = keys_of(objects, pod, name)
            if keys is None:
                raise NotStartedError("Failed", with_warnings(f'Error: secret "{name}" not found', warnings))
            if key is not None and keys is not ANY_KEY and key not in keys:
                why = f"Error: couldn't find key {key} in Secret {namespace}/{name}"
                raise NotStartedError("Failed", with_warnings(why, warnings))


def keys_of(objects: ObjectStore, pod: Manifest, name: str) -> frozenset[str] | None:
    """Keys of a Secret in the pod's namespace; None if there is no such Secret."""
    secret = objects.get(SECRET, pod["metadata"]["namespace"], name)
    if secret is None:
        return None
    parts = [secret.get(part) for part in ("data", "stringData")]
    if any(is_hashed(part) for part in parts):
        return ANY_KEY
    return frozenset(key for part in parts for key in mapping(part))


def _references(container: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str | None]]:
    """References of a container to Secrets, each with its key; None: all keys."""
    for source in mappings(container.get("envFrom")):
        if reference := mapping(source.get("secretRef")):
            yield reference, None
    for variable in mappings(container.get("env")):
        if reference := mapping(mapping(variable.get("valueFrom")).get("secretKeyRef")):
            yield reference, str(reference.get("key"))
