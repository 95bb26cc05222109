"""The simulated world: the content of Azure, of its directory and of its clusters, stored in one file.

Owns storage. Deliberately not here: rules, which stand beside the providers. Secret values are stored as
keyed hashes (secret_hashes.py).
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import tempfile
import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rehearsal.simulators.secret_hashes import SecretHashes

FILE: Final = "cloud.json"
KEY_FILE: Final = "cloud.key"
_NAMESPACE: Final = uuid.UUID("0f6c1a3e-7a6e-4c58-9b0c-5d4f2f6b8a11")


class WorldError(Exception):
    """The file of the world cannot be read."""


@dataclass
class AzureResource:
    """One ARM resource. `properties` have the SDK's wire names; secrets in them are hashed."""

    id: str
    token: str
    properties: dict[str, Any]
    serial: int
    """Number of this id's creation: a recreated identity gets another principal."""
    versions: int = 1
    """Number of writes. Each write of a Key Vault secret is a version."""


@dataclass
class DirectoryObject:
    """A principal of the directory: a User, a Group or a ServicePrincipal."""

    object_id: str
    type: str
    name: str = ""
    client_id: str = ""


@dataclass
class DeletedVault:
    """A soft-deleted vault. Its name is unavailable until the vault is purged or recovered."""

    name: str
    vault: AzureResource
    contents: list[AzureResource] = field(default_factory=list)


