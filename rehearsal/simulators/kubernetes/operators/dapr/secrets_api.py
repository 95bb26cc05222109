"""The secrets API of the sidecar, as its application calls it: `GET http://localhost:3500/v1.0/secrets/…`.

dapr/dapr v1.18.3: pkg/api/universal/secrets.go (order of the checks), pkg/messages/predefined.go and
errorcodes/errorcodes.go (answers), IsSecretAllowed in pkg/config/configuration.go; components-contrib v1.18,
secretstores/kubernetes/kubernetes.go. https://docs.dapr.io/reference/api/secrets_api/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.simulators.azure.entra import VaultError
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, mappings
from rehearsal.simulators.kubernetes.api.store import POD, SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.apiserver import rbac
from rehearsal.simulators.kubernetes.operators.dapr import key_vault, sidecar
from rehearsal.simulators.kubernetes.operators.dapr.detection import installed
from rehearsal.simulators.kubernetes.operators.dapr.webhook import APP_ID_LABEL

_REFUSED: Final = "dial tcp 127.0.0.1:3500: connect: connection refused"


@dataclass(frozen=True)
class Answer:
    """The sidecar's answer. Status 0: no sidecar answers."""

    status: int
    code: str = ""
    """`errorCode` of the body."""
    message: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    """Hashed values by name; for `bulk` by secret."""


class _StoreError(Exception):
    """A store's refusal."""


def get_secret(
    objects: ObjectStore, namespace: str, app_id: str, store: str, name: str, version: str = ""
) -> Answer:
    """`GET /v1.0/secrets/<store>/<name>[?metadata.version_id=<version>]`"""

    def read(pod: Manifest, component: Mapping[str, Any], allowed: Callable[[str], bool]) -> Answer:
        if not allowed(name):
            return Answer(
                403, "ERR_PERMISSION_DENIED", f'access denied by policy to get "{name}" from "{store}"'
            )
        try:
            return Answer(200, data=_read(objects, pod, component, name, version))
        except (_StoreError, VaultError) as error:
            return Answer(
                500,
                "ERR_SECRET_GET",
                f"failed getting secret with key {name} from secret store {store}: {error}",
            )

    return _answer(objects, namespace, app_id, store, read)


def get_bulk(objects: ObjectStore, namespace: str, app_id: str, store: str) -> Answer:
    """`GET /v1.0/secrets/<store>/bulk`: all secrets are read, then those that the scopes do not allow are
    left out.
    """

    def read_all(pod: Manifest, component: Mapping[str, Any], allowed: Callable[[str], bool]) -> Answer:
        try:
            data = _read_all(objects, pod, component)
        except (_StoreError, VaultError) as error:
            return Answer(500, "ERR_SECRET_GET", f"failed getting secrets from secret store {store}: {error}")
        return Answer(200, data={name: value for name, value in data.items() if allowed(name)})

    return _answer(objects, namespace, app_id, store, read_all)


def allows(scope: Mapping[str, Any], name: str) -> bool:
    """IsSecretAllowed. Names are compared as they are written, and Key Vault takes them in any case
    (https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates#object-identifiers-and-versioning):
    to deny `db` is not to deny `DB`.
    """
    if allowed := scope.get("allowedSecrets"):
        return name in allowed
    return (
        name not in (scope.get("deniedSecrets") or [])
        and str(scope.get("defaultAccess") or "allow").lower() != "deny"
    )


def _answer(
    objects: ObjectStore, namespace: str, app_id: str, store: str, read: Callable[..., Answer]
) -> Answer:
    """The answer of the app's sidecar: `read` with the pod, the store's component and the scope, if they
    exist.
    """
    pod = _pod(objects, namespace, app_id)
    try:
        known = sidecar.known(objects, pod) if pod else None
    except sidecar.DaprdError as error:
        return Answer(0, message=f"{_REFUSED} (daprd: {error})")
    if pod is None or known is None:
        return Answer(0, message=_REFUSED)
    stores = known["stores"]
    if not stores:
        return Answer(500, "ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured")
    if store not in stores:
        return Answer(401, "ERR_SECRET_STORE_NOT_FOUND", f"failed finding secret store with key {store}")
    scopes = mappings(mapping(known["configuration"].get("secrets")).get("scopes"))
    scope = next((scope for scope in scopes if scope.get("storeName") == store), {})
    return read(pod, stores[store], lambda name: allows(scope, name))


def _pod(objects: ObjectStore, namespace: str, app_id: str) -> Manifest | None:
    """The newest pod of the app whose sidecar runs; None if there is none. An older one is being replaced."""
    pods = [
        pod
        for pod in objects.all_of(POD, namespace)
        if mapping(pod["metadata"].get("labels")).get(APP_ID_LABEL) == app_id and sidecar.runs(objects, pod)
    ]
    return pods[-1] if pods else None


def _read(
    objects: ObjectStore, pod: Manifest, store: Mapping[str, Any], name: str, version: str
) -> dict[str, str]:
    if store["type"].lower() == key_vault.TYPE:
        secret = key_vault.read(objects, pod, store["properties"], sidecar.variables(pod), name, version)
        return {name: secret.content}
    if store["type"].lower() != "secretstores.kubernetes":
        return {name: objects.world.keyed_hash([store["type"], name])}
    _require_access(objects, pod, "get", name)
    secret = objects.get(SECRET, pod["metadata"]["namespace"], name)
    if secret is None:
        raise _StoreError(f'secrets "{name}" not found')
    return _values(objects, secret)


def _read_all(objects: ObjectStore, pod: Manifest, store: Mapping[str, Any]) -> dict[str, str]:
    if store["type"].lower() == key_vault.TYPE:
        return key_vault.read_all(objects, pod, store["properties"], sidecar.variables(pod))
    if store["type"].lower() != "secretstores.kubernetes":
        return {}
    _require_access(objects, pod, "list", "")
    secrets = objects.all_of(SECRET, pod["metadata"]["namespace"])
    return {
        secret["metadata"]["name"]: objects.world.keyed_hash(_values(objects, secret)) for secret in secrets
    }


def _require_access(objects: ObjectStore, pod: Manifest, verb: str, name: str) -> None:
    """Raises _StoreError if the pod's ServiceAccount may not read. The chart lets `default` of the namespace
    `default` get all Secrets there (charts/dapr/charts/dapr_rbac/templates/secret-reader.yaml).
    """
    namespace, account, here = pod["metadata"]["namespace"], sidecar.account_of(pod), installed(objects)
    reads = here is not None and here.on(objects.world, "dapr_rbac.secretReader.enabled", True)
    if reads and (verb, account, namespace) == ("get", "default", "default"):
        return
    if not rbac.may(
        objects, rbac.Account(namespace, account), namespace, rbac.ResourceAttributes(verb, "secrets", name)
    ):
        what = f'secrets "{name}"' if name else "secrets"
        raise _StoreError(
            f'{what} is forbidden: User "system:serviceaccount:{namespace}:{account}" cannot {verb} '
            'resource "secrets" in API group "" in '
            f'the namespace "{namespace}"'
        )


def _values(objects: ObjectStore, secret: Manifest) -> dict[str, str]:
    """Hashed values of a Secret by key."""
    values = {**mapping(secret.get("data")), **mapping(secret.get("stringData"))}
    return {
        key: value if is_hashed(value) else objects.world.keyed_hash(value) for key, value in values.items()
    }
