"""The secrets, keys and certificates that workloads read and the program does not write.

Azure Resource Manager tells which exist, without a value and whatever the vault's firewall is; about
certificates the vault itself is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from operations.azure.api_versions import KEY_VAULT as KEY_VAULT_VERSION
from operations.azure.documents import at, number_at, text_at
from operations.azure.refusals import KEY_VAULT, AzureRefusedError, asking
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family, refusal
from stacks.settings.model.app_routing import IngressSettings
from stacks.settings.model.secrets import ObjectType, SecretSettings, SecretSource

_CHECK: Final = "objects of the vault"
_COLLECTIONS: Final = {ObjectType.SECRET: "secrets", ObjectType.KEY: "keys"}


@family(asks_azure=True)
def objects_are_there(examination: Examination) -> Iterator[Check]:
    """Each object that workloads read from an existing vault is there, enabled and not expired."""
    labels = {secret.vault for workload in examination.settings.workloads for secret in workload.secrets}
    labels |= {ingress.vault for _, ingress in examination.settings.ingresses}
    for label in sorted(labels, key=str):
        objects, vault_id = needed_objects(examination, label), examination.vault_id(label)
        if objects and vault_id:
            subject = f"vault {vault_id.rpartition('/')[2]}"
            yield Check(
                subject,
                _CHECK,
                lambda vault_id=vault_id, objects=objects, subject=subject, label=label: _objects(
                    examination, vault_id, objects, subject, is_made=examination.makes_vault(label)
                ),
            )


def needed_objects(examination: Examination, label: str | None) -> list[SecretSettings]:
    """The objects of a vault that the program does not write, each once."""
    settings = examination.settings
    written = {secret.name.lower() for secret in settings.seeded_secrets if secret.vault == label}
    # What the operator writes need not be there before it does.
    written |= {
        push.name.lower()
        for workload in settings.workloads
        for push in workload.pushes
        if push.vault == label
    }
    objects = {
        (secret.type, secret.name.lower()): secret
        for workload in settings.workloads
        for secret in workload.secrets
        if secret.vault == label and not secret.seeded and secret.name.lower() not in written
    }
    certificates = {
        (ObjectType.CERT, ingress.certificate.lower()): _certificate(ingress)
        for _, ingress in settings.ingresses
        if ingress.vault == label
    }
    return list({**certificates, **objects}.values())


def _certificate(ingress: IngressSettings) -> SecretSettings:
    """The certificate that the application routing add-on reads for an Ingress."""
    keys = {"name": ingress.certificate, "vault": ingress.vault, "type": ObjectType.CERT}
    return SecretSettings.model_construct(**keys, source=SecretSource.EXISTING)


def _objects(
    examination: Examination,
    vault_id: str,
    objects: Sequence[SecretSettings],
    subject: str,
    *,
    is_made: bool,
) -> Iterator[Finding]:
    vault = examination.reads.get_if_exists(vault_id, KEY_VAULT_VERSION)
    name = vault_id.rpartition("/")[2]
    if vault is None and not is_made:
        return  # the finding is the vault's, or the platform's
    if vault is None:
        names = ", ".join(each.name for each in objects)
        text = f"{names}: to be set after the first `up`, which creates the vault"
        step = f"az keyvault secret set --vault-name {name} --name {objects[0].name} --file <file>"
        yield Finding(subject, _CHECK, "fine", text, step)
        return
    for each in objects:
        collection = _COLLECTIONS.get(each.type)
        if collection:
            yield _of_arm(examination, f"{vault_id}/{collection}/{each.name}", each, subject)
            continue
        uri = text_at(vault, "properties", "vaultUri")
        try:
            is_there = _has_certificate(examination, uri, each.name, subject)
        except AzureRefusedError as error:
            yield _refused(examination, error, each, subject, vault_id)
        else:
            yield _finding(subject, each, "" if is_there else "is missing", name)


def _of_arm(examination: Examination, object_id: str, each: SecretSettings, subject: str) -> Finding:
    document = examination.reads.get_if_exists(object_id, KEY_VAULT_VERSION)
    name = object_id.split("/")[8]
    if document is None:
        return _finding(subject, each, "is missing", name)
    if at(document, "properties", "attributes", "enabled") is False:
        return _finding(subject, each, "is disabled", name)
    expires = number_at(document, "properties", "attributes", "exp")
    if expires is not None and expires < datetime.now(UTC).timestamp():
        return _finding(subject, each, f"expired on {datetime.fromtimestamp(expires, UTC):%Y-%m-%d}", name)
    return _finding(subject, each, "", name)


def _finding(subject: str, each: SecretSettings, fault: str, vault: str) -> Finding:
    kind = "certificate" if each.type not in _COLLECTIONS else str(each.type)
    check = f"{kind} {each.name}"
    if not fault:
        return Finding(subject, check, "fine", "is there")
    command = f"az keyvault {kind}"
    create = {
        "secret": f"{command} set --vault-name {vault} --name {each.name} --file <file>",
        "key": f"{command} create --vault-name {vault} --name {each.name}",
        "certificate": f"{command} import --vault-name {vault} --name {each.name} --file <file>",
    }[kind]
    enable = f"{command} set-attributes --vault-name {vault} --name {each.name} --enabled true"
    return Finding(subject, check, "wrong", fault, enable if fault == "is disabled" else create)


def _refused(
    examination: Examination, error: AzureRefusedError, each: SecretSettings, subject: str, vault_id: str
) -> Finding:
    """A vault's own answer: the role is one of the vault, and Reader gives no right to its objects."""
    check, name = f"certificate {each.name}", vault_id.rpartition("/")[2]
    text = f"cannot be asked: {error.code}"
    if error.code == "ForbiddenByFirewall":
        step = f"az keyvault network-rule add --name {name} --ip-address <address of this machine>"
        step += examination.session.option_for(vault_id)
    elif error.code == "ForbiddenByConnection":
        step = "run doctor in the vault's network: docs/production.md#the-first-up"
    elif error.is_forbidden:
        caller = examination.session.caller.object_id
        step = f'az role assignment create --assignee {caller} --role "Key Vault Reader" --scope {vault_id}'
    else:
        return refusal(subject, check, error, examination)
    return Finding(subject, check, "unknown", text, step)


def _has_certificate(examination: Examination, uri: str, name: str, subject: str) -> bool:
    """Whether the vault has the certificate; only its public part is read. Raises AzureRefusedError."""
    from azure.keyvault.certificates import CertificateClient

    client = examination.session.vault_client(CertificateClient, uri)
    try:
        with asking(f"certificate {name} of {subject}", KEY_VAULT):
            client.get_certificate(name)
    except AzureRefusedError as error:
        if error.is_missing:
            return False
        raise
    return True
