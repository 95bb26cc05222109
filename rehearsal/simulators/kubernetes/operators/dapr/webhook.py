"""Dapr's sidecar injector, a mutating webhook.

dapr/dapr v1.18, pkg/injector (service/handler.go, service/injector.go, patcher/sidecar*.go) and
pkg/validation/validation.go. The simulated sidecar has the fields that admission and the kubelet read:
security, resources, variables. Not simulated: `dapr.io/env`, volume mounts, pluggable components, and the
injector's changes of the application's own containers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.errors import DeniedError
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, mappings
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.kubernetes.apiserver.validation import content
from rehearsal.simulators.kubernetes.apiserver.validation.quantity import parse
from rehearsal.simulators.kubernetes.operators.dapr.detection import TRUE, DaprInstallation, installed

SIDECAR: Final = "daprd"
WEBHOOK: Final = "sidecar-injector.dapr.io"
APP_ID_LABEL: Final = "dapr.io/app-id"
_INJECTED_LABEL: Final = "dapr.io/sidecar-injected"
_METRICS_LABEL: Final = "dapr.io/metrics-enabled"
_TOKEN: Final = "dapr-identity-token"
_VALUES: Final = "dapr_sidecar_injector."


def injected(objects: ObjectStore, pod: Mapping[str, Any], *, by_user: bool) -> Manifest:
    """The pod with its sidecar, if it gets one. A generated name does not exist yet (dapr/dapr#5141).

    A pod that a user creates gets no sidecar, and no message about it, unless the user is in the group
    system:masters. Certificates of AKS put every user there: those of a cluster without Microsoft Entra ID
    (isAuthorizedUser; dapr/dapr#4270; Azure/AKS#1343, #2348). A cluster with Entra ID counts as one whose
    users do not have such a certificate. No webhook sees pods of kube-system
    (https://learn.microsoft.com/azure/aks/faq, the admissions enforcer). Without an injector the pod stays as
    it is: its webhook is gone with the chart, or does not answer and is ignored (webhookFailurePolicy Ignore
    in charts/dapr/charts/dapr_sidecar_injector/values.yaml).
    """
    metadata, spec, here = mapping(pod.get("metadata")), mapping(pod.get("spec")), installed(objects)
    annotations = mapping(metadata.get("annotations"))
    if (
        str(annotations.get("dapr.io/enabled", "")).lower() != "true"
        or metadata.get("namespace") == "kube-system"
    ):
        return dict(pod)
    if (
        here is None
        or not here.on(objects.world, f"{_VALUES}enabled", True)
        or (by_user and _has_entra(objects))
    ):
        return dict(pod)
    if sidecar_of(pod) is not None or not isinstance(pod.get("spec"), Mapping):
        return dict(pod)  # a spec that is one hash cannot be extended
    app_id = str(annotations.get("dapr.io/app-id") or metadata.get("name") or "")
    if why := wrong_with_app_id(app_id):
        raise DeniedError(f'admission webhook "{WEBHOOK}" denied the request: {why}')
    sidecar = _sidecar(objects, here, annotations, app_id)
    where = "initContainers" if sidecar.get("restartPolicy") else "containers"
    volume = {
        "name": _TOKEN,
        "projected": {"sources": [{"serviceAccountToken": {"expirationSeconds": 7200, "path": "token"}}]},
    }
    volumes = mappings(spec.get("volumes"))
    labels = {
        _INJECTED_LABEL: "true",
        APP_ID_LABEL: app_id,
        _METRICS_LABEL: "true" if _truthy(annotations, "enable-metrics", default=True) else "false",
    }
    return {
        **pod,
        "metadata": {**metadata, "labels": {**mapping(metadata.get("labels")), **labels}},
        "spec": {
            **spec,
            where: [*mappings(spec.get(where)), sidecar],
            "volumes": volumes
            if any(known.get("name") == _TOKEN for known in volumes)
            else [*volumes, volume],
        },
    }


def kept(pod: Mapping[str, Any], live: Mapping[str, Any]) -> Manifest:
    """The pod with the sidecar of the live one, which an apply without a sidecar leaves alone."""
    result, spec, was = dict(pod), dict(mapping(pod.get("spec"))), mapping(live.get("spec"))
    if sidecar_of(live) is None or sidecar_of(pod) is not None or not spec:
        return result
    for kind, name in (("containers", SIDECAR), ("initContainers", SIDECAR), ("volumes", _TOKEN)):
        if more := [item for item in mappings(was.get(kind)) if item.get("name") == name]:
            spec[kind] = [*mappings(spec.get(kind)), *more]
    metadata, labels = mapping(pod.get("metadata")), mapping(mapping(live.get("metadata")).get("labels"))
    added = {name: labels[name] for name in (_INJECTED_LABEL, APP_ID_LABEL, _METRICS_LABEL) if name in labels}
    return {
        **result,
        "metadata": {**metadata, "labels": {**mapping(metadata.get("labels")), **added}},
        "spec": spec,
    }


def sidecar_of(pod: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The container daprd of a pod; None if it has none."""
    spec = mapping(pod.get("spec"))
    containers = (*mappings(spec.get("containers")), *mappings(spec.get("initContainers")))
    return next((container for container in containers if container.get("name") == SIDECAR), None)


def is_native(sidecar: Mapping[str, Any]) -> bool:
    """Whether it ends with the pod's containers.

    https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/
    """
    return sidecar.get("restartPolicy") == "Always"


def wrong_with_app_id(app_id: str) -> str:
    """The reason that an app id is refused; empty if it is valid (ValidateKubernetesAppID).

    It becomes part of a Service's name.
    """
    if not app_id:
        return "value for the dapr.io/app-id annotation is empty"
    if is_hashed(app_id):
        return ""
    service = f"{app_id}-dapr"
    # Dapr carries an older k8s.io/apimachinery, which has no words of their own for dots.
    wrong = [content.WRONG_LABEL if why == content.DOTS else why for why in content.label(service)]
    return f"invalid app id (input: '{app_id}', service: '{service}'): " + "\n".join(wrong) if wrong else ""


def _sidecar(
    objects: ObjectStore, here: DaprInstallation, annotations: Mapping[str, Any], app_id: str
) -> dict[str, Any]:
    """The container daprd.

    Values that do not parse are ignored (setValueFromString, getResourceRequirements).
    """
    world = objects.world
    arguments = [
        "/daprd",
        "--app-id",
        app_id,
        "--log-level",
        str(annotations.get("dapr.io/log-level", "info")),
    ]
    if config := annotations.get("dapr.io/config"):
        arguments += ["--config", str(config)]
    if _truthy(annotations, "disable-builtin-k8s-secret-store"):
        arguments.append("--disable-builtin-k8s-secret-store")
    security: dict[str, Any] = {
        "allowPrivilegeEscalation": False,
        "runAsNonRoot": here.on(world, f"{_VALUES}sidecarRunAsNonRoot", True),
        "readOnlyRootFilesystem": here.on(world, f"{_VALUES}sidecarReadOnlyRootFilesystem", True),
    }
    if profile := annotations.get("dapr.io/sidecar-seccomp-profile-type"):
        security["seccompProfile"] = {"type": profile}
    if here.on(world, f"{_VALUES}sidecarDropALLCapabilities", False):
        security["capabilities"] = {"drop": ["ALL"]}
    sidecar: dict[str, Any] = {
        "name": SIDECAR,
        "image": str(
            annotations.get("dapr.io/sidecar-image") or f"ghcr.io/dapr/daprd:{here.version or 'latest'}"
        ),
        "args": arguments,
        "env": [],
        "securityContext": security,
        "volumeMounts": [
            {"name": _TOKEN, "mountPath": "/var/run/secrets/dapr.io/sentrytoken", "readOnly": True}
        ],
    }
    for name, variable in (("api-token-secret", "DAPR_API_TOKEN"), ("app-token-secret", "APP_API_TOKEN")):
        if secret := annotations.get(f"dapr.io/{name}"):
            sidecar["env"].append(
                {"name": variable, "valueFrom": {"secretKeyRef": {"name": secret, "key": "token"}}}
            )
    if resources := _resources(annotations):
        sidecar["resources"] = resources
    if _truthy(
        annotations, "enable-native-sidecar", default=here.on(world, f"{_VALUES}nativeSidecar", False)
    ):
        sidecar["restartPolicy"] = "Always"
    return sidecar


def _resources(annotations: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Requests and limits of the sidecar; empty if one of them does not parse."""
    resources: dict[str, dict[str, str]] = {}
    for kind, plural in (("request", "requests"), ("limit", "limits")):
        for name in ("cpu", "memory"):
            amount = annotations.get(f"dapr.io/sidecar-{name}-{kind}")
            if not amount or is_hashed(amount):
                continue
            if parse(amount) is None:
                return {}
            resources.setdefault(plural, {})[name] = str(amount)
    return resources


def _truthy(annotations: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    value = annotations.get(f"dapr.io/{name}")
    return default if value is None else str(value).strip().lower() in TRUE


def _has_entra(objects: ObjectStore) -> bool:
    return bool(mapping(objects.cluster_properties.get("aadProfile")))
