"""The Ingress of a workload, which the application routing add-on serves with a certificate of a vault.

https://learn.microsoft.com/azure/aks/app-routing-dns-ssl
The add-on makes a SecretProviderClass, a Deployment that mounts it, and a Secret, each called
``keyvault-<Ingress>``. Deliberately not here: these, and the add-on (components/cluster/app_routing.py).
"""

from typing import cast

import pulumi
from pulumi import ResourceOptions

from components.workloads.args import WorkloadArgs
from components.workloads.pod import Service
from components.workloads.pod_requirements import Manifest

INGRESS_CLASS = "webapprouting.kubernetes.azure.com"
CERTIFICATE = "kubernetes.azure.com/tls-cert-keyvault-uri"


def secret_name(ingress_name: str) -> str:
    """Name of the SecretProviderClass, the Deployment and the Secret that the add-on makes."""
    return f"keyvault-{ingress_name}"


def make_ingress(
    parent: pulumi.Resource, name: str, args: WorkloadArgs, service: Service, depends_on: pulumi.Resource
) -> None:
    """Create the Ingress of a workload, after the Service resource, on which it depends."""
    from pulumi_kubernetes import meta, networking

    ingress = args.ingress
    if ingress is None:
        return
    backend: Manifest = {"service": {"name": name, "port": {"number": service.port}}}
    spec: Manifest = {
        "ingressClassName": INGRESS_CLASS,
        "rules": [
            {
                "host": ingress.host,
                "http": {"paths": [{"path": ingress.path, "pathType": "Prefix", "backend": backend}]},
            }
        ],
        "tls": [{"hosts": [ingress.host], "secretName": secret_name(name)}],
    }
    networking.v1.Ingress(
        f"{name}-ingress",
        metadata=meta.v1.ObjectMetaArgs(**args.object_metadata(name, {CERTIFICATE: ingress.certificate_uri})),
        spec=cast("networking.v1.IngressSpecArgsDict", spec),
        opts=ResourceOptions(
            parent=parent, depends_on=[depends_on, *ingress.depends_on, *args.namespace_dependencies]
        ),
    )
