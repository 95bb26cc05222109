"""Everything else that the settings name and do not create: resource groups, identities, subnets, zones,
registries and workspaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.azure.api_versions import OF_TYPE, PROVIDERS
from operations.azure.documents import objects_at, text_at
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.scopes import key, place, shown
from stacks.settings.azure_names import existing_resources
from stacks.settings.validation.problems import Path

_LISTS: Final[Mapping[str, str]] = {
    "identity": "az identity list --output table",
    "workspace": "az monitor log-analytics workspace list --output table",
    "action group": "az monitor action-group list --output table",
    "subnet": "az network vnet subnet list --resource-group {group} --vnet-name {name} --output table",
    "virtual network": "az network vnet list --output table",
    "route table": "az network route-table list --output table",
    "private DNS zone": "az network private-dns zone list --output table",
    "registry": "az acr list --output table",
}
_ENDPOINT: Final = "Microsoft.KeyVault"


@family(asks_azure=True)
def resources_are_there(examination: Examination) -> Iterator[Check]:
    """Each resource that the settings name is there."""
    for group in examination.settings.resource_groups:
        if group.existing:
            subject = f"resource group {group.name}"
            yield Check(
                subject,
                "resource_groups",
                lambda name=group.name, subject=subject: [_group(examination, name, subject)],
            )
    for path, arm_id in _named(examination):
        yield Check(
            shown(arm_id), key(path), lambda path=path, arm_id=arm_id: [_resource(examination, path, arm_id)]
        )


def _named(examination: Examination) -> Iterator[tuple[Path, str]]:
    """Path and ARM id of each resource, but clusters and vaults."""
    settings = examination.settings
    for resource in existing_resources(settings):
        if resource.kind not in ("cluster", "vault"):
            yield resource.path, resource.id_in(examination.session.subscription_id)
    network, private = settings.cluster.network, settings.cluster.private
    if examination.makes_cluster:
        yield from _present(("cluster", "network", "subnet_id"), network.subnet_id)
        yield from _present(("cluster", "network", "route_table_id"), network.route_table_id)
        for index, registry in enumerate(settings.cluster.container_registries):
            yield ("cluster", "container_registries", index), registry
        if private:
            yield ("cluster", "private", "deploy_from"), private.deploy_from
            if private.dns_zone.startswith("/"):
                yield ("cluster", "private", "dns_zone"), private.dns_zone
    for path, label, vault in settings.all_vaults:
        if not examination.makes_vault(label):
            continue
        for index, subnet in enumerate(vault.network.subnet_ids):
            yield (*path, "network", "subnet_ids", index), subnet
        if endpoint := vault.private_endpoint:
            yield from _present((*path, "private_endpoint", "subnet_id"), endpoint.subnet_id)
            yield from _present((*path, "private_endpoint", "dns_zone_id"), endpoint.dns_zone_id)


def _present(path: Path, arm_id: str | None) -> Iterator[tuple[Path, str]]:
    if arm_id:
        yield path, arm_id


def _group(examination: Examination, name: str, subject: str) -> Finding:
    path = f"{examination.subscription}/resourceGroups/{name}"
    group = examination.reads.get_if_exists(path, PROVIDERS)
    if group is None:
        step = f"az group create --name {name} --location {examination.settings.location}"
        return Finding(subject, "resource_groups", "wrong", "does not exist", step)
    return Finding(subject, "resource_groups", "fine", "is there")


def _resource(examination: Examination, path: Path, arm_id: str) -> Finding:
    subject, check = shown(arm_id), key(path)
    parts = arm_id.strip("/").split("/")
    version = OF_TYPE["/".join([parts[5], *parts[6::2]]).lower()]
    document = examination.reads.get_if_exists(arm_id, version)
    if document is None:
        kind = subject.rsplit(" ", 1)[0]
        text = f"does not exist in {place(examination, arm_id)}"
        step = _LISTS[kind].format(group=parts[3], name=parts[7]) + examination.session.option_for(arm_id)
        return Finding(subject, check, "wrong", text, step)
    if "subnet_ids" in path and not _has_endpoint(document):
        # https://learn.microsoft.com/azure/key-vault/general/overview-vnet-service-endpoints
        others = [text_at(each, "service") for each in objects_at(document, "properties", "serviceEndpoints")]
        step = (
            f"az network vnet subnet update --resource-group {parts[3]} --vnet-name {parts[7]}"
            f" --name {parts[9]} --service-endpoints {' '.join([*others, _ENDPOINT])}"
            f"{examination.session.option_for(arm_id)}"
        )
        text = f"has no service endpoint {_ENDPOINT}, so Azure refuses the vault's rule"
        return Finding(subject, check, "wrong", text, step)
    return Finding(subject, check, "fine", "is there")


def _has_endpoint(subnet: Mapping[str, Any]) -> bool:
    endpoints = objects_at(subnet, "properties", "serviceEndpoints")
    return any(text_at(each, "service").lower() == _ENDPOINT.lower() for each in endpoints)
