"""Operations of a vault's data plane on keys and certificates besides reading: sign, encrypt, wrap …

https://learn.microsoft.com/rest/api/keyvault/keys/operation-groups. No real cryptography: what is signed
verifies and what is encrypted is decrypted, with the same key of the same vault only.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.data_planes.key_vault_changes import required_document
from rehearsal.data_planes.key_vault_documents import SUFFIX, name_of
from rehearsal.data_planes.web import Answer, Request
from rehearsal.simulators.azure.entra import Caller
from rehearsal.simulators.azure.keyvault import data_plane, rights
from rehearsal.simulators.azure.keyvault.rights import VaultResponseError
from rehearsal.simulators.world import AzureResource, World

_CRYPTO: Final = {
    **{verb: verb for verb in ("sign", "verify", "encrypt", "decrypt")},
    "wrapkey": "wrap",
    "unwrapkey": "unwrap",
}
"""Last step of the path → verb."""
_SIGNATURES: Final = frozenset(
    ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES256K", "ES384", "ES512")
)
_CIPHERS: Final = frozenset(("RSA-OAEP", "RSA-OAEP-256", "RSA1_5"))
"""https://learn.microsoft.com/azure/key-vault/keys/about-keys-details"""


def verb(method: str, collection: str, rest: list[str]) -> str:
    """The verb of a request to an object; empty if it only shows the object, or is none of this API."""
    match method, rest:
        case "POST", [_, operation] if collection == "keys":
            return _CRYPTO.get(operation, "release" if operation == "release" else "")
        case "POST", ["create" | "import" | "backup" | "rotate" as operation]:
            return operation
        case "PUT", [] if collection == "keys":
            return "import"
        case "PATCH", [] | [_]:
            return "update"
        case "DELETE", []:
            return "delete"
        case _:
            return ""


def use(
    world: World, vault: AzureResource, caller: Caller, kind: str, name: str, verb: str, request: Request
) -> Answer:
    """The answer, if the caller has the right. Raises VaultResponseError."""
    rights.authorize(world, vault, caller, kind, name, verb)
    if verb not in _CRYPTO.values():
        raise VaultResponseError(404, "NotSimulated", f"to {verb} a {kind} is not simulated")
    version = request.path.lower().rstrip("/").split("/")[3]
    # Without a caller only the existence is asked for: the right to read is another one.
    read = data_plane.read(world, vault, None, kind, name, version)
    document = required_document(request)
    algorithm = str(document.get("alg"))
    if algorithm not in (_SIGNATURES if verb in ("sign", "verify") else _CIPHERS):
        raise VaultResponseError(400, "BadParameter", f"Property alg has invalid value {algorithm}")
    kid = f"https://{name_of(vault)}{SUFFIX}/keys/{name}/{read.version}"
    if verb == "verify":
        signature = _signature(world, kid, algorithm, _bytes(document, "digest"))
        return Answer(status=200, body={"value": signature == _bytes(document, "value")})
    value = _bytes(document, "value")
    result = _signature(world, kid, algorithm, value) if verb == "sign" else _ciphered(world, kid, value)
    encoded = base64.urlsafe_b64encode(result).decode().rstrip("=")
    return Answer(status=200, body={"kid": kid, "value": encoded})


def _bytes(document: Mapping[str, Any], name: str) -> bytes:
    value = document.get(name)
    if not isinstance(value, str):
        raise VaultResponseError(400, "BadParameter", f"Property {name} is required")
    try:
        return base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError):
        raise VaultResponseError(400, "BadParameter", f"Property {name} is no base64url") from None


def _signature(world: World, kid: str, algorithm: str, digest: bytes) -> bytes:
    return bytes.fromhex(world.hex(64, kid, algorithm, digest.hex())) * 8


def _ciphered(world: World, kid: str, value: bytes) -> bytes:
    """The value under a stream that belongs to the key: done twice, it is the value again."""
    stream = bytes.fromhex(world.hex(64, kid, "cipher"))
    return bytes(byte ^ stream[index % len(stream)] for index, byte in enumerate(value))
