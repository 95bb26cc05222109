"""The cluster that the settings call existing: there, running, and able to give pods an identity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.azure.api_versions import CONTAINER_SERVICE
from operations.azure.documents import at, objects_at, text_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.scopes import place
from stacks.settings.model.workloads import Access

_CHECK: Final = "cluster.existing"


@family(asks_azure=True)
def cluster_is_usable(examination: Examination) -> Iterator[Check]:
    """The cluster exists, runs, and has an OIDC issuer and workload identity."""
    if not examination.makes_cluster and examination.cluster_id:
        name = examination.cluster_id.rpartition("/")[2]
        yield Check(
            f"cluster {name}", _CHECK, lambda: [cluster_finding(examination, examination.cluster_id, _CHECK)]
        )


def cluster_finding(examination: Examination, cluster_id: str, check: str) -> Finding:
    """The finding about one cluster."""
    name, group = cluster_id.rpartition("/")[2], cluster_id.split("/")[4]
    subject = f"cluster {name}"
    option = examination.session.option_for(cluster_id)
    cluster = examination.reads.get_if_exists(cluster_id, CONTAINER_SERVICE)
    if cluster is None:
        text = f"there is no cluster {name} in {place(examination, cluster_id)}"
        return Finding(subject, check, "wrong", text, f"az aks list --output table{option}")
    if text_at(cluster, "properties", "powerState", "code") == "Stopped":
        return Finding(
            subject,
            check,
            "wrong",
            "is stopped",
            f"az aks start --resource-group {group} --name {name}{option}",
        )
    state = text_at(cluster, "properties", "provisioningState")
    if state == "Failed":
        step = f"az aks update --resource-group {group} --name {name} --yes{option}"
        return Finding(subject, check, "wrong", "its last operation failed (provisioningState Failed)", step)
    if missing := _missing(cluster):
        text = f"has no {' and no '.join(missing)}, so no pod can use an identity"
        step = f"az aks update --resource-group {group} --name {name} {' '.join(missing.values())}{option}"
        return Finding(subject, check, "wrong", text, step)
    if finding := _bindings(examination, cluster, subject, check):
        return finding
    if examination.settings.cluster.existing and (finding := _windows(examination, cluster, subject, check)):
        return finding
    return Finding(subject, check, "fine", "runs, with OIDC issuer and workload identity")


def _missing(cluster: Mapping[str, Any]) -> dict[str, str]:
    """Feature that the cluster lacks → the option that enables it.

    https://learn.microsoft.com/azure/aks/workload-identity-deploy-cluster#update-an-existing-aks-cluster
    """
    properties = at(cluster, "properties")
    has_issuer = bool(text_at(properties, "oidcIssuerProfile", "issuerURL"))
    has_identity = at(properties, "securityProfile", "workloadIdentity", "enabled") is True
    return {
        **({} if has_issuer else {"OIDC issuer": "--enable-oidc-issuer"}),
        **({} if has_identity else {"workload identity": "--enable-workload-identity"}),
    }


def _bindings(
    examination: Examination, cluster: Mapping[str, Any], subject: str, check: str
) -> Finding | None:
    """https://learn.microsoft.com/azure/aks/identity-bindings-concepts, limitations."""
    bound = [
        each.name for each in examination.settings.workloads if each.signs_in_by(Access.IDENTITY_BINDING)
    ]
    if not bound or at(cluster, "properties", "apiServerAccessProfile", "enableVnetIntegration") is not True:
        return None
    text = f"has API server VNet integration, so no identity binding works for {', '.join(bound)}"
    return Finding(subject, check, "wrong", text, "choose access: workload-identity for them")


def _windows(
    examination: Examination, cluster: Mapping[str, Any], subject: str, check: str
) -> Finding | None:
    workloads = [each.name for each in examination.settings.workloads if each.os == "windows"]
    pools = objects_at(cluster, "properties", "agentPoolProfiles")
    if not workloads or any(text_at(pool, "osType") == "Windows" for pool in pools):
        return None
    text = f"has no Windows nodes, and {', '.join(workloads)} need some"
    group, name = examination.cluster_id.split("/")[4], examination.cluster_id.rpartition("/")[2]
    step = f"az aks nodepool add --resource-group {group} --cluster-name {name} --name win --os-type Windows"
    step += examination.session.option_for(examination.cluster_id)
    return Finding(subject, check, "wrong", text, step)
