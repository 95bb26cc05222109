"""The Kubernetes objects of a workload's pod: from plain data to manifests, with Kubernetes' own keys. Pure.

Manifests are dictionaries as in Kubernetes' documentation, so that ``overrides`` merge into what a reader of those pages expects.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from components.identity.workload_identity import ServiceAccount
from components.workloads.pod import (
    OperatingSystem,
    Pod,
    PodAutoscaling,
    Probe,
    RestartPolicy,
    Security,
    Service,
    ServiceType,
    UpdateStrategy,
    WorkloadKind,
)
from components.workloads.strategic_merge import merge

Manifest = dict[str, Any]

NAME_LABEL = "app.kubernetes.io/name"
"""The one label of every selector: selectors cannot be changed, so nothing that may change stands in them."""

USE_IDENTITY = "azure.workload.identity/use"
"""Pods with this label get the projected token and AZURE_* from the webhook.
https://learn.microsoft.com/azure/aks/workload-identity-overview#pod-labels"""

INJECTED_ENV = frozenset(
    {"AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST"}
)
"""What the webhook adds to such a pod, unless it is there already: then it says nothing, and the token is another's."""
INJECTED_VOLUME = "azure-identity-token"
"""The projected token. https://learn.microsoft.com/azure/aks/workload-identity-overview#how-it-works"""
INJECTED_MOUNTS = "/var/run/secrets/azure"
"""Where it is mounted: ``…/tokens`` up to version 1.5 of the webhook, ``…/wi/token`` from 1.6 on."""
IDENTITY = "aks-secrets/client-id"
"""On pods that the webhook acts on: it does so when a pod is made, so that another identity has to make new pods.
https://github.com/Azure/azure-workload-identity/issues/109"""

SKIP_AWAIT = {"pulumi.com/skipAwait": "true"}
"""https://www.pulumi.com/registry/packages/kubernetes/#pulumicomskipawait"""

PORT_NAME = "app"
WAIT_SECONDS = 20 * 60
"""How long pods may take: a role assignment takes up to ten minutes to reach the vault, as long as Pulumi waits by itself.
https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---role-assignment-changes-are-not-being-detected"""


@dataclass(frozen=True, kw_only=True)
class PodRequirements:
    """What a technique asks of the pod."""

    env: Sequence[Manifest] = ()
    env_from: Sequence[Manifest] = ()
    """Sources whose every key is a variable."""
    volumes: Sequence[Manifest] = ()
    volume_mounts: Sequence[Manifest] = ()
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """On the pod template, never in a selector."""
    annotations: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """On the pod template."""
    reload: Mapping[str, str] = field(default_factory=dict[str, str])
    """On the pod's owner, where new values are to make new pods: the annotation by which Reloader knows what to watch."""
    depends_on: Sequence[pulumi.Resource] = ()
    """What the pod cannot start without."""


def labels(name: str) -> dict[str, str]:
    """What tells the pods of a workload from all others in its namespace."""
    return {NAME_LABEL: name}


def pod_patch(name: str, account: ServiceAccount, delivery: PodRequirements) -> Manifest:
    """The part of a pod template that makes the secrets come: for whoever writes the rest of it elsewhere."""
    container = _without_empty(
        {
            "name": name,
            "env": list(delivery.env),
            "envFrom": list(delivery.env_from),
            "volumeMounts": list(delivery.volume_mounts),
        }
    )
    return {
        "metadata": _without_empty(
            {"labels": dict(delivery.labels), "annotations": dict(delivery.annotations)}
        ),
        "spec": _without_empty(
            {"serviceAccountName": account.name, "containers": [container], "volumes": list(delivery.volumes)}
        ),
    }


def owner(
    name: str,
    account: ServiceAccount,
    pod: Pod,
    delivery: PodRequirements,
    *,
    reload: bool = False,
    await_pods: bool = True,
) -> Manifest:
    """``metadata`` and ``spec`` of the pod's owner, overrides applied."""
    template = _template(name, account, pod, delivery)
    metadata: Manifest = {"name": name, "namespace": account.namespace, "labels": labels(name)}
    annotations = {**(delivery.reload if reload else {}), **({} if await_pods else SKIP_AWAIT)}
    if annotations:
        metadata["annotations"] = annotations
    if pod.kind is WorkloadKind.POD:
        # The owner is the pod: what stands on the template stands on it.
        both = {**annotations, **template["metadata"].get("annotations", {})}
        manifest = {
            "metadata": _without_empty({**metadata, **template["metadata"], "annotations": both}),
            "spec": template["spec"],
        }
    else:
        manifest = {"metadata": metadata, "spec": _SPECS[pod.kind](name, pod, template)}
    return merge(manifest, pod.overrides)


