"""The scopes that a stack touches, and how messages name them."""

from __future__ import annotations

from operations.doctor.examination import Examination
from stacks.settings.validation.problems import Path, format_path


def group_of(arm_id: str) -> str:
    """ARM id of the resource group that contains a resource."""
    return "/".join(arm_id.split("/")[:5])


def subscription_of(arm_id: str) -> str:
    """Id of the subscription of a resource."""
    parts = arm_id.split("/")
    return parts[2] if len(parts) > 2 else ""


def is_at_or_above(scope: str, other: str) -> bool:
    """Whether a scope is the other one, or contains it."""
    return f"{other.rstrip('/')}/".lower().startswith(f"{scope.rstrip('/')}/".lower())


def shown(scope: str) -> str:
    """``vault kv-shop``, ``resource group rg-shop``, ``the subscription``, ``management group shop``."""
    parts = scope.strip("/").split("/")
    if parts[0] == "providers":
        return f"management group {parts[-1]}"
    if len(parts) <= 2:
        return "the subscription"
    if len(parts) <= 4:
        return f"resource group {parts[3]}"
    kind = _KINDS.get("/".join([parts[5], *parts[6::2]]).lower(), parts[-2])
    return f"{kind} {parts[-1]}"


_KINDS = {
    "microsoft.containerregistry/registries": "registry",
    "microsoft.containerservice/managedclusters": "cluster",
    "microsoft.insights/actiongroups": "action group",
    "microsoft.keyvault/vaults": "vault",
    "microsoft.managedidentity/userassignedidentities": "identity",
    "microsoft.network/privatednszones": "private DNS zone",
    "microsoft.network/routetables": "route table",
    "microsoft.network/virtualnetworks": "virtual network",
    "microsoft.network/virtualnetworks/subnets": "subnet",
    "microsoft.operationalinsights/workspaces": "workspace",
}


def place(examination: Examination, arm_id: str) -> str:
    """The resource group of a resource, with its subscription if that is another one."""
    group, option = arm_id.split("/")[4], examination.session.option_for(arm_id)
    return f"resource group {group}" + option.replace(" --subscription", " of subscription")


def key(path: Path) -> str:
    """The path of a key as messages show it."""
    return format_path(path)
