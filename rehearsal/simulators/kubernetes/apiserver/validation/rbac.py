"""Roles and their bindings: ValidateRole, ValidateClusterRole, ValidateRoleBinding,
ValidateClusterRoleBinding in kubernetes/kubernetes 1.36.3, pkg/apis/rbac/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    invalid,
    mapping,
    mappings,
    required,
    text,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.selectors import selector_failures
from rehearsal.simulators.shape import Failure

GROUP: Final = "rbac.authorization.k8s.io"

Values = Mapping[str, Any]


def role_failures(manifest: Values, _: int) -> Iterator[Failure]:
    return _rules(manifest, namespaced=True)


def cluster_role_failures(manifest: Values, _: int) -> Iterator[Failure]:
    yield from _rules(manifest, namespaced=False)
    if not isinstance(aggregation := manifest.get("aggregationRule"), Mapping):
        return
    path = "aggregationRule.clusterRoleSelectors"
    selectors = mappings(aggregation.get("clusterRoleSelectors"))
    if not selectors:
        yield required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil")
    for index, selector in enumerate(selectors):
        yield from selector_failures(selector, f"{path}[{index}]")


def role_binding_failures(manifest: Values, _: int) -> Iterator[Failure]:
    return _binding(manifest, ("Role", "ClusterRole"))


def cluster_role_binding_failures(manifest: Values, _: int) -> Iterator[Failure]:
    return _binding(manifest, ("ClusterRole",))


def binding_update_failures(new: Values, old: Values) -> Iterator[Failure]:
    reference = new.get("roleRef")
    if reference != old.get("roleRef"):
        yield invalid("roleRef", _as_go(mapping(reference)), "cannot change roleRef")


def _rules(manifest: Values, *, namespaced: bool) -> Iterator[Failure]:
    """ValidatePolicyRule."""
    for index, rule in enumerate(mappings(manifest.get("rules"))):
        path, urls = f"rules[{index}]", rule.get("nonResourceURLs")
        if not rule.get("verbs"):
            yield required(f"{path}.verbs", "verbs must contain at least one value")
        if urls:
            place = f"{path}.nonResourceURLs"
            if namespaced:
                yield invalid(place, urls, "namespaced rules cannot apply to non-resource URLs")
            if any(rule.get(name) for name in ("apiGroups", "resources", "resourceNames")):
                yield invalid(
                    place, urls, "rules cannot apply to both regular resources and non-resource URLs"
                )
            continue
        if not rule.get("apiGroups"):
            yield required(f"{path}.apiGroups", "resource rules must supply at least one api group")
        if not rule.get("resources"):
            yield required(f"{path}.resources", "resource rules must supply at least one resource")


def _binding(manifest: Values, kinds: tuple[str, ...]) -> Iterator[Failure]:
    reference = mapping(manifest.get("roleRef"))
    group, kind, name = (text(reference, key) for key in ("apiGroup", "kind", "name"))
    if group != GROUP:
        yield unsupported("roleRef.apiGroup", group, (GROUP,))
    if kind not in kinds:
        yield unsupported("roleRef.kind", kind, kinds)
    if not name:
        yield required("roleRef.name")
    else:
        yield from wrong("roleRef.name", name, content.path_segment(name))
    for index, subject in enumerate(mappings(manifest.get("subjects"))):
        yield from _subject(subject, f"subjects[{index}]", namespaced="Role" in kinds)


def _subject(subject: Values, path: str, *, namespaced: bool) -> Iterator[Failure]:
    kind, name, group = text(subject, "kind"), text(subject, "name"), text(subject, "apiGroup")
    if not name:
        yield required(f"{path}.name")
    if kind == "ServiceAccount":
        if name:
            yield from wrong(f"{path}.name", name, content.subdomain(name))
        if group:
            yield unsupported(f"{path}.apiGroup", group, ("",))
        if not namespaced and not text(subject, "namespace"):
            yield required(f"{path}.namespace")
    elif kind in ("User", "Group"):
        if group != GROUP:
            yield unsupported(f"{path}.apiGroup", group, (GROUP,))
    else:
        yield unsupported(f"{path}.kind", kind, ("ServiceAccount", "User", "Group"))


def _as_go(reference: Values) -> dict[str, Any]:
    return {
        "APIGroup": text(reference, "apiGroup"),
        "Kind": text(reference, "kind"),
        "Name": text(reference, "name"),
    }
