"""Warnings of the preflight about role assignments of a live stack and what waits for them, in their exact
words.
"""

from typing import Any

from aks_secrets_testing.builds import SUBSCRIPTION
from components import naming
from components.authorization.roles import Role
from tests.settings.model.refused_app_routing import INGRESS
from tests.settings.samples import pod
from tests.stacks.preflight.cases import (
    GROUP,
    OLD,
    ON_EXISTING,
    ON_PLATFORM,
    Case,
    case,
    cluster,
    existing,
    platform,
    workload,
)

_CLASS = "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"
_IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
_PRINCIPAL = "aaaaaaaa-1111-4111-8111-111111111111"
_DB: dict[str, Any] = {"name": "db", "from": "existing"}
_KEY: dict[str, Any] = {"name": "api-key", "from": "existing"}
_VAULT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-shop"


def _listing(*secrets: dict[str, Any], grants: str = "external", **keys: Any) -> dict[str, Any]:
    return {
        "operators": {"csi_driver": {}},
        "cluster.resource_group": "rg",
        "vault": {"name": "kv-shop"},
        "grants": grants,
        "workloads": [workload(technique="csi", secrets=list(secrets), **keys)],
    }


def _objects(*names: str) -> str:
    lines = (f'  - |\n    objectName: "{name}"\n    objectType: "secret"\n' for name in names)
    return "array:\n" + "".join(lines)


def _live(*names: str, synced: dict[str, list[str]] | None = None, **assignments: Any) -> dict[str, Any]:
    """A stack whose workload `shop` mounts these objects."""
    secret_objects = [
        {"secretName": name, "data": [{"objectName": key, "key": key} for key in keys]}
        for name, keys in (synced or {}).items()
    ]
    spec = {"parameters": {"objects": _objects(*names)}, "secretObjects": secret_objects}
    return {
        "state": {
            f"aks-secrets:index:Workload${_CLASS}::shop-secret-provider-class": {"spec": spec},
            f"aks-secrets:index:WorkloadIdentity${_IDENTITY}::shop-identity": {
                "name": "id-shop",
                "principalId": _PRINCIPAL,
            },
        },
        **assignments,
    }


def _role(scope: str) -> str:
    return naming.role_assignment(scope, Role.KEY_VAULT_SECRETS_USER.value, _PRINCIPAL)


_SERVED: dict[str, Any] = {
    **ON_EXISTING,
    "workloads": [pod(port=8080, service={"ingress": INGRESS})],
}
_SERVES: dict[str, Any] = {
    **OLD,
    "cluster aks-old": cluster(
        ingressProfile={
            "webAppRouting": {"enabled": True, "identity": {"objectId": _PRINCIPAL, "clientId": "c"}}
        },
        addonProfiles={
            "azureKeyvaultSecretsProvider": {"enabled": True, "identity": {"objectId": "a", "clientId": "b"}}
        },
    ),
    f"role {_role(f'{GROUP}/vaults/kv-old/secrets/shop-tls')}": {},
}
_NGINX = (
    "workloads[0].service.ingress: is served by NGINX, for which Microsoft gives security patches through"
    " November 2026; plan the way to the Gateway API (docs/config/workloads.md#gateway-api)"
)
_SCOPE = f"{_VAULT}/secrets/api-key"
_MOUNTS = (
    "workloads[0].secrets[1]: csi mounts all objects of SecretProviderClass 'shop' or none, and no role"
    " assignment for 'api-key' is found: once it is listed, pods of 'shop' that start again wait in"
    " ContainerCreating until it is granted; grant it before this update"
)
_NAMED = {"env": "DB", "kubernetes_secret": {"name": "shared"}}
_BOTH = [{**_DB, **_NAMED}, {**_KEY, **_NAMED, "env": "KEY"}]
_EXISTING_IDENTITY: dict[str, Any] = {
    "vault": {"existing": {"name": "kv-old", "resource_group": "rg-old"}},
    "identities": [{"name": "shared", "existing": existing("identity", "id-old")}],
    "workloads": [workload(identity="shared", secrets=[_DB])],
}
_CONTROLLER = {"name": "id-controller", "clientId": _PRINCIPAL, "principalId": _PRINCIPAL}
_OLD_SCOPE = f"{GROUP}/vaults/kv-old/secrets/db"
_GRANTED = {**OLD, "identity id-old": {"principalId": _PRINCIPAL}, f"role {_role(_OLD_SCOPE)}": {}}


