"""Arguments of the vaults: sections ``vault``, ``vaults`` and ``people``, and the secrets to write."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pulumi import Input

from components import naming
from components.authorization.rights import Right, changed_collection, permission
from components.authorization.role_assignments import Principal
from components.authorization.roles import PrincipalType
from components.identity.principal import VaultPrincipal
from components.key_vault.access_policies import AccessPolicy
from components.key_vault.args import KeyVaultArgs
from components.key_vault.network_rules import VaultNetwork
from components.key_vault.private_endpoint import PrivateEndpoint
from components.key_vault.secrets import RandomValue, SeededSecret
from components.resource_ids import ArmId
from stacks.args.copy_fields import FieldCopy
from stacks.context import SharedResources, StackContext
from stacks.deployer import Deployer
from stacks.settings import Grants, Settings, secret_value
from stacks.settings.model.people import PeopleSettings
from stacks.settings.model.rights import read_scopes
from stacks.settings.model.secrets import SecretSettings, SecretSource
from stacks.settings.model.vault import PrivateEndpointSettings, VaultNetworkSettings, VaultSettings
from stacks.settings.model.workloads import WorkloadSettings

_copy_network = FieldCopy(VaultNetworkSettings, VaultNetwork)


def vault_args(
    context: StackContext,
    label: str | None,
    identities: Mapping[str, VaultPrincipal],
    shared: SharedResources,
    resource_group_name: Input[str],
) -> KeyVaultArgs:
    """Arguments of the vault with this label (None: the vault of section ``vault``).

    ``identities`` are named in the vault itself if access policies decide about access.
    """
    settings, deployer, resolved = context.settings, context.deployer, context.vaults[label]
    # The settings of a stack on a platform do not describe the platform's vaults.
    vault = next((vault for _, name, vault in settings.all_vaults if name == label), VaultSettings())
    return KeyVaultArgs(
        resource_group_name=resource_group_name,
        vault_name=resolved.name,
        label=label,
        existing_id=resolved.id if resolved.exists else None,
        subscription_id=resolved.subscription_id or deployer.subscription_id,
        tenant_id=deployer.tenant_id,
        sku=vault.sku,
        soft_delete_retention_days=vault.soft_delete_retention_days,
        purge_protection=vault.purge_protection,
        network=_copy_network(vault.network),
        secrets=[_seeded(secret, context) for secret in settings.seeded_secrets if secret.vault == label],
        handed_over=resolved.handed_over,
        # The owner of an additional vault that exists decides who manages its values.
        officers=[] if label and resolved.exists else _officers(settings.people, deployer),
        private_endpoint=_private_endpoint(
            context, vault.private_endpoint, resolved.name, shared, resource_group_name
        ),
        # The owner of a vault that exists decides about its diagnostic settings and alerts.
        log_workspace_id=None if resolved.exists else shared.workspace_id,
        alerts=None if resolved.exists else shared.alerts,
        authorization=resolved.authorization,
        policies=_policies(settings, label, identities),
        grants_managed=settings.grants is Grants.MANAGED,
        recover=vault.recover,
        recovered_id=resolved.recovered_id,
        protect=vault.protect,
        tags=settings.tags,
    )


def _private_endpoint(
    context: StackContext,
    endpoint: PrivateEndpointSettings | None,
    vault_name: str,
    shared: SharedResources,
    resource_group_name: Input[str],
) -> PrivateEndpoint | None:
    if endpoint is None:
        return None
    zone = None if endpoint.dns_zone_id else shared.vault_zone
    subnet = ArmId.parse(endpoint.subnet_id) if endpoint.subnet_id else None
    provider = context.subscriptions.provider(subnet.subscription_id) if subnet else None
    return PrivateEndpoint(
        # Azure has an endpoint in the subscription of its network, where the stack has no group of its own.
        # https://learn.microsoft.com/azure/private-link/private-endpoint-overview#private-endpoint-properties
        resource_group_name=subnet.resource_group if subnet and provider else resource_group_name,
        provider=provider,
        endpoint_name=naming.private_endpoint(vault_name),
        subnet_id=endpoint.subnet_id or (shared.network.endpoints_subnet_id if shared.network else ""),
        dns_zone_id=zone.resource_id if zone else endpoint.dns_zone_id or "",
        depends_on=zone.links if zone else (),
        tags=context.settings.tags,
    )


def vault_component(label: str | None) -> str:
    """Logical name of a vault's component."""
    return f"vault-{label}" if label else "vault"


