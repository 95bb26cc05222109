"""What ``overrides`` must leave alone: everything that makes the trust chain.

Owns: where the parts of a pod stand in each owner's manifest, and the walk through what somebody writes over it.
Deliberately not here: whether a key is one of Kubernetes' (the API server refuses what it does not know, and so does the rehearsal).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from components.workloads import WORKLOADS
from components.workloads.manifests import NAME_LABEL, USE_IDENTITY
from components.workloads.pod import Kind
from components.workloads.strategic_merge import MERGE_KEYS
from stacks.settings.rules import Found, Path, rule
from stacks.settings.workloads import WorkloadSettings

_POD: Mapping[Kind, Path] = {
    Kind.POD: (),
    Kind.CRON_JOB: ("spec", "jobTemplate", "spec", "template"),
}
"""Where the pod template stands; in every other owner at spec.template."""
_CHAIN = "the trust chain rests on it: take it out"
_MAPPINGS = ("metadata", "spec", "labels", "template", "jobTemplate", "selector")


def _fixed(kind: Kind) -> list[Path]:
    """Paths that the program alone writes."""
    pod = _POD.get(kind, ("spec", "template"))
    return [
        ("apiVersion",),
        ("kind",),
        ("metadata", "name"),
        ("metadata", "namespace"),
        *([("spec", "selector")] if kind in (Kind.DEPLOYMENT, Kind.STATEFUL_SET, Kind.DAEMON_SET) else []),
        (*pod, "metadata", "labels", NAME_LABEL),
        (*pod, "metadata", "labels", USE_IDENTITY),
        (*pod, "spec", "serviceAccountName"),
        (*pod, "spec", "serviceAccount"),
        (*pod, "spec", "containers"),
        (*pod, "spec", "volumes"),
    ]


@rule(
    "override-of-the-chain",
    WorkloadSettings,
    source="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors, docs/security.md: one chain",
)
def overrides_leave_the_chain_alone(workload: WorkloadSettings) -> Iterator[Found]:
    """What identity, selectors and technique rest on cannot be written over, nor taken out with what stands around it."""
    if workload.kind is Kind.NONE:
        return
    seen: set[Path] = set()
    for found in (found for path in _fixed(workload.kind) for found in _touched(workload.overrides, path)):
        if found.path not in seen:  # one null can stand above several
            yield found
        seen.add(found.path)
    pod = _POD.get(workload.kind, ("spec", "template"))
    spec = _at(workload.overrides, (*pod, "spec"))
    yield from _technique_touched(workload, spec, (*pod, "spec"))


def _touched(manifest: Any, path: Path) -> Iterator[Found]:
    """Whether a path is written over, or goes with a null above it."""
    for depth, step in enumerate(path):
        if not isinstance(manifest, Mapping) or step not in manifest:
            return
        manifest = cast("Mapping[Any, Any]", manifest)[step]
        here = ("overrides", *path[: depth + 1])
        if manifest is None:
            yield Found(here, "null would take out what the program writes there", _CHAIN, remove=True)
            return
    if path[-1] not in MERGE_KEYS:  # those lists merge, item by item
        yield Found(("overrides", *path), "is the program's to write", _CHAIN, remove=True)


def _technique_touched(workload: WorkloadSettings, spec: Any, at: Path) -> Iterator[Found]:
    bundle = WORKLOADS[workload.technique]
    for index, volume in _items(spec, "volumes"):
        if volume.get("name") in bundle.own_volumes:
            wrong = f"{volume['name']!r} is the volume of technique {workload.technique}"
            yield Found(("overrides", *at, "volumes", index), wrong, "choose another name")
    for containers in ("containers", "initContainers"):
        for index, container in _items(spec, containers):
            for key in ("env", "volumeMounts"):
                if key in container and container[key] is None:
                    here = ("overrides", *at, containers, index, key)
                    yield Found(here, "null would take out what the technique puts there", _CHAIN, remove=True)
            for number, variable in _items(container, "env"):
                if variable.get("name") in bundle.own_env:
                    here = ("overrides", *at, containers, index, "env", number)
                    yield Found(here, f"{variable['name']} is set by technique {workload.technique}", "choose another name")


@rule(
    "override-form", WorkloadSettings, source="https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/"
)
def overrides_can_be_merged(workload: WorkloadSettings) -> Iterator[Found]:
    """Keys into keys, and list items that say which one they are."""
    for key in workload.overrides:
        if key not in ("metadata", "spec", "apiVersion", "kind"):
            yield Found(("overrides", key), "an object has metadata and spec", "write it below one of them")
    yield from _unmergeable(workload.overrides, ("overrides",))


def _unmergeable(value: Any, at: Path) -> Iterator[Found]:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[Any, Any]", value).items():
            here = (*at, str(key))
            if str(key).startswith("$"):
                yield Found(here, "directives are not supported", "null takes a key out, lists of Kubernetes replace", remove=True)
            elif key in _MAPPINGS and item is not None and not isinstance(item, Mapping):
                yield Found(here, "not keys with values", "write the keys below it that differ")
            elif key in MERGE_KEYS and item is not None:
                yield from _unnamed(item, str(key), here)
            yield from _unmergeable(item, here)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for index, item in enumerate(cast("Sequence[Any]", value)):
            yield from _unmergeable(item, (*at, index))


def _unnamed(items: Any, key: str, at: Path) -> Iterator[Found]:
    if not isinstance(items, Sequence) or isinstance(items, str):
        yield Found(at, "not a list", "write a list")
        return
    for index, item in enumerate(cast("Sequence[Any]", items)):
        # A Service's ports have no containerPort, but no Service stands in the manifest of a pod's owner.
        if not isinstance(item, Mapping) or MERGE_KEYS[key] not in item:
            yield Found((*at, index), f"has no {MERGE_KEYS[key]}", f"items of {key} are told apart by it: say which one is meant")


def _at(manifest: Any, path: Path) -> Any:
    for step in path:
        manifest = cast("Mapping[Any, Any]", manifest).get(step) if isinstance(manifest, Mapping) else None
    return manifest


def _items(parent: Any, key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    found = cast("Mapping[str, Any]", parent).get(key) if isinstance(parent, Mapping) else None
    if isinstance(found, Sequence) and not isinstance(found, str):
        for index, item in enumerate(cast("Sequence[Any]", found)):
            if isinstance(item, Mapping):
                yield index, cast("Mapping[str, Any]", item)
