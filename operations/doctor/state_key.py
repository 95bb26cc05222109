"""The key in a Key Vault that encrypts the secrets of the state and of the stack file (`azurekeyvault://`).

https://www.pulumi.com/docs/iac/concepts/secrets/#azure-key-vault. Nothing that is decrypted is kept or shown.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

from operations.azure.documents import text_at
from operations.azure.refusals import ENTRA, KEY_VAULT, AzureRefusedError, asking
from operations.azure.sign_in import LIMITS
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family

_SUBJECT, _CHECK = "state", "key"
_SCHEME: Final = "azurekeyvault://"
_FORM: Final = "azurekeyvault://<vault>.vault.azure.net/keys/<key>"
_URL: Final = re.compile(r"(?P<vault>[\w-]+)(?P<suffix>(\.[\w-]+){2,})/keys/(?P<name>[\w-]+)(/[\w]*)?/?")
_ANOTHER: Final = "encryptedkey is not base64"
_PAGE: Final = "docs/deploying.md#the-key-of-the-state"


@family(asks_azure=True)
def key_is_there(examination: Examination) -> Iterator[Check]:
    """The key decrypts, where one encrypts the stack's secrets."""
    if text_at(examination.stack_file, "secretsprovider").startswith(_SCHEME):
        yield Check(_SUBJECT, _CHECK, lambda: [_key(examination)])


def _key(examination: Examination) -> Finding:
    """Tries the key as Pulumi does: it decrypts the stack's own key.

    It signs in by AZURE_* or `az login`, not by ARM_*: docs/ci.md, how a job signs in.
    """
    provider = text_at(examination.stack_file, "secretsprovider")
    url = provider.removeprefix(_SCHEME).split("?")[0]
    match = _URL.fullmatch(url)
    if match is None:
        text = f"secretsprovider: {provider} names no key of a vault"
        step = f"pulumi stack change-secrets-provider {_FORM}"
        return Finding(_SUBJECT, _CHECK, "wrong", text, step)
    subject = f"key {match['name']} of {match['vault']}{match['suffix']}"
    try:
        _decrypt(f"https://{url.rstrip('/')}", text_at(examination.stack_file, "encryptedkey"), subject)
    except AzureRefusedError as error:
        return _refused(error, subject, match["vault"], match["name"])
    return Finding(_SUBJECT, _CHECK, "fine", f"{subject} decrypts the stack's secrets")


def _decrypt(key_id: str, encrypted: str, subject: str) -> None:
    from azure.identity import DefaultAzureCredential
    from azure.keyvault.keys import KeyClient
    from azure.keyvault.keys.crypto import CryptographyClient, EncryptionAlgorithm

    vault, _, rest = key_id.partition("/keys/")
    with asking(subject, KEY_VAULT), DefaultAzureCredential(**LIMITS) as credential:
        if not encrypted:
            KeyClient(vault, credential, **LIMITS).get_key(rest.split("/")[0])
            return
        # https://github.com/google/go-cloud/blob/master/secrets/azurekeyvault/akv.go: RSA-OAEP-256
        try:
            ciphertext = base64.b64decode(encrypted, validate=True)
        except binascii.Error:
            raise AzureRefusedError(subject, part=KEY_VAULT, code=_ANOTHER) from None
        client = CryptographyClient(key_id, credential, **LIMITS)
        client.decrypt(EncryptionAlgorithm.rsa_oaep_256, ciphertext)


def _refused(error: AzureRefusedError, subject: str, vault: str, name: str) -> Finding:
    """The vault is none of the stack's, so the steps are not those of failures/key_vault.py."""
    text = f"{subject} does not decrypt the stack's secrets: {error.code}"
    if error.had_no_answer:
        text = f"{subject} cannot be asked: {error.text}"
        step = (
            f"az keyvault show --name {vault}; if it is there, the network of this machine does not reach it"
        )
        return Finding(_SUBJECT, _CHECK, "unknown", text, step)
    steps = {
        # https://learn.microsoft.com/azure/key-vault/general/common-error-codes; KeyDisabled:
        # Azure/azure-sdk-for-python#45342
        "ForbiddenByRbac": 'az role assignment create --role "Key Vault Crypto User" --assignee <object id>'
        f" --scope $(az keyvault show --name {vault} --query id --output tsv)/keys/{name}",
        "ForbiddenByPolicy": f"az keyvault set-policy --name {vault} --object-id <object id>"
        " --key-permissions get encrypt decrypt",
        "ForbiddenByFirewall": f"az keyvault network-rule add --name {vault} --ip-address"
        " <address of this machine>",
        "ForbiddenByConnection": "run pulumi in the vault's network: docs/production.md#the-first-up",
        "KeyDisabled": f"az keyvault key set-attributes --vault-name {vault} --name {name} --enabled true",
        # An expired key decrypts:
        # https://learn.microsoft.com/azure/key-vault/keys/about-keys-details#date-time-controlled-operations
        "KeyNotFound": f"az keyvault key list --vault-name {vault} --output table; a deleted one comes back"
        f" by az keyvault key recover --vault-name {vault} --name {name}",
        # RSA-OAEP fails if the ciphertext is another key's, or another version's
        "BadParameter": "take the encryptedkey of the version control: another key, or another version of it,"
        " encrypted this one",
        _ANOTHER: "take the encryptedkey of the version control",
    }
    step = steps.get(error.code, _PAGE)
    if error.part == ENTRA:
        step = "az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret or token: docs/ci.md"
    return Finding(_SUBJECT, _CHECK, "wrong", text, step)
