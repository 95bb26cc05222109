"""Rules for the values of ``workloads[].affinity``, and of an affinity in ``overrides``.

Its keys and types are rules of pod_spec.py and overrides_shape.py. Here is what the API server refuses beyond
them, in the middle of an update: validateAffinity and what it calls in kubernetes/kubernetes,
pkg/apis/core/validation/validation.go.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from components.workloads.pod import WorkloadKind
from components.workloads.strategic_merge import merge
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.rules.overrides_shape import template_path
from stacks.settings.types.kubernetes import DNS_LABEL, DNS_SUBDOMAIN, LABEL_VALUE, QUALIFIED_NAME
from stacks.settings.types.kubernetes_types import findings
from stacks.settings.types.manifests import Keys, named_items, value_at
from stacks.settings.validation.problems import Path, join_or, nearest
from stacks.settings.validation.registry import Violation, rule

_PAGE = "https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_OF_LABELS = ("In", "NotIn", "Exists", "DoesNotExist")
_OF_NODES = (*_OF_LABELS, "Gt", "Lt")
_OF_FIELDS = ("In", "NotIn")
_KEY = (
    "use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end; a"
    " domain and a slash may stand before"
)
_VALUE = "use at most 63 letters, digits, hyphens, underscores and full stops, a letter or digit at each end"


@rule("affinity-values", WorkloadSettings, source=f"{_PAGE}/#affinity-and-anti-affinity")
def affinities_have_values_that_kubernetes_accepts(workload: WorkloadSettings) -> Iterator[Violation]:
    """The API server refuses an operator, a weight or a key that it does not know."""
    if workload.kind is WorkloadKind.NONE:
        return
    path = (*template_path(workload.kind), "spec", "affinity")
    over = value_at(workload.overrides, path)
    affinity = workload.affinity
    if isinstance(over, Mapping):
        affinity = merge(affinity, cast("Keys", over))
    at: Path = ("affinity",) if workload.affinity else ("overrides", *path)
    if not any(findings(WorkloadKind.POD, {"spec": {"affinity": affinity}})):
        yield from affinity_violations(affinity, at)


def affinity_violations(affinity: Keys, at: Path) -> Iterator[Violation]:
    """The faults that the API server refuses in an affinity whose keys and types fit."""
    nodes, place = value_at(affinity, ("nodeAffinity",)), (*at, "nodeAffinity")
    if (needed := value_at(nodes, (_REQUIRED,))) is not None:
        terms, here = list(named_items(needed, "nodeSelectorTerms")), (*place, _REQUIRED, "nodeSelectorTerms")
        if not terms:
            yield Violation(here, "missing or empty", "list at least one term, or remove what is around it")
        for index, term in terms:
            yield from _node_term(term, (*here, index), strict=True)
    for index, preferred in named_items(nodes, _PREFERRED):
        here = (*place, _PREFERRED, index)
        yield from _weight(preferred, here)
        yield from _node_term(_part(preferred, "preference"), (*here, "preference"), strict=False)
    for kind in ("podAffinity", "podAntiAffinity"):
        pods = value_at(affinity, (kind,))
        for index, term in named_items(pods, _REQUIRED):
            yield from _pod_term(term, (*at, kind, _REQUIRED, index))
        for index, preferred in named_items(pods, _PREFERRED):
            here = (*at, kind, _PREFERRED, index)
            yield from _weight(preferred, here)
            yield from _pod_term(_part(preferred, "podAffinityTerm"), (*here, "podAffinityTerm"))


def _weight(preferred: Keys, at: Path) -> Iterator[Violation]:
    weight = preferred.get("weight")
    if weight is None:
        yield Violation((*at, "weight"), "missing", "choose 1 to 100", "1")
    elif not 1 <= weight <= 100:
        nearest_one = "1" if weight < 1 else "100"
        yield Violation((*at, "weight"), f"{weight} is out of range", "choose 1 to 100", nearest_one)


@dataclass(frozen=True)
class _Requirements:
    """Operators and values that a list of requirements may have."""

    operators: Sequence[str]
    values_are_labels: bool = True


def _node_term(term: Keys, at: Path, *, strict: bool) -> Iterator[Violation]:
    """A preference may have values that no label has."""
    yield from _requirements(term, at, _Requirements(_OF_NODES, values_are_labels=strict))
    for index, field in named_items(term, "matchFields"):
        here, values = (*at, "matchFields", index), _texts(field, "values")
        yield from _operator(field, here, _OF_FIELDS)
        if field.get("operator") in _OF_FIELDS and len(values) != 1:
            yield Violation((*here, "values"), f"has {len(values)} values", "list one name of a node")
        if field.get("key") != "metadata.name":
            remedy = "choose metadata.name, the only field that selects nodes"
            yield Violation((*here, "key"), "is not a field of nodes", remedy, "metadata.name")
            continue
        for place, value in enumerate(values):
            if not re.fullmatch(DNS_SUBDOMAIN, value):
                yield Violation((*here, "values", place), "is not the name of a node", "use one")


def _pod_term(term: Keys, at: Path) -> Iterator[Violation]:
    for name in ("labelSelector", "namespaceSelector"):
        selector = value_at(term, (name,))
        yield from _requirements(selector, (*at, name), _Requirements(_OF_LABELS))
        for key, value in _part(selector, "matchLabels").items():
            if not re.fullmatch(QUALIFIED_NAME, key) or not re.fullmatch(LABEL_VALUE, value or ""):
                yield Violation((*at, name, "matchLabels", key), "is not a label with its value", _VALUE)
    for index, namespace in enumerate(_texts(term, "namespaces")):
        if not re.fullmatch(DNS_LABEL, namespace):
            yield Violation((*at, "namespaces", index), "is not the name of a namespace", "use one")
    if not (key := term.get("topologyKey")):
        remedy = "name the label of nodes that the rule compares, such as kubernetes.io/hostname"
        yield Violation((*at, "topologyKey"), "missing or empty", remedy)
    elif not re.fullmatch(QUALIFIED_NAME, key):
        yield Violation((*at, "topologyKey"), "is not the key of a label", _KEY)
    yield from _label_keys(term, at)


def _label_keys(term: Keys, at: Path) -> Iterator[Violation]:
    """ValidateMatchLabelKeysAndMismatchLabelKeys: keys whose values the API server adds to the selector."""
    selector = value_at(term, ("labelSelector",))
    selected = [*_part(selector, "matchLabels")]
    keys, others = _texts(term, "matchLabelKeys"), _texts(term, "mismatchLabelKeys")
    for name, listed in (("matchLabelKeys", keys), ("mismatchLabelKeys", others)):
        if listed and selector is None:
            yield Violation(
                (*at, name), "needs labelSelector, to which it adds", "set it, or remove the keys"
            )
            continue
        for index, key in enumerate(listed):
            if not re.fullmatch(QUALIFIED_NAME, key):
                yield Violation((*at, name, index), "is not the key of a label", _KEY)
    for _, requirement in named_items(selector, "matchExpressions"):
        key = requirement.get("key") or ""
        if key in keys and key in selected:
            here = (*at, "matchLabelKeys", keys.index(key))
            yield Violation(here, "labelSelector has this key, too", "keep it in one of them")
        selected.append(key)
    for index, key in enumerate(keys):
        if key in others:
            here = (*at, "matchLabelKeys", index)
            yield Violation(here, "mismatchLabelKeys has this key, too", "keep it in one of them")


def _requirements(parent: Any, at: Path, accepted: _Requirements) -> Iterator[Violation]:
    for index, requirement in named_items(parent, "matchExpressions"):
        here, values = (*at, "matchExpressions", index), _texts(requirement, "values")
        operator = requirement.get("operator")
        yield from _operator(requirement, here, accepted.operators)
        if operator in _OF_FIELDS and not values:
            yield Violation((*here, "values"), "missing or empty", f"list what {operator} compares")
        if operator in ("Exists", "DoesNotExist") and values:
            problem = f"has no effect with operator: {operator}"
            yield Violation((*here, "values"), problem, "remove it", remove=True)
        if operator in accepted.operators and operator in ("Gt", "Lt") and len(values) != 1:
            problem = f"has {len(values)} values, and {operator} compares one"
            yield Violation((*here, "values"), problem, "list one number")
        if not re.fullmatch(QUALIFIED_NAME, requirement.get("key") or ""):
            yield Violation((*here, "key"), "is not the key of a label", _KEY)
        for place, value in enumerate(values if accepted.values_are_labels else ()):
            if not re.fullmatch(LABEL_VALUE, value):
                yield Violation((*here, "values", place), "is not the value of a label", _VALUE)


def _operator(requirement: Keys, at: Path, known: Sequence[str]) -> Iterator[Violation]:
    operator = requirement.get("operator")
    if operator not in known:
        problem = "is not an operator here" if operator else "missing or empty"
        near = nearest(operator or "", known)
        yield Violation((*at, "operator"), problem, f"choose {join_or(known)}", near)


def _part(parent: Any, key: str) -> Keys:
    """The mapping at a key; empty without one."""
    return cast("Keys | None", value_at(parent, (key,))) or {}


def _texts(parent: Keys, key: str) -> list[str]:
    """The texts of a list; null in it is an empty text, as the API server decodes it."""
    return [item or "" for item in cast("Sequence[str | None]", parent.get(key) or ())]
