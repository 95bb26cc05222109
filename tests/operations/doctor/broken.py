"""One fault of a subscription, a stack file or a machine, and the stacks that are broken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.data_planes.web import Answer
from tests.operations.azure.services import Entra, refused
from tests.operations.doctor.cloud import CONTRIBUTOR, Cloud, salt_of
from tests.operations.doctor.documents import ROOT, assignment, cluster, definition, size, vault
from tests.stack_files import shipped

DEV, PROD = shipped("Pulumi.dev.yaml"), shipped("Pulumi.prod.yaml")
VAULT = "kv-stack-83862e7b"
GROUP = f"{ROOT}/resourceGroups/rg-aks-secrets-stack"
OFFICER, USER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "4633458b-17de-408a-b874-0445c86b69e6"
ADOPTED = """
config:
  azure-native:location: westeurope
  aks-secrets:cluster:
    resource_group: rg-aks-secrets-stack
    existing: {name: aks-old, resource_group: rg-old}
  aks-secrets:vault: {existing: {name: kv-old, resource_group: rg-old}}
  aks-secrets:resource_groups: [{name: rg-aks-secrets-stack, existing: true}]
  aks-secrets:identities:
    - {name: shared, existing: {name: id-old, resource_group: rg-old}}
  aks-secrets:monitoring: {existing: {name: log-old, resource_group: rg-old}}
  aks-secrets:workloads:
    - name: orders
      namespace: shop
      technique: sdk
      kind: none
      identity: shared
      secrets:
        - {name: db-password, from: existing}
        - {name: signing-key, from: existing, type: key}
"""
BOUND = ADOPTED.replace("technique: sdk", "technique: sdk\n      access: identity-binding")
SUBNET = f"{ROOT}/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/hub/subnets/nodes"
REGISTRY = f"{ROOT}/resourceGroups/rg-net/providers/Microsoft.ContainerRegistry/registries/shopimages"
NETWORKED = f"""
config:
  azure-native:location: westeurope
  aks-secrets:cluster:
    system_pool: {{vm_size: Standard_D2s_v5}}
    entra: {{azure_rbac: false, admin_groups: [11111111-2222-4333-8444-555555555555]}}
    network: {{subnet_id: {SUBNET}}}
    container_registries: [{REGISTRY}]
  aks-secrets:vault:
    network: {{default_action: Deny, subnet_ids: [{SUBNET}]}}
  aks-secrets:workloads: []
"""


def adopted() -> Cloud:
    """Resources that ADOPTED calls existing."""
    cloud = Cloud()
    cloud.add(cluster("aks-old", "rg-old"))
    kept, document = vault("kv-old", "rg-old")
    cloud.add((kept, document))
    cloud.add((f"{kept}/secrets/db-password", {"properties": {"attributes": {"enabled": True}}}))
    cloud.add((f"{kept}/keys/signing-key", {"properties": {"kty": "RSA", "attributes": {"enabled": True}}}))
    for arm_id in (
        GROUP,
        f"{ROOT}/resourceGroups/rg-old/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-old",
        f"{ROOT}/resourceGroups/rg-old/providers/Microsoft.OperationalInsights/workspaces/log-old",
    ):
        cloud.add((arm_id, {"id": arm_id}))
    return cloud


def networked() -> Cloud:
    """Resources that NETWORKED names."""
    cloud = Cloud()
    endpoints = [{"service": "Microsoft.KeyVault"}]
    cloud.add((SUBNET, {"properties": {"serviceEndpoints": endpoints}}))
    cloud.add((REGISTRY, {"id": REGISTRY}))
    return cloud


@dataclass(frozen=True)
class Broken:
    """One fault; lines.yaml has the lines that it changes, under the same name."""

    stack: str | Path
    change: Callable[[Cloud], object] | None = None
    cloud: Callable[[], Cloud] = Cloud
    entra: Entra = field(default_factory=Entra)
    environment: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    """Programs that are not on PATH."""


def remove(cloud: Cloud, part: str) -> None:
    cloud.resources = {key: value for key, value in cloud.resources.items() if part not in key}


def set(cloud: Cloud, part: str, **properties: object) -> None:
    for key, value in cloud.resources.items():
        if key.endswith(part):
            value["properties"] = {**value.get("properties", {}), **properties}


def contributor(cloud: Cloud) -> None:
    cloud.permissions[ROOT.lower()] = [CONTRIBUTOR]


def reader(cloud: Cloud) -> None:
    cloud.permissions[ROOT.lower()] = [{"actions": ["*/read"], "notActions": []}]


def condition(text: str) -> Callable[[Cloud], None]:
    def change(cloud: Cloud) -> None:
        cloud.assignments, cloud.definitions = [assignment(text)], definition()

    return change


def roles(operator: str, *roles: str) -> str:
    """https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples"""
    return (
        "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "
        "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] "
        f"{operator} {{{', '.join(roles)}}}))"
    )


def text(file: Path, before: str, after: str) -> str:
    text = file.read_text()
    assert before in text
    return text.replace(before, after)


SALTED = DEV.read_text() + f"encryptionsalt: {salt_of('right')}\n"
KEPT = "secretsprovider: azurekeyvault://kv-state.vault.azure.net/keys/pulumi\n"
PURGE = {"location": "northeurope", "scheduledPurgeDate": "2027-02-01T10:00:00Z"}
DENIED = refused(
    403,
    "AuthorizationFailed",
    "The client 'ada' with object id 'b1e6a0d4' does not have authorization to perform action"
    f" 'Microsoft.Compute/skus/read' over scope '{ROOT}' or the scope is invalid.",
)
WRONG_ISSUER = refused(
    401,
    "InvalidAuthenticationTokenTenant",
    "The access token is from the wrong issuer"
    " 'https://sts.windows.net/6d0f9f8a-6a5b-4c39-9f0e-0c2f6a3e1b11/'. It must match the tenant"
    " 'https://sts.windows.net/99999999-6a5b-4c39-9f0e-0c2f6a3e1b11/' associated with this subscription.",
)
INVALID_SECRET = Answer(
    status=401,
    body={
        "error": "invalid_client",
        "error_description": "AADSTS7000215: Invalid client secret provided.",
        "error_codes": [7000215],
    },
)


def taken(cloud: Cloud) -> None:
    cloud.taken_names.add(VAULT)


def deleted(protected: bool) -> Callable[[Cloud], None]:
    def change(cloud: Cloud) -> None:
        cloud.deleted_vaults.append(
            {"name": VAULT, "properties": {**PURGE, "purgeProtectionEnabled": protected}}
        )

    return change


def restricted(**restriction: object) -> Callable[[Cloud], None]:
    def change(cloud: Cloud) -> None:
        cloud.sizes = [size("Standard_D4ds_v5", "standardDDSv5Family", 4, restrictions=[restriction])]

    return change


def all_conditional(cloud: Cloud) -> None:
    condition("@Resource[x:y] StringEquals 'z'")(cloud)
