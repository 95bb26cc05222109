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
from stacks.settings.named_resources import NamedResource, existing_groups, named_resources

_ENDPOINT: Final = "Microsoft.KeyVault"


@family(asks_azure=True)
def resources_are_there(examination: Examination) -> Iterator[Check]:
    """Each resource that the settings name is there."""
    settings = examination.settings
    for _, name in existing_groups(settings):
        subject = f"resource group {name}"
        yield Check(
            subject,
            "resource_groups",
            lambda name=name, subject=subject: [_group(examination, name, subject)],
        )
    for resource in named_resources(settings, examination.session.subscription_id):
        yield Check(
            shown(resource.id),
            key(resource.path),
            lambda resource=resource: [_resource(examination, resource)],
        )


def _group(examination: Examination, name: str, subject: str) -> Finding:
    path = f"{examination.subscription}/resourceGroups/{name}"
    group = examination.reads.get_if_exists(path, PROVIDERS)
    if group is None:
        step = f"az group create --name {name} --location {examination.settings.location}"
        return Finding(subject, "resource_groups", "wrong", "does not exist", step)
    return Finding(subject, "resource_groups", "fine", "is there")


def _resource(examination: Examination, resource: NamedResource) -> Finding:
    path, arm_id = resource.path, resource.id
    subject, check = shown(arm_id), key(path)
    parts = arm_id.strip("/").split("/")
    version = OF_TYPE["/".join([parts[5], *parts[6::2]]).lower()]
    document = examination.reads.get_if_exists(arm_id, version)
    if document is None:
        text = f"does not exist in {place(examination, arm_id)}"
        step = resource.list_command + examination.session.option_for(arm_id)
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
