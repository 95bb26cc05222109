"""Azure resources as ARM templates: one for each resource group, and one for the subscription.

The templates are for tools that read them: scanners, policy checks, a reviewer's diff. They are not for
deployment: ids, client ids and issuers are those of the simulated cloud. Deliberately not here: parameters
for values that the cloud generates. Syntax:
https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.report import SECRET
from rehearsal.simulators.azure.keyvault import access_policies
from rehearsal.simulators.azure.types import TYPES

GENERATOR: Final = {"_generator": {"name": "python -m rehearsal render"}}
"""Metadata in the place where Bicep writes its own name."""
_SCHEMA: Final = "https://schema.management.azure.com/schemas/"
_OF_GROUP: Final = _SCHEMA + "2019-04-01/deploymentTemplate.json#"
_OF_SUBSCRIPTION: Final = _SCHEMA + "2018-05-01/subscriptionDeploymentTemplate.json#"

_ENVELOPE: Final = frozenset(
    {"extendedLocation", "identity", "kind", "location", "managedBy", "plan", "sku", "tags", "zones"}
)
"""Properties that ARM has beside `properties`; for most types the SDK flattens both into one object."""
_IN_PROPERTIES: Final[Mapping[str, frozenset[str]]] = {
    # https://learn.microsoft.com/azure/templates/microsoft.containerservice/managedclusters/agentpools
    "azure-native:containerservice:AgentPool": frozenset({"tags"}),
    # https://learn.microsoft.com/azure/templates/microsoft.operationalinsights/workspaces
    "azure-native:operationalinsights:Workspace": frozenset({"sku"}),
}
_NETWORK_PARTS: Final = frozenset(
    (
        *(
            "delegations",
            "ipConfigurations",
            "manualPrivateLinkServiceConnections",
            "networkSecurityGroup",
            "privateDnsZoneConfigs",
        ),
        *(
            "privateLinkServiceConnections",
            "routeTable",
            "routes",
            "securityRules",
            "serviceEndpointPolicies",
            "subnet",
            "subnets",
        ),
    )
)
"""Nested objects of Microsoft.Network that have `properties` of their own, for example in
https://learn.microsoft.com/azure/templates/microsoft.network/privateendpoints"""
_PART_ENVELOPE: Final = frozenset({"id", "location", "name", "tags", "type", "zones"})
_SECRET_TYPE: Final = "azure-native:keyvault:Secret"


@dataclass(frozen=True)
class _ResourceId:
    """The parts of an ARM id."""

    subscription: str
    group: str
    """Empty for a resource of the subscription."""
    scope: str
    """`Microsoft.KeyVault/vaults/kv` for an extension of another resource; otherwise empty."""
    type: str
    names: tuple[str, ...]

    @classmethod
    def parse(cls, id_: str) -> _ResourceId:
        match = re.fullmatch(
            r"/subscriptions/([^/]+)(?:/resourceGroups/([^/]+))?(?:/providers/(.+))?", id_, re.IGNORECASE
        )
        if match is None:
            raise ValueError(f"the id is neither in a subscription nor in a resource group: {id_}")
        subscription, group, path = match[1], match[2] or "", match[3]
        if path is None:
            return cls(subscription, "", "", "Microsoft.Resources/resourceGroups", (group,))
        scope, _, own = path.rpartition("/providers/")
        namespace, *segments = own.split("/")
        return cls(subscription, group, scope, "/".join([namespace, *segments[0::2]]), tuple(segments[1::2]))

    @property
    def template_key(self) -> tuple[str, str]:
        """Key of the template that contains the resource: subscription and group in lower case."""
        return self.subscription.lower(), self.group.lower()

    @property
    def expression(self) -> str:
        """Template expression of the id. The subscription and the group are those of the deployment."""
        if self.scope:
            scoped = _ResourceId.parse(f"/subscriptions/x/resourceGroups/x/providers/{self.scope}").expression
            return f"extensionResourceId({scoped}, {_quoted(self.type, *self.names)})"
        return f"resourceId({_quoted(self.type, *self.names)})"


