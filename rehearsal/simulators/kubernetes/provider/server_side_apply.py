"""Server-side apply by pulumi-kubernetes of objects that other managers write too.

pulumi-kubernetes, provider/pkg/await/await.go: ssaUpdate, handleSSAIgnoreFields, patchForce, handleSSAErr.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping

_HELP: Final = (
    "server-side apply field conflict detected, see "
    "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/"
    "managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources for "
    "troubleshooting help"
)


def with_ignored(
    manifest: Mapping[str, Any], live: Mapping[str, Any] | None, paths: Iterable[str]
) -> dict[str, Any]:
    """The manifest with the live values of ignored fields.

    The provider leaves out a field that only another manager has set, which has the same effect.
    """
    result = dict(manifest)
    for path in paths:
        result = _with(result, live or {}, path.split("."))
    return result


def by_force(manifest: Mapping[str, Any]) -> bool:
    """Whether the object's annotation forces the apply.

    https://www.pulumi.com/registry/packages/kubernetes/#pulumicompatchforce
    """
    annotations = mapping(mapping(manifest.get("metadata")).get("annotations"))
    return annotations.get("pulumi.com/patchForce") == "true"


def explained(conflict: str) -> str:
    """The provider's message about a conflict. The real name of its field manager has a random suffix."""
    return (
        f'{_HELP}\nThe resource managed by field manager "pulumi-kubernetes" had an apply conflict: '
        f"{conflict}"
    )


def _with(manifest: dict[str, Any], live: Mapping[str, Any], steps: list[str]) -> dict[str, Any]:
    first, *rest = steps
    if first not in live:
        return manifest
    if not rest:
        return {**manifest, first: live[first]}
    inner = manifest.get(first)
    if not isinstance(inner, Mapping) or not isinstance(live[first], Mapping):
        return manifest
    return {**manifest, first: _with(dict(inner), live[first], rest)}
