"""Labels and selectors of labels: pure, in the API server's words.

k8s.io/apimachinery v0.36.3, pkg/apis/meta/v1/validation/validation.go: ValidateLabels, ValidateLabelName,
ValidateLabelSelector.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.fields import (
    forbidden,
    invalid,
    mapping,
    mappings,
    required,
    text,
    texts,
    wrong,
)
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.shape import Failure


def label_failures(labels: Any, path: str) -> Iterator[Failure]:
    for key, value in mapping(labels).items():
        yield from wrong(path, key, content.qualified_name(key))
        if isinstance(value, str):
            yield from wrong(path, value, content.label_value(value))


def selector_failures(selector: Any, path: str) -> Iterator[Failure]:
    """Problems of a label selector; none if there is no selector."""
    yield from label_failures(mapping(selector).get("matchLabels"), f"{path}.matchLabels")
    for index, expression in enumerate(mappings(mapping(selector).get("matchExpressions"))):
        place, operator = f"{path}.matchExpressions[{index}]", text(expression, "operator")
        values = texts(expression.get("values"))
        if operator in ("In", "NotIn"):
            if not values:
                yield required(f"{place}.values", "must be specified when `operator` is 'In' or 'NotIn'")
        elif operator in ("Exists", "DoesNotExist"):
            if values:
                yield forbidden(
                    f"{place}.values",
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                )
        else:
            yield invalid(f"{place}.operator", operator, "not a valid selector operator")
        yield from wrong(
            f"{place}.key", text(expression, "key"), content.qualified_name(text(expression, "key"))
        )
        for number, value in enumerate(values):
            yield from wrong(f"{place}.values[{number}]", value, content.label_value(value))


def is_empty(selector: Any) -> bool:
    return not mapping(selector).get("matchLabels") and not mapping(selector).get("matchExpressions")


def parses(selector: Any) -> bool:
    """Whether it can be evaluated (LabelSelectorAsSelector in pkg/apis/meta/v1/helpers.go)."""
    return not any(failure.reason for failure in selector_failures(selector, ""))


def selects(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Whether a selector selects objects with these labels.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements
    """
    if any(labels.get(name) != value for name, value in mapping(selector.get("matchLabels")).items()):
        return False
    for expression in mappings(selector.get("matchExpressions")):
        name, operator, values = (
            str(expression.get("key")),
            expression.get("operator"),
            expression.get("values") or [],
        )
        fits = {
            "In": labels.get(name) in values if name in labels else False,
            "NotIn": labels.get(name) not in values,
            "Exists": name in labels,
            "DoesNotExist": name not in labels,
        }
        if not fits.get(str(operator), True):
            return False
    return True
