"""The role assignments that a stack makes with `grants: managed`: where, which role, for what principals.

Pure, from the settings. Deliberately not here: whether the deployer may make them (role_assignments.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from operations.doctor.examination import Examination
from stacks.settings import Grants
from stacks.settings.model.rights import read_scopes, right_scopes
from stacks.settings.model.secrets import ObjectType
from stacks.settings.model.workloads import Access

_CERTIFICATE_USER: Final = ("db79e9a7-68ee-4b58-9aeb-b90e7c24fcba", "Key Vault Certificate User")
_CLUSTER_ADMIN: Final = (
    "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
    "Azure Kubernetes Service RBAC Cluster Admin",
)
_CRYPTO_USER: Final = ("12338af0-0e69-4776-bea7-57ae8d297424", "Key Vault Crypto User")
_DNS_CONTRIBUTOR: Final = ("b12aa53e-6015-4669-85d0-8515ebb3ae7f", "Private DNS Zone Contributor")
_IDENTITY_OPERATOR: Final = ("f1a07417-d97a-45cb-824c-7a7467783830", "Managed Identity Operator")
_NETWORK_CONTRIBUTOR: Final = ("4d97b98b-1d4f-4787-a291-c67834d212e7", "Network Contributor")
_PULL: Final = ("7f951dda-4ed3-4680-a7ca-43fe172d538d", "AcrPull")
_SECRETS_OFFICER: Final = ("b86a8fe4-44ce-4948-aee5-eccb2c155cd7", "Key Vault Secrets Officer")
_SECRETS_USER: Final = ("4633458b-17de-408a-b874-0445c86b69e6", "Key Vault Secrets User")
"""Id and name: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles"""


@dataclass(frozen=True)
class NeededRole:
    """A role that the program assigns."""

    scope: str
    """ARM id of the resource; it may not exist yet."""
    role_id: str
    role: str
    principal_type: str
    """``ServicePrincipal``, ``User`` or ``Group``."""


def needed_roles(examination: Examination) -> list[NeededRole]:
    """Each role at each scope, once per type of principal."""
    return list(
        dict.fromkeys(
            [
                *_of_workloads(examination),
                *_of_app_routing(examination),
                *_of_people(examination),
                *_of_cluster(examination),
            ]
        )
    )


def _of_workloads(examination: Examination) -> Iterator[NeededRole]:
    settings = examination.settings
    for workloads in settings.workloads_by_identity.values():
        for scope in right_scopes(workloads):
            if vault := examination.vault_id(scope.vault):
                role = scope.access.role
                yield NeededRole(vault, role.value, role.role_name, "ServicePrincipal")
        for reach in read_scopes(workloads):
            vault = examination.vault_id(reach.vault)
            is_secret = reach.type in (ObjectType.SECRET, ObjectType.CERT_KEY_PAIR)
            if vault:
                yield NeededRole(
                    vault, *(_SECRETS_USER if is_secret else _CERTIFICATE_USER), "ServicePrincipal"
                )
        if workloads[0].access is Access.POD_IDENTITY:
            group = f"{examination.subscription}/resourceGroups/{examination.names.resource_group}"
            yield NeededRole(group, *_IDENTITY_OPERATOR, "ServicePrincipal")


def _of_app_routing(examination: Examination) -> Iterator[NeededRole]:
    """The add-on that serves Ingresses reads their certificates."""
    for (label, _), grants in examination.settings.certificate_grants.items():
        if grants is Grants.MANAGED and (vault := examination.vault_id(label)):
            yield NeededRole(vault, *_SECRETS_USER, "ServicePrincipal")


def _of_people(examination: Examination) -> Iterator[NeededRole]:
    people = examination.settings.people
    deployer = "User" if examination.session.caller.is_person else "ServicePrincipal"
    types = {
        "User": bool(people.users) or (people.current and deployer == "User"),
        "Group": bool(people.groups),
        "ServicePrincipal": bool(people.service_principals)
        or (people.current and deployer == "ServicePrincipal"),
    }
    for _, label, vault in examination.settings.all_vaults:
        # the owner of an additional vault that exists, or of the platform, decides who manages its values
        if (label and vault.existing) or not (vault.existing or examination.makes_vault(label)):
            continue
        for principal_type, is_needed in types.items():
            if is_needed:
                yield NeededRole(examination.vault_id(label), *_SECRETS_OFFICER, principal_type)


def _of_cluster(examination: Examination) -> Iterator[NeededRole]:
    cluster = examination.settings.cluster
    if not examination.makes_cluster:
        return
    entra = cluster.entra
    if entra.enabled and entra.azure_rbac and entra.grant_deployer:
        deployer = "User" if examination.session.caller.is_person else "ServicePrincipal"
        yield NeededRole(examination.cluster_id, *_CLUSTER_ADMIN, deployer)
    group = f"{examination.subscription}/resourceGroups/{examination.names.resource_group}"
    scopes = [
        *(
            (scope, _NETWORK_CONTRIBUTOR)
            for scope in (cluster.network.subnet_id, cluster.network.route_table_id)
        ),
        (group if examination.settings.network else None, _NETWORK_CONTRIBUTOR),
        *((registry, _PULL) for registry in cluster.container_registries),
        (cluster.kms.vault_id if cluster.kms else None, _CRYPTO_USER),
        *((vault, _CRYPTO_USER) for vault in cluster.former_kms_vault_ids),
        (_zone(examination), _DNS_CONTRIBUTOR),
    ]
    for scope, (role_id, role) in scopes:
        if scope:
            yield NeededRole(scope, role_id, role, "ServicePrincipal")


def _zone(examination: Examination) -> str | None:
    private = examination.settings.cluster.private
    return private.dns_zone if private and private.dns_zone.startswith("/") else None
