"""The vault object in each variable and each file of a workload's pods.

Owns: the way from a place in a container back to a vault, through Kubernetes Secrets and CSI volumes.
Deliberately not here: values that an application reads by itself, which have no place, and what a change does
to them (moved_values.py).
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from trust.chain import Chain
from trust.nodes.fields import known, listed, mapping, text
from trust.requests import Contents, Part
from trust.techniques import secret_contents, volume_contents
from trust.workloads import Workload


@dataclass(frozen=True)
class Place:
    """A variable or a file of a container."""

    workload: str
    container: str
    is_file: bool
    name: str
    """The name of the variable, or the path of the file."""

    def __str__(self) -> str:
        """Such as "variable DB_PASSWORD of worker"."""
        place = f"{'file' if self.is_file else 'variable'} {self.name} of {self.workload}"
        return place if self.container == self.workload else f"{place} (container {self.container})"


Values: TypeAlias = Mapping[Place, tuple[Part, ...]]


def pod_values(chain: Chain) -> Values:
    """Places with the vault objects of which their value is made, of all workloads."""
    secrets, classes = _merged(secret_contents(chain)), _merged(volume_contents(chain))
    return {
        place: parts
        for workload in chain.workloads
        for spec in _pod_specs(chain, workload)
        for place, parts in _of_pod(_Pod(workload, spec, secrets, classes))
        if parts
    }


_Contents: TypeAlias = Mapping[tuple[str, str, str], Mapping[str, tuple[Part, ...]]]


def _merged(made: Iterable[Contents]) -> _Contents:
    """Several objects may fill one Secret."""
    contents: dict[tuple[str, str, str], dict[str, tuple[Part, ...]]] = defaultdict(dict)
    for item in made:
        contents[item.key].update(item.keys)
    return contents


@dataclass(frozen=True)
class _Pod:
    workload: Workload
    spec: Mapping[str, Any]
    secrets: _Contents
    classes: _Contents

    def secret(self, name: Any) -> Mapping[str, tuple[Part, ...]]:
        """The keys of a Kubernetes Secret."""
        return self.secrets.get(self._place(name), {})

    def provider_class(self, name: Any) -> Mapping[str, tuple[Part, ...]]:
        """The files of a SecretProviderClass."""
        return self.classes.get(self._place(name), {})

    def _place(self, name: Any) -> tuple[str, str, str]:
        return self.workload.provider, str(self.workload.namespace or ""), known(text(name))


def _pod_specs(chain: Chain, workload: Workload) -> Iterator[Mapping[str, Any]]:
    """The specs of the pods; of pods of another tool, what the stack publishes."""
    for pods in workload.pods:
        yield pods.pod_spec
    if not workload.pods:
        published = mapping(mapping((chain.graph.outputs or {}).get("pods")).get(workload.name))
        yield mapping(published.get("spec"))


def _of_pod(pod: _Pod) -> Iterator[tuple[Place, tuple[Part, ...]]]:
    volumes = {str(volume.get("name")): volume for volume in map(mapping, listed(pod.spec.get("volumes")))}
    for key in ("initContainers", "containers"):
        for container in map(mapping, listed(pod.spec.get(key))):
            name = str(container.get("name"))
            for variable, parts in _variables(pod, container):
                yield Place(pod.workload.name, name, False, variable), parts
            for mount in map(mapping, listed(container.get("volumeMounts"))):
                for path, parts in _files(pod, volumes.get(str(mount.get("name")), {})):
                    yield Place(pod.workload.name, name, True, _mounted(mount, path)), parts


def _variables(pod: _Pod, container: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Part, ...]]]:
    for source in map(mapping, listed(container.get("envFrom"))):
        secret = mapping(source.get("secretRef")).get("name")
        for key, parts in pod.secret(secret).items():
            # The names of keys that only the cluster knows are those of the object's properties.
            yield f"{source.get('prefix') or ''}{key or f'… from Secret {secret}'}", parts
    for variable in map(mapping, listed(container.get("env"))):
        ref = mapping(mapping(variable.get("valueFrom")).get("secretKeyRef"))
        keys = pod.secret(ref.get("name")) if ref else {}
        yield str(variable.get("name")), keys.get(known(text(ref.get("key"))), ())


def _files(pod: _Pod, volume: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Part, ...]]]:
    """Files of a volume, by their path in it."""
    sources: Sequence[Any] = [{"secret": volume.get("secret")}, *listed(_at(volume, "projected", "sources"))]
    for source in sources:
        secret = mapping(mapping(source).get("secret"))
        keys = pod.secret(secret.get("secretName") or secret.get("name")) if secret else {}
        items = map(mapping, listed(secret.get("items")))
        paths = {str(item.get("key")): str(item.get("path")) for item in items} or {key: key for key in keys}
        for key, path in paths.items():
            yield path, keys.get(key, ())
    yield from pod.provider_class(_at(volume, "csi", "volumeAttributes", "secretProviderClass")).items()


def _at(value: Any, *steps: str) -> Any:
    for step in steps:
        value = mapping(value).get(step)
    return value


def _mounted(mount: Mapping[str, Any], path: str) -> str:
    """The path in the container: with `subPath` the mount is that file or folder."""
    folder, part = str(mount.get("mountPath") or ""), str(mount.get("subPath") or "")
    if part and (path == part or path.startswith(f"{part}/")):
        return posixpath.normpath(f"{folder}{path[len(part) :]}")
    return posixpath.join(folder, path)
