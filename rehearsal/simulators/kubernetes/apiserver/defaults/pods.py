"""Defaults of pods and pod templates.

kubernetes/kubernetes 1.36.3, pkg/apis/core/v1/defaults.go and zz_generated.defaults.go.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings, number
from rehearsal.simulators.kubernetes.apiserver.defaults.values import each, filled, inside, set_if_absent

_KINDS = ("containers", "initContainers", "ephemeralContainers")

Values = Mapping[str, Any]


def pod(manifest: Values) -> dict[str, Any]:
    """SetDefaults_Pod, after that of its spec."""
    return {**manifest, "spec": _only_of_pods(pod_spec(mapping(manifest.get("spec"))))}


def template(values: Values) -> dict[str, Any]:
    """A template, which need not have a `spec`."""
    return {**values, "spec": pod_spec(mapping(values.get("spec")))}


def pod_spec(spec: Values) -> dict[str, Any]:
    """SetDefaults_PodSpec, and those of all types below it."""
    result = filled(spec, dnsPolicy="ClusterFirst", restartPolicy="Always", schedulerName="default-scheduler")
    result = set_if_absent(result, terminationGracePeriodSeconds=30, securityContext={})
    for kind in _KINDS:
        result = each(result, kind, _container)
    return each(result, "volumes", _volume)


def _container(container: Values) -> dict[str, Any]:
    result = filled(
        container,
        imagePullPolicy="Always" if str(container.get("image", "")).endswith(":latest") else "IfNotPresent",
        terminationMessagePath="/dev/termination-log",
        terminationMessagePolicy="File",
    )
    result = each(result, "ports", lambda port: filled(port, protocol="TCP"))
    result = each(result, "env", _variable)
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        result = inside(result, name, _probe)
    return inside(
        result, "lifecycle", lambda hooks: inside(inside(hooks, "postStart", _handler), "preStop", _handler)
    )


def _variable(variable: Values) -> dict[str, Any]:
    return inside(variable, "valueFrom", lambda source: inside(source, "fieldRef", _field_ref))


def _field_ref(reference: Values) -> dict[str, Any]:
    return filled(reference, apiVersion="v1")


def _probe(probe: Values) -> dict[str, Any]:
    return _handler(filled(probe, timeoutSeconds=1, periodSeconds=10, successThreshold=1, failureThreshold=3))


def _handler(handler: Values) -> dict[str, Any]:
    return inside(handler, "httpGet", lambda action: filled(action, path="/", scheme="HTTP"))


def _volume(volume: Values) -> dict[str, Any]:
    result = dict(volume) if any(name != "name" for name in volume) else {**volume, "emptyDir": {}}
    for name in ("secret", "configMap"):
        result = inside(result, name, lambda source: set_if_absent(source, defaultMode=0o644))
    result = inside(result, "downwardAPI", lambda source: _downward(set_if_absent(source, defaultMode=0o644)))
    result = inside(result, "projected", _projected)
    result = inside(result, "hostPath", lambda source: set_if_absent(source, type=""))
    result = inside(result, "image", lambda source: filled(source, pullPolicy="IfNotPresent"))
    result = inside(
        result,
        "azureDisk",
        lambda source: set_if_absent(
            source, cachingMode="ReadWrite", fsType="ext4", readOnly=False, kind="Shared"
        ),
    )
    result = inside(result, "iscsi", lambda source: filled(source, iscsiInterface="default"))
    result = inside(
        result,
        "rbd",
        lambda source: filled(source, pool="rbd", user="admin", keyring="/etc/ceph/keyring"),
    )
    result = inside(
        result, "scaleIO", lambda source: filled(source, storageMode="ThinProvisioned", fsType="xfs")
    )
    return inside(
        result,
        "ephemeral",
        lambda source: inside(source, "volumeClaimTemplate", claim),
    )


def claim(values: Values) -> dict[str, Any]:
    """A claim of a volume, or a template of one."""
    return {**values, "spec": set_if_absent(mapping(values.get("spec")), volumeMode="Filesystem")}


def _downward(source: Values) -> dict[str, Any]:
    return each(source, "items", lambda item: inside(item, "fieldRef", _field_ref))


def _projected(source: Values) -> dict[str, Any]:
    def fill(item: Values) -> dict[str, Any]:
        result = inside(
            item, "serviceAccountToken", lambda token: set_if_absent(token, expirationSeconds=3600)
        )
        return inside(result, "downwardAPI", _downward)

    return each(set_if_absent(source, defaultMode=0o644), "sources", fill)


def _only_of_pods(spec: Values) -> dict[str, Any]:
    result = set_if_absent(spec, enableServiceLinks=True)
    grace = number(spec, "terminationGracePeriodSeconds")
    if grace is not None and grace < 0:
        result["terminationGracePeriodSeconds"] = 1  # podStrategy in pkg/registry/core/pod/strategy.go
    for kind in ("containers", "initContainers"):
        result = each(result, kind, _requested)
        if spec.get("hostNetwork") is True:
            result = each(result, kind, _with_host_ports)
    return result


def _requested(container: Values) -> dict[str, Any]:
    resources = mapping(container.get("resources"))
    limits, requests = mapping(resources.get("limits")), mapping(resources.get("requests"))
    return (
        {**container, "resources": {**resources, "requests": {**limits, **requests}}}
        if limits
        else dict(container)
    )


def _with_host_ports(container: Values) -> dict[str, Any]:
    ports = [filled(port, hostPort=port.get("containerPort", 0)) for port in mappings(container.get("ports"))]
    return {**container, "ports": ports} if ports else dict(container)
