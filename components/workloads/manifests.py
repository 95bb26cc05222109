"""The Kubernetes objects of a workload's pods: their owner, Service, disruption budget and autoscaler. Pure.

Manifests are dictionaries with Kubernetes' own keys, so that ``overrides`` merge into what the Kubernetes
documentation shows.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pulumi

from components.identity.principal import ServiceAccount
from components.workloads.metadata import Metadata
from components.workloads.pod import Pod, PodAutoscaling, Service, ServiceType, UpdateStrategy, WorkloadKind
from components.workloads.pod_requirements import Manifest, PodRequirements, without_empty
from components.workloads.pod_template import PORT_NAME, labels, pod_template
from components.workloads.strategic_merge import merge

_NONE = Metadata()
_NOTHING: Mapping[str, pulumi.Input[str]] = MappingProxyType({})
SKIP_AWAIT = {"pulumi.com/skipAwait": "true"}
"""https://www.pulumi.com/registry/packages/kubernetes/#pulumicomskipawait"""
WAIT_SECONDS = 20 * 60
"""Time limit for pods to become ready. A role assignment takes up to ten minutes to reach the vault, which is
all that Pulumi waits by default.
https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected
"""


def owner(
    name: str,
    account: ServiceAccount,
    pod: Pod,
    requirements: PodRequirements,
    *,
    user_metadata: Metadata = _NONE,
    reload: bool = False,
    await_pods: bool = True,
) -> Manifest:
    """``metadata`` and ``spec`` of the pod's owner, with the overrides applied."""
    template = pod_template(name, account, pod, requirements, user_metadata)
    annotations = {**(requirements.reload if reload else {}), **({} if await_pods else SKIP_AWAIT)}
    metadata = _metadata(name, account.namespace, user_metadata, annotations)
    if pod.kind is WorkloadKind.POD:
        # The owner is the pod itself and gets the template's metadata.
        both = {**metadata.get("annotations", {}), **template["metadata"].get("annotations", {})}
        manifest = {
            "metadata": without_empty({**metadata, **template["metadata"], "annotations": both}),
            "spec": template["spec"],
        }
    else:
        manifest = {"metadata": metadata, "spec": _SPECS[pod.kind](name, pod, template)}
    return merge(manifest, pod.overrides)


def disruption_budget(name: str, namespace: str, user_metadata: Metadata) -> Manifest:
    """A PodDisruptionBudget: a drain evicts one pod at a time, and unhealthy pods never block it.

    https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
    """
    return {
        "metadata": _metadata(name, namespace, user_metadata),
        "spec": {
            "maxUnavailable": 1,
            "selector": {"matchLabels": labels(name)},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }


def autoscaler(
    name: str, namespace: str, pod: Pod, autoscale: PodAutoscaling, user_metadata: Metadata
) -> Manifest:
    """A HorizontalPodAutoscaler that measures the workload's own container.

    A container without requests, such as a sidecar that a webhook adds, would leave the utilization of the
    whole pod undefined.

    https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#container-resource-metrics
    """
    metrics = [
        {
            "type": "ContainerResource",
            "containerResource": {
                "name": resource,
                "container": name,
                "target": {"type": "Utilization", "averageUtilization": percent},
            },
        }
        for resource, percent in autoscale.aims.items()
    ]
    return {
        "metadata": _metadata(name, namespace, user_metadata),
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": pod.kind.value, "name": name},
            "minReplicas": pod.replicas,
            "maxReplicas": autoscale.max_replicas,
            "metrics": metrics,
        },
    }


def service(
    name: str, namespace: str, args: Service, user_metadata: Metadata, *, await_pods: bool = True
) -> Manifest:
    """The Service of the pods."""
    annotations = {**args.annotations, **({} if await_pods else SKIP_AWAIT)}
    spec: Manifest = {
        "type": ServiceType.CLUSTER_IP.value,
        "selector": labels(name),
        "ports": [{"name": PORT_NAME, "port": args.port, "targetPort": args.target_port}],
    }
    if args.type is ServiceType.HEADLESS:
        spec["clusterIP"] = "None"
    if args.type is ServiceType.LOAD_BALANCER:
        spec["type"] = "LoadBalancer"
        # https://learn.microsoft.com/azure/aks/internal-lb
        annotations["service.beta.kubernetes.io/azure-load-balancer-internal"] = "true"
    return {"metadata": _metadata(name, namespace, user_metadata, annotations), "spec": spec}


def _metadata(
    name: str,
    namespace: str,
    user_metadata: Metadata,
    annotations: Mapping[str, pulumi.Input[str]] = _NOTHING,
) -> Manifest:
    return {"name": name, "namespace": namespace, **user_metadata.fields(labels(name), annotations)}


def _rolling(strategy: UpdateStrategy | None) -> Manifest | None:
    if strategy is None:
        return None
    rolling = without_empty({"maxSurge": strategy.max_surge, "maxUnavailable": strategy.max_unavailable})
    return without_empty({"type": strategy.type.value, "rollingUpdate": rolling})


def _replicated(name: str, pod: Pod, template: Manifest) -> Manifest:
    min_ready = pod.update_strategy.min_ready_seconds if pod.update_strategy else None
    return without_empty(
        {"selector": {"matchLabels": labels(name)}, "template": template, "minReadySeconds": min_ready}
    )


def _deployment(name: str, pod: Pod, template: Manifest) -> Manifest:
    return {
        **_replicated(name, pod, template),
        **without_empty({"strategy": _rolling(pod.update_strategy)}),
        "replicas": pod.replicas,
        # With the default of 10 minutes the Deployment would fail before Pulumi's time limit.
        "progressDeadlineSeconds": WAIT_SECONDS,
    }


def _stateful_set(name: str, pod: Pod, template: Manifest) -> Manifest:
    strategy = without_empty({"updateStrategy": _rolling(pod.update_strategy)})
    return {**_replicated(name, pod, template), **strategy, "replicas": pod.replicas, "serviceName": name}


def _daemon_set(name: str, pod: Pod, template: Manifest) -> Manifest:
    return {
        **_replicated(name, pod, template),
        **without_empty({"updateStrategy": _rolling(pod.update_strategy)}),
    }


def _job(_name: str, _pod: Pod, template: Manifest) -> Manifest:
    return {"template": template}


def _cron_job(_name: str, pod: Pod, template: Manifest) -> Manifest:
    return without_empty(
        {
            "schedule": pod.schedule,
            "timeZone": pod.time_zone,
            # A run that waits for a role assignment must not overlap with the next.
            "concurrencyPolicy": "Forbid",
            "jobTemplate": {"spec": {"template": template}},
        }
    )


_SPECS: Mapping[WorkloadKind, Callable[[str, Pod, Manifest], Manifest]] = {
    WorkloadKind.DEPLOYMENT: _deployment,
    WorkloadKind.STATEFUL_SET: _stateful_set,
    WorkloadKind.DAEMON_SET: _daemon_set,
    WorkloadKind.JOB: _job,
    WorkloadKind.CRON_JOB: _cron_job,
}
