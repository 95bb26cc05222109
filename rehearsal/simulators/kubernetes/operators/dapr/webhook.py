"""Dapr's sidecar injector: what it makes of a pod that is about to be created.

dapr/dapr v1.18, pkg/injector (service/handler.go, service/injector.go, patcher/sidecar*.go) and pkg/validation/validation.go. Of the
sidecar the fields are here that somebody in the cluster judges: security, resources, variables. `dapr.io/env`, volume mounts and
pluggable components are left out, and so is what the injector adds to the application's own containers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.errors import DeniedError
from rehearsal.simulators.kubernetes.api.fields import is_sealed, mapping, mappings
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.kubernetes.apiserver.validation.names import wrong_with_label
from rehearsal.simulators.kubernetes.apiserver.validation.quantity import parse
from rehearsal.simulators.kubernetes.operators.dapr.installation import TRUE, DaprInstallation, installed

SIDECAR: Final = "daprd"
WEBHOOK: Final = "sidecar-injector.dapr.io"
APP_ID_LABEL: Final = "dapr.io/app-id"
_INJECTED_LABEL: Final = "dapr.io/sidecar-injected"
_METRICS_LABEL: Final = "dapr.io/metrics-enabled"
_TOKEN: Final = "dapr-identity-token"
_VALUES: Final = "dapr_sidecar_injector."


def injected(objects: ObjectStore, pod: Mapping[str, Any], *, by_user: bool) -> Manifest:
    """The pod as it goes on. The name of one whose name is generated is not there yet (dapr/dapr#5141).

    A person's pod gets no sidecar and no word about it, unless the person is in the group system:masters, as everybody is who comes
    with a certificate of AKS: a cluster without Microsoft Entra ID (isAuthorizedUser; dapr/dapr#4270; Azure/AKS#1343, #2348). Which
    credentials a person uses where there are both is not known here.
    Nobody's webhook sees pods of kube-system (https://learn.microsoft.com/azure/aks/faq, the admissions enforcer).
    Without an injector the pod goes on as it is: a webhook that goes with its chart asks nobody, and one that does not answer is ignored
    (webhookFailurePolicy Ignore in charts/dapr/charts/dapr_sidecar_injector/values.yaml).
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
        return dict(pod)  # a specification that is one secret has no place for more
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
            "volumes": volumes if any(one.get("name") == _TOKEN for one in volumes) else [*volumes, volume],
        },
    }


def kept(pod: Mapping[str, Any], live: Mapping[str, Any]) -> Manifest:
    """An apply leaves alone what it does not say: the sidecar of a pod that has one."""
    result, spec, was = dict(pod), dict(mapping(pod.get("spec"))), mapping(live.get("spec"))
    if sidecar_of(live) is None or sidecar_of(pod) is not None or not spec:
        return result
    for kind, name in (("containers", SIDECAR), ("initContainers", SIDECAR), ("volumes", _TOKEN)):
        if more := [one for one in mappings(was.get(kind)) if one.get("name") == name]:
            spec[kind] = [*mappings(spec.get(kind)), *more]
    metadata, labels = mapping(pod.get("metadata")), mapping(mapping(live.get("metadata")).get("labels"))
    added = {name: labels[name] for name in (_INJECTED_LABEL, APP_ID_LABEL, _METRICS_LABEL) if name in labels}
    return {
        **result,
        "metadata": {**metadata, "labels": {**mapping(metadata.get("labels")), **added}},
        "spec": spec,
    }


def sidecar_of(pod: Mapping[str, Any]) -> Mapping[str, Any] | None:
    spec = mapping(pod.get("spec"))
    containers = (*mappings(spec.get("containers")), *mappings(spec.get("initContainers")))
    return next((one for one in containers if one.get("name") == SIDECAR), None)


def is_native(sidecar: Mapping[str, Any]) -> bool:
    """One that ends with the pod's containers (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/)."""
    return sidecar.get("restartPolicy") == "Always"


def wrong_with_app_id(app_id: str) -> str:
    """ValidateKubernetesAppID: the name of a Service is made of it."""
    if not app_id:
        return "value for the dapr.io/app-id annotation is empty"
    if is_sealed(app_id):
        return ""
    service = f"{app_id}-dapr"
    wrong = list(wrong_with_label(service))
    return f"invalid app id (input: '{app_id}', service: '{service}'): " + "\n".join(wrong) if wrong else ""


def _sidecar(
    objects: ObjectStore, here: DaprInstallation, annotations: Mapping[str, Any], app_id: str
) -> dict[str, Any]:
    """What does not parse is passed over (setValueFromString, getResourceRequirements)."""
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
    """None of them if one does not parse."""
    found: dict[str, dict[str, str]] = {}
    for kind, plural in (("request", "requests"), ("limit", "limits")):
        for name in ("cpu", "memory"):
            amount = annotations.get(f"dapr.io/sidecar-{name}-{kind}")
            if not amount or is_sealed(amount):
                continue
            if parse(amount) is None:
                return {}
            found.setdefault(plural, {})[name] = str(amount)
    return found


def _truthy(annotations: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    value = annotations.get(f"dapr.io/{name}")
    return default if value is None else str(value).strip().lower() in TRUE


def _has_entra(objects: ObjectStore) -> bool:
    return bool(mapping(objects.cluster_properties.get("aadProfile")))
