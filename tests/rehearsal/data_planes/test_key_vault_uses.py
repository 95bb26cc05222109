"""A simulated vault signs, decrypts and unwraps for those whose role lets them, and for no others."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from rehearsal.data_planes import key_vault_uses as uses
from rehearsal.data_planes.web import Request
from rehearsal.simulators.azure.entra import Caller
from rehearsal.simulators.azure.keyvault.rights import VaultResponseError
from rehearsal.simulators.seed import apply_seed
from rehearsal.simulators.world import World
from tests.each import each
from tests.rehearsal.data_planes.worlds import PRINCIPAL, ROLES, VAULT, assignment, resources

_ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
_CRYPTO_USER = "12338af0-0e69-4776-bea7-57ae8d297424"
_CERTIFICATE_USER = "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba"
_CERTIFICATES_OFFICER = "a4417e6f-fecd-4de8-b567-7b0420556985"


def _world(folder: Path, role: str, at: str) -> World:
    world = World(folder / "world")
    grant = assignment(f"{VAULT}/{at}", PRINCIPAL, f"{ROLES}/{role}", "ServicePrincipal")
    apply_seed(world, {"azure": [*resources(), grant]})
    return world


def _use(world: World, path: str, method: str = "POST", **body: Any) -> Any:
    _, collection, name, *rest = path.split("/")
    verb = uses.verb(method, collection, rest)
    assert verb
    request = Request(method=method, path=path, body=json.dumps(body).encode())
    vault = world.get(VAULT)
    assert vault
    kind = "key" if collection == "keys" else "cert"
    caller = Caller("client", PRINCIPAL, "tenant")
    return uses.use(world, vault, caller, kind, name, verb, request).body


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def test_what_is_wrapped_is_unwrapped_by_the_same_key_only(tmp_path: Path) -> None:
    """HashiCorp Vault's use of its root key."""
    world = _world(tmp_path, _ENCRYPTION_USER, "keys/unseal")
    wrapped = _use(world, "/keys/unseal//wrapkey", alg="RSA-OAEP-256", value=_text(b"root key"))
    assert "/keys/unseal/" in wrapped["kid"]
    assert wrapped["value"] != _text(b"root key")
    version = wrapped["kid"].rsplit("/", 1)[1]
    path = f"/keys/unseal/{version}/unwrapkey"
    assert _use(world, path, alg="RSA-OAEP-256", value=wrapped["value"])["value"] == _text(b"root key")


def test_what_is_signed_verifies(tmp_path: Path) -> None:
    world = _world(tmp_path, _CRYPTO_USER, "keys/invoices")
    signed = _use(world, "/keys/invoices//sign", alg="RS256", value=_text(b"digest"))
    for digest, is_valid in ((b"digest", True), (b"other", False)):
        answer = _use(
            world, "/keys/invoices//verify", alg="RS256", digest=_text(digest), value=signed["value"]
        )
        assert answer == {"value": is_valid}
    with pytest.raises(VaultResponseError, match="alg has invalid value none"):
        _use(world, "/keys/invoices//sign", alg="none", value=_text(b"digest"))


@each(
    "role, at, path, method, action",
    [
        (_ENCRYPTION_USER, "keys/unseal", "/keys/unseal//decrypt", "POST", "keys/decrypt/action"),
        (_ENCRYPTION_USER, "keys/other", "/keys/unseal//unwrapkey", "POST", "keys/unwrap/action"),
        (_CERTIFICATE_USER, "keys/unseal", "/keys/unseal//sign", "POST", "keys/sign/action"),
        (_CRYPTO_USER, "keys/unseal", "/keys/unseal", "DELETE", "keys/delete"),
        (_CRYPTO_USER, "keys/unseal", "/keys/unseal/rotate", "POST", "keys/rotate/action"),
        (
            _CERTIFICATE_USER,
            "certificates/tls",
            "/certificates/tls/import",
            "POST",
            "certificates/import/action",
        ),
    ],
)
def test_another_role_is_refused(
    tmp_path: Path, role: str, at: str, path: str, method: str, action: str
) -> None:
    with pytest.raises(VaultResponseError, match=f"vaults/{action}'") as refused:
        _use(
            _world(tmp_path / role / at.replace("/", "-") / action.replace("/", "-"), role, at), path, method
        )
    assert refused.value.inner == "ForbiddenByRbac"


def test_the_public_half_needs_no_more_than_reading(tmp_path: Path) -> None:
    world = _world(tmp_path, _CERTIFICATE_USER, "keys/sops")
    assert _use(world, "/keys/sops//encrypt", alg="RSA-OAEP", value=_text(b"x"))["value"]


def test_what_a_role_allows_and_nothing_simulates_says_so(tmp_path: Path) -> None:
    world = _world(tmp_path, _CERTIFICATES_OFFICER, "certificates/tls")
    with pytest.raises(VaultResponseError, match="to import a cert is not simulated"):
        _use(world, "/certificates/tls/import")
