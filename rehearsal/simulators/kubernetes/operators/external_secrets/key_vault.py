"""The Azure Key Vault provider of the External Secrets Operator: what it reads.

external-secrets v2.9.0, providers/v1/azure/keyvault/{keyvault,keyvault_new_sdk}.go. Forms of the vault's answers:
piyushsachdeva/Terraform_AKS#2 and turbot/steampipe-plugin-azure#127.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from rehearsal.simulators.azure.keyvault import data_plane
from rehearsal.simulators.azure.keyvault.data_plane import VaultError
from rehearsal.simulators.kubernetes.api.fields import is_sealed, mapping
from rehearsal.simulators.kubernetes.api.store import ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.installation import EsoInstallation
from rehearsal.simulators.kubernetes.operators.external_secrets.token import StoreCredentials, StoreError
from rehearsal.simulators.world import AzureResource

_SUFFIX: Final = ".vault.azure.net"
_HOST: Final = re.compile(r"https?://([^/:]+)(:\d+)?/*")
_CALLS: Final = {"secret": "GetSecret", "key": "GetKey", "cert": "GetCertificate"}
_Answer = TypeVar("_Answer")
_DATES: Final = ("expires", "notBefore")


class NoSecretError(StoreError):
    """The vault has no such object: with some deletion policies that is no failure."""

    def __init__(self) -> None:
        super().__init__("Secret does not exist")


class Client:
    """Of one store, for one namespace."""

    def __init__(
        self,
        objects: ObjectStore,
        store: Mapping[str, Any],
        namespace: str,
        operator: EsoInstallation,
        *,
        cluster: bool,
    ) -> None:
        self._world, self._given = objects.world, store
        access = StoreCredentials(objects, store, namespace, operator, cluster=cluster)
        self._token, self._new = access.token, access.new

    # Reading

    def get(self, reference: Mapping[str, Any]) -> str:
        """The value of one `remoteRef`, sealed. What is inside a value nobody can tell: a property is taken to be there."""
        kind, name = _object_type(str(reference["key"]))
        if kind not in data_plane.COLLECTIONS:
            raise StoreError(f"unknown Azure Keyvault object Type for {name}")
        property_ = str(reference.get("property") or "")
        vault = self._vault(_CALLS[kind])
        if vault is None:
            return self._world.keyed_hash(["eso", self._given.get("vaultUrl"), kind, name, property_])
        version = str(reference.get("version") or "")
        found = self._asked(
            _CALLS[kind], lambda: data_plane.read(self._world, vault, self._token(), kind, name, version)
        )
        if reference.get("metadataPolicy") == "Fetch":
            return self._tag(vault, kind, name, property_)
        if not property_ or kind == "cert":
            return found.content
        return self._world.keyed_hash([found.content, property_])

    def get_map(self, reference: Mapping[str, Any]) -> str:
        """What `extract` reads: the keys are inside the value, so what comes back is a hash of them all."""
        kind, name = _object_type(str(reference["key"]))
        if kind in ("cert", "key"):
            what = "certificate" if kind == "cert" else "key"
            raise StoreError(f"cannot get use dataFrom to get {what} secret")
        if kind != "secret":
            raise StoreError(f"unknown Azure Keyvault object Type for {name}")
        return self._world.keyed_hash([self.get(reference), "extract"])

    def find(self, wanted: Mapping[str, Any]) -> dict[str, str] | None:
        """The secrets that the world knows, of these names and tags, and each of them read; None if it does not know the vault."""
        vault = self._vault("GetSecrets")
        if vault is None:
            return None
        listed = self._asked("GetSecrets", lambda: data_plane.list_secrets(self._world, vault, self._token()))
        tags, pattern = mapping(wanted.get("tags")), str(mapping(wanted.get("name")).get("regexp") or "")
        found: dict[str, str] = {}
        for name, secret in sorted(listed.items()):
            has = mapping(secret.properties.get("tags"))
            if _matches(pattern, name) and all(
                self._world.matches(has.get(tag), str(value)) for tag, value in tags.items()
            ):
                found[name] = self.get({"key": name})
        return found

    def _tag(self, vault: AzureResource, kind: str, name: str, wanted: str) -> str:
        """getSecretTag, getSecretAllMetadata; the new SDK gives the tags alone."""
        known = data_plane.details(self._world, vault, kind, name)
        if known is None or not wanted:
            return self._world.keyed_hash([vault.id, kind, name, "tags", wanted])
        tags = dict(mapping(known.properties.get("tags")))
        attributes = mapping(mapping(known.properties.get("properties")).get("attributes"))
        if not self._new:
            tags |= {
                f"attribute.{said}": said
                for said in ("created", "updated", *(date for date in _DATES if attributes.get(date)))
            }
        head = wanted.split(".", 1)[0]
        if wanted in tags:
            value = tags[wanted]
            return str(value) if is_sealed(value) else self._world.keyed_hash(str(value))
        if "." in wanted and head in tags:
            return self._world.keyed_hash([tags[head], wanted])
        raise StoreError(f"tag {wanted} does not exist")

    def _vault(self, call: str) -> AzureResource | None:
        """None if the world knows the address as its hash only."""
        url = str(self._given.get("vaultUrl") or "")
        if is_sealed(url):
            return None
        if not re.match(r"[a-zA-Z]+://", url):
            failed = f"Failure preparing request: StatusCode=0 -- Original Error: autorest: No scheme detected in URL {url}"
            raise StoreError(
                f'Get "{url}": unsupported protocol scheme ""'
                if self._new
                else f"keyvault.BaseClient#{call}: {failed}"
            )
        host = _HOST.match(url)
        name = host.group(1) if host else url
        if not name.endswith(_SUFFIX):
            raise self._said(call, VaultError(f"dial tcp: lookup {name}: no such host"))
        return self._asked(call, lambda: data_plane.find_vault(self._world, name.removesuffix(_SUFFIX)))

    def _asked(self, call: str, ask: Callable[[], _Answer]) -> _Answer:
        try:
            return ask()
        except VaultError as error:
            raise self._said(call, error) from error

    def _said(self, call: str, error: VaultError) -> StoreError:
        """The vault's answer as the SDK gives it."""
        answer = re.fullmatch(r"RESPONSE (\d+): .*? ERROR CODE: \w+ (.*)", str(error))
        if answer and answer.group(1) == "404":
            return NoSecretError()
        if self._new:
            return StoreError(str(error))
        if answer is None:
            return StoreError(
                f"keyvault.BaseClient#{call}: Failure sending request: StatusCode=0 -- Original Error: {error}"
            )
        inner = "ForbiddenByRbac" if "NoValidRBAC" in answer.group(2) else "AccessDenied"
        service = f'Service returned an error. Status=403 Code="Forbidden" Message="{answer.group(2)}" InnerError={{"code":"{inner}"}}'
        failed = f"Failure responding to request: StatusCode=403 -- Original Error: autorest/azure: {service}"
        return StoreError(f"keyvault.BaseClient#{call}: {failed}")


def _object_type(key: str) -> tuple[str, str]:
    """getObjType: what stands before the first slash is the type, whatever it is, and what stands after the second is dropped."""
    kind, *rest = key.split("/")
    return (kind, rest[0]) if rest else ("secret", key)


def _matches(pattern: str, name: str) -> bool:
    """okByName: a pattern that does not parse matches nothing."""
    try:
        return not pattern or re.search(pattern, name) is not None
    except re.error:
        return False
