"""The key of the state in a Key Vault (`azurekeyvault://`), by Azure's own client: what each refusal says."""

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from operations.azure import sign_in
from operations.checks import Finding
from rehearsal.data_planes.proxy import Proxy
from rehearsal.data_planes.web import Answer, Endpoint, Request
from tests.operations.azure.services import CLIENT, TENANT, Entra, refused
from tests.operations.doctor.broken import DEV
from tests.operations.doctor.cloud import Cloud
from tests.operations.doctor.direct import findings_of

pytestmark = pytest.mark.servers

HOST = "kv-state.vault.azure.net"
KEY_ID = f"https://{HOST}/keys/pulumi/0123456789abcdef0123456789abcdef"
MODULUS = base64.urlsafe_b64encode(b"\xc5" + b"\x5d" * 255).decode().rstrip("=")
CIPHERTEXT = base64.b64encode(b"encrypted by the key").decode()


def stack(provider: str = KEY_ID.removeprefix("https://"), encrypted: str = CIPHERTEXT) -> str:
    key = f"encryptedkey: {encrypted}\n" if encrypted else ""
    return f"{DEV.read_text()}secretsprovider: azurekeyvault://{provider}\n{key}"


def forbidden(inner: str, message: str) -> Answer:
    """https://learn.microsoft.com/azure/key-vault/general/common-error-codes"""
    body = {"error": {"code": "Forbidden", "message": message, "innererror": {"code": inner}}}
    return Answer(status=403, body=body)


@dataclass
class StateVault:
    """https://learn.microsoft.com/rest/api/keyvault/keys/decrypt/decrypt, …/get-key"""

    host: str = HOST
    refusal: Answer | None = None
    requests: list[str] = field(default_factory=list[str])

    def answer(self, request: Request) -> Answer:
        if not request.bearer:
            challenge = (
                f'Bearer authorization="https://login.microsoftonline.com/{TENANT}",'
                ' resource="https://vault.azure.net"'
            )
            return Answer(status=401, headers={"WWW-Authenticate": challenge})
        self.requests.append(f"{request.method} {request.path}")
        if self.refusal:
            return self.refusal
        if request.path.endswith("/decrypt"):
            assert json.loads(request.body)["alg"] == "RSA-OAEP-256"
            return Answer(status=200, body={"kid": KEY_ID, "value": "cGxhaW4"})
        key = {"kid": KEY_ID, "kty": "RSA", "n": MODULUS, "e": "AQAB", "key_ops": ["decrypt"]}
        return Answer(status=200, body={"key": key, "attributes": {"enabled": True}})


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateVault]:
    """One server for all cases; azure-identity signs in as a pod does."""
    folder, vault, entra = tmp_path_factory.mktemp("state"), StateVault(), Entra()
    endpoints: dict[str, Endpoint] = {entra.host: entra, vault.host: vault}
    token = folder / "token"
    token.write_text("assertion", encoding="utf-8")
    with Proxy(
        endpoints.get, folder, is_simulated=lambda host: host.endswith(".vault.azure.net")
    ).serving() as proxy:
        environment = {
            "HTTPS_PROXY": proxy.url,
            "REQUESTS_CA_BUNDLE": str(proxy.authority_file),
            "NO_PROXY": "",
            "AZURE_CLIENT_ID": CLIENT,
            "AZURE_TENANT_ID": TENANT,
            "AZURE_FEDERATED_TOKEN_FILE": str(token),
            "PATH": "/usr/bin:/bin",
        }
        with mock.patch.dict(os.environ, environment), mock.patch.dict(sign_in.LIMITS, {"retry_total": 0}):  # pyright: ignore[reportArgumentType] it is a dict
            yield vault


def key_line(text: str) -> Finding:
    (finding,) = [each for each in findings_of("state_key", text, Cloud()) if each.check == "key"]
    return finding


@pytest.mark.parametrize("encrypted", [CIPHERTEXT, ""])
@pytest.mark.parametrize("key", [KEY_ID, KEY_ID.rpartition("/")[0]])
def test_the_key_decrypts(served: StateVault, key: str, encrypted: str):
    served.refusal = None
    finding = key_line(stack(key.removeprefix("https://"), encrypted))
    assert (finding.state, finding.text) == ("fine", f"key pulumi of {HOST} decrypts the stack's secrets")


@pytest.mark.parametrize(
    ("answer", "code", "step"),
    [
        (
            forbidden("ForbiddenByRbac", "Caller is not authorized to perform action on resource."),
            "ForbiddenByRbac",
            'az role assignment create --role "Key Vault Crypto User"',
        ),
        (
            forbidden("ForbiddenByFirewall", "Client address is not authorized."),
            "ForbiddenByFirewall",
            "az keyvault network-rule add --name kv-state",
        ),
        (
            forbidden("ForbiddenByPolicy", "The user does not have keys decrypt permission on key vault."),
            "ForbiddenByPolicy",
            "az keyvault set-policy --name kv-state --object-id <object id> --key-permissions get encrypt",
        ),
        (
            forbidden("KeyDisabled", "Operation decrypt is not allowed on a disabled key."),
            "KeyDisabled",
            "az keyvault key set-attributes --vault-name kv-state --name pulumi --enabled true",
        ),
        (
            refused(404, "KeyNotFound", "A key with (name/id) pulumi was not found in this key vault."),
            "KeyNotFound",
            "az keyvault key list --vault-name kv-state --output table; a deleted one comes back",
        ),
        (
            refused(400, "BadParameter", "The parameter is incorrect."),
            "BadParameter",
            "take the encryptedkey of the version control: another key, or another version of it,",
        ),
    ],
)
def test_a_refusal_of_the_vault_says_what_to_type(served: StateVault, answer: Answer, code: str, step: str):
    served.refusal = answer
    finding = key_line(stack())
    assert (finding.state, finding.text) == (
        "wrong",
        f"key pulumi of {HOST} does not decrypt the stack's secrets: {code}",
    )
    assert finding.next_step.startswith(step)


def test_a_key_that_is_no_base64_is_a_sentence(served: StateVault):
    finding = key_line(stack(encrypted="not!base64"))
    assert finding.text.endswith("does not decrypt the stack's secrets: encryptedkey is not base64")


def test_a_vault_that_does_not_exist_is_a_sentence(served: StateVault):
    finding = key_line(stack("kv-gone.vault.azure.net/keys/pulumi"))
    assert finding.state == "unknown"
    assert finding.text.startswith("key pulumi of kv-gone.vault.azure.net cannot be asked: ")
    assert finding.next_step.startswith("az keyvault show --name kv-gone;")


def test_what_is_no_key_of_a_vault_is_a_sentence(served: StateVault):
    served.refusal = None
    for provider in ("kv-state", "kv-state.vault.azure.net", "kv-state.vault.azure.net/secrets/x", ""):
        finding = key_line(stack(provider))
        assert finding.state == "wrong"
        assert "azurekeyvault://<vault>.vault.azure.net/keys/<key>" in finding.next_step


def test_nothing_of_the_key_is_shown(served: StateVault, tmp_path: Path):
    served.refusal = None
    shown: Any = key_line(stack())
    assert CIPHERTEXT not in str(shown)
    assert "plain" not in str(shown)
