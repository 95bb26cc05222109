"""What an ExternalSecret brings from its stores, before it becomes a Secret.

external-secrets v2.9.0, pkg/controllers/externalsecret/externalsecret_controller_secret.go, pkg/controllers/secretstore/client_manager.go,
runtime/esutils/utils.go. Values are hashes. Where the keys are inside a value (`extract`, generators, some rewrites) they are not known:
the Secret is a hash as a whole then, and taken to have every key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_sealed, mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import CLUSTER_STORE, STORE, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.installation import EsoInstallation
from rehearsal.simulators.kubernetes.operators.external_secrets.key_vault import Client, NoSecretError
from rehearsal.simulators.kubernetes.operators.external_secrets.token import StoreError
from rehearsal.simulators.world import World

_NAMESPACE: Final = GroupVersionKind("", "v1", "Namespace")
_KEY_LENGTH: Final = 253


@dataclass
class Data:
    """Keys and sealed values, and hashes of what has keys that nobody knows."""

    known: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.known or self.unknown)

    @classmethod
    def of(cls, secret: Mapping[str, Any]) -> Data:
        """Of a Secret as the world has it: `stringData` have not become `data` here."""
        parts = [secret.get(name) for name in ("data", "stringData")]
        known = {key: str(value) for part in parts for key, value in mapping(part).items()}
        return cls(known, [str(part) for part in parts if is_sealed(part)])

    def add(self, other: Data) -> None:
        self.known |= other.known
        self.unknown += other.unknown

    def stored(self, world: World) -> dict[str, str] | str:
        if not self.known and len(self.unknown) == 1:
            return self.unknown[0]
        return world.keyed_hash([self.known, self.unknown]) if self.unknown else dict(self.known)


def of_stores(
    objects: ObjectStore, operator: EsoInstallation, namespace: str, spec: Mapping[str, Any]
) -> Data:
    """GetProviderSecretData. Raises `StoreError`."""
    found, retains = Data(), mapping(spec.get("target")).get("deletionPolicy") == "Retain"
    for index, entry in enumerate(mappings(spec.get("dataFrom"))):
        kind = next(
            (name for name in ("find", "extract") if entry.get(name) is not None), "sourceRef.generatorRef"
        )
        try:
            found.add(_many(objects, operator, namespace, spec, entry))
        except StoreError as error:
            if isinstance(error, NoSecretError) and not retains:
                continue
            raise StoreError(f"error processing spec.dataFrom[{index}].{kind}, err: {error}") from error
    for index, entry in enumerate(mappings(spec.get("data"))):
        reference = mapping(entry.get("remoteRef"))
        try:
            value = _client(objects, operator, namespace, spec, entry).get(reference)
        except StoreError as error:
            if isinstance(error, NoSecretError) and not retains:
                continue
            raise StoreError(
                f"error processing spec.data[{index}] (key: {reference.get('key')}), err: {error}"
            ) from error
        found.known[str(entry["secretKey"])] = _decoded(objects.world, value, reference)
    return found


def store_of(
    objects: ObjectStore, namespace: str, spec: Mapping[str, Any], entry: Mapping[str, Any]
) -> tuple[GroupVersionKind, str, Manifest | None]:
    """Its kind, its name, and itself if it is there. What an entry says itself comes first."""
    reference = mapping(mapping(entry.get("sourceRef")).get("storeRef")) or mapping(
        spec.get("secretStoreRef")
    )
    kind = CLUSTER_STORE if reference.get("kind") == CLUSTER_STORE.name else STORE
    name = str(reference.get("name") or "")
    return kind, name, objects.get(kind, "" if kind == CLUSTER_STORE else namespace, name)


def client_of(objects: ObjectStore, operator: EsoInstallation, store: Manifest, namespace: str) -> Client:
    """Raises `StoreError`."""
    provider = mapping(mapping(store.get("spec")).get("provider"))
    azure = provider.get("azurekv")
    if not isinstance(azure, Mapping):
        raise StoreError(
            f"the rehearsal simulates the provider azurekv only, not {', '.join(provider) or 'a hidden one'}"
        )
    # The defaults of secretstore_azurekv_types.go that decide something.
    given = {
        "authType": "ServicePrincipal",
        **{name: value for name, value in azure.items() if value is not None},
    }
    return Client(objects, given, namespace, operator, cluster=store["kind"] == CLUSTER_STORE.name)


def _client(
    objects: ObjectStore,
    operator: EsoInstallation,
    namespace: str,
    spec: Mapping[str, Any],
    entry: Mapping[str, Any],
) -> Client:
    kind, name, store = store_of(objects, namespace, spec, entry)
    if store is None:
        missing = f'{kind.name}.{kind.group} "{name}" not found'
        raise StoreError(f'could not get {kind.name} "{name}", {missing}')
    if not operator.handles(objects, namespace, mapping(store.get("spec")), cluster=True):
        raise StoreError("can not reference unmanaged store")
    if kind == CLUSTER_STORE and not _lets_in(objects, store, namespace):
        raise StoreError(
            f'using cluster store "{name}" is not allowed from namespace "{namespace}": denied by spec.condition'
        )
    return client_of(objects, operator, store, namespace)


def _lets_in(objects: ObjectStore, store: Manifest, namespace: str) -> bool:
    """shouldProcessSecret. Of selectors' expressions it knows the four operators of labels."""
    conditions = mappings(mapping(store.get("spec")).get("conditions"))
    found = objects.get(_NAMESPACE, "", namespace) or {}
    labels = {
        "kubernetes.io/metadata.name": namespace,
        **mapping(mapping(found.get("metadata")).get("labels")),
    }
    for condition in conditions:
        selector = condition.get("namespaceSelector")
        if isinstance(selector, Mapping) and _selects(selector, labels):
            return True
        if namespace in (condition.get("namespaces") or []):
            return True
        if any(re.search(str(pattern), namespace) for pattern in condition.get("namespaceRegexes") or []):
            return True
    return not conditions


