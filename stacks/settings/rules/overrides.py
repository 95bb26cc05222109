"""Rules for ``workloads[].overrides``: they keep the trust chain and what other keys set.

Deliberately not here: their shape (overrides_shape.py), whose rules come first.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from components.workloads.pod import WorkloadKind
from components.workloads.pod_requirements import INJECTED_MOUNTS, USE_IDENTITY
from components.workloads.pod_template import NAME_LABEL
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.rules.overrides_shape import template_path
from stacks.settings.rules.reserved_names import reserved_names
from stacks.settings.types.manifests import Keys, containers, named_items, value_at
from stacks.settings.validation.problems import Path
from stacks.settings.validation.registry import Violation, rule

_WEBHOOK = "azure.workload.identity/"
EXPIRATION = f"{_WEBHOOK}service-account-token-expiration"
_CHAIN = "remove it: the trust chain depends on it"


def _fixed(kind: WorkloadKind, *, reload: bool = False) -> list[Path]:
    """Paths that only the program writes."""
    pod = template_path(kind)
    job: Path = ("spec", "jobTemplate", "spec") if kind is WorkloadKind.CRON_JOB else ("spec",)
    return [
        ("apiVersion",),
        ("kind",),
        ("metadata", "name"),
        ("metadata", "namespace"),
        *([(*job, "selector")] if kind is not WorkloadKind.POD else []),
        *([(*job, "manualSelector")] if kind in (WorkloadKind.JOB, WorkloadKind.CRON_JOB) else []),
        (*pod, "metadata", "labels", NAME_LABEL),
        (*pod, "metadata", "labels", USE_IDENTITY),
        (*pod, "spec", "serviceAccountName"),
        (*pod, "spec", "serviceAccount"),
        (*pod, "spec", "containers"),
        (*pod, "spec", "volumes"),
        (*pod, "metadata", "annotations"),
        *([("metadata", "annotations")] if reload else []),
    ]


_MERGED = ("containers", "volumes", "annotations")
"""Parts that overrides may extend but not remove."""


@rule(
    "override-of-the-chain",
    WorkloadSettings,
    source=(
        "https://learn.microsoft.com/azure/aks/workload-identity-overview#pod-annotations,"
        " docs/security.md: one chain"
    ),
)
def overrides_keep_the_trust_chain(workload: WorkloadSettings) -> Iterator[Violation]:
    """Identity, selectors and the technique's parts cannot be overridden, nor removed with what contains
    them.
    """
    if workload.kind is WorkloadKind.NONE:
        return
    seen: set[Path] = set()
    for violation in (
        violation
        for path in _fixed(workload.kind, reload=workload.reload)
        for violation in _touched(workload.overrides, path)
    ):
        if violation.path not in seen:  # one null can remove several parts
            yield violation
        seen.add(violation.path)
    template = template_path(workload.kind)
    yield from _webhook_annotations(workload, template)
    annotations = value_at(workload.overrides, ("metadata", "annotations"))
    for key in cast("Keys", annotations) if workload.reload and isinstance(annotations, Mapping) else ():
        if "reloader.stakater.com/" in key:
            yield Violation(
                ("overrides", "metadata", "annotations", key),
                "changes what reload: true does",
                "remove one of them",
                remove=True,
            )
    yield from _technique_touched(workload, (*template, "spec"))


def _touched(manifest: Any, path: Path) -> Iterator[Violation]:
    """The violation if overrides write a path, or remove it by a null above it."""
    for depth, step in enumerate(path):
        if not isinstance(manifest, Mapping) or step not in manifest:
            return
        manifest = cast("Mapping[Any, Any]", manifest)[step]
        if manifest is None:
            here = ("overrides", *path[: depth + 1])
            yield Violation(here, "null would remove what the program writes there", _CHAIN, remove=True)
            return
    if path[-1] not in _MERGED:
        yield Violation(("overrides", *path), "is written by the program", _CHAIN, remove=True)


def _webhook_annotations(workload: WorkloadSettings, template: Path) -> Iterator[Violation]:
    """Annotations of the webhook can skip a container or add a sidecar. Only the token's lifetime is free to
    choose.
    """
    annotations = value_at(workload.overrides, (*template, "metadata", "annotations"))
    for key in cast("Keys", annotations) if isinstance(annotations, Mapping) else ():
        if key.startswith(_WEBHOOK) and key != EXPIRATION:
            yield Violation(
                ("overrides", *template, "metadata", "annotations", key),
                "changes what the workload identity webhook does",
                _CHAIN,
                remove=True,
            )


def _technique_touched(workload: WorkloadSettings, at: Path) -> Iterator[Violation]:
    reserved, spec = reserved_names(workload), value_at(workload.overrides, at)
    secret_variables = {value.env for _, value in workload.delivered_values}
    claims = value_at(workload.overrides, ("spec",)) if workload.kind is WorkloadKind.STATEFUL_SET else None
    for index, claim in named_items(claims, "volumeClaimTemplates"):
        if value_at(claim, ("metadata", "name")) in reserved.volumes:
            problem = (
                f"{value_at(claim, ('metadata', 'name'))!r} is the volume of technique {workload.technique}"
            )
            yield Violation(
                ("overrides", "spec", "volumeClaimTemplates", index), problem, "choose another name"
            )
    for index, volume in named_items(spec, "volumes"):
        if volume.get("name") in reserved.volumes:
            problem = f"{volume['name']!r} is the volume of technique {workload.technique}"
            yield Violation(("overrides", *at, "volumes", index), problem, "choose another name")
    for place, container in containers(spec):
        here, own = (
            ("overrides", *at, *place),
            container.get("name") == workload.name,
        )  # others may read the same files and variables
        for key in ("env", "volumeMounts"):
            if key in container and container[key] is None:
                yield Violation(
                    (*here, key), "null would remove what the technique adds", _CHAIN, remove=True
                )
        for index, variable in named_items(container, "env"):
            if variable.get("name") in reserved.env | (secret_variables if own else set[str | None]()):
                yield Violation(
                    (*here, "env", index),
                    f"{variable['name']} is set by technique {workload.technique}",
                    "choose another name",
                )
        for index, mount in named_items(container, "volumeMounts"):
            path = str(mount.get("mountPath")).rstrip("/")
            if f"{path}/".startswith(f"{INJECTED_MOUNTS}/"):
                problem = f"the workload identity webhook mounts the token at {INJECTED_MOUNTS}"
                yield Violation((*here, "volumeMounts", index), problem, "choose another path")
            elif own and path in reserved.mounts:
                problem = f"technique {workload.technique} mounts its files at {path}"
                yield Violation((*here, "volumeMounts", index), problem, "choose another path")


@rule(
    "override-of-replicas",
    WorkloadSettings,
    source="our own choice: a disruption budget and the spread go with the number of pods",
)
def replicas_are_set_once(workload: WorkloadSettings) -> Iterator[Violation]:
    """The key ``replicas`` also makes the disruption budget."""
    if workload.kind in (WorkloadKind.DEPLOYMENT, WorkloadKind.STATEFUL_SET) and "replicas" in cast(
        "Keys", value_at(workload.overrides, ("spec",)) or {}
    ):
        yield Violation(
            ("overrides", "spec", "replicas"),
            "has no effect: replicas is a key of the workload",
            "remove it, and set replicas or autoscale",
            remove=True,
        )
