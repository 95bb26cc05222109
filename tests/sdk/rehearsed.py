"""The pod's end of the chain as a rehearsed `up` left it, from the objects in the cluster.

Nothing is taken from the program, its settings or its outputs: what they promise is what has to come true
here. Azure's end is the rehearsed cloud itself, which the data planes serve.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.sdk.trust import Pod


def vault_of(world: Mapping[str, Any]) -> str:
    """The name of the vault."""
    return _only(world, "keyvault:Vault")["id"].rsplit("/", 1)[1]


def pod_of(world: Mapping[str, Any], namespace: str, owner: str) -> Pod:
    """The environment that the cluster gives the pod of this owner (`Deployment/shop`): the webhook acts on
    the label, and reads the ServiceAccount.
    """
    (objects,) = world["kubernetes"].values()
    kind, name = owner.split("/")
    manifest = next(
        resource
        for resource in objects.values()
        if (resource["kind"], resource["metadata"]["name"]) == (kind, name)
    )
    template = manifest if kind == "Pod" else manifest["spec"]["template"]
    assert template["metadata"]["labels"]["azure.workload.identity/use"] == "true", (
        "the webhook passes this pod by"
    )
    account = objects[f"core/ServiceAccount/{namespace}/{template['spec']['serviceAccountName']}"]["metadata"]
    (container,) = template["spec"]["containers"]
    issuer = _only(world, "containerservice:ManagedCluster")["properties"]["oidcIssuerProfile"]["issuerURL"]
    return Pod(
        issuer=issuer,
        namespace=account["namespace"],
        service_account=account["name"],
        client_id=account["annotations"]["azure.workload.identity/client-id"],
        tenant_id=account["annotations"]["azure.workload.identity/tenant-id"],
        env={variable["name"]: variable["value"] for variable in container["env"]},
    )


def _of(world: Mapping[str, Any], token: str) -> Iterator[Mapping[str, Any]]:
    return (resource for resource in world["azure"] if resource["token"] == f"azure-native:{token}")


def _only(world: Mapping[str, Any], token: str) -> Mapping[str, Any]:
    (resource,) = _of(world, token)
    return resource
