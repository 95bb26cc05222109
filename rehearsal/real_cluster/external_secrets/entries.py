"""Entries of ExternalSecrets, each with its vault, its ServiceAccount and its object."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import trustme

from rehearsal.data_planes.key_vault_documents import SUFFIX
from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.kinds import (
    CLUSTER_STORE,
    EXTERNAL_SECRET,
    STORE,
)

Place = tuple[GroupVersionKind, str, str]
"""Kind, namespace and name."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of `data` or `dataFrom`, as the objects in the cluster say it."""

    secret: Manifest
    store: Place
    vault: str
    """Name of the vault of the store; empty: the store does not exist, or has none."""
    account: str
    """Name of the ServiceAccount that reads; empty: the operator's own."""
    kind: str
    """``secret``, ``key`` or ``cert``."""
    name: str
    """Name of the object; empty: those that a query finds."""
    version: str
    property_: str
    """Part of the value; empty: all of it, or a tag."""
    is_tag: bool
    is_encoded: bool
    is_extracted: bool
    key: str
    """Key of the Secret; empty: those that lie in the value."""

    @property
    def is_query(self) -> bool:
        return not self.name

    @property
    def is_copied(self) -> bool:
        """Whether the Secret gets the value as the vault has it: no part, no tag, nothing composed."""
        composed = mapping(mapping(mapping(self.secret["spec"].get("target")).get("template")).get("data"))
        is_whole = not (self.property_ or self.is_tag or self.is_encoded)
        return bool(self.key) and is_whole and self.key not in composed

    @property
    def is_pem(self) -> bool:
        """Whether a template takes the parts of a certificate out of the value."""
        template = mapping(mapping(self.secret["spec"].get("target")).get("template"))
        texts = [str(text) for text in mapping(template.get("data")).values()]
        return any("filterPEM" in text and json.dumps(self.key) in text for text in texts)

    @property
    def is_login(self) -> bool:
        """Whether the API server reads the value as what `docker login` writes: a Secret of such a type."""
        template = mapping(mapping(self.secret["spec"].get("target")).get("template"))
        return (template.get("type"), self.key) == ("kubernetes.io/dockerconfigjson", ".dockerconfigjson")


def entries_of(objects: ObjectStore, namespace: str | None = None) -> Iterator[Entry]:
    """Every entry of the ExternalSecrets of a namespace, or of all."""
    for secret in objects.all_of(EXTERNAL_SECRET, namespace):
        spec = mapping(secret["spec"])
        for entry in (*mappings(spec.get("data")), *mappings(spec.get("dataFrom"))):
            yield _entry(objects, secret, entry)


def stores_of(secret: Manifest) -> list[Place]:
    """The stores that an ExternalSecret reads from."""
    spec = mapping(secret["spec"])
    entries = [*mappings(spec.get("data")), *mappings(spec.get("dataFrom"))]
    return list(dict.fromkeys(_store_of(secret, entry) for entry in entries or [{}]))


def _store_of(secret: Manifest, entry: Mapping[str, Any]) -> Place:
    own = mapping(mapping(entry.get("sourceRef")).get("storeRef"))
    reference = own or mapping(mapping(secret["spec"]).get("secretStoreRef"))
    name = str(reference.get("name") or "")
    if reference.get("kind") == CLUSTER_STORE.name:
        return CLUSTER_STORE, "", name
    return STORE, str(secret["metadata"]["namespace"]), name


def _entry(objects: ObjectStore, secret: Manifest, entry: Mapping[str, Any]) -> Entry:
    place = _store_of(secret, entry)
    store = mapping(mapping((objects.get(*place) or {}).get("spec")).get("provider"))
    azure = mapping(store.get("azurekv"))
    host = urlsplit(str(azure.get("vaultUrl") or "")).hostname or ""
    reference = mapping(entry.get("remoteRef") or entry.get("extract"))
    kind, slash, rest = str(reference.get("key") or "").partition("/")
    return Entry(
        secret=secret,
        store=place,
        vault=host.removesuffix(SUFFIX),
        account=str(mapping(azure.get("serviceAccountRef")).get("name") or ""),
        kind=kind if slash else "secret",
        name=rest.partition("/")[0] if slash else kind,
        version=str(reference.get("version") or ""),
        property_="" if reference.get("metadataPolicy") == "Fetch" else str(reference.get("property") or ""),
        is_tag=reference.get("metadataPolicy") == "Fetch",
        is_encoded=reference.get("decodingStrategy") not in (None, "None"),
        is_extracted=entry.get("extract") is not None,
        key=str(entry.get("secretKey") or ""),
    )


@dataclass
class ValueForm:
    """The form of a made-up value, as the objects in the cluster read it. Of the real value, the simulated
    cloud has the hash only.
    """

    properties: set[str] = field(default_factory=set[str])
    is_document: bool = False
    is_encoded: bool = False
    is_pem: bool = False
    is_login: bool = False

    def __call__(self, value: str) -> str:
        if self.is_login:
            login = {"auth": base64.b64encode(f"rehearsal:{value}".encode()).decode()}
            return json.dumps({"auths": {"registry.invalid": login}})
        if self.is_pem:
            return _certificate()
        encoded = base64.b64encode(value.encode()).decode() if self.is_encoded else value
        if self.is_document:
            return json.dumps(dict.fromkeys(sorted(self.properties) or ["value"], encoded))
        return encoded


def forms_of(objects: ObjectStore) -> dict[tuple[str, str], ValueForm]:
    """Name of a vault and of a secret → the form of its value, where some entry needs one."""
    forms: dict[tuple[str, str], ValueForm] = {}
    for entry in entries_of(objects):
        if entry.kind != "secret" or entry.is_query:
            continue
        form = forms.setdefault((entry.vault.lower(), entry.name.lower()), ValueForm())
        form.properties |= {entry.property_} - {""}
        form.is_document |= bool(entry.property_) or entry.is_extracted
        form.is_encoded |= entry.is_encoded
        form.is_pem |= entry.is_pem
        form.is_login |= entry.is_login
    return forms


@cache
def _certificate() -> str:
    """A certificate with its key, as Key Vault serves one with the content type PEM."""
    issued = trustme.CA().issue_cert("rehearsal.invalid")
    return issued.private_key_pem.bytes().decode() + issued.cert_chain_pems[0].bytes().decode()
