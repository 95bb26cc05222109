"""The vaults that the settings call existing, and the one of the key for etcd."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from operations.azure.api_versions import KEY_VAULT as KEY_VAULT_VERSION
from operations.azure.documents import at, number_at, text_at
from operations.azure.refusals import KEY_VAULT, AzureRefusedError, asking
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.scopes import key, place
from stacks.settings.model.workloads import Scope
from stacks.settings.validation.problems import Path

_LIST: Final = "az keyvault list --output table"


@family(asks_azure=True)
def vaults_are_usable(examination: Examination) -> Iterator[Check]:
    """Each existing vault is there, and authorizes as the workloads need it; the key for etcd works."""
    for path, label, vault in examination.settings.all_vaults:
        if vault.existing:
            vault_id, check = examination.vault_id(label), key((*path, "existing"))
            subject = f"vault {vault_id.rpartition('/')[2]}"
            yield Check(
                subject,
                check,
                lambda vault_id=vault_id, check=check, label=label: [
                    _vault(examination, vault_id, label, check)
                ],
            )
            if label in {secret.vault for secret in examination.settings.seeded_secrets}:
                yield Check(
                    subject,
                    "network path of pulumi",
                    lambda vault_id=vault_id, subject=subject: [_way(examination, vault_id, subject)],
                )
    if examination.makes_cluster and (kms := examination.settings.cluster.kms):
        subject = f"vault {kms.vault_id.rpartition('/')[2]}"
        yield Check(subject, "cluster.kms", lambda: [_kms(examination, kms.vault_id, kms.key_id)])


def _vault(examination: Examination, vault_id: str, label: str | None, check: str) -> Finding:
    subject = f"vault {vault_id.rpartition('/')[2]}"
    vault, missing = _read(examination, vault_id, subject, check)
    if vault is None:
        return missing
    tenant, here = text_at(vault, "properties", "tenantId"), examination.session.caller.tenant_id
    if tenant and tenant.lower() != here.lower():
        # https://learn.microsoft.com/azure/key-vault/general/move-subscription
        text = f"accepts tokens of tenant {tenant} only, and pulumi is signed in to {here}"
        return Finding(subject, check, "wrong", text, "use a vault of this tenant")
    if at(vault, "properties", "enableRbacAuthorization") is True:
        return Finding(subject, check, "fine", "is there, with RBAC authorization")
    for index, workload in enumerate(examination.settings.workloads):
        if workload.scope is not Scope.VAULT and label in {secret.vault for secret in workload.objects}:
            path: Path = ("workloads", index, "scope")
            text = f"uses access policies, which open every secret: {key(path)} has to be vault"
            step = f"pulumi config set --path '{key(path)}' vault; or docs/migrations.md"
            return Finding(subject, check, "wrong", text, step)
    return Finding(subject, check, "fine", "is there, with access policies")


def _kms(examination: Examination, vault_id: str, key_id: str) -> Finding:
    """https://learn.microsoft.com/azure/aks/use-kms-etcd-encryption#limitations"""
    name, check = vault_id.rpartition("/")[2], "cluster.kms"
    subject = f"vault {name}"
    vault, missing = _read(examination, vault_id, subject, check)
    if vault is None:
        return missing
    if at(vault, "properties", "enableRbacAuthorization") is not True:
        step = f"az keyvault update --name {name} --enable-rbac-authorization true"
        step += examination.session.option_for(vault_id)
        return Finding(subject, check, "wrong", "uses access policies, and the cluster gets a role", step)
    rules = text_at(vault, "properties", "networkAcls", "defaultAction")
    if text_at(vault, "properties", "publicNetworkAccess") == "Disabled" or rules == "Deny":
        text = "has a firewall, through which AKS reaches no key"
        return Finding(
            subject, check, "wrong", text, "use a vault for the key alone that is open to all networks"
        )
    key_name = key_id.split("/")[4]
    document = examination.reads.get_if_exists(f"{vault_id}/keys/{key_name}", KEY_VAULT_VERSION)
    if document is None:
        step = f"az keyvault key list --vault-name {name} --output table"
        return Finding(subject, check, "wrong", f"has no key {key_name}", step)
    if not text_at(document, "properties", "kty").startswith("RSA"):
        text = f"key {key_name} is of type {text_at(document, 'properties', 'kty')}: AKS encrypts with RSA"
        return Finding(
            subject, check, "wrong", text, f"az keyvault key create --vault-name {name} --name {key_name}"
        )
    if at(document, "properties", "attributes", "enabled") is False:
        step = f"az keyvault key set-attributes --id {key_id} --enabled true"
        return Finding(subject, check, "wrong", f"key {key_name} is disabled", step)
    expires = number_at(document, "properties", "attributes", "exp")
    if expires is not None and expires < datetime.now(UTC).timestamp():
        text = f"key {key_name} expired on {datetime.fromtimestamp(expires, UTC):%Y-%m-%d}"
        step = f"az keyvault key set-attributes --id {key_id} --expires <date>"
        return Finding(subject, check, "wrong", text, step)
    return Finding(subject, check, "fine", f"key {key_name} is there and enabled")


def _read(
    examination: Examination, vault_id: str, subject: str, check: str
) -> tuple[Mapping[str, Any] | None, Finding]:
    """The vault, or the finding that it is missing."""
    option = examination.session.option_for(vault_id)
    vault = examination.reads.get_if_exists(vault_id, KEY_VAULT_VERSION)
    text = f"there is no vault of the name in {place(examination, vault_id)}"
    return vault, Finding(subject, check, "wrong", text, f"{_LIST}{option}")


def _way(examination: Examination, vault_id: str, subject: str) -> Finding:
    """azure-native deletes a seeded secret through the data plane: docs/deploying.md, rights."""
    check = "network path of pulumi"
    vault = examination.reads.get_if_exists(vault_id, KEY_VAULT_VERSION)
    uri = text_at(vault, "properties", "vaultUri")
    if not uri:
        return Finding(subject, check, "unknown", "the vault is not there (see there)")
    from azure.keyvault.secrets import SecretClient

    client = examination.session.vault_client(SecretClient, uri)
    try:
        with asking(f"the secrets of {subject}", KEY_VAULT):
            next(iter(client.list_properties_of_secrets(max_page_size=1)), None)
    except AzureRefusedError as error:
        return _refused_way(examination, error, subject, vault_id)
    return Finding(subject, check, "fine", "the vault answers this machine")


def _refused_way(examination: Examination, error: AzureRefusedError, subject: str, vault_id: str) -> Finding:
    check, name = "network path of pulumi", vault_id.rpartition("/")[2]
    text = "its firewall refuses this machine: pulumi could not delete a seeded secret"
    if error.code == "ForbiddenByFirewall":
        step = f"az keyvault network-rule add --name {name} --ip-address <address of this machine>"
        step += examination.session.option_for(vault_id)
        return Finding(subject, check, "wrong", text, step)
    if error.code == "ForbiddenByConnection":
        step = "run pulumi in the vault's network: docs/production.md#the-first-up"
        return Finding(subject, check, "wrong", text, step)
    if error.is_forbidden:
        caller = examination.session.caller.object_id
        text = f"answers this machine; the deployer may not delete seeded secrets ({error.code})"
        role = "Key Vault Secrets Officer"
        step = f'az role assignment create --assignee {caller} --role "{role}" --scope {vault_id}'
        return Finding(subject, check, "fine", text, step)
    raise error
