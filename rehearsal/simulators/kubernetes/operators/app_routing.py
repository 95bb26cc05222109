"""The application routing add-on of AKS: the certificate of each Ingress of its class.

Azure/aks-app-routing-operator, pkg/controller/keyvault: ingress_secret_provider_class.go and kv_util.go make
a SecretProviderClass, placeholder_pod.go a Deployment that mounts it, so that the driver syncs the Secret.
All are called `keyvault-<Ingress>` and belong to it. Not simulated: NGINX, its load balancer and DNS.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure.arm import TENANT
from rehearsal.simulators.kubernetes.api.controller import Controller, register
from rehearsal.simulators.kubernetes.api.fields import mapping
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore, identity
from rehearsal.simulators.kubernetes.controllers import rollout
from rehearsal.simulators.kubernetes.operators.csi.kinds import CLASS

INGRESS: Final = GroupVersionKind("networking.k8s.io", "v1", "Ingress")
DEPLOYMENT: Final = GroupVersionKind("apps", "v1", "Deployment")
INGRESS_CLASS: Final = "webapprouting.kubernetes.azure.com"
CERTIFICATE: Final = "kubernetes.azure.com/tls-cert-keyvault-uri"
_URI: Final = re.compile(r"https://([^./]+)\.[^/]+/(?:certificates|secrets)/([^/]+)(?:/([^/]+))?")
_LABELS: Final = {"app.kubernetes.io/managed-by": "aks-app-routing-operator"}


@register
class AppRouting(Controller):
    """The add-on's operator."""

    # AKS does not publish which release runs; this is the commit whose files are cited.
    plays = frozenset({"aks-app-routing-operator 0163b83"})

    def after_store(self, objects: ObjectStore, manifest: Mapping[str, Any], live: Manifest | None) -> None:
        if identity(manifest)[0] == INGRESS:
            _reconcile(objects, manifest)

    def after_delete(self, objects: ObjectStore, deleted: Manifest) -> None:
        kind, namespace, name = identity(deleted)
        if kind == INGRESS:
            _clean(objects, namespace, name)


def _reconcile(objects: ObjectStore, ingress: Mapping[str, Any]) -> None:
    _, namespace, name = identity(ingress)
    routing = mapping(mapping(objects.cluster_properties.get("ingressProfile")).get("webAppRouting"))
    is_managed = mapping(ingress.get("spec")).get("ingressClassName") == INGRESS_CLASS
    uri = str(mapping(mapping(ingress.get("metadata")).get("annotations")).get(CERTIFICATE, ""))
    match = _URI.fullmatch(uri)
    if not routing.get("enabled") or not is_managed or match is None:
        _clean(objects, namespace, name)
        return
    parameters = _parameters(match, str(mapping(routing.get("identity")).get("clientId", "")))
    metadata = {"name": f"keyvault-{name}", "namespace": namespace, "labels": _LABELS}
    data = [{"objectName": match[2], "key": key} for key in ("tls.key", "tls.crt")]
    secret = {"secretName": f"keyvault-{name}", "type": "kubernetes.io/tls", "data": data}
    spec = {"provider": "azure", "parameters": parameters, "secretObjects": [secret]}
    objects.put({"apiVersion": CLASS.api_version, "kind": CLASS.name, "metadata": metadata, "spec": spec})
    rollout.roll_out(objects, objects.put(_placeholder(metadata)))


def _parameters(match: re.Match[str], client_id: str) -> dict[str, str]:
    """buildSPC in kv_util.go: objectType secret, as the identity of the add-on on the nodes."""
    listed = {"objectName": match[2], "objectType": "secret"}
    if match[3]:
        listed["objectVersion"] = match[3]
    return {
        "keyvaultName": match[1],
        "useVMManagedIdentity": "true",
        "userAssignedIdentityID": client_id,
        "tenantId": TENANT,
        "objects": json.dumps({"array": [json.dumps(listed)]}),
    }


def _placeholder(metadata: Mapping[str, Any]) -> Manifest:
    """placeholder_pod.go: one pod of the pause image that mounts the class."""
    name = metadata["name"]
    volume = {"driver": "secrets-store.csi.k8s.io", "readOnly": True}
    pod = {
        "containers": [{"name": "placeholder", "image": "mcr.microsoft.com/oss/kubernetes/pause:3.10"}],
        "volumes": [
            {"name": "secrets", "csi": {**volume, "volumeAttributes": {"secretProviderClass": name}}}
        ],
    }
    labels = {"app": name}
    return {
        "apiVersion": DEPLOYMENT.api_version,
        "kind": DEPLOYMENT.name,
        "metadata": dict(metadata),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def _clean(objects: ObjectStore, namespace: str, name: str) -> None:
    made = objects.get(CLASS, namespace, f"keyvault-{name}")
    if made is None or mapping(mapping(made.get("metadata")).get("labels")) != _LABELS:
        return
    if deployment := objects.get(DEPLOYMENT, namespace, f"keyvault-{name}"):
        objects.drop(DEPLOYMENT, namespace, f"keyvault-{name}")
        rollout.stop(objects, deployment)
    objects.drop(CLASS, namespace, f"keyvault-{name}")
