"""The Azure Key Vault provider of the External Secrets Operator: reading secrets, keys and certificates, and
writing secrets.

external-secrets v2.9.0, providers/v1/azure/keyvault/{keyvault,keyvault_new_sdk}.go; of what is pushed only
secrets are simulated. Forms of the vault's
answers: piyushsachdeva/Terraform_AKS#2 and turbot/steampipe-plugin-azure#127.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeVar

from rehearsal.simulators.azure.entra import VaultError
from rehearsal.simulators.azure.keyvault import data_plane, writing
from rehearsal.simulators.azure.keyvault.response import VaultResponseError
from rehearsal.simulators.kubernetes.api.fields import is_hashed, mapping
from rehearsal.simulators.kubernetes.api.store import ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.detection import EsoInstallation
from rehearsal.simulators.kubernetes.operators.external_secrets.token import StoreCredentials, StoreError
from rehearsal.simulators.world import AzureResource

_SUFFIX: Final = ".vault.azure.net"
_HOST: Final = re.compile(r"https?://([^/:]+)(:\d+)?/*")
_CALLS: Final = {"secret": "GetSecret", "key": "GetKey", "cert": "GetCertificate"}
_Result = TypeVar("_Result")
_DATES: Final = ("expires", "notBefore")
_MANAGED_BY: Final = "managed-by"
_MANAGER: Final = "external-secrets"


class NoSecretError(StoreError):
    """The vault has no such object. Some deletion policies do not count that as a failure."""

    def __init__(self) -> None:
        super().__init__("Secret does not exist")


class Client:
    """The client of one store, for one namespace."""

    def __init__(
        self,
        objects: ObjectStore,
        store: Mapping[str, Any],
        namespace: str,
        operator: EsoInstallation,
        *,
        cluster: bool,
    ) -> None:
        self._world, self._store = objects.world, store
        credentials = StoreCredentials(objects, store, namespace, operator, cluster=cluster)
        self._token, self._uses_new_sdk = credentials.token, credentials.uses_new_sdk

    def get(self, reference: Mapping[str, Any]) -> str:
        """Hash of the value of one `remoteRef`. A hash does not show properties: each counts as present."""
        kind, name = _object_type(str(reference["key"]))
        if kind not in data_plane.COLLECTIONS:
            raise StoreError(f"unknown Azure Keyvault object Type for {name}")
        property_ = str(reference.get("property") or "")
        version = str(reference.get("version") or "")
        vault = self._vault(_CALLS[kind], f"{data_plane.COLLECTIONS[kind]}/{name}/{version}")
        if vault is None:
            return self._world.keyed_hash(["eso", self._store.get("vaultUrl"), kind, name, property_])
        value = self._call(
            _CALLS[kind], lambda: data_plane.read(self._world, vault, self._token(), kind, name, version)
        )
        if reference.get("metadataPolicy") == "Fetch":
            return self._tag(vault, kind, name, property_)
        if not property_ or kind == "cert":
            return value.content
        return self._world.keyed_hash([value.content, property_])

    def get_map(self, reference: Mapping[str, Any]) -> str:
        """Hash of all values that `extract` reads; the keys lie in the value."""
        kind, name = _object_type(str(reference["key"]))
        if kind in ("cert", "key"):
            what = "certificate" if kind == "cert" else "key"
            raise StoreError(f"cannot get use dataFrom to get {what} secret")
        if kind != "secret":
            raise StoreError(f"unknown Azure Keyvault object Type for {name}")
        return self._world.keyed_hash([self.get(reference), "extract"])

    def find(self, query: Mapping[str, Any]) -> dict[str, str] | None:
        """Hashes of the secrets that have these names and tags, by name. None: the vault is unknown."""
        vault = self._vault("GetSecrets", "secrets")
        if vault is None:
            return None
        listed = self._call("GetSecrets", lambda: data_plane.list_secrets(self._world, vault, self._token()))
        tags, pattern = mapping(query.get("tags")), str(mapping(query.get("name")).get("regexp") or "")
        values: dict[str, str] = {}
        for name, secret in sorted(listed.items()):
            present = mapping(secret.properties.get("tags"))
            if _matches(pattern, name) and all(
                self._world.matches(present.get(tag), str(value)) for tag, value in tags.items()
            ):
                values[name] = self.get({"key": name})
        return values

    def exists(self, key: str) -> bool:
        """Whether the vault has a secret (SecretExists). Raises StoreError."""
        name = _pushed_name(key)
        vault = self._vault("GetSecret", f"secrets/{name}/")
        return vault is not None and self._written(vault, name) is not None

    def push(self, key: str, value: str) -> None:
        """Write a secret, unless it has the value already (setKeyVaultSecret). `value` is a hash. Raises
        StoreError.
        """
        name = _pushed_name(key)
        vault = self._vault("GetSecret", f"secrets/{name}/")
        if vault is None:
            return
        try:
            known = self._written(vault, name)
        except StoreError as error:
            raise StoreError(f"cannot get secret {name}: unexpected api error: {error}") from error
        present = mapping(known.properties.get("properties")) if known else {}
        if known and not self._world.matches(
            mapping(known.properties.get("tags")).get(_MANAGED_BY), _MANAGER
        ):
            raise StoreError(f"cannot get secret {name}: not managed by external-secrets")
        if present.get("value") == value:
            return
        if known is None:
            # As long as nothing has written it, its readers do not find it either.
            self._world.absent_secrets.add(writing.secret_id(vault, name).lower())
        try:
            self._call("SetSecret", lambda: self._set(vault, name, value))
        except StoreError as error:
            raise StoreError(f"could not set secret {name}: {error}") from error

    def _set(self, vault: AzureResource, name: str, value: str) -> None:
        writing.require_right_to_set(self._world, vault, self._token(), name)
        writing.require_free_name(self._world, vault, name)
        properties = {"value": value, "attributes": {"enabled": True}}
        writing.write_version(self._world, vault, name, properties, {_MANAGED_BY: _MANAGER})
        self._world.absent_secrets.discard(writing.secret_id(vault, name).lower())

    def _written(self, vault: AzureResource, name: str) -> AzureResource | None:
        """The secret that something in the world has written. None: there is none. Raises StoreError."""
        return self._call("GetSecret", lambda: data_plane.written(self._world, vault, self._token(), name))

    def _tag(self, vault: AzureResource, kind: str, name: str, tag: str) -> str:
        """Hash of a tag, or of a field in it (getSecretTag, getSecretAllMetadata).

        Only the old SDK adds attributes.
        """
        known = data_plane.details(self._world, vault, kind, name)
        if known is None or not tag:
            return self._world.keyed_hash([vault.id, kind, name, "tags", tag])
        tags = dict(mapping(known.properties.get("tags")))
        attributes = mapping(mapping(known.properties.get("properties")).get("attributes"))
        if not self._uses_new_sdk:
            tags |= {
                f"attribute.{attribute}": attribute
                for attribute in ("created", "updated", *(date for date in _DATES if attributes.get(date)))
            }
        head = tag.split(".", 1)[0]
        if tag in tags:
            value = tags[tag]
            return str(value) if is_hashed(value) else self._world.keyed_hash(str(value))
        if "." in tag and head in tags:
            return self._world.keyed_hash([tags[head], tag])
        raise StoreError(f"tag {tag} does not exist")

    def _vault(self, call: str, path: str) -> AzureResource | None:
        """The store's vault, asked for a path. None: the world has only the hash of its address. Raises
        StoreError: at once, and the old SDK asks for an unknown host four times, in seven and a half minutes
        (doRetryForStatusCodesImpl in Azure/go-autorest, autorest/sender.go; 3 retries after 30 s, doubled).
        """
        url = str(self._store.get("vaultUrl") or "")
        if is_hashed(url):
            return None
        if not re.match(r"[a-zA-Z]+://", url):
            failed = (
                "Failure preparing request: StatusCode=0 -- Original Error: autorest: No scheme detected "
                f"in URL {url}"
            )
            raise StoreError(
                f'Get "{url}": unsupported protocol scheme ""'
                if self._uses_new_sdk
                else f"keyvault.BaseClient#{call}: {failed}"
            )
        host = _HOST.match(url)
        name = host.group(1) if host else url
        try:
            if not name.endswith(_SUFFIX):
                raise VaultError(f"dial tcp: lookup {name}: no such host")
            return data_plane.find_vault(self._world, name.removesuffix(_SUFFIX))
        except VaultError as error:
            # url.Error in net/url of Go; v7.0/keyvault of azure-sdk-for-go has this version
            address = f"https://{name}/{path}?api-version=7.0"
            failed = str(error) if self._uses_new_sdk else f'Get "{address}": {error}'
            raise self._sdk_error(call, VaultError(failed)) from error

    def _call(self, call: str, request: Callable[[], _Result]) -> _Result:
        """The result of a request. Raises StoreError."""
        try:
            return request()
        except VaultError as error:
            raise self._sdk_error(call, error) from error

    def _sdk_error(self, call: str, error: VaultError) -> StoreError:
        """The vault's answer in the words of the SDK in use."""
        answer = error if isinstance(error, VaultResponseError) else None
        if answer and answer.status == HTTPStatus.NOT_FOUND:
            return NoSecretError()
        if self._uses_new_sdk:
            return StoreError(str(error))
        if answer is None:
            return StoreError(
                f"keyvault.BaseClient#{call}: Failure sending request: StatusCode=0 -- Original "
                f"Error: {error}"
            )
        # ServiceError in Azure/go-autorest, autorest/azure/azure.go, quotes the text as Go does
        quoted = json.dumps(answer.message, ensure_ascii=False)
        service = (
            f'Service returned an error. Status={answer.status} Code="{answer.code}" Message={quoted} '
            f'InnerError={{"code":"{answer.inner}"}}'
        )
        failed = f"StatusCode={answer.status} -- Original Error: autorest/azure: {service}"
        return StoreError(f"keyvault.BaseClient#{call}: Failure responding to request: {failed}")


def _object_type(key: str) -> tuple[str, str]:
    """Type and name of a key (getObjType): the text before the first slash is the type; the text after the
    second is dropped.
    """
    kind, *rest = key.split("/")
    return (kind, rest[0]) if rest else ("secret", key)


def _pushed_name(key: str) -> str:
    kind, name = _object_type(key)
    if kind != "secret":
        raise StoreError(f"the rehearsal simulates pushes of secrets only, not of {kind}")
    return name


def _matches(pattern: str, name: str) -> bool:
    """okByName. A pattern that does not parse matches nothing."""
    try:
        return not pattern or re.search(pattern, name) is not None
    except re.error:
        return False