def _rights(*rights: str, type_: str = "secret", scope: str = "object", **sections: Any) -> dict[str, Any]:
    entry = {"name": "token", "type": type_, "from": "existing", "rights": list(rights)}
    return {"workloads": [workload(secrets=[entry], scope=scope)], **sections}


_MORE = (
    "list these too if they are meant, or take an identity that has a custom role, by"
    " identities[].existing, and remove rights"
)
_SET = (
    "workloads[0].secrets[0].rights: set on 'token' comes by Key Vault Secrets Officer, the narrowest"
    f" built-in role, which also allows delete, recover, backup, restore, purge; {_MORE}"
)

_RIGHTS = [
    case("role-allows-more", _rights("get", "set"), _SET),
    case(
        "role-allows-more",
        _rights("get", "sign", "verify", type_="key"),
        "workloads[0].secrets[0].rights: sign on 'token' comes by Key Vault Crypto User, the narrowest"
        f" built-in role, which also allows backup, decrypt, unwrap, update; {_MORE}",
    ),
    case(
        "policy-reaches-every-object",
        _rights("get", "set", scope="vault", vault={"authorization": "access-policy"}),
        "workloads[0].secrets[0].rights: in a vault with access policies set applies to all secrets, not only"
        " to 'token'; move the vault to RBAC as docs/migrations.md describes, or give the object a vault of"
        " its own",
        "vault.authorization: with access-policy every workload can read every secret of the vault; move it"
        " to rbac in the order that docs/migrations.md describes",
    ),
    case(
        "writer-may-purge",
        _rights("get", "set", vault={"purge_protection": False}),
        _SET,
        "vault.purge_protection: is off, and a workload gets a role that may purge 'token'; turn it on before"
        " production: what is purged never comes back (pulumi config set --path 'vault.purge_protection'"
        " true)",
    ),
]

