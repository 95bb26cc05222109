"""Scheduling of a pod: affinity, tolerations, spread. validateAffinity, ValidateTolerations,
validateTopologySpreadConstraints and what they call in kubernetes/kubernetes 1.36.3,
pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    forbidden,
    invalid,
    mapping,
    mappings,
    number,
    one_of,
    required,
    text,
    texts,
    unsupported,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.pods.rules import PodRules
from rehearsal.simulators.kubernetes.apiserver.validation.selectors import selector_failures
from rehearsal.simulators.shape import Failure

_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED: Final = "preferredDuringSchedulingIgnoredDuringExecution"
_WEIGHT: Final = "must be in the range 1-100"
_EFFECTS: Final = ("NoSchedule", "PreferNoSchedule", "NoExecute")
_ACTIONS: Final = ("DoNotSchedule", "ScheduleAnyway")
_BOTH: Final = "exists in both matchLabelKeys and"
_POSITIVE: Final = "must be greater than zero"


def affinity_failures(affinity: Any, path: str) -> Iterator[Failure]:
    nodes, place = mapping(mapping(affinity).get("nodeAffinity")), f"{path}.nodeAffinity"
    if isinstance(needed := nodes.get(_REQUIRED), Mapping):
        terms = mappings(needed.get("nodeSelectorTerms"))
        if not terms:
            yield required(
                f"{place}.{_REQUIRED}.nodeSelectorTerms", "must have at least one node selector term"
            )
        for index, term in enumerate(terms):
            yield from _node_term(term, f"{place}.{_REQUIRED}.nodeSelectorTerms[{index}]", strict=True)
    for index, preferred in enumerate(mappings(nodes.get(_PREFERRED))):
        item = f"{place}.{_PREFERRED}[{index}]"
        yield from _weight(preferred, item)
        yield from _node_term(mapping(preferred.get("preference")), f"{item}.preference", strict=False)
    for kind in ("podAffinity", "podAntiAffinity"):
        pods = mapping(mapping(affinity).get(kind))
        for index, term in enumerate(mappings(pods.get(_REQUIRED))):
            yield from _pod_term(term, f"{path}.{kind}.{_REQUIRED}[{index}]")
        for index, preferred in enumerate(mappings(pods.get(_PREFERRED))):
            item = f"{path}.{kind}.{_PREFERRED}[{index}]"
            yield from _weight(preferred, item)
            yield from _pod_term(mapping(preferred.get("podAffinityTerm")), f"{item}.podAffinityTerm")


def toleration_failures(tolerations: Any, path: str) -> Iterator[Failure]:
    for index, toleration in enumerate(mappings(tolerations)):
        place = f"{path}[{index}]"
        key, operator, value, effect = (
            text(toleration, name) for name in ("key", "operator", "value", "effect")
        )
        if key:
            yield from wrong(f"{place}.key", key, content.qualified_name(key))
        elif operator != "Exists":
            why = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
            yield invalid(f"{place}.operator", operator, why)
        if number(toleration, "tolerationSeconds") is not None and effect != "NoExecute":
            yield invalid(
                f"{place}.effect", effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"
            )
        if operator in ("Equal", ""):
            if why := ";".join(content.label_value(value)):
                yield invalid(f"{place}.operator", value, why)
        elif operator == "Exists":
            if value:
                yield invalid(f"{place}.operator", value, "value must be empty when `operator` is 'Exists'")
        else:
            # Lt and Gt are behind TaintTolerationComparisonOperators, which is off.
            known = ("Equal", "Exists", "Lt", "Gt") if operator in ("Lt", "Gt") else ("Equal", "Exists")
            yield unsupported(f"{place}.operator", operator, known)
        if effect and effect not in _EFFECTS:
            yield unsupported(f"{place}.effect", effect, _EFFECTS)


def spread_failures(constraints: Any, path: str, rules: PodRules) -> Iterator[Failure]:
    items = mappings(constraints)
    for index, constraint in enumerate(items):
        place = f"{path}[{index}]"
        if (skew := number(constraint, "maxSkew") or 0) <= 0:
            yield invalid(f"{place}.maxSkew", skew, _POSITIVE)
        key, action = text(constraint, "topologyKey"), text(constraint, "whenUnsatisfiable")
        if not key:
            yield required(f"{place}.topologyKey", "can not be empty")
        if action not in _ACTIONS:
            yield unsupported(f"{place}.whenUnsatisfiable", action, _ACTIONS)
        if any(
            (text(other, "topologyKey"), text(other, "whenUnsatisfiable")) == (key, action)
            for other in items[index + 1 :]
        ):
            yield duplicate(f"{place}.{{topologyKey, whenUnsatisfiable}}", f"{{{key}, {action}}}")
        if (least := number(constraint, "minDomains")) is not None:
            if least <= 0:
                yield invalid(f"{place}.minDomains", least, _POSITIVE)
            if action != "DoNotSchedule":
                why = f"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
                yield invalid(f"{place}.minDomains", least, why)
        for name in ("nodeAffinityPolicy", "nodeTaintsPolicy"):
            yield from one_of(constraint, name, place, ("Honor", "Ignore"))
        yield from _label_keys(constraint, place, rules)
        yield from selector_failures(constraint.get("labelSelector"), f"{place}.labelSelector")


def _weight(preferred: Mapping[str, Any], path: str) -> Iterator[Failure]:
    if not 1 <= (weight := number(preferred, "weight") or 0) <= 100:
        yield invalid(f"{path}.weight", weight, _WEIGHT)


def _node_term(term: Mapping[str, Any], path: str, *, strict: bool) -> Iterator[Failure]:
    """ValidateNodeSelectorTerm. Values need not be labels in a preference."""
    for index, rule in enumerate(mappings(term.get("matchExpressions"))):
        yield from _node_rule(rule, f"{path}.matchExpressions[{index}]", strict=strict)
    for index, rule in enumerate(mappings(term.get("matchFields"))):
        place, values = f"{path}.matchFields[{index}]", texts(rule.get("values"))
        if (operator := text(rule, "operator")) not in ("In", "NotIn"):
            yield invalid(f"{place}.operator", operator, "not a valid selector operator")
        elif len(values) != 1:
            why = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
            yield required(f"{place}.values", why)
        if (key := text(rule, "key")) != "metadata.name":
            yield invalid(f"{place}.key", key, "not a valid field selector key")
            continue
        for item, value in enumerate(values):
            yield from wrong(f"{place}.values[{item}]", value, content.subdomain(value))


def _node_rule(rule: Mapping[str, Any], path: str, *, strict: bool) -> Iterator[Failure]:
    """ValidateNodeSelectorRequirement."""
    operator, values, key = text(rule, "operator"), texts(rule.get("values")), text(rule, "key")
    if operator in ("In", "NotIn"):
        if not values:
            yield required(f"{path}.values", "must be specified when `operator` is 'In' or 'NotIn'")
    elif operator in ("Exists", "DoesNotExist"):
        if values:
            why = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"
            yield forbidden(f"{path}.values", why)
    elif operator in ("Gt", "Lt"):
        if len(values) != 1:
            why = "must be specified single value when `operator` is 'Lt' or 'Gt'"
            yield required(f"{path}.values", why)
    else:
        yield invalid(f"{path}.operator", operator, "not a valid selector operator")
    yield from wrong(f"{path}.key", key, content.qualified_name(key))
    for index, value in enumerate(values if strict else ()):
        yield from wrong(f"{path}.values[{index}]", value, content.label_value(value))


def _pod_term(term: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """validatePodAffinityTerm."""
    for name in ("labelSelector", "namespaceSelector"):
        yield from selector_failures(term.get(name), f"{path}.{name}")
    for namespace in texts(term.get("namespaces")):
        yield from wrong(f"{path}.namespace", namespace, content.label(namespace))
    yield from _merged_label_keys(term, path)
    if not (key := text(term, "topologyKey")):
        yield required(f"{path}.topologyKey", "can not be empty")
    yield from wrong(f"{path}.topologyKey", key, content.qualified_name(key))


def _label_keys(constraint: Mapping[str, Any], path: str, rules: PodRules) -> Iterator[Failure]:
    if rules.merged_label_keys:
        yield from _merged_label_keys(constraint, path)
        return
    keys, selector = texts(constraint.get("matchLabelKeys")), constraint.get("labelSelector")
    if not keys:
        return
    if selector is None:
        yield forbidden(f"{path}.matchLabelKeys", "must not be specified when labelSelector is not set")
    selected = {*mapping(mapping(selector).get("matchLabels")), *_expressed(selector)}
    for index, key in enumerate(keys):
        place = f"{path}.matchLabelKeys[{index}]"
        yield from wrong(place, key, content.qualified_name(key))
        if key in selected:
            yield invalid(place, key, f"{_BOTH} labelSelector")


def _merged_label_keys(term: Mapping[str, Any], path: str) -> Iterator[Failure]:
    """ValidateMatchLabelKeysAndMismatchLabelKeys."""
    selector = term.get("labelSelector")
    keys, others = texts(term.get("matchLabelKeys")), texts(term.get("mismatchLabelKeys"))
    for name, values in (("matchLabelKeys", keys), ("mismatchLabelKeys", others)):
        if values and selector is None:
            yield forbidden(f"{path}.{name}", "must not be specified when labelSelector is not set")
            continue
        for index, key in enumerate(values):
            yield from wrong(f"{path}.{name}[{index}]", key, content.qualified_name(key))
    selected = {*mapping(mapping(selector).get("matchLabels"))}
    for key in _expressed(selector):
        if key in keys and key in selected:
            yield invalid(f"{path}[{keys.index(key)}]", key, f"{_BOTH} labelSelector")
        selected.add(key)
    for index, key in enumerate(keys):
        if key in others:
            yield invalid(f"{path}.matchLabelKeys[{index}]", key, f"{_BOTH} mismatchLabelKeys")


def _expressed(selector: Any) -> list[str]:
    return [text(rule, "key") for rule in mappings(mapping(selector).get("matchExpressions"))]
