"""Resources that exist before the first update: each entry of `--cloud FILE` is added to a world once.

azure:                      # ARM resources by id; the other keys are the SDK's wire names
  - id: /subscriptions/…/providers/Microsoft.KeyVault/vaults/shared
    location: westeurope
    properties: {enableRbacAuthorization: true}
directory:                  # principals: type User, Group or ServicePrincipal
  - {objectId: 11111111-…, type: Group, name: platform team}
kubernetes:                 # objects of a cluster, as manifests
  - cluster: /subscriptions/…/managedClusters/shared
    objects: [{apiVersion: v1, kind: Namespace, metadata: {name: team-a}}]
    releases: [{chart: external-secrets, namespace: external-secrets}]   # operators, by Helm
deletedVaults:              # soft-deleted vaults, whose names are unavailable
  - {id: /subscriptions/…/vaults/old, location: westeurope, purgeProtection: true, secrets: [db-password]}
unregistered:               # resource providers that are not registered in the subscription
  - Microsoft.KubernetesConfiguration
runner:                     # virtual network of `pulumi`; without it `pulumi` reaches every API server
  - /subscriptions/…/virtualNetworks/vnet-runner
absentSecrets:              # secrets that the vault lacks; others that are not listed count as present
  - /subscriptions/…/vaults/shared/secrets/db-password
subscriptions:              # rights of the deployer, quotas, VM sizes, versions (seed_subscription.py)
  - {roles: [Contributor]}
secretsWrittenAgain:        # rewrites of all Secrets after a change of cluster.kms; each has another note
  - {cluster: /subscriptions/…/managedClusters/shared, note: 2026-11-21}
stacks:                     # other stacks with their outputs (seed_stacks.py)
  - {name: organization/data/prod, outputs: {endpoint: https://…}, secretOutputs: {password: made-up}}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.azure import arm
from rehearsal.simulators.azure.arm_type import ArmType
from rehearsal.simulators.azure.containerservice import clusters, kms
from rehearsal.simulators.azure.keyvault import secrets, vaults
from rehearsal.simulators.azure.network import peerings
from rehearsal.simulators.azure.types import CREATED_TYPES, TYPES, type_of_id
from rehearsal.simulators.kubernetes.api.errors import ApiError
from rehearsal.simulators.nearest import nearest
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.sdk_schema import ResourceType, resource_type
from rehearsal.simulators.seed_document import SeedError, require_json, require_keys, require_list
from rehearsal.simulators.seed_kubernetes import add_kubernetes_objects
from rehearsal.simulators.seed_secrets import without_secrets
from rehearsal.simulators.seed_stacks import SECTION, seeded_stack
from rehearsal.simulators.seed_subscription import add_subscription
from rehearsal.simulators.shape import type_failures, unknown_names
from rehearsal.simulators.world import DeletedVault, DirectoryObject, World
from rehearsal.yaml_faults import kind_of

SECTIONS = (
    "azure",
    "directory",
    "kubernetes",
    "deletedVaults",
    "unregistered",
    "runner",
    "absentSecrets",
    "subscriptions",
    "secretsWrittenAgain",
    SECTION,
)
PRINCIPAL_TYPES = ("User", "Group", "ServicePrincipal")


def apply_seed(world: World, document: Any) -> None:
    """Add the new entries of the document.

    Entries that an earlier run has added stay as they are now in the world.
    """
    try:
        _apply(world, document)
    except SeedError as error:
        raise SeedError(without_secrets(str(error), document)) from None


def _apply(world: World, document: Any) -> None:
    if document is None:
        return
    if not isinstance(document, Mapping):
        raise SeedError(f"it should be a mapping with {', '.join(SECTIONS)}, but it is {kind_of(document)}")
    if unknown := [name for name in document if name not in SECTIONS]:
        raise SeedError(f"unknown section '{unknown[0]}'{nearest(unknown[0], SECTIONS)}")
    require_json(document)
    add_by_section = {
        "azure": _add_azure_resource,
        "directory": _add_principal,
        "kubernetes": add_kubernetes_objects,
        "deletedVaults": _add_deleted_vault,
        "unregistered": _unregister_provider,
        "runner": _set_runner,
        "absentSecrets": _forget_secret,
        "subscriptions": add_subscription,
        "secretsWrittenAgain": _record_rewrite,
        SECTION: _check_stack,
    }
    with world.lock:
        for section in SECTIONS:
            entries = document.get(section)
            if entries is None:
                continue
            if not isinstance(entries, list):
                raise SeedError(f"{section}: should be a list, but it is {kind_of(entries)}")
            for index, entry in enumerate(entries):
                _add_once(world, add_by_section[section], entry, f"{section}[{index}]")
    world.changed()


def _add_once(world: World, add: Any, entry: Any, path: str) -> None:
    section = path.split("[")[0]
    texts = {"unregistered": "the name of a resource provider", "runner": "the id of a virtual network"}
    texts["absentSecrets"] = "the id of a secret"
    if text := texts.get(section):
        if not isinstance(entry, str) or not entry:
            raise SeedError(f"{path}: should be {text}, but it is {kind_of(entry)}")
    elif not isinstance(entry, Mapping):
        raise SeedError(f"{path}: should be a mapping, but it is {kind_of(entry)}")
    # The world stores a hash because the entry may hold a secret value.
    mark = world.keyed_hash([section, entry])
    if mark in world.seeded:
        return
    try:
        add(world, entry)
    except KeyError as error:
        raise SeedError(f"{path}: the key {error} is missing") from error
    except (SeedError, ProviderError, ApiError) as error:
        raise SeedError(f"{path}: {error}") from error
    except (TypeError, ValueError, AttributeError, AssertionError) as error:
        raise SeedError(f"{path}: a value has another type than expected ({error})") from error
    world.seeded.add(mark)


def _add_azure_resource(world: World, entry: Mapping[str, Any]) -> None:
    id_ = str(entry["id"])
    row = _arm_type(id_)
    properties = {name: value for name, value in entry.items() if name not in ("id", "type")}
    sdk = resource_type(row.token)
    if sdk is not None:
        _require_properties(properties, sdk)
    body = {**properties, **(row.parse(id_) or {})}
    write = arm.Write.to(world, row, id_, body)
    if row.token == clusters.CLUSTER:
        clusters.cluster_identities_exist(write)
    computed = arm.RESPONSES[row.token](write) if row.token in arm.RESPONSES else {}
    # Values of the file take precedence over computed ones: it may hold a real issuer URL or client id.
    stored = arm.merge(arm.merge(body, computed), body)
    if row.token == secrets.SECRET and "value" in (stored.get("properties") or {}):
        stored["properties"] = {
            **stored["properties"],
            "value": world.keyed_hash(stored["properties"]["value"]),
        }
    world.put(id_, row.token, stored, write.serial)
    if row.token == vaults.VAULT:
        world.planted_vaults.add(id_.lower())
    world.unreplicated.clear()


def _require_properties(properties: Mapping[str, Any], sdk: ResourceType) -> None:
    """An entry may have the form of a program's inputs or of ARM's response. Raises SeedError for what is
    known in neither, at any depth.
    """
    known = {**sdk.outputs, **sdk.inputs}
    for name, value in properties.items():
        if name not in known:
            raise SeedError(f"unknown property '{name}'{nearest(name, known)}")
        shapes = [schema[name].shape for schema in (sdk.inputs, sdk.outputs) if name in schema]
        for failures in (type_failures, unknown_names):
            wrong = [list(failures(value, shape, name)) for shape in shapes]
            if all(wrong):
                raise SeedError(wrong[0][0].reason)


def _arm_type(id_: str) -> ArmType:
    row = type_of_id(id_)
    if row is None:
        known = ", ".join(sorted({row.arm_type for row in TYPES.values()}))
        raise SeedError(f"the id {id_} has no type that the rehearsal simulates ({known})")
    return row


def _add_principal(world: World, entry: Mapping[str, Any]) -> None:
    require_keys(entry, "objectId", "type", "name", "clientId")
    if entry["type"] not in PRINCIPAL_TYPES:
        raise SeedError(f"unknown type '{entry['type']}'; choose {', '.join(PRINCIPAL_TYPES)}")
    object_id = str(entry["objectId"]).lower()
    world.directory[object_id] = DirectoryObject(
        object_id, entry["type"], str(entry.get("name", "")), str(entry.get("clientId", ""))
    )


def _add_deleted_vault(world: World, entry: Mapping[str, Any]) -> None:
    require_keys(entry, "id", "location", "retentionDays", "purgeProtection", "secrets")
    id_ = str(entry["id"])
    if _arm_type(id_).token != vaults.VAULT:
        raise SeedError(f"the id {id_} is not the id of a vault")
    names = require_list(entry, "secrets")
    if wrong := [name for name in names if not isinstance(name, str) or not name]:
        raise SeedError(f"secrets should be a list of names, but it has {wrong[0]!r}")
    _add_azure_resource(
        world,
        {
            "id": id_,
            "location": entry.get("location", "westeurope"),
            "properties": {
                "softDeleteRetentionInDays": entry.get("retentionDays", 90),
                **({"enablePurgeProtection": True} if entry.get("purgeProtection") else {}),
            },
        },
    )
    for secret_name in names:
        _add_azure_resource(world, {"id": f"{id_}/secrets/{secret_name}", "properties": {}})
    vault = world.get(id_)
    assert vault is not None, "the vault was just added"
    removed = world.remove(id_)
    name = id_.rsplit("/", 1)[1]
    world.deleted_vaults[name.lower()] = DeletedVault(name, vault, [r for r in removed if r is not vault])


def _unregister_provider(world: World, namespace: str) -> None:
    providers = [row.arm_type.split("/", 1)[0] for row in CREATED_TYPES.values()]
    known = {provider.lower(): provider for provider in providers}
    if namespace.lower() not in known:
        raise SeedError(
            f"unknown resource provider '{namespace}'; choose {', '.join(sorted(known.values()))}"
        )
    world.unregistered.add(namespace.lower())


def _set_runner(world: World, network_id: str) -> None:
    if _arm_type(network_id).token != peerings.NETWORK:
        raise SeedError(f"the id {network_id} is not the id of a virtual network")
    world.runner = network_id


def _forget_secret(world: World, secret_id: str) -> None:
    if _arm_type(secret_id).token != secrets.SECRET:
        raise SeedError(f"the id {secret_id} is not the id of a secret")
    if world.get(secret_id) is not None:
        raise SeedError(f"the secret {secret_id} exists")
    world.absent_secrets.add(secret_id.lower())


def _record_rewrite(world: World, entry: Mapping[str, Any]) -> None:
    require_keys(entry, "cluster", "note")
    cluster = world.get(str(entry["cluster"]))
    if cluster is None or cluster.token != clusters.CLUSTER:
        raise SeedError(f"there is no cluster {entry['cluster']}")
    kms.record_rewrite(world, cluster)


def _check_stack(_world: World, entry: Mapping[str, Any]) -> None:
    seeded_stack(entry)


def add_deployer(world: World) -> None:
    """Add the signed-in user of every rehearsal to the directory."""
    world.directory.setdefault(arm.DEPLOYER, DirectoryObject(arm.DEPLOYER, "User", "rehearsal"))
    world.changed()
