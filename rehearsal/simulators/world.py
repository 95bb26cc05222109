"""The simulated world: what exists in Azure, in its directory and in its clusters, kept in one file.

Owns storage only; who may do what is for the rules beside the providers. Values that arrived secret are stored
as keyed hashes: the file can tell whether a value changed, and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
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

from rehearsal.simulators.wire import Secret

FILE: Final = "cloud.json"
KEY_FILE: Final = "cloud.key"
HASH_PREFIX: Final = "hmac-sha256:"
_NAMESPACE: Final = uuid.UUID("0f6c1a3e-7a6e-4c58-9b0c-5d4f2f6b8a11")


class WorldError(Exception):
    """The world's file cannot be read."""


@dataclass
class AzureResource:
    """One ARM resource. `properties` have the SDK's wire names, secrets sealed."""

    id: str
    token: str
    properties: dict[str, Any]
    serial: int
    """Counts creations of this id: a recreated identity gets another principal."""
    versions: int = 1
    """Writes so far. For a Key Vault secret each one is a version."""


@dataclass
class DirectoryObject:
    """Someone in the directory: a User, a Group or a ServicePrincipal."""

    object_id: str
    type: str
    name: str = ""
    client_id: str = ""


@dataclass
class DeletedVault:
    """A soft-deleted vault: its name is taken until it is purged or recovered."""

    name: str
    vault: AzureResource
    contents: list[AzureResource] = field(default_factory=list)


class World:
    """Thread-safe by one lock: `with world.lock:` around a rule and its store step, never around a wait."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.RLock()
        self.azure: dict[str, AzureResource] = {}
        self.directory: dict[str, DirectoryObject] = {}
        self.deleted_vaults: dict[str, DeletedVault] = {}
        self.deleted_secrets: dict[str, AzureResource] = {}
        """Soft-deleted secrets by ARM id."""
        self.kubernetes: dict[str, dict[str, dict[str, Any]]] = {}
        self.pending_objects: dict[str, list[Mapping[str, Any]]] = {}
        """Cluster id → objects that it will have from its first minute on."""
        """Cluster id → object key → manifest with sealed secrets."""
        self.seeded: set[str] = set()
        self.etcd_keys: dict[str, list[str]] = {}
        """Cluster id → ids of the keys that its KMS has used, the newest last, until Secrets were written again."""
        self.runner = ""
        """The virtual network in which `pulumi` runs, by id; empty: nobody said, and it reaches everything."""
        self.unregistered: set[str] = set()
        """Resource providers that the subscription is not registered for, in lower case."""
        self.unreplicated: set[str] = set()
        """Principals made in this engine operation: Entra may not have replicated them yet. Never saved."""
        self._creations: dict[str, int] = {}
        self._busy: set[str] = set()
        self._dirty = False
        self._timer: threading.Timer | None = None
        self._key = self._load_key()
        self._load()

    # ARM

    def new_serial(self, id_: str) -> int:
        """How often this id has been created, this time included: what ARM makes up is new each time, and the
        same in every rehearsal, whatever order the engine takes."""
        with self.lock:
            count = self._creations[id_.lower()] = self._creations.get(id_.lower(), 0) + 1
            return count

    def get(self, id_: str) -> AzureResource | None:
        return self.azure.get(id_.lower())

    def put(
        self, id_: str, token: str, properties: Mapping[str, Any], serial: int | None = None
    ) -> AzureResource:
        """Creates or overwrites. `properties` are sealed on the way in."""
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
        """Takes out the resource and all that lies below its id; the resource itself is last."""
        below = [*self.descendants(id_), *filter(None, [self.get(id_)])]
        for resource in below:
            del self.azure[resource.id.lower()]
        self.changed()
        return below

    def remove_only(self, id_: str) -> AzureResource | None:
        """Takes out the resource alone; what lies below its id stays."""
        taken = self.azure.pop(id_.lower(), None)
        self.changed()
        return taken

    def descendants(self, id_: str) -> list[AzureResource]:
        prefix = id_.lower() + "/"
        return [resource for key, resource in self.azure.items() if key.startswith(prefix)]

    def of_type(self, token: str, below: str = "") -> Iterator[AzureResource]:
        prefix = below.lower() + "/" if below else ""
        return (r for key, r in list(self.azure.items()) if r.token == token and key.startswith(prefix))

    # Names that only this world knows

    def guid(self, *parts: object) -> str:
        """A GUID that is the same in every rehearsal for the same thing."""
        return str(uuid.uuid5(_NAMESPACE, "|".join(str(part).lower() for part in parts)))

    def hex(self, length: int, *parts: object) -> str:
        return hashlib.sha256("|".join(str(part).lower() for part in parts).encode()).hexdigest()[:length]

    # Secrets

    def hashed(self, value: Any) -> Any:
        """The value with each secret in it replaced by a keyed hash of it."""
        if isinstance(value, Secret):
            return self.keyed_hash(value.value)
        if isinstance(value, Mapping):
            return {name: self.hashed(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.hashed(item) for item in value]
        return value

    def keyed_hash(self, value: Any) -> str:
        if isinstance(value, Secret):
            return self.keyed_hash(value.value)
        text = json.dumps(_plain(value), sort_keys=True)
        return HASH_PREFIX + hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def matches(self, stored: Any, text: str) -> bool:
        """Whether a stored value, plain or known by its hash only, is this text."""
        return stored in (text, self.keyed_hash(text))

    def resolve_hashes(self, value: Any, olds: Any) -> Any:
        """The value with each hash in it replaced by the old value, where that is what was hashed."""
        if isinstance(value, Mapping):
            known = olds if isinstance(olds, Mapping) else {}
            return {name: self.resolve_hashes(item, known.get(name)) for name, item in value.items()}
        if isinstance(value, list):
            items = olds if isinstance(olds, list) else []
            return [
                self.resolve_hashes(item, items[i] if i < len(items) else None)
                for i, item in enumerate(value)
            ]
        if isinstance(value, str) and value.startswith(HASH_PREFIX) and self.keyed_hash(olds) == value:
            return olds
        return value

    # One writer at a time on one thing

    @contextmanager
    def exclusively(self, key: str) -> Iterator[bool]:
        """Holds `key` for the block; yields False when someone else holds it."""
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
        """Saves soon: writing after each of hundreds of creates would cost more than the creates."""
        self._dirty = True
        if self._timer is None:
            self._timer = threading.Timer(0.25, self.save)
            self._timer.daemon = True
            self._timer.start()

    def save(self) -> None:
        """Writes the file if anything changed; readers see the old file or the new one, never half of one."""
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
                    f"{path} is not a simulated cloud ({error}); delete the state folder {self.folder.parent} to start over"
                ) from error

    def _load_key(self) -> bytes:
        path = self.folder / KEY_FILE
        with suppress(FileNotFoundError):
            return path.read_bytes()
        self.folder.mkdir(parents=True, exist_ok=True)
        key = secrets.token_bytes(32)
        _write_atomically(path, key)  # mkstemp makes it readable by its owner only
        return key


def _by_id(rows: Iterable[Mapping[str, Any]]) -> dict[str, AzureResource]:
    return {row["id"].lower(): AzureResource(**row) for row in rows}


def _plain(value: Any) -> Any:
    if isinstance(value, Secret):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _write_atomically(path: Path, content: bytes) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
