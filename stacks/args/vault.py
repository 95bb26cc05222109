"""Arguments of the vaults: sections ``vault``, ``vaults`` and ``people``, and the secrets that the stack writes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pulumi import Input

from components import naming
from components.authorization.role_assignments import Principal
from components.authorization.roles import PrincipalType
from components.identity.workload_identity import Reader
from components.key_vault.access_policies import AccessPolicy
from components.key_vault.private_endpoint import PrivateEndpoint
from components.key_vault.secrets import RandomValue, SeededSecret
from components.key_vault.vault import KeyVaultArgs, VaultNetwork
from stacks.args.cluster import Around
from stacks.context import Facts
from stacks.deployer import Deployer
from stacks.settings import Grants, Settings, secret_value
from stacks.settings.model.people import PeopleSettings
from stacks.settings.model.secrets import SecretSettings, SecretSource
from stacks.settings.model.vault import PrivateEndpointSettings, VaultSettings
from stacks.settings.model.workloads import WorkloadSettings, read_scopes


def vault_args(
    settings: Settings,
    facts: Facts,
    label: str | None,
    group: Input[str],
    readers: Mapping[str, Reader],
    around: Around,
) -> KeyVaultArgs:
    """What is said of a vault, section ``people`` and the seeded secrets of ``workloads``, as the component takes them.

    ``label`` is what the settings call it, ``readers`` are whom it names, where access policies decide.
    """
    # Of a platform's vault the settings say nothing.
    vault = next((said for _, called, said in settings.all_vaults if called == label), VaultSettings())
    network, deployer, known = vault.network, facts.deployer, facts.vaults[label]
    return KeyVaultArgs(
        resource_group_name=group,
        vault_name=known.name,
        label=label,
        existing_id=known.id if known.exists else None,
        subscription_id=deployer.subscription_id,
        tenant_id=deployer.tenant_id,
        sku=vault.sku,
        soft_delete_retention_days=vault.soft_delete_retention_days,
        purge_protection=vault.purge_protection,
        network=VaultNetwork(
            public_access=network.public_access,
            default_action=network.default_action,
            bypass=network.bypass,
            ip_rules=network.ip_rules,
            subnet_ids=network.subnet_ids,
        ),
        secrets=[_seeded(secret, settings) for secret in settings.seeded_secrets if secret.vault == label],
        # Of another vault that exists its owner says who manages its values.
        officers=[] if label and known.exists else _officers(settings.people, deployer),
        private_endpoint=_private_endpoint(settings, vault.private_endpoint, known.name, group, around),
        # Of a vault that exists its owner says what is written down, and who is told.
        log_workspace_id=None if known.exists else around.workspace_id,
        alerts=None if known.exists else around.alerts,
        authorization=known.authorization,
        policies=_policies(settings, label, readers),
        grants_managed=settings.grants is Grants.MANAGED,
        recover=vault.recover,
        recovered_id=known.id,
        protect=vault.protect,
        tags=settings.tags,
    )


def _private_endpoint(
    settings: Settings,
    said: PrivateEndpointSettings | None,
    vault_name: str,
    group: Input[str],
    around: Around,
) -> PrivateEndpoint | None:
    if said is None:
        return None
    zone = None if said.dns_zone_id else around.vault_zone
    return PrivateEndpoint(
        resource_group_name=group,
        endpoint_name=naming.private_endpoint(vault_name),
        subnet_id=said.subnet_id or (around.network.endpoints_subnet_id if around.network else ""),
        dns_zone_id=zone.resource_id if zone else said.dns_zone_id or "",
        after=zone.links if zone else (),
        tags=settings.tags,
    )


def vault_component(label: str | None) -> str:
    """What the component of a vault is called."""
    return f"vault-{label}" if label else "vault"


def _policies(settings: Settings, label: str | None, readers: Mapping[str, Reader]) -> list[AccessPolicy]:
    asking = {
        name: [one for one in settings.workloads_by_identity[name] if label in one.vaults] for name in readers
    }
    return [
        _policy(name, readers[name].principal_id, label, workloads)
        for name, workloads in asking.items()
        if workloads
    ]


def _policy(
    reader: str, object_id: Input[str], vault: str | None, workloads: Sequence[WorkloadSettings]
) -> AccessPolicy:
    """What these workloads read. They may list secrets too: they have said ``scope: vault``."""
    collections = {reach.access.collection for reach in read_scopes(workloads) if reach.vault == vault}
    return AccessPolicy(
        label=reader,
        object_id=object_id,
        secrets=("get", "list"),
        keys=("get",) if "keys" in collections else (),
        certificates=("get",) if "certificates" in collections else (),
    )


def _seeded(secret: SecretSettings, settings: Settings) -> SeededSecret:
    taken = {other.place for other in settings.seeded_secrets}
    elsewhere = [
        label
        for _, label, _ in settings.all_vaults
        if label != secret.vault and (label, secret.name.lower()) not in taken
    ]
    return SeededSecret(
        name=secret.name,
        value=_value(secret),
        content_type=secret.content_type,
        not_before=_seconds(secret.not_before),
        expires=_seconds(secret.expires),
        manage=secret.manage,
        perhaps_from=[vault_component(label) for label in elsewhere],
    )


def _value(secret: SecretSettings) -> Input[str] | RandomValue:
    if secret.source is SecretSource.RANDOM:
        return RandomValue(length=secret.length, special=secret.special)
    if secret.source is SecretSource.CONFIG:
        return secret_value(secret.key_in_config)
    return secret.value or ""


def _seconds(moment: datetime | None) -> int | None:
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
    # Somebody who is listed and also runs `pulumi` has the right already; a second assignment would be refused.
    if people.current and deployer.object_id.lower() not in {person.object_id for person in listed}:
        listed.append(deployer.principal)
    return listed
