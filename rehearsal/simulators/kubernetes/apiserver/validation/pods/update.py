"""Fields of an existing pod that an update may not change: pure, in the API server's words.

kubernetes/kubernetes, pkg/apis/core/validation/validation.go: ValidatePodUpdate, ValidateContainerUpdates,
validateOnlyAddedTolerations, validateOnlyDeletedSchedulingGates. Not simulated: a pod behind scheduling gates
may also change its node selector and node affinity; pulumi-kubernetes replaces such a pod anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import forbidden, invalid, is_hashed, mappings, masked
from rehearsal.simulators.kubernetes.apiserver.validation.equality import filled
from rehearsal.simulators.shape import Failure

UPDATABLE: Final = ",".join(
    (
        "`spec.containers[*].image`",
        "`spec.initContainers[*].image`",
        "`spec.activeDeadlineSeconds`",
        "`spec.tolerations` (only additions to existing tolerations)",
        "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    )
)
_CONTAINERS: Final = ("containers", "initContainers")
_LONGEST: Final = 2**31 - 1

Spec = Mapping[str, Any]


def pod_update_failures(new: Spec, old: Spec) -> Iterator[Failure]:
    """Forbidden changes from `old` to `new`, which is `veiled`.

    The API server adds Go's diff of both, which would show values.
    """
    for kind in _CONTAINERS:
        if len(mappings(new.get(kind))) != len(mappings(old.get(kind))):
            yield forbidden(f"spec.{kind}", "pod updates may not add or remove containers")
            return
    failures = list(_deadline(new.get("activeDeadlineSeconds"), old.get("activeDeadlineSeconds")))
    yield from failures
    if failures and "activeDeadlineSeconds" in new:
        return
    kept = [_without(toleration, "tolerationSeconds") for toleration in mappings(new.get("tolerations"))]
    if any(
        _without(toleration, "tolerationSeconds") not in kept
        for toleration in mappings(old.get("tolerations"))
    ):
        yield forbidden(
            "spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"
        )
    gates = {gate.get("name") for gate in mappings(old.get("schedulingGates"))}
    for index, gate in enumerate(mappings(new.get("schedulingGates"))):
        if (name := gate.get("name")) not in gates:
            detail = f"only deletion is allowed, but found new scheduling gate '{masked(name)}'"
            yield forbidden(f"spec.schedulingGates[{index}].name", detail)
    if _fixed(new, old) != _fixed(old, old):
        yield forbidden("spec", f"pod updates may not change fields other than {UPDATABLE}")


def _deadline(new: Any, old: Any) -> Iterator[Failure]:
    path = "spec.activeDeadlineSeconds"
    if is_hashed(new) or is_hashed(old):
        return
    if new is None and old is not None:
        yield invalid(path, None, "must not update from a positive integer to nil value")
    elif new is not None and not 0 <= new <= _LONGEST:
        yield invalid(path, new, f"must be between 0 and {_LONGEST}, inclusive")
    elif new is not None and old is not None and old < new:
        yield invalid(path, new, "must be less than or equal to previous value")


def _fixed(spec: Spec, old: Spec) -> Any:
    """The `spec` without the fields that an update may change."""
    fixed = dict(_without(spec, "activeDeadlineSeconds", "tolerations", "schedulingGates"))
    for kind in _CONTAINERS:
        fixed[kind] = [_without(container, "image") for container in mappings(spec.get(kind))]
    grace = old.get("terminationGracePeriodSeconds")
    if isinstance(grace, int) and grace < 0 and fixed.get("terminationGracePeriodSeconds") == 1:
        fixed["terminationGracePeriodSeconds"] = grace
    return filled(fixed)


def _without(values: Spec, *names: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in names}
