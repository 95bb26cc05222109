"""The proofs of Dapr break when the program does."""

import pytest

from tests.trust.proofs.broken import UNREAD, Broken, check, config, ids

_DAPR = "components.workloads.techniques.dapr"
_STORE = "components.workloads.techniques.dapr_store"
_CART = config("cart")
_SHARED = {
    **_CART,
    "workloads": [
        {**_CART["workloads"][0], "name": name, "dapr": {"store": "vault"}} for name in ("cart", "till")
    ],
}

BROKEN = [
    Broken(
        "dapr-sidecar-is-there",
        _DAPR,
        '"dapr.io/enabled": "true",',
        '"dapr.io/enabled": "false",',
        _CART,
        "cart",
        says="dapr.io/enabled",
    ),
    Broken(
        "dapr-sidecar-is-there",
        _DAPR,
        '        "dapr.io/app-id": app.app_id,',
        '        "dapr.io/app-id": "app",',
        {
            **config("cart"),
            "workloads": [*config("cart")["workloads"], {**config("cart")["workloads"][0], "name": "till"}],
        },
        "cart",
        frozenset({"dapr-component-is-scoped"}),
        says="of another one",
    ),
    Broken(
        "dapr-sidecar-keeps-the-standard",
        _DAPR,
        '"dapr.io/sidecar-seccomp-profile-type": "RuntimeDefault",',
        "",
        _CART,
        "cart",
        says="without seccomp profile",
    ),
    Broken(
        "dapr-sidecar-keeps-the-standard",
        "components.operators.dapr",
        '{"sidecarDropALLCapabilities": True}',
        '{"sidecarDropALLCapabilities": False}',
        _CART,
        "cart",
        says="with capabilities",
    ),
    Broken(
        "dapr-component-is-scoped",
        _STORE,
        "scopes=list(app_ids),",
        "",
        _CART,
        "cart",
        says="every application",
    ),
    Broken(
        "dapr-component-is-scoped",
        _STORE,
        "scopes=list(app_ids),",
        'scopes=[*app_ids, "till"],',
        _CART,
        "cart",
        says="till",
    ),
    Broken(
        "dapr-store-identity",
        _STORE,
        '"value": "workloadidentity"',
        '"value": "managedidentity"',
        _CART,
        "cart",
        says="managedidentity",
    ),
    Broken(
        "dapr-store-identity",
        _STORE,
        "vault.name.apply(str.lower)},",
        '"another"},',
        _CART,
        "cart",
        UNREAD,
        says="another",
    ),
    Broken(
        "dapr-store-identity",
        _STORE,
        "vault.name.apply(str.lower)},",
        'vault.name.apply(str.lower)}, {"name": "azureClientId", "value": "0"},',
        _CART,
        "cart",
        says="client id 0",
    ),
    Broken(
        "dapr-component-is-scoped",
        _STORE,
        "scopes=list(app_ids),",
        'scopes=[*app_ids, "other"],',
        _SHARED,
        "cart",
        says="serves application other, which is not its own",
    ),
    Broken(
        "dapr-component-is-scoped",
        _STORE,
        "app_ids=[app.app_id for _, _, app, _ in group],",
        "app_ids=[app.app_id],",
        _SHARED,
        "cart",
        says="does not serve application till",
    ),
    Broken(
        "dapr-store-identity",
        _STORE,
        "vault.name.apply(str.lower)},",
        'vault.name.apply(str.lower)}, {"name": "azureClientId", "value": "0"},',
        _SHARED,
        "cart",
        says="client id 0",
    ),
    Broken(
        "dapr-denies-by-default",
        _DAPR,
        '"storeName": part.qualified(app.store)',
        '"storeName": app.app_id',
        _SHARED,
        "cart",
        UNREAD | {"dapr-allows-what-is-listed"},
        says="no scope for store 'vault'",
    ),
    Broken(
        "dapr-configuration-is-read",
        _DAPR,
        '        "dapr.io/config": name,\n',
        "\n",
        _CART,
        "cart",
        UNREAD,
        says="names no Configuration",
    ),
    Broken(
        "dapr-configuration-is-read",
        _DAPR,
        'return [(f"{name}-configuration", name), *own]',
        'return [(f"{name}-configuration", f"{name}-configuration"), *own]',
        _CART,
        "cart",
        UNREAD,
        says="not in its namespace",
    ),
    Broken(
        "dapr-denies-by-default",
        _DAPR,
        'part.qualified(app.store), "defaultAccess": "deny"}',
        'part.qualified(app.store), "defaultAccess": "allow"}',
        _CART,
        "cart",
        says="allows every secret",
    ),
    Broken(
        "dapr-denies-by-default",
        _DAPR,
        '"storeName": part.qualified(app.store)',
        '"storeName": app.app_id',
        _CART,
        "cart",
        UNREAD | {"dapr-allows-what-is-listed"},
        says="no scope for store 'cart-key-vault'",
    ),
    Broken(
        "dapr-allows-what-is-listed",
        _DAPR,
        '{"allowedSecrets": names}',
        '{"allowedSecrets": [*names, "signing-key"]}',
        _CART,
        "cart",
        frozenset({"role-covers-requests", "vault-object-is-there"}),
        says="allows signing-key",
    ),
    Broken(
        "dapr-allows-what-is-listed",
        _DAPR,
        '{"allowedSecrets": names}',
        '{"allowedSecrets": names[1:]}',
        _CART,
        "cart",
        frozenset({"role-is-needed"}),
        says="does not allow db-password",
    ),
]


@pytest.mark.parametrize("broken", BROKEN, ids=ids)
def test_it_comes_first(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    check(broken, monkeypatch)
