"""PushSecrets, each with the vault and the ServiceAccount of its store, and the secrets that it writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from rehearsal.data_planes.key_vault_documents import SUFFIX
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import PUSH_SECRET, STORE


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """A secret that a PushSecret writes, as the objects in the cluster say it."""

    push: Manifest
    vault: str
    account: str
    name: str

    @property
    def source(self) -> str:
        """Name of the Kubernetes Secret; empty: a generator draws the value."""
        return str(mapping(mapping(self.push["spec"].get("selector")).get("secret")).get("name") or "")


def pushed_secrets(objects: ObjectStore, namespace: str) -> Iterator[Pushed]:
    """The secrets that the PushSecrets of a namespace write."""
    for push in objects.all_of(PUSH_SECRET, namespace):
        for reference in mappings(push["spec"].get("secretStoreRefs")):
            store = objects.get(STORE, namespace, str(reference.get("name"))) or {}
            azure = mapping(mapping(mapping(store.get("spec")).get("provider")).get("azurekv"))
            host = urlsplit(str(azure.get("vaultUrl") or "")).hostname or ""
            account = str(mapping(azure.get("serviceAccountRef")).get("name") or "")
            for entry in mappings(push["spec"].get("data")):
                key = str(mapping(mapping(entry.get("match")).get("remoteRef")).get("remoteKey"))
                yield Pushed(
                    push=push,
                    vault=host.removesuffix(SUFFIX),
                    account=account,
                    name=key.removeprefix("secret/"),
                )
