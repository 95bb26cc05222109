"""What exists before the first update: `--cloud FILE` put into a world, each entry once.

azure:                      # ARM resources by id; other keys as the SDK's wire names
  - id: /subscriptions/…/providers/Microsoft.KeyVault/vaults/shared
    location: westeurope
    properties: {enableRbacAuthorization: true}
directory:                  # principals: type User, Group or ServicePrincipal
  - {objectId: 11111111-…, type: Group, name: platform team}
kubernetes:                 # objects of a cluster, as manifests
  - cluster: /subscriptions/…/managedClusters/shared
    objects: [{apiVersion: v1, kind: Namespace, metadata: {name: team-a}}]
deletedVaults:              # soft-deleted, their names taken
  - {id: /subscriptions/…/vaults/old, location: westeurope, purgeProtection: true, secrets: [db-password]}
unregistered:               # resource providers that the subscription is not registered for; it is for all others
  - Microsoft.KubernetesConfiguration
runner:                     # the virtual network in which `pulumi` runs; else it reaches every API server
  - /subscriptions/…/virtualNetworks/vnet-runner
secretsWrittenAgain:        # after a change of cluster.kms somebody has written every Secret again; each time under another note
  - {cluster: /subscriptions/…/managedClusters/shared, note: 2026-11-21}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rehearsal.simulators.azure import arm
from rehearsal.simulators.azure.containerservice import clusters, kms
from rehearsal.simulators.azure.keyvault import vaults
from rehearsal.simulators.azure.network import peerings
from rehearsal.simulators.azure.types import TYPES, ArmType, type_of_id
from rehearsal.simulators.kubernetes.apiserver.validation.names import name_failures
from rehearsal.simulators.kubernetes.cluster import ApiError, SimulatedCluster, identity
from rehearsal.simulators.provider import ProviderError
from rehearsal.simulators.sdk_schema import resource_type
from rehearsal.simulators.seed_document import SeedError, require_json
from rehearsal.simulators.shape import type_failures
from rehearsal.simulators.world import DeletedVault, DirectoryObject, World

_CLUSTER_ID = re.compile(
    r"(?i)/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.ContainerService/managedClusters/[^/]+"
)
SECTIONS = (
    "azure",
    "directory",
    "kubernetes",
    "deletedVaults",
    "unregistered",
    "runner",
    "secretsWrittenAgain",
)
PRINCIPAL_TYPES = ("User", "Group", "ServicePrincipal")


def apply_seed(world: World, document: Any) -> None:
    """Adds what is new in the document; what an earlier run planted is left as it has become since."""
    if document is None:
        return
    if not isinstance(document, Mapping):
        raise SeedError(
            f"it should be a mapping with {', '.join(SECTIONS)}, but it is a {type(document).__name__}"
        )
    if unknown := [name for name in document if name not in SECTIONS]:
        raise SeedError(f"unknown section '{unknown[0]}'; choose {', '.join(SECTIONS)}")
    require_json(document)
    planters = {
        "azure": _azure,
        "directory": _principal,
        "kubernetes": _kubernetes,
        "deletedVaults": _deleted_vault,
        "unregistered": _unregistered,
        "runner": _runner,
        "secretsWrittenAgain": _written_again,
    }
    with world.lock:
        for section in SECTIONS:
            entries = document.get(section)
            if entries is None:
                continue
            if not isinstance(entries, list):
                raise SeedError(f"{section}: should be a list, but it is a {type(entries).__name__}")
            for index, entry in enumerate(entries):
                _once(world, planters[section], entry, f"{section}[{index}]")
    world.changed()


def _once(world: World, planter: Any, entry: Any, where: str) -> None:
    texts = {"unregistered": "the name of a resource provider", "runner": "the id of a virtual network"}
    if what := texts.get(where.split("[")[0]):
        if not isinstance(entry, str) or not entry:
            raise SeedError(f"{where}: should be {what}, but it is a {type(entry).__name__}")
    elif not isinstance(entry, Mapping):
        raise SeedError(f"{where}: should be a mapping, but it is a {type(entry).__name__}")
    # The hash, not the entry: it may name a secret's value.
    mark = world.keyed_hash([where.split("[")[0], entry])
    if mark in world.seeded:
        return
    try:
        planter(world, entry)
    except KeyError as error:
        raise SeedError(f"{where}: the key {error} is missing") from error
    except (SeedError, ProviderError, ApiError) as error:
        raise SeedError(f"{where}: {error}") from error
    except (TypeError, ValueError, AttributeError, AssertionError) as error:
        raise SeedError(
            f"{where}: it has a value of another type than is expected there ({error})"
        ) from error
    world.seeded.add(mark)


def _azure(world: World, entry: Mapping[str, Any]) -> None:
    id_ = str(entry["id"])
    row = _row(id_)
    given = {name: value for name, value in entry.items() if name not in ("id", "type")}
    sdk = resource_type(row.token)
    for name, value in given.items():
        # A seed may be written as a program gives it or as ARM answers it.
        shapes = (
            [properties[name].shape for properties in (sdk.inputs, sdk.outputs) if name in properties]
            if sdk
            else []
        )
        wrong = [list(type_failures(value, shape, name)) for shape in shapes]
        if wrong and all(wrong):
            raise SeedError(wrong[0][0].reason)
    body = {**given, **(row.parse(id_) or {})}
    write = arm.Write.to(world, row, id_, body)
    if row.token == clusters.CLUSTER:
        clusters.cluster_identities_exist(write)
    computed = arm.RESPONSES[row.token](write) if row.token in arm.RESPONSES else {}
    # What the file says wins: a real issuer URL or client id may be wanted.
    stored = arm.merge(arm.merge(body, computed), body)
    if row.token == vaults.SECRET and "value" in (stored.get("properties") or {}):
        stored["properties"] = {
            **stored["properties"],
            "value": world.keyed_hash(stored["properties"]["value"]),
        }
    world.put(id_, row.token, stored, write.serial)
    world.unreplicated.clear()


def _row(id_: str) -> ArmType:
    row = type_of_id(id_)
    if row is None:
        known = ", ".join(sorted({row.arm_type for row in TYPES.values()}))
        raise SeedError(f"the id {id_} is of no type that the rehearsal knows ({known})")
    return row


def _principal(world: World, entry: Mapping[str, Any]) -> None:
    if entry["type"] not in PRINCIPAL_TYPES:
        raise SeedError(f"unknown type '{entry['type']}'; choose {', '.join(PRINCIPAL_TYPES)}")
    object_id = str(entry["objectId"]).lower()
    world.directory[object_id] = DirectoryObject(
        object_id, entry["type"], str(entry.get("name", "")), str(entry.get("clientId", ""))
    )


def _kubernetes(world: World, entry: Mapping[str, Any]) -> None:
    cluster = str(entry["cluster"])
    if world.get(cluster) is None:
        if not _CLUSTER_ID.fullmatch(cluster):
            raise SeedError(
                f"the cluster {cluster} does not exist; list it under azure, or give the id of one that the stack makes"
            )
        # One that a stack makes has them from its first minute on: definitions of an operator that somebody else installs.
        world.pending_objects[cluster.lower()] = _listed(entry, "objects")
        return
    target = SimulatedCluster(world, cluster)
    for index, manifest in enumerate(_listed(entry, "objects")):
        try:
            _plant_object(target, manifest)
        except (SeedError, ApiError) as error:
            raise SeedError(f"objects[{index}]: {error}") from error


def _plant_object(target: SimulatedCluster, manifest: Any) -> None:
    if not isinstance(manifest, Mapping):
        raise SeedError(f"should be a mapping, but it is a {type(manifest).__name__}")
    metadata = manifest.get("metadata")
    if not isinstance(metadata, Mapping):
        raise SeedError("metadata should be a mapping with at least a name")
    texts = {
        "apiVersion": manifest.get("apiVersion"),
        "kind": manifest.get("kind"),
        "metadata.name": metadata.get("name"),
    }
    texts |= {"metadata.namespace": metadata["namespace"]} if "namespace" in metadata else {}
    if wrong := [name for name, text in texts.items() if not isinstance(text, str) or not text]:
        raise SeedError(f"{wrong[0]} should be a text, but it is {_shown(texts[wrong[0]])}")
    if found := list(name_failures(manifest)):
        raise SeedError(found[0].reason)
    kind, namespace, name = identity(manifest)
    target.require_served(kind)
    if target.is_namespaced(kind) != bool(namespace):
        what = "take metadata.namespace out: it has none" if namespace else "give its metadata.namespace"
        raise SeedError(f"the {kind.name} '{name}': {what}")
    # What an edited file lists again is as the file says now.
    exists = target.get(kind, namespace, name) is not None
    (target.replace if exists else target.create)(manifest)


def _listed(entry: Mapping[str, Any], name: str) -> list[Any]:
    found = entry.get(name) or []
    if not isinstance(found, list):
        raise SeedError(f"{name} should be a list, but it is a {type(found).__name__}")
    return found


def _shown(value: Any) -> str:
    return "missing" if value is None else repr(value)


def _deleted_vault(world: World, entry: Mapping[str, Any]) -> None:
    id_ = str(entry["id"])
    if _row(id_).token != vaults.VAULT:
        raise SeedError(f"the id {id_} is of no vault")
    secrets = _listed(entry, "secrets")
    if wrong := [secret for secret in secrets if not isinstance(secret, str) or not secret]:
        raise SeedError(f"secrets should be a list of names, but it has {wrong[0]!r}")
    _azure(
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
    for secret in secrets:
        _azure(world, {"id": f"{id_}/secrets/{secret}", "properties": {}})
    vault = world.get(id_)
    assert vault is not None, "it was just put there"
    removed = world.remove(id_)
    name = id_.rsplit("/", 1)[1]
    world.deleted_vaults[name.lower()] = DeletedVault(name, vault, [r for r in removed if r is not vault])


def _unregistered(world: World, namespace: str) -> None:
    known = {row.arm_type.split("/", 1)[0].lower(): row.arm_type.split("/", 1)[0] for row in TYPES.values()}
    if namespace.lower() not in known:
        raise SeedError(
            f"unknown resource provider '{namespace}'; choose {', '.join(sorted(known.values()))}"
        )
    world.unregistered.add(namespace.lower())


def _runner(world: World, network_id: str) -> None:
    if _row(network_id).token != peerings.NETWORK:
        raise SeedError(f"the id {network_id} is of no virtual network")
    world.runner = network_id


def _written_again(world: World, entry: Mapping[str, Any]) -> None:
    cluster = world.get(str(entry["cluster"]))
    if cluster is None or cluster.token != clusters.CLUSTER:
        raise SeedError(f"there is no cluster {entry['cluster']}")
    kms.record_rewrite(world, cluster)


def add_deployer(world: World) -> None:
    """The person who runs every rehearsal is in the directory."""
    world.directory.setdefault(arm.DEPLOYER, DirectoryObject(arm.DEPLOYER, "User", "rehearsal"))
    world.changed()
