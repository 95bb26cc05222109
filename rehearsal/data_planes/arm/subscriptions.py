"""Subscriptions, tenants, resource providers and features.

https://learn.microsoft.com/rest/api/resources/subscriptions, …/providers, …/features
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from rehearsal.data_planes.arm.facts import Facts
from rehearsal.data_planes.arm.routes import Call, listed, route
from rehearsal.data_planes.tokens import tenant_of
from rehearsal.data_planes.web import Answer
from rehearsal.simulators.azure.arm import SUBSCRIPTION
from rehearsal.simulators.azure.types import TYPES

_ALWAYS: Final = ("Microsoft.Authorization", "Microsoft.Resources", "Microsoft.Features")
"""Providers that every subscription is registered for:
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-providers-and-types
"""
_MORE: Final = (
    "Microsoft.Compute",
    "Microsoft.Storage",
    "Microsoft.OperationsManagement",
    "Microsoft.PolicyInsights",
)
"""Providers that stacks need and of which the world holds no resource."""


def _subscription(call: Call, id_: str) -> dict[str, Any]:
    facts = Facts(call.world, id_)
    return {
        "id": f"/subscriptions/{id_}",
        "subscriptionId": id_,
        "displayName": facts.name,
        "state": facts.state,
        "tenantId": tenant_of(call.world),
        "authorizationSource": "RoleBased",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "PayAsYouGo_2014-09-01",
            "spendingLimit": "Off",
        },
    }


@route("GET", "/subscriptions")
def _subscriptions(call: Call) -> Answer:
    ids = dict.fromkeys(id_ for id_ in (*call.world.subscriptions, SUBSCRIPTION) if id_)
    return listed([_subscription(call, id_) for id_ in ids if Facts(call.world, id_).exists])


@route("GET", "/subscriptions/{subscription}", "Microsoft.Resources/subscriptions/read")
def _one_subscription(call: Call) -> Answer:
    return Answer(status=200, body=_subscription(call, call.subscription))


@route("GET", "/tenants")
def _tenants(call: Call) -> Answer:
    tenant = tenant_of(call.world)
    return listed([{"id": f"/tenants/{tenant}", "tenantId": tenant, "displayName": "rehearsal"}])


@route("GET", "/subscriptions/{subscription}/locations", "Microsoft.Resources/subscriptions/locations/read")
def _locations(call: Call) -> Answer:
    names = {
        str(resource.properties.get("location") or "").replace(" ", "").lower()
        for resource in call.world.azure.values()
    }
    names = {*names, "westeurope", "northeurope"} - {"", "global"}
    return listed(
        [
            {"id": f"/subscriptions/{call.subscription}/locations/{name}", "name": name}
            for name in sorted(names)
        ]
    )


def _namespaces() -> Iterator[str]:
    known = {row.arm_type.partition("/")[0] for row in TYPES.values()}
    yield from sorted({*known, *_ALWAYS, *_MORE})


def _provider(call: Call, namespace: str) -> dict[str, Any]:
    is_registered = namespace.lower() not in call.world.unregistered
    types = {
        row.arm_type.partition("/")[2] for row in TYPES.values() if row.arm_type.startswith(f"{namespace}/")
    }
    return {
        "id": f"/subscriptions/{call.subscription}/providers/{namespace}",
        "namespace": namespace,
        "registrationPolicy": "RegistrationFree" if namespace in _ALWAYS else "RegistrationRequired",
        "registrationState": "Registered" if is_registered else "NotRegistered",
        "resourceTypes": [
            {"resourceType": name, "locations": [], "apiVersions": []} for name in sorted(types)
        ],
    }


@route("GET", "/subscriptions/{subscription}/providers", "Microsoft.Resources/subscriptions/providers/read")
def _providers(call: Call) -> Answer:
    return listed([_provider(call, namespace) for namespace in _namespaces()])


@route(
    "GET",
    "/subscriptions/{subscription}/providers/{namespace}",
    "Microsoft.Resources/subscriptions/providers/read",
)
def _one_provider(call: Call) -> Answer:
    namespace = call.parameters["namespace"]
    known = next((name for name in _namespaces() if name.lower() == namespace.lower()), None)
    if known is None:
        # https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider
        error = {
            "code": "InvalidResourceNamespace",
            "message": f"The resource namespace '{namespace}' is invalid.",
        }
        return Answer(status=404, body={"error": error})
    return Answer(status=200, body=_provider(call, known))


@route(
    "GET",
    "/subscriptions/{subscription}/providers/Microsoft.Features/providers/{namespace}/features/{feature}",
    "Microsoft.Features/features/read",
)
def _feature(call: Call) -> Answer:
    name = f"{call.parameters['namespace']}/{call.parameters['feature']}"
    state = "Registered" if name.lower() in Facts(call.world, call.subscription).features else "NotRegistered"
    body = {
        "id": call.request.path,
        "name": name,
        "type": "Microsoft.Features/providers/features",
        "properties": {"state": state},
    }
    return Answer(status=200, body=body)
