"""The data that an ExternalSecret reads from its stores, before it becomes a Secret.

external-secrets v2.9.0, pkg/controllers/externalsecret/externalsecret_controller_secret.go,
pkg/controllers/secretstore/client_manager.go, runtime/esutils/utils.go. Values are hashes. Keys that lie in a
value (`extract`, generators, some rewrites) are unknown: the whole Secret is one hash then, and counts as
having every key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import NAMESPACE, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.detection import EsoInstallation
from rehearsal.simulators.kubernetes.operators.external_secrets.key_vault import Client, NoSecretError
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import CLUSTER_STORE, STORE
from rehearsal.simulators.kubernetes.operators.external_secrets.token import StoreError
from rehearsal.simulators.world import World

_KEY_LENGTH: Final = 253


@dataclass
class Data:
    """Data of a Secret: keys with hashed values, and hashes of parts whose keys are unknown."""

    known: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.known or self.unknown)

    @classmethod
    def of(cls, secret: Mapping[str, Any]) -> Data:
        """Data of a stored Secret. The simulated cluster does not merge `stringData` into `data`."""
        parts = [secret.get(name) for name in ("data", "stringData")]
        known = {key: str(value) for part in parts for key, value in mapping(part).items()}
        return cls(known, [str(part) for part in parts if is_hashed(part)])

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
    """Read all of `dataFrom` and `data` (GetProviderSecretData). Raises StoreError."""
    result, retains = Data(), mapping(spec.get("target")).get("deletionPolicy") == "Retain"
    for index, entry in enumerate(mappings(spec.get("dataFrom"))):
        kind = next(
            (name for name in ("find", "extract") if entry.get(name) is not None), "sourceRef.generatorRef"
        )
        try:
            result.add(_many(objects, operator, namespace, spec, entry))
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
        result.known[str(entry["secretKey"])] = _decoded(objects.world, value, reference)
    return result


def store_of(
    objects: ObjectStore, namespace: str, spec: Mapping[str, Any], entry: Mapping[str, Any]
) -> tuple[GroupVersionKind, str, Manifest | None]:
    """Kind and name of an entry's store, and the store if it exists.

    The entry's own reference comes first.
    """
    reference = mapping(mapping(entry.get("sourceRef")).get("storeRef")) or mapping(
        spec.get("secretStoreRef")
    )
    kind = CLUSTER_STORE if reference.get("kind") == CLUSTER_STORE.name else STORE
    name = str(reference.get("name") or "")
    return kind, name, objects.get(kind, "" if kind == CLUSTER_STORE else namespace, name)


def client_of(objects: ObjectStore, operator: EsoInstallation, store: Manifest, namespace: str) -> Client:
    """A client of the store's vault. Raises StoreError."""
    provider = mapping(mapping(store.get("spec")).get("provider"))
    azure = provider.get("azurekv")
    if not isinstance(azure, Mapping):
        raise StoreError(
            f"the rehearsal simulates the provider azurekv only, not {', '.join(provider) or 'a hidden one'}"
        )
    # The only default of secretstore_azurekv_types.go that matters here.
    settings = {
        "authType": "ServicePrincipal",
        **{name: value for name, value in azure.items() if value is not None},
    }
    return Client(objects, settings, namespace, operator, cluster=store["kind"] == CLUSTER_STORE.name)


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
    if kind == CLUSTER_STORE and not _admits(objects, store, namespace):
        raise StoreError(
            f'using cluster store "{name}" is not allowed from namespace "{namespace}": denied by '
            "spec.condition"
        )
    if operator.has_flood_gate(objects) and not _is_usable(store):
        raise StoreError(f'{kind.name} "{name}" is not ready')
    return client_of(objects, operator, store, namespace)


def _is_usable(store: Manifest) -> bool:
    """Whether the operator has found the store ready (assertStoreIsUsable)."""
    conditions = mappings(mapping(store.get("status")).get("conditions"))
    return any(each.get("type") == "Ready" and each.get("status") == "True" for each in conditions)


