"""Validation of pods, their owners, Services and PodDisruptionBudgets: pure, in the API server's words.

kubernetes/kubernetes, pkg/apis/{apps,batch,core,policy}/validation/validation.go. Missing values are valid
wherever the API server has a default. Names and labels: names.py. Pods: pod.py and container.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import (
    duplicate,
    invalid,
    is_hashed,
    mapping,
    mappings,
    not_negative,
    one_of,
    required,
    unsupported,
)
from rehearsal.simulators.kubernetes.apiserver.validation.autoscaler import autoscaler_failures
from rehearsal.simulators.kubernetes.apiserver.validation.cron import schedule_failures
from rehearsal.simulators.kubernetes.apiserver.validation.names import (
    wrong_with_1035_label,
    wrong_with_label,
    wrong_with_port_name,
)
from rehearsal.simulators.kubernetes.apiserver.validation.pod import pod_failures
from rehearsal.simulators.kubernetes.apiserver.validation.update_strategy import (
    daemon_set_strategy,
    deployment_strategy,
    int_or_percent,
    stateful_set_strategy,
)
from rehearsal.simulators.shape import Failure

RELAXED_SERVICE_NAMES: Final = 36
"""First minor version whose Services may have a name that begins with a digit.

https://github.com/kubernetes/enhancements/issues/5311
"""
TEMPLATES: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    **{
        ("apps", kind): ("spec", "template")
        for kind in ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet")
    },
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
}
"""(group, kind) → path of the pod template."""

Rule = Callable[[Mapping[str, Any], int], Iterator[Failure]]


def object_failures(group: str, kind: str, manifest: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    """Problems of an object; `manifest` is `veiled`.

    Kinds without a rule here are valid if their types fit.
    """
    rule = _RULES.get((group, kind))
    if rule is not None:
        yield from rule(manifest, minor)


def template_of(group: str, kind: str, manifest: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The pod template; None if the kind has none."""
    steps = TEMPLATES.get((group, kind))
    template: Any = manifest
    for step in steps or ():
        template = mapping(template).get(step)
    return mapping(template) if steps else None


