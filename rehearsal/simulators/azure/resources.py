"""Rules of Azure Resource Manager itself: parents, locations, tags."""

from __future__ import annotations

import re
from typing import Any

from rehearsal.simulators.azure.arm import ArmError, Write, not_found, response, rule
from rehearsal.simulators.azure.types import TYPES, type_of_id

GROUP = "azure-native:resources:ResourceGroup"


def parents_exist(write: Write) -> None:
    """The resource group and the parent resource exist.

    https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-parent-resource
    """
    if write.type.token == GROUP or "scope" in write.type.parameters:
        return
    group = re.match(r"/subscriptions/[^/]+/resourcegroups/([^/]+)", write.id, re.IGNORECASE)
    if group and write.world.get(group[0]) is None:
        raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{group[1]}' could not be found.")
    if "resourceUri" in write.type.parameters or "clusterRp" in write.type.parameters:
        scope = write.id.rsplit("/providers/", 1)[0]
        if write.world.get(scope) is None:
            known = type_of_id(scope)
            raise not_found(write.world, scope, known.arm_type if known else "resource")
        return
    if write.type.arm_type.count("/") > 1 and write.world.get(write.parent_id) is None:
        raise ArmError(
            404,
            "ParentResourceNotFound",
            f"Failed to perform 'write' on resource(s) of type '{write.type.arm_type.split('/', 1)[1]}', "
            f"because the parent resource '{write.parent_id}' could not be found.",
        )


def location_is_immutable(write: Write) -> None:
    """A resource cannot move to another region in place.

    https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-resource-location
    """
    current, requested = write.current_value("location"), write.requested_value("location")
    if current and requested and _normal(current) != _normal(requested):
        group = write.body.get("resourceGroupName", write.name)
        raise ArmError(
            409,
            "InvalidResourceLocation",
            f"The resource '{write.name}' already exists in location '{_normal(current)}' in resource group "
            f"'{group}'. A resource with the same name cannot be created in location "
            f"'{_normal(requested)}'. Please select a new resource name.",
        )


def tags_are_within_limits(write: Write) -> None:
    """A resource has at most 50 tags; names have up to 512 characters without <>%&\\?/, values up to 256.

    https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
    """
    tags: dict[str, Any] = write.requested_value("tags") or {}
    if len(tags) > 50:
        raise ArmError(
            400,
            "InvalidTagCount",
            f"The number of tags '{len(tags)}' in the request exceeds the maximum allowed tags '50'.",
        )
    for name, value in tags.items():
        if len(name) > 512 or re.search(r"[<>%&\\?/]", name):
            raise ArmError(
                400,
                "InvalidTagNameCharacters",
                f"The tag names '{name}' have reserved characters '<,>,%,&,\\,?,/' or control characters.",
            )
        if len(str(value)) > 256:
            raise ArmError(
                400,
                "TagValueTooLong",
                f"Tag value too large. Following tag value '{value}' exceeded the maximum length. "
                f"Maximum allowed length for tag value - '256' characters.",
            )


for _token in TYPES:
    rule(_token)(parents_exist)
    if _token != "azure-native:authorization:RoleAssignment":
        rule(_token)(location_is_immutable)
        rule(_token)(tags_are_within_limits)


@rule(GROUP)
def group_name_is_valid(write: Write) -> None:
    """The name has 1 to 90 letters, digits, _ - . ( ), and no full stop at its end.

    https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources
    """
    if not re.fullmatch(r"[-\w.()]{1,90}", write.name) or write.name.endswith("."):
        raise ArmError(
            400,
            "InvalidResourceGroup",
            f"The provided resource group name '{write.name}' has these invalid characters: it may hold "
            "letters, digits, '-', '_', '.', '(' and ')', must not end with a period and has at most 90 "
            "characters.",
        )


@response(GROUP)
def _group(_write: Write) -> dict[str, Any]:
    return {"properties": {"provisioningState": "Succeeded"}}


@response("azure-native:operationalinsights:Workspace")
def _workspace(write: Write) -> dict[str, Any]:
    return {
        "customerId": write.world.guid(write.id, "customer"),
        "provisioningState": "Succeeded",
        "retentionInDays": write.requested_value("retentionInDays") or 30,
    }


@response("azure-native:containerregistry:Registry")
def _registry(write: Write) -> dict[str, Any]:
    return {"loginServer": f"{write.name.lower()}.azurecr.io", "provisioningState": "Succeeded"}


def _normal(location: str) -> str:
    return location.replace(" ", "").lower()