def _admits(objects: ObjectStore, store: Manifest, namespace: str) -> bool:
    """Whether a ClusterSecretStore admits the namespace (shouldProcessSecret)."""
    conditions = mappings(mapping(store.get("spec")).get("conditions"))
    live = objects.get(NAMESPACE, "", namespace) or {}
    labels = {
        "kubernetes.io/metadata.name": namespace,
        **mapping(mapping(live.get("metadata")).get("labels")),
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
    for expression in mappings(selector.get("matchExpressions")):
        key, values = str(expression.get("key")), expression.get("values") or []
        fits = {
            "In": labels.get(key) in values,
            "NotIn": labels.get(key) not in values,
            "Exists": key in labels,
        }
        if not fits.get(str(expression.get("operator")), key not in labels):
            return False
    return all(labels.get(key) == value for key, value in mapping(selector.get("matchLabels")).items())


def _many(
    objects: ObjectStore,
    operator: EsoInstallation,
    namespace: str,
    spec: Mapping[str, Any],
    entry: Mapping[str, Any],
) -> Data:
    """The secrets of one entry of `dataFrom`. Raises StoreError."""
    world = objects.world
    find, extract = entry.get("find"), entry.get("extract")
    if find is None and extract is None:
        return Data(unknown=[world.keyed_hash([namespace, entry])])  # a generator
    client = _client(objects, operator, namespace, spec, entry)
    if find is not None:
        try:
            values = client.find(mapping(find))
            data = Data(unknown=[world.keyed_hash([namespace, entry])]) if values is None else Data(values)
        except NoSecretError:
            raise
        except StoreError as error:
            raise StoreError(f"error getting all secrets: {error}") from error
    else:
        data = Data(unknown=[client.get_map(mapping(extract))])
    for index, operation in enumerate(mappings(entry.get("rewrite"))):
        data = _rewritten(world, data, operation, index)
    _require_valid_keys(data.known)
    # Names in a vault have letters, digits and dashes only, so that no conversionStrategy changes them.
    reference = mapping(find if find is not None else extract)
    return Data({key: _decoded(world, value, reference) for key, value in data.known.items()}, data.unknown)


# https://external-secrets.io/latest/guides/datafrom-rewrite/#transform
_CASES: Final = re.compile(r"\{\{\s*\.value((?:\s*\|\s*(?:upper|lower))+)\s*\}\}")


def _rewritten(world: World, data: Data, operation: Mapping[str, Any], index: int) -> Data:
    """Data after one rewrite (RewriteMap).

    Of transform templates, only `upper` and `lower` are rendered; the keys of a merge lie in the values.
    """
    if (regexp := operation.get("regexp")) is not None:
        try:
            pattern = re.compile(str(mapping(regexp).get("source")))
        except re.error as error:
            failed = (
                f"failed rewrite operation[{index}]: regexp failed with failed to compile: error parsing "
                f"regexp: {error}"
            )
            raise StoreError(f"error applying rewrite to keys: {failed}") from error
        target = re.sub(
            r"\$(?:\{(\w+)\}|(\w+))", r"\\g<\1\2>", str(mapping(regexp).get("target")).replace("\\", r"\\")
        )
        return Data({pattern.sub(target, key): value for key, value in data.known.items()}, data.unknown)
    template = str(mapping(operation.get("transform")).get("template"))
    if data.known and not data.unknown and (changes := _CASES.fullmatch(template)):
        known = data.known
        for change in changes[1].replace("|", " ").split():
            known = {getattr(key, change)(): value for key, value in known.items()}
        return Data(known)
    merge = mapping(operation.get("merge"))
    hashed = [world.keyed_hash([data.known, data.unknown, operation])] if data else []
    if merge.get("strategy") == "JSON" and not data.unknown:
        if not merge.get("into"):
            raise StoreError(
                f"error applying rewrite to keys: failed rewrite operation[{index}]: merge failed with "
                "missing 'into' field"
            )
        return Data({**data.known, str(merge["into"]): world.keyed_hash(hashed)})
    return Data(unknown=hashed)


def _require_valid_keys(keys: Mapping[str, str]) -> None:
    """Raises StoreError for a key that a Secret cannot have (ValidateKeys)."""
    invalid = "invalid secret keys (TIP: use rewrite or conversionStrategy to change keys): key has"
    for key in keys:
        if len(key) > _KEY_LENGTH:
            cut = f"(following is truncated): {key[:_KEY_LENGTH]}"
            raise StoreError(f"{invalid} length {len(key)} but max is {_KEY_LENGTH}: {cut}")
        if wrong := [character for character in key if not (character.isalnum() or character in "-._")]:
            allowed = "only alphanumeric, '-', '.' and '_' are allowed"
            raise StoreError(f"{invalid} invalid character {wrong[0]}, {allowed}: {key}")


def _decoded(world: World, value: str, reference: Mapping[str, Any]) -> str:
    """The value after its decodingStrategy.

    A hash does not tell whether decoding works: it counts as working.
    """
    strategy = reference.get("decodingStrategy") or "None"
    return value if strategy == "None" else world.keyed_hash([value, strategy])
