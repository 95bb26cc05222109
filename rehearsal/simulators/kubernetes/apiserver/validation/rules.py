"""The rules of each built-in kind. Pure.

A kind without a rule is valid if its types and its metadata fit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, texts
from rehearsal.simulators.kubernetes.apiserver.defaults.kinds import with_defaults
from rehearsal.simulators.kubernetes.apiserver.validation import (
    autoscaler,
    claims,
    disruption_budget,
    ingress,
    network_policy,
    quotas,
    rbac,
    secret,
    service,
)
from rehearsal.simulators.kubernetes.apiserver.validation.names import finalizer_failures, metadata_failures
from rehearsal.simulators.kubernetes.apiserver.validation.owners import apps, batch
from rehearsal.simulators.kubernetes.apiserver.validation.pods.spec import pod_failures
from rehearsal.simulators.kubernetes.apiserver.validation.updates import update_failures
from rehearsal.simulators.shape import Failure

TEMPLATES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    **{
        ("apps", kind): ("spec", "template")
        for kind in ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")
    },
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
}
"""(group, kind) → path of the pod template."""

Manifest = Mapping[str, Any]
Rule = Callable[[Manifest, int], Iterator[Failure]]


def object_failures(
    group: str, kind: str, manifest: Manifest, minor: int, live: Manifest | None = None
) -> Iterator[Failure]:
    """Problems of an object, or of an update of the live one; `manifest` is `veiled`."""
    failures = _failures(group, kind, manifest, minor, live)
    hidden = [path for path, value in _walk(manifest, "") if is_hashed(value)]
    for failure in failures:
        # Nothing is known about what lies below a hash.
        if failure.reason and not any(_is_below(failure.path, path) for path in hidden):
            yield failure


def has_rules(group: str, kind: str) -> bool:
    """Whether the kind is validated as a whole."""
    return (group, kind) in _RULES


def template_of(group: str, kind: str, manifest: Manifest) -> Manifest | None:
    """The pod template; None if the kind has none."""
    steps = TEMPLATES.get((group, kind))
    template: Any = manifest
    for step in steps or ():
        template = mapping(template).get(step)
    return mapping(template) if steps else None


def _failures(
    group: str, kind: str, manifest: Manifest, minor: int, live: Manifest | None
) -> Iterator[Failure]:
    complete = with_defaults(group, kind, manifest)
    yield from metadata_failures(kind, mapping(complete.get("metadata")))
    rule = _RULES.get((group, kind))
    if live is None:
        yield from rule(complete, minor) if rule else ()
        return
    before = with_defaults(group, kind, live)
    changing = _UPDATES.get((group, kind))
    if changing is not None:
        yield from changing(complete, before, minor)
    elif rule is not None:
        yield from rule(complete, minor)
    yield from update_failures(group, kind, complete, before)


def _stateful_set_update(new: Manifest, _: Manifest, minor: int) -> Iterator[Failure]:
    return apps.stateful_set_failures(new, minor, created=False)


def _cron_job_update(new: Manifest, old: Manifest, minor: int) -> Iterator[Failure]:
    return batch.cron_job_failures(new, minor, mapping(old.get("spec")))


def _policy_update(new: Manifest, old: Manifest, minor: int) -> Iterator[Failure]:
    return network_policy.policy_failures(new, minor, network_policy.ranges_of(old))


def _ingress_update(new: Manifest, _: Manifest, minor: int) -> Iterator[Failure]:
    return ingress.changed_ingress_failures(new, minor)


def _namespace(manifest: Manifest, _: int) -> Iterator[Failure]:
    """ValidateNamespace in pkg/apis/core/validation/validation.go."""
    for name in texts(mapping(manifest.get("spec")).get("finalizers")):
        yield from finalizer_failures(name, "spec.finalizers", "spec.finalizers")


def _valid(*_: Any) -> Iterator[Failure]:
    """A kind that has nothing but its metadata to validate."""
    yield from ()


def _walk(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _walk(item, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, f"{path}[{index}]")
    else:
        yield path, value


def _is_below(path: str, hidden: str) -> bool:
    return path == hidden or path.startswith((f"{hidden}.", f"{hidden}["))


_RULES: Final[Mapping[tuple[str, str], Rule]] = {
    ("", "Pod"): pod_failures,
    ("", "Service"): service.service_failures,
    ("", "Secret"): secret.secret_failures,
    ("", "ConfigMap"): secret.config_map_failures,
    ("", "ServiceAccount"): _valid,
    ("", "Namespace"): _namespace,
    ("", "ResourceQuota"): quotas.quota_failures,
    ("", "LimitRange"): quotas.limit_range_failures,
    ("", "PersistentVolumeClaim"): claims.claim_failures,
    ("apps", "Deployment"): apps.deployment,
    ("apps", "ReplicaSet"): apps.replica_set,
    ("apps", "DaemonSet"): apps.daemon_set,
    ("apps", "StatefulSet"): apps.stateful_set,
    ("batch", "Job"): batch.job,
    ("batch", "CronJob"): batch.cron_job,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaler.autoscaler_failures,
    ("policy", "PodDisruptionBudget"): disruption_budget.budget_failures,
    ("networking.k8s.io", "Ingress"): ingress.ingress_failures,
    ("networking.k8s.io", "NetworkPolicy"): network_policy.network_policy_failures,
    (rbac.GROUP, "Role"): rbac.role_failures,
    (rbac.GROUP, "ClusterRole"): rbac.cluster_role_failures,
    (rbac.GROUP, "RoleBinding"): rbac.role_binding_failures,
    (rbac.GROUP, "ClusterRoleBinding"): rbac.cluster_role_binding_failures,
}
"""(group, kind) → rule for a new object."""
_UPDATES: Final[Mapping[tuple[str, str], Callable[[Manifest, Manifest, int], Iterator[Failure]]]] = {
    ("apps", "StatefulSet"): _stateful_set_update,
    ("batch", "CronJob"): _cron_job_update,
    ("networking.k8s.io", "Ingress"): _ingress_update,
    ("networking.k8s.io", "NetworkPolicy"): _policy_update,
}
"""(group, kind) → rule for an update, where it differs."""