def disruption_budget(name: str, namespace: str) -> Manifest:
    """A drain takes one pod at a time; pods that are broken anyway never hold it up.

    https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy
    """
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": labels(name)},
        "spec": {
            "maxUnavailable": 1,
            "selector": {"matchLabels": labels(name)},
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
        },
    }


def autoscaler(name: str, namespace: str, pod: Pod, autoscale: PodAutoscaling) -> Manifest:
    """A HorizontalPodAutoscaler that looks at the workload's own container: one beside it that requests nothing, such as a sidecar
    that a webhook adds, would leave the use of the whole pod undefined.

    https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#container-resource-metrics
    """
    metrics = [
        {
            "type": "ContainerResource",
            "containerResource": {
                "name": what,
                "container": name,
                "target": {"type": "Utilization", "averageUtilization": percent},
            },
        }
        for what, percent in autoscale.aims.items()
    ]
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": labels(name)},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": pod.kind.value, "name": name},
            "minReplicas": pod.replicas,
            "maxReplicas": autoscale.max_replicas,
            "metrics": metrics,
        },
    }


def service(name: str, namespace: str, port_spec: Service, *, await_pods: bool = True) -> Manifest:
    """The Service in front of the pods."""
    annotations = {} if await_pods else dict(SKIP_AWAIT)
    spec: Manifest = {
        "type": ServiceType.CLUSTER_IP.value,
        "selector": labels(name),
        "ports": [{"name": PORT_NAME, "port": port_spec.port, "targetPort": port_spec.target_port}],
    }
    if port_spec.type is ServiceType.HEADLESS:
        spec["clusterIP"] = "None"
    if port_spec.type is ServiceType.LOAD_BALANCER:
        spec["type"] = "LoadBalancer"
        # https://learn.microsoft.com/azure/aks/internal-lb
        annotations["service.beta.kubernetes.io/azure-load-balancer-internal"] = "true"
    metadata = _without_empty(
        {"name": name, "namespace": namespace, "labels": labels(name), "annotations": annotations}
    )
    return {"metadata": metadata, "spec": spec}


def _without_empty(manifest: Manifest) -> Manifest:
    return {key: value for key, value in manifest.items() if value is not None and value not in ({}, [])}


# ---------------------------------------------------------------------------------------------------------------------------- the pod


def _template(name: str, account: ServiceAccount, pod: Pod, delivery: PodRequirements) -> Manifest:
    needed = pod_patch(name, account, delivery)
    container = {**_container(name, pod), **needed["spec"]["containers"][0], "env": _env(pod, delivery)}
    scratch = {f"scratch-{index}": path for index, path in enumerate(pod.scratch)}
    if scratch:
        mounts = [{"name": volume, "mountPath": path} for volume, path in scratch.items()]
        container["volumeMounts"] = [*container.get("volumeMounts", []), *mounts]
    spec: Manifest = {
        **needed["spec"],
        **_without_empty(
            {"volumes": [*delivery.volumes, *({"name": volume, "emptyDir": {}} for volume in scratch)]}
        ),
        # Entra gets a token of its own (projected, by the webhook); the one for the Kubernetes API no pod needs.
        "automountServiceAccountToken": False,
        "containers": [_without_empty(container)],
        "nodeSelector": {"kubernetes.io/os": pod.os.value},
        "securityContext": _pod_security(pod),
    }
    if pod.os is OperatingSystem.WINDOWS:
        # Pod Security asks of it what Windows knows, and no more: https://kubernetes.io/docs/concepts/security/pod-security-standards/#os-specific-policy-controls
        spec["os"] = {"name": pod.os.value}
    if pod.restart_policy or pod.kind in (WorkloadKind.JOB, WorkloadKind.CRON_JOB):
        spec["restartPolicy"] = (pod.restart_policy or RestartPolicy.ON_FAILURE).value
    if pod.several:
        spec["topologySpreadConstraints"] = [
            _spread(name, key) for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        ]
    return {"metadata": {**needed["metadata"], "labels": {**labels(name), **delivery.labels}}, "spec": spec}


def _env(pod: Pod, delivery: PodRequirements) -> list[Manifest]:
    """The technique's first: `$(NAME)` in a value sees what stands before it."""
    return [*delivery.env, *({"name": key, "value": value} for key, value in pod.env.items())]


