"""The part of a pod that a technique needs: variables, volumes, labels and annotations. Pure.

Owns: ``PodRequirements``, what pods need to read Kubernetes Secrets, and the labels, annotations and names
with which the workload identity webhook changes a pod. Deliberately not here: the rest of the pod
(pod_template.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pulumi

from components.identity.principal import ServiceAccount
from components.workloads.vault_objects import DeliveryTarget, env_from_secrets, files_from_secrets

Manifest = dict[str, Any]
"""Part of a Kubernetes object, with Kubernetes' own keys."""

USE_IDENTITY = "azure.workload.identity/use"
"""Label of pods into which the webhook projects the token and AZURE_* variables.
https://learn.microsoft.com/azure/aks/workload-identity-overview#pod-labels"""

USE_IDENTITY_BINDING = "azure.workload.identity/use-identity-binding"
"""Annotation of pods whose token is for the cluster's token proxy, with the variables that name the proxy.
https://learn.microsoft.com/azure/aks/identity-bindings#deploy-sample-application"""

INJECTED_ENV = frozenset(
    {"AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST"}
)
"""Variables that the webhook adds to such a pod. It leaves a variable that exists alone, and the token would
be for another identity.
"""
INJECTED_VOLUME = "azure-identity-token"
"""Volume of the projected token.
https://learn.microsoft.com/azure/aks/workload-identity-overview#how-it-works
"""
INJECTED_MOUNTS = "/var/run/secrets/azure"
"""Mount path of that volume: ``…/tokens`` up to version 1.5 of the webhook, ``…/wi/token`` from 1.6 on."""
VAULT_URL = "KEYVAULT_URL"
"""Variable with the address of the vault that an application asks itself; further vaults have a suffix."""
IDENTITY = "aks-secrets/client-id"
"""Annotation of pods that the webhook changes. It does so when a pod is created, so another identity has to
create new pods. https://github.com/Azure/azure-workload-identity/issues/109
"""


@dataclass(frozen=True, kw_only=True)
class PodRequirements:
    """The additions of a technique to the pod and to its owner."""

    env: Sequence[Manifest] = ()
    env_from: Sequence[Manifest] = ()
    """Sources of which every key becomes a variable."""
    volumes: Sequence[Manifest] = ()
    volume_mounts: Sequence[Manifest] = ()
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    """On the pod template, never in a selector."""
    annotations: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """On the pod template."""
    reload: Mapping[str, pulumi.Input[str]] = field(default_factory=dict[str, pulumi.Input[str]])
    """On the pod's owner, if new values restart the pods: the annotations that name the objects which
    Reloader watches.
    """
    depends_on: Sequence[pulumi.Resource] = ()
    """Resources without which the pod cannot start."""


def read_kubernetes_secrets(
    values: Sequence[DeliveryTarget], secrets: Iterable[str], mount_path: str
) -> PodRequirements:
    """Pods that read values from Kubernetes Secrets, and restart when one of these changes."""
    files = files_from_secrets(values)
    return PodRequirements(
        env=env_from_secrets(values),
        volumes=files,
        volume_mounts=[
            {"name": volume["name"], "mountPath": mount_path, "readOnly": True} for volume in files
        ],
        reload={"secret.reloader.stakater.com/reload": ",".join(secrets)},
    )


def signs_in(
    requirements: PodRequirements,
    client_id: pulumi.Input[str],
    vault_urls: Mapping[str, pulumi.Input[str]],
    *,
    is_bound: bool,
) -> PodRequirements:
    """The requirements of pods whose application itself asks a vault, besides what its technique delivers.

    ``vault_urls``: variable → address of a vault. A variable that the technique has stays as it is.
    ``is_bound``: by an identity binding.
    """
    known = {variable["name"] for variable in requirements.env}
    urls = [{"name": name, "value": url} for name, url in vault_urls.items() if name not in known]
    return replace(
        requirements,
        env=[*requirements.env, *urls],
        labels={**requirements.labels, USE_IDENTITY: "true"},
        annotations={
            **requirements.annotations,
            IDENTITY: client_id,
            **({USE_IDENTITY_BINDING: "true"} if is_bound else {}),
        },
    )


def pod_patch(name: str, account: ServiceAccount, requirements: PodRequirements) -> Manifest:
    """The requirements as part of a pod template, for pods that are deployed elsewhere."""
    container = without_empty(
        {
            "name": name,
            "env": list(requirements.env),
            "envFrom": list(requirements.env_from),
            "volumeMounts": list(requirements.volume_mounts),
        }
    )
    return {
        "metadata": without_empty(
            {"labels": dict(requirements.labels), "annotations": dict(requirements.annotations)}
        ),
        "spec": without_empty(
            {
                "serviceAccountName": account.name,
                "containers": [container],
                "volumes": list(requirements.volumes),
            }
        ),
    }


def without_empty(manifest: Manifest) -> Manifest:
    """The manifest without keys whose value is None or empty."""
    return {key: value for key, value in manifest.items() if value is not None and value not in ({}, [])}