def _policies(
    settings: Settings, label: str | None, identities: Mapping[str, VaultPrincipal]
) -> list[AccessPolicy]:
    by_identity = settings.workloads_by_identity
    workloads_by_identity = {
        name: [workload for workload in by_identity.get(name, []) if label in workload.vaults]
        for name in identities
    }
    return [
        _policy(name, identities[name].principal_id, label, workloads)
        for name, workloads in workloads_by_identity.items()
        if workloads
    ]


def _policy(
    identity: str, object_id: Input[str], vault: str | None, workloads: Sequence[WorkloadSettings]
) -> AccessPolicy:
    """The access policy of an identity. It allows `list` too: access policies require ``scope: vault``.

    Rights beyond reading apply to every object of the kind, as those to read do.
    """
    collections = {reach.access.collection for reach in read_scopes(workloads) if reach.vault == vault}
    further = {collection: list[Right]() for collection in ("secrets", "keys", "certificates")}
    for secret in (secret for workload in workloads for secret in workload.objects):
        if secret.vault == vault:
            further[changed_collection(secret.type)] += [
                right for right in secret.rights if right not in (Right.GET, Right.LIST)
            ]
    more = {
        collection: [permission(right) for right in Right if right in rights]
        for collection, rights in further.items()
    }
    return AccessPolicy(
        label=identity,
        object_id=object_id,
        secrets=("get", "list", *more["secrets"]),
        keys=(*(("get",) if "keys" in collections else ()), *more["keys"]),
        # Whatever changes a certificate reads it, also that of a pair, which is read as a secret.
        certificates=("get", *more["certificates"])
        if "certificates" in collections or more["certificates"]
        else (),
    )


def _seeded(secret: SecretSettings, context: StackContext) -> SeededSecret:
    return SeededSecret(
        name=secret.name,
        value=_value(secret, context),
        content_type=secret.content_type,
        not_before=_unix_seconds(secret.not_before),
        expires=_unix_seconds(secret.expires),
        manage=secret.management,
        former_vaults=_former_vaults(secret, context),
    )


def _former_vaults(secret: SecretSettings, context: StackContext) -> list[str]:
    """Components of the other vaults that may have had the secret: those of the settings, and if the secret
    is new here, those that the settings had when the state was written.
    """
    settings, name = context.settings, secret.name.lower()
    seeded = {other.object_key for other in settings.seeded_secrets}
    listed = [label for _, label, _ in settings.all_vaults]
    former = [
        vault_component(label) for label in listed if label != secret.vault and (label, name) not in seeded
    ]
    if f"{vault_component(secret.vault)}/{name}" in context.random_values:
        return former
    components = {vault_component(label) for label in listed}
    in_state = {component for component, _, kept in map(_split, context.random_values) if kept == name}
    return [*former, *sorted(in_state - components)]


def _split(logical_name: str) -> tuple[str, str, str]:
    return logical_name.partition("/")


def _value(secret: SecretSettings, context: StackContext) -> Input[str] | RandomValue:
    if secret.source is SecretSource.RANDOM:
        rotated = secret.rotated.isoformat() if secret.rotated else None
        return RandomValue(length=secret.length, special=secret.special, rotated=rotated)
    if secret.source is SecretSource.CONFIG:
        return secret_value(secret.secret_value_key)
    if secret.copied:
        return context.copied_values[secret.object_key]
    return secret.value or ""


def _unix_seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _officers(people: PeopleSettings, deployer: Deployer) -> list[Principal]:
    listed = [
        *(Principal(f"user-{object_id}", object_id, PrincipalType.USER) for object_id in people.users),
        *(Principal(f"group-{object_id}", object_id, PrincipalType.GROUP) for object_id in people.groups),
        *(
            Principal(f"service-principal-{object_id}", object_id, PrincipalType.SERVICE_PRINCIPAL)
            for object_id in people.service_principals
        ),
    ]
    # Azure refuses to assign a role to a principal twice, so a deployer who is listed too appears once.
    if people.current and deployer.object_id.lower() not in {person.object_id for person in listed}:
        listed.append(deployer.principal)
    return listed
