"""The settings of a Component: plain values, keys of Kubernetes Secrets, and secrets of another secret store.

dapr/dapr v1.18.3: pkg/operator/api/components.go (processComponentSecrets) and
pkg/runtime/processor/secret/secret.go (ProcessResource). A sidecar reads from the store that
`auth.secretStore` names, with its pod's identity and whatever the Configuration's scopes allow: those are for
the application's own requests. What it may not read it leaves out, and logs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.simulators.azure.entra import VaultError
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.store import SECRET, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators import workload_identity
from rehearsal.simulators.kubernetes.operators.dapr import key_vault
from rehearsal.simulators.kubernetes.operators.dapr.webhook import sidecar_of

BUILT_IN: Final = "kubernetes"


class DaprdError(Exception):
    """A sidecar that ends; the message is the last line of its log."""


def store_of(component: Manifest) -> str:
    """Name of the secret store of its references (AuthSecretStoreOrDefault)."""
    return str(mapping(component.get("auth")).get("secretStore") or BUILT_IN)


def references(component: Manifest) -> list[tuple[str, str, str]]:
    """Setting, secret and key of each reference; the key is the secret's name if it has none."""
    spec = mapping(component.get("spec"))
    referred: list[tuple[str, str, str]] = []
    for item in mappings(spec.get("metadata")):
        reference = mapping(item.get("secretKeyRef"))
        if secret := str(reference.get("name") or ""):
            referred.append((str(item.get("name", "")).lower(), secret, str(reference.get("key") or secret)))
    return referred


def by_operator(objects: ObjectStore, component: Manifest) -> dict[str, str]:
    """The settings that Dapr's operator sends: plain values, and those of Kubernetes Secrets, which it reads
    without the pod's rights.

    Raises DaprdError: a Secret is not there.
    """
    namespace, referred = component["metadata"]["namespace"], references(component)
    by_reference = {name for name, *_ in referred}
    properties: dict[str, str] = {}
    for item in mappings(mapping(component.get("spec")).get("metadata")):
        name, value = str(item.get("name", "")).lower(), item.get("value")
        if value is not None and name not in by_reference:
            properties[name] = value if isinstance(value, str) else str(value)
    for name, secret, key in referred if store_of(component) == BUILT_IN else ():
        live = objects.get(SECRET, namespace, secret)
        if live is None:
            raise DaprdError(
                "Fatal error from runtime: failed to load components: rpc error: code = Unknown "
                f'desc = Secret "{secret}" not found'
            )
        if key in {**mapping(live.get("data")), **mapping(live.get("stringData"))}:
            properties[name] = objects.world.keyed_hash([namespace, secret, key])
    return properties


def by_store(
    objects: ObjectStore, pod: Manifest, component: Manifest, store: Mapping[str, Any]
) -> dict[str, str]:
    """The settings that the sidecar reads from another store. It leaves out what it may not read."""
    properties: dict[str, str] = {}
    variables = workload_identity.variables(sidecar_of(pod) or {})
    for name, secret, key in references(component):
        if str(store["type"]).lower() != key_vault.TYPE:
            properties[name] = objects.world.keyed_hash([store["type"], secret, key])
        elif key == secret:  # an Azure Key Vault answers with one key, the secret's name
            try:
                read = key_vault.read(objects, pod, store["properties"], variables, secret, "")
            except VaultError:
                continue  # "Error getting secret", and the component starts without it
            properties[name] = read.content
    return properties
