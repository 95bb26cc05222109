"""Fields that an update may not change: Validate…Update in kubernetes/kubernetes 1.36.3, validation.go of
pkg/apis/{core,apps,batch,rbac}. Values have their defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import forbidden, invalid, mapping, number
from rehearsal.simulators.kubernetes.apiserver.validation import rbac, service_addresses
from rehearsal.simulators.kubernetes.apiserver.validation.equality import same
from rehearsal.simulators.kubernetes.apiserver.validation.pods.update import pod_update_failures
from rehearsal.simulators.kubernetes.apiserver.validation.quotas import quota_update_failures
from rehearsal.simulators.kubernetes.apiserver.validation.secret import data_of
from rehearsal.simulators.shape import Failure

IMMUTABLE: Final = "field is immutable"
_SET: Final = "field is immutable when `immutable` is set"
_OF_A_SET: Final = frozenset(
    {
        *("replicas", "template", "updateStrategy", "minReadySeconds", "ordinals", "revisionHistoryLimit"),
        "persistentVolumeClaimRetentionPolicy",
    }
)
_OF_A_JOB: Final = (
    *("selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"),
)
_OF_A_CLAIM: Final = ("resources", "volumeAttributesClassName", "volumeName")

Values = Mapping[str, Any]
Rule = Callable[[Values, Values], Iterator[Failure]]


def update_failures(group: str, kind: str, new: Values, old: Values) -> Iterator[Failure]:
    """Forbidden changes from `old` to `new`, both with their defaults; `new` is `veiled`."""
    if (rule := _RULES.get((group, kind))) is not None:
        yield from rule(new, old)


def _pod(new: Values, old: Values) -> Iterator[Failure]:
    return pod_update_failures(mapping(new.get("spec")), mapping(old.get("spec")))


def _selector(new: Values, old: Values) -> Iterator[Failure]:
    now, was = mapping(new.get("spec")), mapping(old.get("spec"))
    if not same(now.get("selector"), was.get("selector")):
        yield invalid("spec.selector", now.get("selector"), IMMUTABLE)


def _stateful_set(new: Values, old: Values) -> Iterator[Failure]:
    now, was = (
        {name: value for name, value in mapping(part.get("spec")).items() if name not in _OF_A_SET}
        for part in (new, old)
    )
    if not same(now, was):
        names = (
            "'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
            "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds'"
        )
        why = f"updates to statefulset spec for fields other than {names} are forbidden"
        yield forbidden("spec", why)


def _job(new: Values, old: Values) -> Iterator[Failure]:
    now, was = mapping(new.get("spec")), mapping(old.get("spec"))
    completions = number(now, "completions")
    if now.get("completionMode") != "Indexed":
        if completions != number(was, "completions"):
            yield invalid("spec.completions", completions, IMMUTABLE)
    elif completions not in (None, number(was, "completions"), number(now, "parallelism")):
        why = "can only be modified in tandem with spec.parallelism"
        yield invalid("spec.completions", completions, why)
    for name in _OF_A_JOB:
        if not same({name: now.get(name)}, {name: was.get(name)}):
            yield invalid(f"spec.{name}", now.get(name), IMMUTABLE)
    if was.get("suspend") is not True and not same(now.get("template"), was.get("template")):
        yield invalid("spec.template", now.get("template"), IMMUTABLE)


def _secret(new: Values, old: Values) -> Iterator[Failure]:
    if new.get("type") != old.get("type"):
        yield invalid("type", new.get("type"), IMMUTABLE)
    if old.get("immutable") is not True:
        return
    if new.get("immutable") is not True:
        yield forbidden("immutable", _SET)
    if data_of(new) != data_of(old):
        yield forbidden("data", _SET)


def _config_map(new: Values, old: Values) -> Iterator[Failure]:
    if old.get("immutable") is not True:
        return
    if new.get("immutable") is not True:
        yield forbidden("immutable", _SET)
    yield from (forbidden(n, _SET) for n in ("data", "binaryData") if not same(new.get(n), old.get(n)))


def _service(new: Values, old: Values) -> Iterator[Failure]:
    now, was = mapping(new.get("spec")), mapping(old.get("spec"))
    yield from service_addresses.update_failures(now, was)
    if now.get("type") == "LoadBalancer" == was.get("type"):
        name = "loadBalancerClass"
        if now.get(name) != was.get(name):
            yield invalid(f"spec.{name}", now.get(name), "may not change once set")


def _claim(new: Values, old: Values) -> Iterator[Failure]:
    now, was = (mapping(part.get("spec")) for part in (new, old))
    kept, before = (
        {name: value for name, value in spec.items() if name not in _OF_A_CLAIM} for spec in (now, was)
    )
    limits, earlier = (mapping(mapping(spec.get("resources")).get("limits")) for spec in (now, was))
    if not same(kept, before) or not same(limits, earlier):
        why = (
            "spec is immutable after creation except resources.requests and volumeAttributesClassName for "
            "bound claims"
        )
        yield forbidden("spec", why)


_RULES: Final[Mapping[tuple[str, str], Rule]] = {
    ("", "Pod"): _pod,
    ("", "Secret"): _secret,
    ("", "ConfigMap"): _config_map,
    ("", "Service"): _service,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "ResourceQuota"): quota_update_failures,
    **{("apps", kind): _selector for kind in ("Deployment", "ReplicaSet", "DaemonSet")},
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _job,
    (rbac.GROUP, "RoleBinding"): rbac.binding_update_failures,
    (rbac.GROUP, "ClusterRoleBinding"): rbac.binding_update_failures,
}
