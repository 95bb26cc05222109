"""Restart and resize policies of one container: validateContainerRestartPolicy,
validateInitContainerRestartPolicy, validateResizePolicy in kubernetes/kubernetes 1.36.3,
pkg/apis/core/validation/validation.go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    forbidden,
    invalid,
    mappings,
    required,
    text,
    too_many,
    unsupported,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pods.rules import PodRules
from rehearsal.simulators.shape import Failure

_POLICIES: Final = ("Always", "Never", "OnFailure")
_RESIZED: Final = ("cpu", "memory")
_RESIZES: Final = ("NotRequired", "RestartContainer")
_MOST_RULES: Final = 20
_MOST_CODES: Final = 255


def container_restart_failures(container: Mapping[str, Any], path: str, rules: PodRules) -> Iterator[Failure]:
    if rules.restart_rules:
        yield from _policy_failures(container, path, rules)
    elif container.get("restartPolicy") is not None:
        yield forbidden(f"{path}.restartPolicy", "may not be set for non-init containers")


def init_restart_failures(container: Mapping[str, Any], path: str, rules: PodRules) -> Iterator[Failure]:
    policy, exceptions = container.get("restartPolicy"), mappings(container.get("restartPolicyRules"))
    if rules.restart_rules and (policy != "Always" or rules.restart_all):
        yield from _policy_failures(container, path, rules)
    elif rules.restart_rules and exceptions:
        why = "restartPolicyRules are not allowed for init containers with restart policy Always"
        yield forbidden(f"{path}.restartPolicyRules", why)
    elif policy is not None and policy != "Always":
        yield unsupported(f"{path}.restartPolicy", policy, ("Always",))


def resize_failures(container: Mapping[str, Any], path: str, restart: str) -> Iterator[Failure]:
    """Problems of `resizePolicy`, which the API server reports at the list."""
    seen: set[str] = set()
    for index, item in enumerate(mappings(container.get("resizePolicy"))):
        resource, policy = text(item, "resourceName"), text(item, "restartPolicy")
        if resource in seen:
            yield duplicate(f"{path}[{index}]", resource)
        seen.add(resource)
        for value, known in ((resource, _RESIZED), (policy, _RESIZES)):
            if not value:
                yield required(path)
            elif value not in known:
                yield unsupported(path, value, known)
        if restart == "Never" and policy != "NotRequired":
            yield invalid(path, policy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")


def _policy_failures(container: Mapping[str, Any], path: str, rules: PodRules) -> Iterator[Failure]:
    policy, exceptions = container.get("restartPolicy"), mappings(container.get("restartPolicyRules"))
    if policy is None and exceptions:
        yield required(f"{path}.restartPolicy", "must specify restartPolicy when restart rules are used")
    elif policy is not None and policy not in _POLICIES:
        yield unsupported(f"{path}.restartPolicy", policy, _POLICIES)
    if len(exceptions) > _MOST_RULES:
        yield too_many(f"{path}.restartPolicyRules", len(exceptions), _MOST_RULES)
    actions = ("Restart", "RestartAllContainers") if rules.restart_all else ("Restart",)
    for index, rule in enumerate(exceptions):
        place = f"{path}.restartPolicyRules[{index}]"
        if (action := text(rule, "action")) not in actions:
            yield unsupported(f"{place}.action", action, actions)
        if not isinstance(codes := rule.get("exitCodes"), Mapping):
            yield required(f"{place}.exitCodes", "must be specified")
            continue
        if (operator := text(codes, "operator")) not in ("In", "NotIn"):
            yield unsupported(f"{place}.exitCodes.operator", operator, ("In", "NotIn"))
        values = codes.get("values")
        if isinstance(values, list) and len(values) > _MOST_CODES:
            yield too_many(f"{place}.exitCodes.values", len(values), _MOST_CODES)
