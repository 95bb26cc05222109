"""Defaults of every other built-in kind whose validation depends on them.

kubernetes/kubernetes 1.36.3, defaults.go in pkg/apis/{core/v1,apps/v1,batch/v1,autoscaling/v2,networking/v1,
rbac/v1}, and what pkg/registry/core/service does to addresses before validation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.apiserver.defaults import pods
from rehearsal.simulators.kubernetes.apiserver.defaults.values import each, filled, inside, set_if_absent

_RBAC: Final = "rbac.authorization.k8s.io"
_LARGEST: Final = 2**31 - 1

Values = Mapping[str, Any]


def with_defaults(group: str, kind: str, manifest: Values) -> Values:
    """The manifest as the API server validates it."""
    fill = _FILLS.get((group, kind))
    return manifest if fill is None else fill(manifest)


def _deployment(manifest: Values) -> dict[str, Any]:
    spec = set_if_absent(
        _templated(manifest), replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600
    )
    strategy = filled(mapping(spec.get("strategy")), type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = mapping(strategy.get("rollingUpdate"))
        strategy["rollingUpdate"] = set_if_absent(rolling, maxUnavailable="25%", maxSurge="25%")
    return {**manifest, "spec": {**spec, "strategy": strategy}}


def _daemon_set(manifest: Values) -> dict[str, Any]:
    spec = set_if_absent(_templated(manifest), revisionHistoryLimit=10)
    strategy = filled(mapping(spec.get("updateStrategy")), type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        rolling = mapping(strategy.get("rollingUpdate"))
        strategy["rollingUpdate"] = set_if_absent(rolling, maxUnavailable=1, maxSurge=0)
    return {**manifest, "spec": {**spec, "updateStrategy": strategy}}


def _stateful_set(manifest: Values) -> dict[str, Any]:
    spec = filled(_templated(manifest), podManagementPolicy="OrderedReady")
    spec = set_if_absent(spec, replicas=1, revisionHistoryLimit=10)
    strategy = dict(mapping(spec.get("updateStrategy")))
    if not strategy.get("type"):
        strategy = {"rollingUpdate": {}, **strategy, "type": "RollingUpdate"}
    if isinstance(rolling := strategy.get("rollingUpdate"), Mapping) and strategy["type"] == "RollingUpdate":
        # The field is behind a gate, which is off in 1.36: MaxUnavailableStatefulSet in kube_features.go.
        kept = {name: value for name, value in rolling.items() if name != "maxUnavailable"}
        strategy["rollingUpdate"] = set_if_absent(kept, partition=0)
    retention = filled(
        mapping(spec.get("persistentVolumeClaimRetentionPolicy")), whenDeleted="Retain", whenScaled="Retain"
    )
    spec = each(spec, "volumeClaimTemplates", pods.claim)
    return {
        **manifest,
        "spec": {**spec, "updateStrategy": strategy, "persistentVolumeClaimRetentionPolicy": retention},
    }


def _replica_set(manifest: Values) -> dict[str, Any]:
    return {**manifest, "spec": set_if_absent(_templated(manifest), replicas=1)}


def _job(manifest: Values) -> dict[str, Any]:
    spec = _templated(manifest)
    if spec.get("completions") is None and spec.get("parallelism") is None:
        spec["completions"] = 1
    limit = 6 if spec.get("backoffLimitPerIndex") is None else _LARGEST
    policy = "TerminatingOrFailed" if spec.get("podFailurePolicy") is None else "Failed"
    spec = set_if_absent(
        spec,
        parallelism=1,
        backoffLimit=limit,
        completionMode="NonIndexed",
        suspend=False,
        podReplacementPolicy=policy,
        manualSelector=False,
    )
    metadata = mapping(manifest.get("metadata"))
    if not metadata.get("labels"):
        labels = mapping(mapping(spec["template"]).get("metadata")).get("labels")
        metadata = {**metadata, "labels": labels} if labels else metadata
    return {**manifest, "metadata": metadata, "spec": _failure_policy(spec)}


def _cron_job(manifest: Values) -> dict[str, Any]:
    spec = mapping(manifest.get("spec"))
    job = mapping(spec.get("jobTemplate"))
    spec = filled(spec, concurrencyPolicy="Allow")
    spec = set_if_absent(spec, suspend=False, successfulJobsHistoryLimit=3, failedJobsHistoryLimit=1)
    spec["jobTemplate"] = {**job, "spec": _failure_policy(_templated(job))}
    return {**manifest, "spec": spec}


def _failure_policy(spec: Values) -> dict[str, Any]:
    """SetDefaults_PodFailurePolicyOnPodConditionsPattern."""

    def rule(values: Values) -> dict[str, Any]:
        return each(values, "onPodConditions", lambda pattern: filled(pattern, status="True"))

    return inside(spec, "podFailurePolicy", lambda policy: each(policy, "rules", rule))


def _service(manifest: Values) -> dict[str, Any]:
    spec = filled(mapping(manifest.get("spec")), sessionAffinity="None", type="ClusterIP")
    if spec["sessionAffinity"] == "None":
        spec.pop("sessionAffinityConfig", None)
    elif spec["sessionAffinity"] == "ClientIP":
        client = mapping(mapping(spec.get("sessionAffinityConfig")).get("clientIP"))
        if client.get("timeoutSeconds") is None:
            spec["sessionAffinityConfig"] = {"clientIP": {"timeoutSeconds": 10800}}
    spec = each(spec, "ports", _service_port)
    if is_reachable_from_outside(spec):
        spec = filled(spec, externalTrafficPolicy="Cluster")
    if spec["type"] in ("NodePort", "LoadBalancer", "ClusterIP"):
        spec = set_if_absent(spec, internalTrafficPolicy="Cluster")
    if spec["type"] == "LoadBalancer":
        spec = set_if_absent(spec, allocateLoadBalancerNodePorts=True)
    # NormalizeClusterIPs in pkg/registry/core/service/strategy.go
    if spec.get("clusterIP") and not spec.get("clusterIPs"):
        spec["clusterIPs"] = [spec["clusterIP"]]
    elif spec.get("clusterIPs") and not spec.get("clusterIP") and isinstance(spec["clusterIPs"], list):
        pass
    return {**manifest, "spec": spec}


def _service_port(port: Values) -> dict[str, Any]:
    return filled(port, protocol="TCP", targetPort=port.get("port", 0))


def is_reachable_from_outside(spec: Values) -> bool:
    """ExternallyAccessible in pkg/api/service/util.go."""
    kind = spec.get("type")
    return kind in ("LoadBalancer", "NodePort") or (kind == "ClusterIP" and bool(spec.get("externalIPs")))


def _autoscaler(manifest: Values) -> dict[str, Any]:
    spec = set_if_absent(mapping(manifest.get("spec")), minReplicas=1)
    if isinstance(behavior := spec.get("behavior"), Mapping):
        up = {
            "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}],
            "stabilizationWindowSeconds": 0,
        }
        down = {"policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]}
        spec["behavior"] = {
            "scaleUp": {**up, "selectPolicy": "Max", **mapping(behavior.get("scaleUp"))},
            "scaleDown": {**down, "selectPolicy": "Max", **mapping(behavior.get("scaleDown"))},
        }
    return {**manifest, "spec": spec}


def _network_policy(manifest: Values) -> dict[str, Any]:
    spec = dict(mapping(manifest.get("spec")))
    if not spec.get("policyTypes"):
        spec["policyTypes"] = ["Ingress", *(["Egress"] if spec.get("egress") else [])]
    for direction in ("ingress", "egress"):
        spec = each(
            spec,
            direction,
            lambda rule: each(rule, "ports", lambda port: set_if_absent(port, protocol="TCP")),
        )
    return {**manifest, "spec": spec}


def _binding(manifest: Values) -> dict[str, Any]:
    result = {**manifest, "roleRef": filled(mapping(manifest.get("roleRef")), apiGroup=_RBAC)}
    return each(
        result,
        "subjects",
        lambda subject: (
            filled(subject, apiGroup=_RBAC) if subject.get("kind") in ("User", "Group") else dict(subject)
        ),
    )


def _secret(manifest: Values) -> dict[str, Any]:
    return filled(manifest, type="Opaque")


def _limit_range(manifest: Values) -> dict[str, Any]:
    """SetDefaults_LimitRangeItem."""

    def fill(item: Values) -> dict[str, Any]:
        if item.get("type") != "Container":
            return dict(item)
        default = {**mapping(item.get("max")), **mapping(item.get("default"))}
        request = {**mapping(item.get("min")), **default, **mapping(item.get("defaultRequest"))}
        return {**item, "default": default, "defaultRequest": request}

    return inside(manifest, "spec", lambda spec: each(spec, "limits", fill))


def _claim(manifest: Values) -> dict[str, Any]:
    """EnforceDataSourceBackwardsCompatibility in pkg/api/persistentvolumeclaim/util.go: another source than a
    claim or a snapshot is dropped.
    """
    result = pods.claim(manifest)
    source = mapping(result["spec"].get("dataSource"))
    known = (("", "PersistentVolumeClaim"), ("snapshot.storage.k8s.io", "VolumeSnapshot"))
    if (source.get("apiGroup") or "", source.get("kind")) not in known:
        result["spec"].pop("dataSource", None)
    return result


def _templated(manifest: Values) -> dict[str, Any]:
    spec = mapping(manifest.get("spec"))
    return {**spec, "template": pods.template(mapping(spec.get("template")))}


_FILLS: Final[Mapping[tuple[str, str], Callable[[Values], Values]]] = {
    ("", "Pod"): pods.pod,
    ("", "Service"): _service,
    ("", "Secret"): _secret,
    ("", "LimitRange"): _limit_range,
    ("", "PersistentVolumeClaim"): _claim,
    ("apps", "Deployment"): _deployment,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "ReplicaSet"): _replica_set,
    ("batch", "Job"): _job,
    ("batch", "CronJob"): _cron_job,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    ("networking.k8s.io", "NetworkPolicy"): _network_policy,
    (_RBAC, "RoleBinding"): _binding,
    (_RBAC, "ClusterRoleBinding"): _binding,
}
"""(group, kind) → the object with its defaults."""