def _pod(manifest: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    yield from pod_failures(mapping(manifest.get("spec")), "spec", minor)


def _deployment(manifest: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    spec = mapping(manifest.get("spec"))
    yield from not_negative(
        spec, "spec", "replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"
    )
    yield from _selector(spec, "deployment")
    yield from _always_template(spec, minor)
    yield from deployment_strategy(spec)


def _daemon_set(manifest: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    spec = mapping(manifest.get("spec"))
    yield from not_negative(spec, "spec", "minReadySeconds", "revisionHistoryLimit")
    yield from _selector(spec, "daemonset")
    yield from _always_template(spec, minor)
    yield from daemon_set_strategy(spec)


def _stateful_set(manifest: Mapping[str, Any], _: int) -> Iterator[Failure]:
    """Pods of a StatefulSet are validated only when each is created.

    Source: ValidatePodTemplateSpecForStatefulSet.
    """
    spec = mapping(manifest.get("spec"))
    policy = spec.get("podManagementPolicy")
    if policy not in (None, "OrderedReady", "Parallel"):
        yield invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'")
    yield from stateful_set_strategy(spec)
    yield from not_negative(spec, "spec", "replicas", "minReadySeconds", "revisionHistoryLimit")
    yield from _selector(spec, "statefulset")
    yield from _always(spec)


def _job(manifest: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    yield from _job_spec(mapping(manifest.get("spec")), "spec", minor)


def _cron_job(manifest: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    spec = mapping(manifest.get("spec"))
    yield from schedule_failures(spec)
    yield from one_of(spec, "concurrencyPolicy", "spec", ("Allow", "Forbid", "Replace"))
    yield from not_negative(
        spec, "spec", "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"
    )
    yield from _job_spec(
        mapping(mapping(spec.get("jobTemplate")).get("spec")), "spec.jobTemplate.spec", minor
    )


def _job_spec(spec: Mapping[str, Any], path: str, minor: int) -> Iterator[Failure]:
    counts = (
        "parallelism",
        "completions",
        "activeDeadlineSeconds",
        "backoffLimit",
        "ttlSecondsAfterFinished",
    )
    yield from not_negative(spec, path, *counts)
    pod = mapping(mapping(spec.get("template")).get("spec"))
    yield from pod_failures(pod, f"{path}.template.spec", minor)
    if pod.get("restartPolicy", "Always") == "Always":
        yield required(f"{path}.template.spec.restartPolicy", 'valid values: "OnFailure", "Never"')


def _always_template(spec: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    yield from pod_failures(mapping(mapping(spec.get("template")).get("spec")), "spec.template.spec", minor)
    yield from _always(spec)


def _always(spec: Mapping[str, Any]) -> Iterator[Failure]:
    policy = mapping(mapping(spec.get("template")).get("spec")).get("restartPolicy", "Always")
    if policy != "Always" and not is_hashed(policy):
        yield unsupported("spec.template.spec.restartPolicy", policy, ("Always",))


def _selector(spec: Mapping[str, Any], owner: str) -> Iterator[Failure]:
    if not isinstance(selector := spec.get("selector"), Mapping):
        return  # its declared type requires it
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        yield invalid("spec.selector", selector, f"empty selector is invalid for {owner}")
    labels = mapping(mapping(spec.get("template")).get("metadata")).get("labels")
    if not selects(selector, mapping(labels)):
        yield invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`")


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


def _service(manifest: Mapping[str, Any], minor: int) -> Iterator[Failure]:
    spec, name = mapping(manifest.get("spec")), mapping(manifest.get("metadata")).get("name")
    if minor < RELAXED_SERVICE_NAMES and isinstance(name, str):
        yield from (invalid("metadata.name", name, why) for why in wrong_with_1035_label(name))
    kind, headless = spec.get("type", "ClusterIP"), spec.get("clusterIP") == "None"
    ports, names = mappings(spec.get("ports")), set[str]()
    if not ports and not headless and kind != "ExternalName":
        yield required("spec.ports")
    if headless and kind in ("LoadBalancer", "NodePort"):
        yield invalid("spec.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services")
    yield from one_of(spec, "type", "spec", ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"))
    yield from one_of(spec, "sessionAffinity", "spec", ("ClientIP", "None"))
    for index, port in enumerate(ports):
        place, port_name = f"spec.ports[{index}]", port.get("name")
        if len(ports) > 1 and not port_name:
            yield required(f"{place}.name")
        elif isinstance(port_name, str) and port_name and not is_hashed(port_name):
            yield from (invalid(f"{place}.name", port_name, why) for why in wrong_with_label(port_name))
            if port_name in names:
                yield duplicate(f"{place}.name", port_name)
            names.add(port_name)
        number, target = port.get("port"), port.get("targetPort")
        for where, value in (("port", number), ("targetPort", target)):
            if isinstance(value, int) and not 1 <= value <= 65535:
                yield invalid(f"{place}.{where}", value, "must be between 1 and 65535, inclusive")
        if isinstance(target, str) and not is_hashed(target):
            yield from (invalid(f"{place}.targetPort", target, why) for why in wrong_with_port_name(target))
        yield from one_of(port, "protocol", place, ("SCTP", "TCP", "UDP"))


def _disruption_budget(manifest: Mapping[str, Any], _: int) -> Iterator[Failure]:
    spec = mapping(manifest.get("spec"))
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        # The API server prints the whole spec as Go sees it, the simulator as JSON.
        yield invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set")
    for name in ("minAvailable", "maxUnavailable"):
        yield from int_or_percent(spec, name, "spec", most=True)


_RULES: Final[Mapping[tuple[str, str], Rule]] = {
    ("", "Pod"): _pod,
    ("", "Service"): _service,
    ("autoscaling", "HorizontalPodAutoscaler"): autoscaler_failures,
    ("apps", "Deployment"): _deployment,
    ("apps", "DaemonSet"): _daemon_set,
    ("apps", "StatefulSet"): _stateful_set,
    ("batch", "Job"): _job,
    ("batch", "CronJob"): _cron_job,
    ("policy", "PodDisruptionBudget"): _disruption_budget,
}