class World(SecretHashes):
    """Everything that exists.

    Hold `world.lock` around a rule and the write that follows it, never around a wait.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(_load_key(folder))
        self.folder = folder
        self.lock = threading.RLock()
        self.azure: dict[str, AzureResource] = {}
        self.directory: dict[str, DirectoryObject] = {}
        self.deleted_vaults: dict[str, DeletedVault] = {}
        self.deleted_secrets: dict[str, AzureResource] = {}
        """Soft-deleted secrets by ARM id."""
        self.kubernetes: dict[str, dict[str, dict[str, Any]]] = {}
        """Cluster id → object key → manifest with hashed secrets."""
        self.pending_objects: dict[str, list[Mapping[str, Any]]] = {}
        """Cluster id → objects that a cluster of this id has as soon as it is created."""
        self.seeded: set[str] = set()
        """Hashes of the --cloud entries that are already in the world."""
        self.etcd_keys: dict[str, list[str]] = {}
        """Cluster id → ids of the keys that encrypt Secrets in etcd, the newest last.

        A rewrite of all Secrets shortens the list.
        """
        self.runner = ""
        """Id of the virtual network in which `pulumi` runs.

        Empty: unknown, so `pulumi` reaches every API server.
        """
        self.unregistered: set[str] = set()
        """Resource providers that the subscription is not registered for, in lower case."""
        self.unreplicated: set[str] = set()
        """Object ids created in this engine operation: Entra may not have replicated them yet. Never saved.
        """
        self._creations: dict[str, int] = {}
        self._busy: set[str] = set()
        self._dirty = False
        self._timer: threading.Timer | None = None
        self._load()

    # ARM

    def new_serial(self, id_: str) -> int:
        """The number of creations of this id, including this one.

        Values that ARM generates depend on it: they differ between creations and are equal in every
        rehearsal, in any order of the engine's operations.
        """
        with self.lock:
            count = self._creations[id_.lower()] = self._creations.get(id_.lower(), 0) + 1
            return count

    def get(self, id_: str) -> AzureResource | None:
        return self.azure.get(id_.lower())

    def put(
        self, id_: str, token: str, properties: Mapping[str, Any], serial: int | None = None
    ) -> AzureResource:
        """Create or overwrite a resource. Secrets in `properties` are stored as hashes."""
        current = self.get(id_)
        if current is None:
            current = AzureResource(
                id_, token, {}, self.new_serial(id_) if serial is None else serial, versions=0
            )
            self.azure[id_.lower()] = current
        current.properties = self.hashed(properties)
        current.versions += 1
        self.changed()
        return current

    def restore(self, resource: AzureResource) -> None:
        self.azure[resource.id.lower()] = resource
        self.changed()

    def remove(self, id_: str) -> list[AzureResource]:
        """Remove the resource and its descendants; returns them, the resource itself last."""
        removed = [*self.descendants(id_), *filter(None, [self.get(id_)])]
        for resource in removed:
            del self.azure[resource.id.lower()]
        self.changed()
        return removed

    def remove_only(self, id_: str) -> AzureResource | None:
        """Remove the resource without its descendants."""
        removed = self.azure.pop(id_.lower(), None)
        self.changed()
        return removed

    def descendants(self, id_: str) -> list[AzureResource]:
        """Resources whose ids begin with this id."""
        prefix = id_.lower() + "/"
        return [resource for key, resource in self.azure.items() if key.startswith(prefix)]

    def of_type(self, token: str, below: str = "") -> Iterator[AzureResource]:
        prefix = below.lower() + "/" if below else ""
        return (r for key, r in list(self.azure.items()) if r.token == token and key.startswith(prefix))

    # Generated names

    def guid(self, *parts: object) -> str:
        """A GUID that is equal in every rehearsal for equal parts."""
        return str(uuid.uuid5(_NAMESPACE, "|".join(str(part).lower() for part in parts)))

    def hex(self, length: int, *parts: object) -> str:
        """Hexadecimal digits that are equal in every rehearsal for equal parts."""
        return hashlib.sha256("|".join(str(part).lower() for part in parts).encode()).hexdigest()[:length]

    # Exclusive writes

    @contextmanager
    def exclusively(self, key: str) -> Iterator[bool]:
        """Hold `key` during the block; yields False if another writer holds it."""
        with self.lock:
            free = key not in self._busy
            if free:
                self._busy.add(key)
        try:
            yield free
        finally:
            if free:
                with self.lock:
                    self._busy.discard(key)

    # Storage

    def changed(self) -> None:
        """Save within 0.25 s: hundreds of file writes would take longer than the creates themselves."""
        self._dirty = True
        if self._timer is None:
            self._timer = threading.Timer(0.25, self.save)
            self._timer.daemon = True
            self._timer.start()

    def save(self) -> None:
        """Write the file if the world has changed.

        The write is atomic: readers see the old file or the new one.
        """
        with self.lock:
            self._timer = None
            if not self._dirty:
                return
            text = json.dumps(self._document(), indent=1, sort_keys=True)
            self._dirty = False
            _write_atomically(self.folder / FILE, text.encode())

    def _document(self) -> dict[str, Any]:
        return {
            "about": "simulated by the rehearsal; nothing here exists in Azure",
            "version": 1,
            "creations": self._creations,
            "seeded": sorted(self.seeded),
            "azure": [vars(resource) for resource in self.azure.values()],
            "directory": [vars(principal) for principal in self.directory.values()],
            "deletedVaults": [
                {"name": v.name, "vault": vars(v.vault), "contents": [vars(c) for c in v.contents]}
                for v in self.deleted_vaults.values()
            ],
            "deletedSecrets": [vars(secret) for secret in self.deleted_secrets.values()],
            "kubernetes": self.kubernetes,
            "coming": self.pending_objects,
            "unregistered": sorted(self.unregistered),
            "etcdKeys": self.etcd_keys,
            "runner": self.runner,
        }

    def _load(self) -> None:
        path = self.folder / FILE
        with suppress(FileNotFoundError):
            try:
                document = json.loads(path.read_text(encoding="utf-8"))
                self._creations = document["creations"]
                self.seeded = set(document["seeded"])
                self.azure = _by_id(document["azure"])
                self.directory = {p["object_id"]: DirectoryObject(**p) for p in document["directory"]}
                self.deleted_vaults = {
                    v["name"].lower(): DeletedVault(
                        v["name"], AzureResource(**v["vault"]), [AzureResource(**c) for c in v["contents"]]
                    )
                    for v in document["deletedVaults"]
                }
                self.deleted_secrets = _by_id(document["deletedSecrets"])
                self.kubernetes = document["kubernetes"]
                self.pending_objects = document.get("coming", {})
                self.unregistered = set(document.get("unregistered", ()))
                self.etcd_keys = document.get("etcdKeys", {})
                self.runner = document.get("runner", "")
            except (ValueError, KeyError, TypeError) as error:
                raise WorldError(
                    f"{path} is not a simulated cloud ({error}); delete the state folder "
                    f"{self.folder.parent} to start over"
                ) from error


def _load_key(folder: Path) -> bytes:
    path = folder / KEY_FILE
    with suppress(FileNotFoundError):
        return path.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(32)
    _write_atomically(path, key)  # mkstemp makes the file readable by its owner only
    return key


def _by_id(rows: Iterable[Mapping[str, Any]]) -> dict[str, AzureResource]:
    return {row["id"].lower(): AzureResource(**row) for row in rows}


def _write_atomically(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