def _container(name: str, pod: Pod) -> Manifest:
    return _without_empty(
        {
            "name": name,
            "image": pod.image,
            "command": list(pod.command),
            "args": list(pod.args),
            "ports": [{"name": PORT_NAME, "containerPort": pod.port}] if pod.port else [],
            "resources": {key: dict(amounts) for key, amounts in pod.resources.items()},
            **{f"{which}Probe": _probe(probe, pod.port) for which, probe in pod.probes.items()},
            "securityContext": _container_security(pod),
        }
    )


def _probe(probe: Probe, port: int | None) -> Manifest:
    # By number: overrides may give the port another name.
    return _without_empty(
        {
            "httpGet": {"path": probe.path, "port": port} if probe.path else None,
            "tcpSocket": {"port": port} if probe.tcp else None,
            "exec": {"command": list(probe.command)} if probe.command else None,
            "initialDelaySeconds": probe.initial_delay_seconds,
            "periodSeconds": probe.period_seconds,
            "timeoutSeconds": probe.timeout_seconds,
            "failureThreshold": probe.failure_threshold,
        }
    )


def _pod_security(pod: Pod) -> Manifest:
    restricted = pod.security is Security.RESTRICTED
    if pod.os is OperatingSystem.WINDOWS:
        # Most images run as ContainerAdministrator by themselves: https://kubernetes.io/docs/tasks/configure-pod-container/configure-runasusername/
        return (
            {"runAsNonRoot": True, "windowsOptions": {"runAsUserName": "ContainerUser"}} if restricted else {}
        )
    return _without_empty(
        {
            "runAsNonRoot": True if restricted else None,
            "runAsUser": pod.run_as_user,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
    )


def _container_security(pod: Pod) -> Manifest:
    if pod.os is OperatingSystem.WINDOWS:
        return {}  # none of this is known there: https://kubernetes.io/docs/concepts/windows/intro/#compatibility-v1-pod-spec-containers-securitycontext
    context: Manifest = {"allowPrivilegeEscalation": False}
    if pod.security is Security.RESTRICTED:
        context["capabilities"] = {"drop": ["ALL"]}
    if pod.read_only_root_filesystem:
        context["readOnlyRootFilesystem"] = True
    return context


def _spread(name: str, key: str) -> Manifest:
    # A preference: a cluster of one node or one zone still runs the pods.
    return {
        "topologyKey": key,
        "maxSkew": 1,
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels(name)},
    }


# -------------------------------------------------------------------------------------------------------------------------- its owner


def _rolling(strategy: UpdateStrategy | None) -> Manifest | None:
    if strategy is None:
        return None
    rolling = _without_empty({"maxSurge": strategy.max_surge, "maxUnavailable": strategy.max_unavailable})
    return _without_empty({"type": strategy.type.value, "rollingUpdate": rolling})


def _replicated(name: str, pod: Pod, template: Manifest) -> Manifest:
    min_ready = pod.update_strategy.min_ready_seconds if pod.update_strategy else None
    return _without_empty(
        {"selector": {"matchLabels": labels(name)}, "template": template, "minReadySeconds": min_ready}
    )


def _deployment(name: str, pod: Pod, template: Manifest) -> Manifest:
    return {
        **_replicated(name, pod, template),
        **_without_empty({"strategy": _rolling(pod.update_strategy)}),
        "replicas": pod.replicas,
        "progressDeadlineSeconds": WAIT_SECONDS,  # 10 minutes by default: the Deployment would give up before Pulumi does
    }


def _stateful_set(name: str, pod: Pod, template: Manifest) -> Manifest:
    strategy = _without_empty({"updateStrategy": _rolling(pod.update_strategy)})
    return {**_replicated(name, pod, template), **strategy, "replicas": pod.replicas, "serviceName": name}


def _daemon_set(name: str, pod: Pod, template: Manifest) -> Manifest:
    return {
        **_replicated(name, pod, template),
        **_without_empty({"updateStrategy": _rolling(pod.update_strategy)}),
    }


def _job(_name: str, _pod: Pod, template: Manifest) -> Manifest:
    return {"template": template}


def _cron_job(_name: str, pod: Pod, template: Manifest) -> Manifest:
    return _without_empty(
        {
            "schedule": pod.schedule,
            "timeZone": pod.time_zone,
            "concurrencyPolicy": "Forbid",  # a run that waits for a role assignment must not be joined by the next one
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
