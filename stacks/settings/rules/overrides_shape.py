"""The shape of ``workloads[].overrides``: they can be merged, and have the keys and types of their kind.

These rules come first, and those of overrides.py rely on them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from components.workloads.pod import WorkloadKind
from components.workloads.strategic_merge import MERGE_KEYS
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.types.kubernetes_types import Finding, findings, owner_of
from stacks.settings.types.manifests import containers, value_at
from stacks.settings.validation.problems import Path, join_or, nearest
from stacks.settings.validation.registry import Violation, rule

_MERGE = "https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/"


def template_path(kind: WorkloadKind) -> Path:
    """The path of the pod template in the manifest of the pod's owner."""
    if kind is WorkloadKind.POD:
        return ()
    return (
        ("spec", "jobTemplate", "spec", "template") if kind is WorkloadKind.CRON_JOB else ("spec", "template")
    )


@rule("override-form", WorkloadSettings, source=_MERGE, of_shape=True)
def overrides_can_be_merged(workload: WorkloadSettings) -> Iterator[Violation]:
    """A strategic merge patch needs mappings where the manifest has them, and list items with their merge
    key.
    """
    yield from _form(workload)
    for finding in _findings(workload):
        if finding.fault in _FORMS:
            yield Violation(("overrides", *finding.path), *_FORMS[finding.fault])


_FORMS = {
    "mapping": ("is not a mapping", "write the keys that differ"),
    "list": ("is not a list", "write a list"),
}
_TYPES = {
    "text": ("is not text", "write it in quotes in the stack file"),
    "whole number": ("is not a whole number", "write one, without quotes"),
    "number": ("is not a number", "write one, without quotes"),
    "boolean": ("is neither true nor false", "write one of them, without quotes"),
    "number or text": ("is neither a number nor text", "write one of them"),
}
_TYPED = "https://github.com/pulumi/pulumi-kubernetes: the provider turns a manifest into typed objects"


@rule("override-type", WorkloadSettings, source=_TYPED, of_shape=True)
def overrides_have_the_types_of_their_kind(workload: WorkloadSettings) -> Iterator[Violation]:
    """The provider refuses a value of another type in the middle of an update."""
    for finding in _findings(workload):
        if finding.fault in _TYPES:
            yield Violation(("overrides", *finding.path), *_TYPES[finding.fault])


@rule("override-key", WorkloadSettings, source=f"{_TYPED}, and drops other keys", of_shape=True)
def overrides_have_the_keys_of_their_kind(workload: WorkloadSettings) -> Iterator[Violation]:
    """A key that the kind does not have is lost without a word."""
    for finding in _findings(workload):
        if finding.fault == "unknown":
            yield _unknown_key(workload.kind, finding)


def violation_of(kind: WorkloadKind, finding: Finding, at: Path) -> Violation:
    """The violation of a part that its kind does not have, at a path of the settings."""
    if finding.fault == "unknown":
        violation = _unknown_key(kind, finding)
        return replace(violation, path=at)
    return Violation(at, *{**_FORMS, **_TYPES}[finding.fault])


def _findings(workload: WorkloadSettings) -> Iterator[Finding]:
    """The keys that the kind does not have, without those that a merge patch cannot have anyway."""
    if workload.kind is WorkloadKind.NONE:
        return
    forbidden = {violation.path[1:] for violation in _form(workload)}
    for finding in findings(workload.kind, workload.overrides):
        if not any(finding.path[:length] in forbidden for length in range(1, len(finding.path) + 1)):
            yield finding


def _unknown_key(kind: WorkloadKind, finding: Finding) -> Violation:
    """The violation of a key that its type does not have: where it belongs, or what was meant.

    A key may be a value that slipped out of its place, so below ``env`` none is repeated, nor one with odd
    characters.
    """
    *at, key = finding.path
    article = "an" if finding.type[0] in "AEIOU" else "a"
    near = nearest(str(key), finding.known)
    if "env" in at or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,40}", str(key)):
        meant = f"did you mean {near!r}? rename it" if near else f"choose {join_or(finding.known[:10])}"
        problem = f"has a key, which is not shown here, that {article} {finding.type} does not have"
        return Violation(("overrides", *at), problem, meant)
    problem = f"{article} {finding.type} has no such key, and the provider would drop it"
    if near:
        remedy = f"did you mean {near!r}? rename it in the stack file"
        return Violation(("overrides", *finding.path), problem, remedy)
    if owner := owner_of(str(key), kind):
        return Violation(("overrides", *finding.path), problem, f"move it: it is a key of {owner}")
    return Violation(("overrides", *finding.path), problem, "remove it", remove=True)


def _form(workload: WorkloadSettings) -> Iterator[Violation]:
    for key in workload.overrides:
        if key not in ("metadata", "spec", "apiVersion", "kind"):
            yield Violation(
                ("overrides", key),
                "is not a key of an object: those are metadata and spec",
                "move it below one of them",
            )
    template = template_path(workload.kind)
    spec = value_at(workload.overrides, (*template, "spec"))
    yield from _named(spec, ("containers", "initContainers", "volumes"), ("overrides", *template, "spec"))
    for at, container in containers(spec):
        yield from _named(container, ("env", "volumeMounts", "ports"), ("overrides", *template, "spec", *at))
    yield from _directives(workload.overrides, ("overrides",))


def _named(parent: Any, lists: tuple[str, ...], at: Path) -> Iterator[Violation]:
    """The violations of lists whose items need a merge key: each item has it, and no two have the same."""
    for key in lists:
        items = value_at(parent, (key,))
        if not isinstance(items, list | tuple):
            continue
        seen: set[object] = set()
        for index, item in enumerate(cast("list[Any]", items)):
            name = value_at(item, (MERGE_KEYS[key],))
            if (
                isinstance(name, bool)
                or not name
                or not isinstance(name, int if MERGE_KEYS[key] == "containerPort" else str)
            ):
                remedy = f"set it: strategic merge matches {key} by it"
                yield Violation((*at, key, index), f"has no {MERGE_KEYS[key]}", remedy)
            elif name in seen:
                yield Violation(
                    (*at, key, index), f"another item has the same {MERGE_KEYS[key]}", "keep one of them"
                )
            else:
                seen.add(name)


def _directives(value: Any, at: Path) -> Iterator[Violation]:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[Any, Any]", value).items():
            if str(key).startswith("$"):
                yield Violation(
                    (*at, str(key)),
                    "patch directives are not supported",
                    "remove it: null removes a key, and a list without a merge key replaces the whole list",
                    remove=True,
                )
            yield from _directives(item, (*at, str(key)))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _directives(item, (*at, index))
