"""Requests to an API server with Kubernetes' own client: server-side apply, reads, deletes."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

from kubernetes.client.configuration import Configuration
from kubernetes.client.exceptions import ApiException
from kubernetes.client.rest import RESTClientObject
from urllib3.exceptions import HTTPError, ProtocolError

from rehearsal.simulators.kubernetes.api.errors import ApiError, ConflictError, NoMatchError
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind

MANAGER: Final = "pulumi-kubernetes"
"""The real name of the provider's field manager has a random suffix."""
_JSON: Final = "application/json"
_APPLY: Final = "application/apply-patch+yaml"
_TIMEOUT_SECONDS: Final = 30
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409
_INTERNAL_ERROR: Final = 500


@dataclass(frozen=True, kw_only=True)
class _Resource:
    """Address of a kind in the API."""

    plural: str
    namespaced: bool


class Client:
    """A client of one API server; threads may share it."""

    def __init__(self, address: str, authority: Path, token: str) -> None:
        configuration = Configuration(host=address, ssl_ca_cert=str(authority), no_proxy="127.0.0.1")
        self._rest = RESTClientObject(configuration)
        self._address, self._token = address, token
        self._resources: dict[GroupVersionKind, _Resource] = {}
        self._lock = threading.Lock()

    def is_ready(self) -> bool:
        try:
            self.request("GET", "/readyz")
        except (ApiError, HTTPError):
            return False
        return True

    def apply(
        self,
        manifest: Mapping[str, Any],
        *,
        manager: str = MANAGER,
        force: bool = False,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """The object as server-side apply leaves it. Raises ApiError.

        https://kubernetes.io/docs/reference/using-api/server-side-apply/
        """
        query = {"fieldManager": manager, "force": str(force).lower()}
        path = f"{self.path_of(manifest)}?{urlencode(query | ({'dryRun': 'All'} if dry_run else {}))}"
        return self.request("PATCH", path, manifest, _APPLY)

    def get(self, kind: GroupVersionKind, namespace: str, name: str) -> dict[str, Any] | None:
        try:
            return self.request("GET", self._path(kind, namespace, name))
        except ApiError as error:
            if error.code == _NOT_FOUND:
                return None
            raise

    def all_of(self, kind: GroupVersionKind, namespace: str = "", query: str = "") -> list[dict[str, Any]]:
        answer = self.request("GET", self._path(kind, namespace, "") + (f"?{query}" if query else ""))
        own = {"apiVersion": kind.api_version, "kind": kind.name}
        return [own | item for item in answer["items"]]

    def is_namespaced(self, kind: GroupVersionKind) -> bool:
        return self._resource(kind).namespaced

    def serves(self, kind: GroupVersionKind) -> bool:
        try:
            self._resource(kind)
        except NoMatchError:
            return False
        return True

    def path_of(self, manifest: Mapping[str, Any], subresource: str = "") -> str:
        """The path of an object. Raises NoMatchError if its kind is not served."""
        metadata = manifest.get("metadata")
        values = metadata if isinstance(metadata, Mapping) else {}
        path = self._path(
            GroupVersionKind.of(manifest), str(values.get("namespace") or ""), str(values.get("name") or "")
        )
        return f"{path}/{subresource}" if subresource else path

    def request(self, method: str, path: str, body: Any = None, content_type: str = _JSON) -> dict[str, Any]:
        """The answer, or `{}` if it is no JSON. Raises ApiError in the server's words."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": content_type}
        if content_type == _APPLY:  # the client writes JSON by itself, but no YAML
            body = json.dumps(body, ensure_ascii=False).encode()
        try:
            response = self._rest.request(
                method,
                self._address + path,
                headers=headers,
                body=body,
                _request_timeout=_TIMEOUT_SECONDS,
            )
            text = response.read()
        except ApiException as error:
            raise ApiError(str(error.reason), error.status or 0) from error
        except ProtocolError as error:
            # An API server that panics ends the connection: of a few malformed objects, in their conversion.
            raise ApiError("the API server has ended the connection", _INTERNAL_ERROR) from error
        if response.status >= 300:
            message = _message(text)
            failed = ConflictError if response.status == _CONFLICT else ApiError
            raise failed(message, response.status)
        return json.loads(text) if text.startswith(b"{") else {}

    def _path(self, kind: GroupVersionKind, namespace: str, name: str) -> str:
        resource = self._resource(kind)
        scope = f"/namespaces/{quote(namespace, '')}" if resource.namespaced and namespace else ""
        return f"{_base(kind)}{scope}/{resource.plural}" + (f"/{quote(name, '')}" if name else "")

    def _resource(self, kind: GroupVersionKind) -> _Resource:
        with self._lock:
            if kind not in self._resources:
                self._discover(kind)
            return self._resources[kind]

    def _discover(self, kind: GroupVersionKind) -> None:
        try:
            served = self.request("GET", _base(kind))["resources"]
        except ApiError as error:
            if error.code != _NOT_FOUND:
                raise
            served = []
        for row in served:
            if "/" not in row["name"]:
                named = GroupVersionKind(kind.group, kind.version, row["kind"])
                self._resources[named] = _Resource(plural=row["name"], namespaced=row["namespaced"])
        if kind not in self._resources:
            # NoKindMatchError in k8s.io/apimachinery, pkg/api/meta/errors.go
            raise NoMatchError(f'no matches for kind "{kind.name}" in version "{kind.api_version}"')


def _base(kind: GroupVersionKind) -> str:
    return f"/apis/{kind.group}/{kind.version}" if kind.group else f"/api/{kind.version}"


def _message(text: bytes) -> str:
    try:
        return str(json.loads(text)["message"])
    except (ValueError, KeyError, TypeError):
        return text.decode(errors="replace")[:500]
