"""What goes to Azure as ARM templates: one for each resource group, and one for the subscription that holds the groups.

For tools that read templates: scanners, policy checks, a reviewer's diff. Deliberately not here: parameters for what the cloud answers.
Ids, client ids and issuers are those of the rehearsed cloud, so what is written here is to be read, not to be deployed.
The form: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
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
"""Where Bicep puts its own name, too."""
_SCHEMA: Final = "https://schema.management.azure.com/schemas/"
_OF_GROUP: Final = _SCHEMA + "2019-04-01/deploymentTemplate.json#"
_OF_SUBSCRIPTION: Final = _SCHEMA + "2018-05-01/subscriptionDeploymentTemplate.json#"

_ENVELOPE: Final = frozenset(
    {"extendedLocation", "identity", "kind", "location", "managedBy", "plan", "sku", "tags", "zones"}
)
"""What ARM has beside `properties`; the SDK has both in one, for most types."""
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
"""Objects within those of Microsoft.Network that have `properties` of their own, e.g.
https://learn.microsoft.com/azure/templates/microsoft.network/privateendpoints"""
_PART_ENVELOPE: Final = frozenset({"id", "location", "name", "tags", "type", "zones"})
_SECRET_TYPE: Final = "azure-native:keyvault:Secret"


@dataclass(frozen=True)
class _Address:
    """An ARM id, taken apart."""

    subscription: str
    group: str
    """Empty for what stands in a subscription."""
    scope: str
    """`Microsoft.KeyVault/vaults/kv` for what extends another resource; otherwise empty."""
    type: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, id_: str) -> _Address:
        found = re.fullmatch(
            r"/subscriptions/([^/]+)(?:/resourceGroups/([^/]+))?(?:/providers/(.+))?", id_, re.IGNORECASE
        )
        if found is None:
            raise ValueError(f"an id that stands neither in a subscription nor in a resource group: {id_}")
        subscription, group, path = found[1], found[2] or "", found[3]
        if path is None:
            return cls(subscription, "", "", "Microsoft.Resources/resourceGroups", (group,))
        scope, _, own = path.rpartition("/providers/")
        namespace, *segments = own.split("/")
        return cls(subscription, group, scope, "/".join([namespace, *segments[0::2]]), tuple(segments[1::2]))

    @property
    def home(self) -> tuple[str, str]:
        """The template that it belongs to."""
        return self.subscription.lower(), self.group.lower()

    @property
    def expression(self) -> str:
        """Its id, without the subscription and the group: those of the deployment."""
        if self.scope:
            scoped = _Address.of(f"/subscriptions/x/resourceGroups/x/providers/{self.scope}").expression
            return f"extensionResourceId({scoped}, {_quoted(self.type, *self.names)})"
        return f"resourceId({_quoted(self.type, *self.names)})"


def templates(resources: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """File name → template."""
    # What is only read has no version: it was never sent.
    rows = [
        row
        for row in resources
        if row["type"] in TYPES and row["op"] != "delete" and "azureApiVersion" in row["inputs"]
    ]
    addresses = {row["urn"]: _address(row) for row in rows}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        here = addresses[row["urn"]]
        schema = _OF_GROUP if here.group else _OF_SUBSCRIPTION
        template = found.setdefault(
            here.home,
            {
                "$schema": schema,
                "contentVersion": "1.0.0.0",
                "metadata": GENERATOR,
                "parameters": {},
                "resources": [],
            },
        )
        entry = _resource(row, here, template["parameters"])
        depends = {
            addresses[urn].expression
            for urn in row["dependencies"]
            if urn in addresses and addresses[urn].home == here.home
        }
        if depends:
            entry["dependsOn"] = [f"[{expression}]" for expression in sorted(depends)]
        template["resources"].append(entry)
    for template in found.values():
        template["resources"].sort(key=lambda entry: (entry["type"], entry["name"], entry.get("scope", "")))
    groups = [group for _, group in found]
    return {
        _file_name(home, unique=groups.count(home[1]) == 1): template
        for home, template in sorted(found.items())
    }


def _file_name(home: tuple[str, str], *, unique: bool) -> str:
    subscription, group = home
    of_subscription = "" if unique else f"{subscription}-"
    return f"azure-{of_subscription}{group or 'subscription'}.json"


def _address(row: Mapping[str, Any]) -> _Address:
    address = _Address.of(row["id"])
    if row["type"] == access_policies.TOKEN:
        # ARM adds an entry to a vault's list by writing a child of this name:
        # https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/accesspolicies
        return _Address(
            address.subscription,
            address.group,
            "",
            "Microsoft.KeyVault/vaults/accessPolicies",
            (*address.names, "add"),
        )
    return address


def _resource(row: Mapping[str, Any], here: _Address, parameters: dict[str, Any]) -> dict[str, Any]:
    inputs = row["inputs"]
    entry = {"type": here.type, "apiVersion": inputs["azureApiVersion"], "name": "/".join(here.names)}
    if here.scope:
        entry["scope"] = here.scope
    return entry | _Secrets(parameters, here.names[-1]).replaced(_body(row["type"], inputs))


def _body(token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The body of the PUT."""
    own = {
        name: value
        for name, value in inputs.items()
        if name not in ("azureApiVersion", *TYPES[token].parameters)
    }
    if token == access_policies.TOKEN:
        return {"properties": {"accessPolicies": [own["policy"]]}}
    if token == _SECRET_TYPE and "value" in (own.get("properties") or {}):
        # Whether or not the program marked it: it is secret by nature.
        own["properties"] = {**own["properties"], "value": SECRET}
    if identities := (own.get("identity") or {}).get("userAssignedIdentities"):
        # A list in the SDK, the keys of an object in ARM.
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
    """An object within, or a list of such."""
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
    """Makes a `securestring` parameter of each secret, which is how a template asks for one."""

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
