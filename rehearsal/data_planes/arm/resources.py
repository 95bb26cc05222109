"""Resources of every type: one by its id, and lists of a type or a group.

https://learn.microsoft.com/rest/api/resources/resources/get-by-id
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rehearsal.data_planes.arm.documents import document
from rehearsal.data_planes.arm.errors import not_simulated
from rehearsal.data_planes.arm.routes import Call, listed, route
from rehearsal.data_planes.web import Answer
from rehearsal.simulators.azure.arm import not_found
from rehearsal.simulators.azure.arm_type import ArmType
from rehearsal.simulators.azure.resources import GROUP
from rehearsal.simulators.azure.types import TYPES, type_of_id
from rehearsal.simulators.world import AzureResource


@route(
    "GET",
    "/subscriptions/{subscription}/resourceGroups",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
)
def _groups(call: Call) -> Answer:
    below = f"/subscriptions/{call.subscription}"
    return listed([document(call.world, group) for group in call.world.of_type(GROUP, below=below)])


@route("GET", "/subscriptions/{subscription}/resources", "Microsoft.Resources/subscriptions/resources/read")
def _all_resources(call: Call) -> Answer:
    return _filtered(call, f"/subscriptions/{call.subscription}/")


@route(
    "GET",
    "/subscriptions/{subscription}/resourceGroups/{group}/resources",
    "Microsoft.Resources/subscriptions/resourceGroups/resources/read",
)
def _resources_of_group(call: Call) -> Answer:
    id_ = call.request.path.rpartition("/")[0]
    if call.world.get(id_) is None:
        raise not_found(call.world, id_, "Microsoft.Resources/resourceGroups")
    return _filtered(call, f"{id_}/")


def _filtered(call: Call, prefix: str) -> Answer:
    """Tracked resources: children and role assignments are none."""
    match = re.search(r"resourceType eq '([^']+)'", call.filter, re.IGNORECASE)
    required_type = match[1].lower() if match else ""
    rows = []
    for resource in call.world.azure.values():
        arm_type = TYPES[resource.token].arm_type.lower()
        is_tracked = arm_type.count("/") == 1 and "location" in resource.properties
        is_below = resource.token != GROUP and resource.id.lower().startswith(prefix.lower())
        if is_tracked and is_below and required_type in ("", arm_type):
            whole = document(call.world, resource)
            rows.append({name: value for name, value in whole.items() if name != "properties"})
    return listed(rows)


@route("HEAD", "{uri}")
def _exists(call: Call) -> Answer:
    known = call.world.get(call.parameters["uri"])
    return Answer(status=204 if known else 404)


@route("GET", "{uri}")
def _any(call: Call) -> Answer:
    """A resource by its id, or the resources of a type below a parent."""
    path = call.parameters["uri"].rstrip("/")
    row = type_of_id(path)
    if row is not None:
        resource = call.world.get(path)
        if resource is None or resource.token != row.token:
            raise not_found(call.world, path, row.arm_type)
        return Answer(status=200, body=document(call.world, resource))
    row = _type_of_list(path)
    if row is None:
        raise not_simulated(call.request)
    return listed([document(call.world, resource) for resource in _below(call, row, path)])


def _type_of_list(path: str) -> ArmType | None:
    """The type of a path that ends with a type instead of a name."""
    direct = type_of_id(f"{path}/name")
    if direct is not None:
        return direct
    # All resources of the subscription: /subscriptions/…/providers/Microsoft.KeyVault/vaults
    match = re.fullmatch(r"/subscriptions/[^/]+/providers/([^/]+/[^/]+)", path, re.IGNORECASE)
    return next((row for row in TYPES.values() if match and row.arm_type.lower() == match[1].lower()), None)


def _below(call: Call, row: ArmType, path: str) -> Iterator[AzureResource]:
    """Raises ArmError if what holds the resources does not exist."""
    holder = path.rpartition("/")[0]
    if "/providers/" in holder and type_of_id(holder) is None:
        holder = holder.rpartition("/providers/")[0]
    is_subscription = holder.count("/") == 2
    if not is_subscription and call.world.get(holder) is None:
        owner = type_of_id(holder)
        raise not_found(call.world, holder, owner.arm_type if owner else "")
    for resource in call.world.of_type(row.token):
        is_here = resource.id.rpartition("/")[0].lower() == path.lower()
        if is_here or (is_subscription and resource.id.lower().startswith(f"{holder}/".lower())):
            yield resource