CASES = [
    *_RIGHTS,
    case(
        "class-waits-for-its-grants",
        _listing(_DB, _KEY),
        f"{_MOUNTS} (az role assignment create --name {_role(_SCOPE)} --assignee-object-id {_PRINCIPAL}"
        " --assignee-principal-type ServicePrincipal --role 4633458b-17de-408a-b874-0445c86b69e6"
        f" --scope {_SCOPE})",
        answers=_live("db"),
    ),
    case(
        "class-waits-for-its-grants",
        _listing(
            _DB, _KEY, kind="CronJob", schedule="@daily", image="registry.example/shop:1", run_as_user=1000
        ),
        f"{_MOUNTS} (az role assignment create --name {_role(_SCOPE)} --assignee-object-id {_PRINCIPAL}"
        " --assignee-principal-type ServicePrincipal --role 4633458b-17de-408a-b874-0445c86b69e6"
        f" --scope {_SCOPE})",
        answers=_live("db"),
    ),
    case(
        "synced-secret-keeps-its-labels",
        _listing(
            {**_DB, "env": "DB", "kubernetes_secret": {"name": "shared", "labels": {"team": "shop"}}},
            grants="managed",
        ),
        "workloads[0].secrets[0].kubernetes_secret.labels: Kubernetes Secret 'shared' exists, and the CSI"
        " driver sets labels only when it creates a Secret; give its values another kubernetes_secret.name in"
        " this update, or delete the Secret after it (docs/techniques.md#names-that-stay)",
        answers=_live("db", synced={"shared": ["db"]}),
    ),
    case(
        "synced-secret-gets-no-new-key",
        _listing(*_BOTH, grants="managed"),
        "workloads[0].secrets[1].kubernetes_secret: Kubernetes Secret 'shared' exists without key 'api-key',"
        " and the CSI driver up to 1.5 adds no key to a Secret that exists: pods that read it there wait in"
        " CreateContainerConfigError; give all values of the Secret another kubernetes_secret.name in this"
        " update, or delete the Secret after it (docs/techniques.md#names-that-stay)",
        answers=_live("db", synced={"shared": ["db"]}),
    ),
    case(
        "role-assignment-exists",
        _EXISTING_IDENTITY,
        "identities[0].existing: role 'Key Vault Secrets User' for 'db' of vault 'kv-old' is assigned"
        " already, and not by this stack, so `pulumi up` cannot create it: cannot create already existing"
        " resource; resume an `up` of this stack that died by `python -m operations resume`, or leave the"
        " role assignments of an identity that stacks share to one of them"
        " (pulumi config set aks-secrets:grants external)",
        answers=_GRANTED,
    ),
    case(
        "role-assignment-exists",
        {
            **ON_PLATFORM,
            "workloads": [workload(technique="akv2k8s", secrets=[{**_DB, "env": "DB"}])],
        },
        "workloads[0].technique: role 'Key Vault Secrets User' for 'db' of vault 'kv-old' is assigned"
        " already, and not by this stack, so `pulumi up` cannot create it: cannot create already existing"
        " resource; resume an `up` of this stack that died by `python -m operations resume`, or leave the"
        " role assignments of an identity that stacks share to one of them"
        " (pulumi config set aks-secrets:grants external)",
        answers={**_GRANTED, "platform": platform(operators={"akv2k8s": {"identity": _CONTROLLER}})},
    ),
    case(
        "certificate-grant-exists",
        _SERVED,
        _NGINX,
        "workloads[0].service.ingress.certificate: the add-on may read 'shop-tls' already, and not by this"
        " stack, so `pulumi up` cannot grant it: cannot create already existing resource; resume an `up` of"
        " this stack that died by `python -m operations resume`, or leave it to the other stack"
        " (pulumi config set --path 'workloads[0].service.ingress.grants' external)",
        answers=_SERVES,
    ),
    case(
        "app-routing-nginx-ends",
        {**_SERVED, "workloads": [pod(port=8080, service={"ingress": {**INGRESS, "grants": "external"}})]},
        _NGINX,
        answers=_SERVES,
    ),
]
SILENT = [
    # The first update, a list that stays, one that gets shorter, one that is granted beforehand.
    Case("class-waits-for-its-grants", _listing(_DB, _KEY), ()),
    Case("class-waits-for-its-grants", _listing(_DB, _KEY), (), _live("db", "api-key")),
    Case("class-waits-for-its-grants", _listing(_DB), (), _live("db", "api-key")),
    Case("class-waits-for-its-grants", _listing(_DB, _KEY, grants="managed"), (), _live("db")),
    Case(
        "class-waits-for-its-grants",
        _listing(_DB, _KEY),
        (),
        {**_live("db"), f"role {_role(_SCOPE)}": {}},
    ),
    Case(
        "class-waits-for-its-grants",
        _listing(_DB, _KEY, scope="vault"),
        (),
        {**_live("db"), f"role {_role(_VAULT)}": {}},
    ),
    # The pods of the program get another class.
    Case(
        "class-waits-for-its-grants",
        _listing(_DB, _KEY, kind="Deployment", image="registry.example/shop:1"),
        (),
        _live("db"),
    ),
    Case("synced-secret-gets-no-new-key", _listing(*_BOTH), (), _live("db", "api-key")),
    Case(
        "synced-secret-gets-no-new-key",
        _listing(*_BOTH),
        (),
        _live("db", "api-key", synced={"shared": ["db", "api-key"]}),
    ),
    Case(
        "synced-secret-gets-no-new-key",
        _listing({**_DB, "env": "DB"}, {**_KEY, "env": "KEY"}, grants="managed"),
        (),
        _live("db", synced={"shop-synced.db": ["db"]}),
    ),
    # Grants that another stack makes, and grants of one's own.
    Case("role-assignment-exists", {**_EXISTING_IDENTITY, "grants": "external"}, (), _GRANTED),
    Case(
        "role-assignment-exists",
        _EXISTING_IDENTITY,
        (),
        {
            **_GRANTED,
            "state": {
                "azure-native:authorization:RoleAssignment::shared/secrets/db": {"name": _role(_OLD_SCOPE)}
            },
        },
    ),
]