def _selects(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"""
    for wanted in mappings(selector.get("matchExpressions")):
        key, values = str(wanted.get("key")), wanted.get("values") or []
        fits = {
            "In": labels.get(key) in values,
            "NotIn": labels.get(key) not in values,
            "Exists": key in labels,
        }
        if not fits.get(str(wanted.get("operator")), key not in labels):
            return False
    return all(labels.get(key) == value for key, value in mapping(selector.get("matchLabels")).items())


def _many(
    objects: ObjectStore,
    operator: EsoInstallation,
    namespace: str,
    spec: Mapping[str, Any],
    entry: Mapping[str, Any],
) -> Data:
    world = objects.world
    find, extract = entry.get("find"), entry.get("extract")
    if find is None and extract is None:
        return Data(unknown=[world.keyed_hash([namespace, entry])])  # a generator
    client = _client(objects, operator, namespace, spec, entry)
    if find is not None:
        try:
            names = client.find(mapping(find))
            found = Data(unknown=[world.keyed_hash([namespace, entry])]) if names is None else Data(names)
        except NoSecretError:
            raise
        except StoreError as error:
            raise StoreError(f"error getting all secrets: {error}") from error
    else:
        found = Data(unknown=[client.get_map(mapping(extract))])
    for index, operation in enumerate(mappings(entry.get("rewrite"))):
        found = _rewritten(world, found, operation, index)
    _must_be_keys(found.known)
    # Names in a vault have letters, digits and dashes only: no conversionStrategy has anything to change in them.
    reference = mapping(find if find is not None else extract)
    return Data({key: _decoded(world, value, reference) for key, value in found.known.items()}, found.unknown)


def _rewritten(world: World, found: Data, operation: Mapping[str, Any], index: int) -> Data:
    """RewriteMap. A template for names is not rendered, and what merges has its keys inside the values."""
    if (regexp := operation.get("regexp")) is not None:
        try:
            pattern = re.compile(str(mapping(regexp).get("source")))
        except re.error as error:
            failed = f"failed rewrite operation[{index}]: regexp failed with failed to compile: error parsing regexp: {error}"
            raise StoreError(f"error applying rewrite to keys: {failed}") from error
        target = re.sub(
            r"\$(?:\{(\w+)\}|(\w+))", r"\\g<\1\2>", str(mapping(regexp).get("target")).replace("\\", r"\\")
        )
        return Data({pattern.sub(target, key): value for key, value in found.known.items()}, found.unknown)
    merge = mapping(operation.get("merge"))
    hashed = [world.keyed_hash([found.known, found.unknown, operation])] if found else []
    if merge.get("strategy") == "JSON" and not found.unknown:
        if not merge.get("into"):
            raise StoreError(
                f"error applying rewrite to keys: failed rewrite operation[{index}]: merge failed with missing 'into' field"
            )
        return Data({**found.known, str(merge["into"]): world.keyed_hash(hashed)})
    return Data(unknown=hashed)


def _must_be_keys(keys: Mapping[str, str]) -> None:
    """ValidateKeys."""
    invalid = "invalid secret keys (TIP: use rewrite or conversionStrategy to change keys): key has"
    for key in keys:
        if len(key) > _KEY_LENGTH:
            cut = f"(following is truncated): {key[:_KEY_LENGTH]}"
            raise StoreError(f"{invalid} length {len(key)} but max is {_KEY_LENGTH}: {cut}")
        if wrong := [character for character in key if not (character.isalnum() or character in "-._")]:
            allowed = "only alphanumeric, '-', '.' and '_' are allowed"
            raise StoreError(f"{invalid} invalid character {wrong[0]}, {allowed}: {key}")


def _decoded(world: World, value: str, reference: Mapping[str, Any]) -> str:
    """Whether a value can be decoded nobody can tell: it is taken to be so."""
    strategy = reference.get("decodingStrategy") or "None"
    return value if strategy == "None" else world.keyed_hash([value, strategy])
