"""A signed-in session: requests to Azure Resource Manager, and Azure's own clients, made when they are
needed.

Every request is bounded, and every refusal is an AzureRefusedError. `get` and `pages` return the documents as
ARM sends them, from any namespace and to several threads at a time. Two threads on a multi-version client
(azure-mgmt-authorization, -msi) would disturb each other: it keeps the API version of the last operation. The
policy of the clients that registers resource providers on the fly is left out of reads, which change nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar

from operations.azure.refusals import ARM, ENTRA, NOT_UNDERSTOOD, AzureRefusedError, asking, refused_answer
from operations.azure.sign_in import LIMITS, SignIn, find_sign_in
from operations.azure.tokens import Caller, SharedCredential, caller_of

Document = Mapping[str, Any]
_MOST_PAGES: Final = 500
_LONGEST_WAIT_SECONDS: Final = 20
_T = TypeVar("_T")


class AzureSession:
    """The sign-in of `pulumi`, for one subscription."""

    def __init__(self, sign_in: SignIn) -> None:
        self.sign_in = sign_in
        self.subscription_id = sign_in.subscription_id
        self.cloud = sign_in.cloud
        self.credential = SharedCredential(sign_in.credential)
        self._clients: dict[tuple[object, ...], Any] = {}
        self._lock = threading.RLock()

    @classmethod
    def open(
        cls, config: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None
    ) -> AzureSession:
        """The session by azure-native's config keys (without `azure-native:`) and the environment.

        Raises:
            AzureRefusedError: no sign-in is configured. Whether Azure accepts it shows the first request.
        """
        return cls(find_sign_in(config or {}, environment))

    @property
    def subscription(self) -> str:
        """ARM id of the subscription."""
        return f"/subscriptions/{self.subscription_id}"

    def option_for(self, arm_id: str) -> str:
        """`` --subscription ID`` for a command of az about a resource in another subscription; else empty.

        https://learn.microsoft.com/cli/azure/manage-azure-subscriptions-azure-cli
        """
        parts = arm_id.split("/")
        other = parts[2].lower() if len(parts) > 2 and parts[1].lower() == "subscriptions" else ""
        return f" --subscription {other}" if other not in ("", self.subscription_id.lower()) else ""

    @cached_property
    def caller(self) -> Caller:
        """The signed-in principal. Raises AzureRefusedError if Entra issues no token."""
        token = self.token(self.cloud.scope)
        try:
            return caller_of(token)
        except ValueError as error:
            raise AzureRefusedError("sign-in", part=ENTRA, code=NOT_UNDERSTOOD, text=str(error)) from error

    def token(self, scope: str) -> str:
        """An access token, such as the one for a cluster's API server."""
        with asking("sign-in", ENTRA):
            return str(self.credential.get_token_info(scope).token)

    def get(self, path: str, api_version: str, **query: str) -> Document:
        """The document at an ARM path, which begins with /."""
        return self._send("GET", self._address(path), {"api-version": api_version, **query}, path)

    def post(self, path: str, api_version: str, body: Document | None = None, **query: str) -> Document:
        """The answer to an action: a list of credentials, a check of a name, a purge."""
        return self._send("POST", self._address(path), {"api-version": api_version, **query}, path, body)

    def pages(self, path: str, api_version: str, **query: str) -> Sequence[Document]:
        """All items of a list, over all its pages."""
        documents: list[Document] = []
        answer = self.get(path, api_version, **query)
        for _ in range(_MOST_PAGES):
            items = answer.get("value")
            if not isinstance(items, list):
                raise _not_understood(path)
            documents += [item for item in items if isinstance(item, Mapping)]
            following = answer.get("nextLink")
            if not following:
                return documents
            if not str(following).startswith(f"{self.cloud.resource_manager}/"):
                raise _not_understood(path)
            answer = self._send("GET", str(following), {}, path)
        raise _not_understood(path)

    def client(self, kind: Callable[..., _T]) -> _T:
        """A client of azure-mgmt, one per class; `asking` turns its errors into AzureRefusedError."""
        scopes = [self.cloud.scope]
        return self._made(
            (kind,),
            lambda: kind(
                self.credential,
                self.subscription_id,
                base_url=self.cloud.resource_manager,
                credential_scopes=scopes,
                **self._limits(),
            ),
        )

    def vault_client(self, kind: Callable[..., _T], uri: str) -> _T:
        """A client of azure-keyvault, such as SecretClient, one per class and vault."""
        return self._made(
            (kind, uri), lambda: kind(vault_url=uri, credential=self.credential, **self._limits())
        )

    def _address(self, path: str) -> str:
        return f"{self.cloud.resource_manager}{path}"

    def _made(self, key: tuple[object, ...], make: Any) -> Any:
        with self._lock:
            if key not in self._clients:
                self._clients[key] = make()
            return self._clients[key]

    def _limits(self) -> dict[str, Any]:
        return {**LIMITS, "retry_policy": _bounded_retry()}

    def _send(
        self, method: str, address: str, query: Mapping[str, str], path: str, body: Document | None = None
    ) -> Document:
        from azure.core.rest import HttpRequest

        named = f"{method} {path}"
        with asking(named, ARM):
            request = HttpRequest(method, address, params=dict(query), json=body)
            with self._pipeline.send_request(request) as response:
                status = response.status_code
                try:
                    document = response.json() if response.content else {}
                except ValueError:
                    document = None
        if status >= 400:
            raise refused_answer(named, ARM, status, document)
        if not isinstance(document, Mapping):
            raise _not_understood(path)
        return document

    @property
    def _pipeline(self) -> Any:
        return self._made(("pipeline",), self._new_pipeline)

    def _new_pipeline(self) -> Any:
        from azure.core import PipelineClient
        from azure.core.pipeline import policies
        from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

        return PipelineClient(
            base_url=self.cloud.resource_manager,
            policies=[
                policies.RequestIdPolicy(),
                policies.HeadersPolicy(),
                policies.UserAgentPolicy(sdk_moniker="aks-secrets"),
                policies.ProxyPolicy(),
                _bounded_retry(),
                ARMChallengeAuthenticationPolicy(self.credential, self.cloud.scope),
            ],
            connection_timeout=LIMITS["connection_timeout"],
            read_timeout=LIMITS["read_timeout"],
        )


def _bounded_retry() -> Any:
    """A retry that waits no longer than a person would: a throttled service may ask for minutes."""
    from azure.core.pipeline.policies import RetryPolicy

    class BoundedRetry(RetryPolicy):
        def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
            wait = self.get_retry_after(response) or 0
            return wait <= _LONGEST_WAIT_SECONDS and super().is_retry(settings, response)

    return BoundedRetry(**{name: value for name, value in LIMITS.items() if name.startswith("retry_")})


def _not_understood(path: str) -> AzureRefusedError:
    return AzureRefusedError(
        path, part=ARM, code=NOT_UNDERSTOOD, text="the answer has not the form of the protocol"
    )
