"""The simulated world: the content of Azure, of its directory and of its clusters, stored in one file.

Owns what exists. Deliberately not here: rules, which stand beside the providers, and the file (storage.py,
journal.py). Secret values are stored as keyed hashes (secret_hashes.py).
"""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rehearsal.simulators.faults.clock import Clock
from rehearsal.simulators.journal import Clusters, Table
from rehearsal.simulators.secret_hashes import SecretHashes
from rehearsal.simulators.storage import Section, Storage, write_atomically

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


class World(SecretHashes, Clock):
    """Everything that exists.

    Hold `world.lock` around a rule and the write that follows it, never around a wait.
    """

    def __init__(self, folder: Path) -> None:
        SecretHashes.__init__(self, _load_key(folder))
        Clock.__init__(self)
        self.folder = folder
        self.azure: Table[AzureResource] = Table()
        self.directory: Table[DirectoryObject] = Table()
        self.deleted_vaults: Table[DeletedVault] = Table()
        self.deleted_secrets: Table[AzureResource] = Table()
        """Soft-deleted secrets by ARM id."""
        self.kubernetes = Clusters()
        """Cluster id → object key → manifest with hashed secrets."""
        self.pending_objects: Table[list[Mapping[str, Any]]] = Table()
        """Cluster id → objects that a cluster of this id has as soon as it is created."""
        self.seeded: set[str] = set()
        """Hashes of the --cloud entries that are already in the world."""
        self.subscriptions: Table[dict[str, Any]] = Table()
        """Subscription id, in lower case → what Azure lets it do, as a --cloud file has it; empty id: any."""
        self.etcd_keys: Table[list[str]] = Table()
        """Cluster id → ids of the keys of Secrets in etcd since their last rewrite, the newest last."""
        self.runner = ""
        """Id of the virtual network in which `pulumi` runs. Empty: unknown; it reaches every API server."""
        self.times: Table[str] = Table()
        """Event → its last time: the creation of an object, a new version of a secret."""
        self.unregistered: set[str] = set()
        """Resource providers that the subscription is not registered for, in lower case."""
        # ARM ids in lower case: of secrets that no vault has, and of vaults of a --cloud file. Other secrets
        # that the world does not hold count as present: people set their values outside the program.
        self.absent_secrets, self.planted_vaults = set[str](), set[str]()
        self.unreplicated: set[str] = set()
        """Object ids of this operation, which Entra may not have replicated yet. Never saved."""
        self.open_cluster: Callable[[str], Any] | None = None
        """Opens a cluster by its id in another way than as a simulated one. Never saved."""
        self._creations: Table[int] = Table()
        self._busy: set[str] = set()
        self._dirty = False
        self._storage = Storage(folder, self._sections(), self.kubernetes, self._write_rest, self._read_rest)
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
        current.properties = self.hashed(properties)
        current.versions += 1
        self.azure[id_.lower()] = current
        self.absent_secrets.discard(id_.lower())
        self.note_time(f"{id_.lower()}#{current.versions}")
        self.changed()
        return current

    def note_time(self, event: str) -> None:
        """Note that something happens now."""
        self.times[event] = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

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
        self.changed()
        return self.azure.pop(id_.lower(), None)

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
        """Note that something outside the tables has changed, so that the next commit writes it."""
        self._dirty = True

    def commit(self) -> None:
        """Put what has changed since the last commit on disk, before it is answered.

        Only the changes are written: the whole file for each of hundreds of creates would take longer than
        the creates themselves.
        """
        with self.lock:
            self._storage.commit(with_rest=self._dirty)
            self._dirty = False

    def save(self) -> None:
        """Write the whole file if the world has changed."""
        with self.lock:
            self.commit()
            self._storage.save()

    def document(self) -> dict[str, Any]:
        """The world as the file has it."""
        return self._storage.document()

    def _load(self) -> None:
        try:
            self._storage.load()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WorldError(
                f"{self._storage.path} is not a simulated cloud ({error}); delete the state folder "
                f"{self.folder.parent} to start over"
            ) from error

    def _write_rest(self) -> dict[str, Any]:
        return {
            "seeded": sorted(self.seeded),
            "unregistered": sorted(self.unregistered),
            "runner": self.runner,
            **({"clock": self.clock} if self.clock else {}),
            **({"absentSecrets": sorted(self.absent_secrets)} if self.absent_secrets else {}),
            **({"plantedVaults": sorted(self.planted_vaults)} if self.planted_vaults else {}),
        }

    def _read_rest(self, document: Mapping[str, Any]) -> None:
        self.seeded = set(document["seeded"])
        self.unregistered = set(document.get("unregistered", ()))
        self.runner = document.get("runner", "")
        self.clock = document.get("clock", 0)
        self.absent_secrets = set(document.get("absentSecrets", ()))
        self.planted_vaults = set(document.get("plantedVaults", ()))

    def _sections(self) -> list[Section]:
        return [
            Section("creations", self._creations),
            Section("azure", self.azure, vars, _decode_resource, _lower_id),
            Section("directory", self.directory, vars, _decode_principal, lambda row: row["object_id"]),
            Section(
                "deletedVaults",
                self.deleted_vaults,
                _encode_vault,
                _decode_vault,
                lambda row: row["name"].lower(),
            ),
            Section("deletedSecrets", self.deleted_secrets, vars, _decode_resource, _lower_id),
            Section("kubernetes", self.kubernetes),
            Section("coming", self.pending_objects, is_optional=True),
            Section("etcdKeys", self.etcd_keys, is_optional=True),
            Section("subscriptions", self.subscriptions, is_optional=True),
            Section("times", self.times, is_optional=True),
            Section("worksFrom", self.works_from, is_optional=True),
        ]


def _load_key(folder: Path) -> bytes:
    path = folder / KEY_FILE
    with suppress(FileNotFoundError):
        return path.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(32)
    write_atomically(path, key)  # mkstemp makes the file readable by its owner only
    return key


def _lower_id(row: Mapping[str, Any]) -> str:
    return row["id"].lower()


def _decode_resource(row: Mapping[str, Any]) -> AzureResource:
    return AzureResource(**row)


def _decode_principal(row: Mapping[str, Any]) -> DirectoryObject:
    return DirectoryObject(**row)


def _encode_vault(deleted: DeletedVault) -> dict[str, Any]:
    contents = [vars(resource) for resource in deleted.contents]
    return {"name": deleted.name, "vault": vars(deleted.vault), "contents": contents}


def _decode_vault(row: Mapping[str, Any]) -> DeletedVault:
    contents = [_decode_resource(resource) for resource in row["contents"]]
    return DeletedVault(row["name"], _decode_resource(row["vault"]), contents)