def templates(resources: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """File name → template."""
    # A resource that is only read has no API version, because it was never sent.
    rows = [
        row
        for row in resources
        if row["type"] in TYPES and row["op"] != "delete" and "azureApiVersion" in row["inputs"]
    ]
    ids = {row["urn"]: _resource_id(row) for row in rows}
    by_key: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        resource_id = ids[row["urn"]]
        schema = _OF_GROUP if resource_id.group else _OF_SUBSCRIPTION
        template = by_key.setdefault(
            resource_id.template_key,
            {
                "$schema": schema,
                "contentVersion": "1.0.0.0",
                "metadata": GENERATOR,
                "parameters": {},
                "resources": [],
            },
        )
        entry = _resource(row, resource_id, template["parameters"])
        depends = {
            ids[urn].expression
            for urn in row["dependencies"]
            if urn in ids and ids[urn].template_key == resource_id.template_key
        }
        if depends:
            entry["dependsOn"] = [f"[{expression}]" for expression in sorted(depends)]
        template["resources"].append(entry)
    for template in by_key.values():
        template["resources"].sort(key=lambda entry: (entry["type"], entry["name"], entry.get("scope", "")))
    groups = [group for _, group in by_key]
    return {
        _file_name(key, unique=groups.count(key[1]) == 1): template
        for key, template in sorted(by_key.items())
    }


def _file_name(key: tuple[str, str], *, unique: bool) -> str:
    subscription, group = key
    of_subscription = "" if unique else f"{subscription}-"
    return f"azure-{of_subscription}{group or 'subscription'}.json"


def _resource_id(row: Mapping[str, Any]) -> _ResourceId:
    id_ = _ResourceId.parse(row["id"])
    if row["type"] == access_policies.TOKEN:
        # In ARM an entry is added to a vault's access policies by a child resource of this name:
        # https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/accesspolicies
        return _ResourceId(
            id_.subscription, id_.group, "", "Microsoft.KeyVault/vaults/accessPolicies", (*id_.names, "add")
        )
    return id_


def _resource(row: Mapping[str, Any], id_: _ResourceId, parameters: dict[str, Any]) -> dict[str, Any]:
    inputs = row["inputs"]
    entry = {"type": id_.type, "apiVersion": inputs["azureApiVersion"], "name": "/".join(id_.names)}
    if id_.scope:
        entry["scope"] = id_.scope
    return entry | _Secrets(parameters, id_.names[-1]).replaced(_body(row["type"], inputs))


def _body(token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Body of the PUT request."""
    own = {
        name: value
        for name, value in inputs.items()
        if name not in ("azureApiVersion", *TYPES[token].parameters)
    }
    if token == access_policies.TOKEN:
        return {"properties": {"accessPolicies": [own["policy"]]}}
    if token == _SECRET_TYPE and "value" in (own.get("properties") or {}):
        # The value is secret even if the program has not marked it.
        own["properties"] = {**own["properties"], "value": SECRET}
    if identities := (own.get("identity") or {}).get("userAssignedIdentities"):
        # The SDK has a list of ids, ARM an object with the ids as keys.
        own["identity"] = {**own["identity"], "userAssignedIdentities": {id_: {} for id_ in identities}}
    if "properties" in own:
        return own
    if token.startswith("azure-native:network:"):
        own = {name: _part(value) if name in _NETWORK_PARTS else value for name, value in own.items()}
    return _enveloped(own, _ENVELOPE - _IN_PROPERTIES.get(token, frozenset()))


def _enveloped(own: Mapping[str, Any], envelope: frozenset[str]) -> dict[str, Any]:
    outside = {name: value for name, value in own.items() if name in envelope}
    properties = {name: value for name, value in own.items() if name not in envelope}
    return {**outside, **({"properties": properties} if properties else {})}


def _part(value: Any) -> Any:
    """A nested object or a list of them, with `properties` as ARM has them."""
    if isinstance(value, list):
        return [_part(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    return _enveloped(
        {name: _part(item) if name in _NETWORK_PARTS else item for name, item in value.items()},
        _PART_ENVELOPE,
    )


@dataclass(frozen=True)
class _Secrets:
    """Replaces each secret by a `securestring` parameter of the template."""

    parameters: dict[str, Any]
    owner: str

    def replaced(self, value: Any, path: tuple[str, ...] = ()) -> Any:
        if isinstance(value, Mapping):
            return {name: self.replaced(item, (*path, name)) for name, item in value.items()}
        if isinstance(value, list):
            return [self.replaced(item, (*path, str(index))) for index, item in enumerate(value)]
        if value == SECRET:
            return f"[parameters('{self._parameter(path)}')]"
        if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
            # https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions#escape-characters
            return "[" + value
        return value

    def _parameter(self, path: tuple[str, ...]) -> str:
        base = name = re.sub(r"\W", "_", "_".join([self.owner, *path[1:]]))
        count = 1
        while name in self.parameters:
            count += 1
            name = f"{base}_{count}"
        self.parameters[name] = {"type": "securestring"}
        return name


def _quoted(*texts: str) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)
