"""Live Azure resources as documents: clusters, credentials, vaults, role assignments, issuers.

Owns: the requests. Deliberately not here: what they are compared with (the checks).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from operations.azure.refusals import NOT_UNDERSTOOD, TIMED_OUT, UNREACHABLE, AzureRefusedError
from operations.azure.session import AzureSession
from operations.kubernetes_access import KubernetesError, connect
from operations.verify.cluster import LiveCluster
from operations.verify.memory import Memory
from trust.nodes.fields import listed

Document = Mapping[str, Any]
# The versions of the rest of the project's pages: https://learn.microsoft.com/azure/templates/
CLUSTERS: Final = "2024-09-01"
CREDENTIALS: Final = "2023-01-31"
IDENTITY_BINDINGS: Final = "2026-04-01"
VAULTS: Final = "2023-07-01"
AUTHORIZATION: Final = "2022-04-01"
ELIGIBILITY: Final = "2020-10-01"
_SECONDS: Final = (10, 30)


class Observed:
    """One round of looking. Connections last longer than a round."""

    def __init__(self, session: AzureSession, connections: Memory | None = None) -> None:
        self.session = session
        self.connections = connections or Memory()
        self.memory = Memory()

    def next_round(self) -> Observed:
        """The same connections, with nothing asked yet."""
        return Observed(self.session, self.connections)

    def cluster(self, cluster_id: str) -> Document:
        return self._get(cluster_id, CLUSTERS)

    def kubernetes(self, cluster_id: str) -> LiveCluster:
        """The cluster's API server, by the kubeconfig of the person or pipeline that is signed in.

        Raises AzureRefusedError or KubernetesError if there is none for it.
        """
        if not cluster_id:
            raise KubernetesError("the state does not tell in which cluster the workload runs")
        api = self.connections.once(
            ("kubernetes", cluster_id.lower()), lambda: connect(self.session, cluster_id)
        )
        return LiveCluster(api, self.memory, cluster_id.lower())

    def identity_binding(self, binding_id: str) -> Document:
        return self._get(binding_id, IDENTITY_BINDINGS)

    def credentials(self, identity_id: str) -> Sequence[Document]:
        """The federated credentials of an identity."""
        return self._pages(f"{identity_id}/federatedIdentityCredentials", CREDENTIALS)

    def vault(self, vault_id: str) -> Document:
        return self._get(vault_id, VAULTS)

    def role_assignments(self, scope: str) -> Sequence[Document]:
        """The role assignments at a scope, above it and below it."""
        # https://learn.microsoft.com/rest/api/authorization/role-assignments/list-for-scope
        return self._pages(f"{scope}/providers/Microsoft.Authorization/roleAssignments", AUTHORIZATION)

    def assignments_of(self, scope: str, principal: str) -> Sequence[Document]:
        """The role assignments at a scope or above it that a principal has, by its groups too.

        https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest
        """
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
        words = f"atScope() and assignedTo('{principal}')"
        key = (path.lower(), AUTHORIZATION, words)
        return self.memory.once(key, lambda: self.session.pages(path, AUTHORIZATION, **{"$filter": words}))

    def eligible_roles(self, scope: str) -> Sequence[Document]:
        """The roles at a scope, above it and below it that principals may activate."""
        # https://learn.microsoft.com/rest/api/authorization/role-eligibility-schedule-instances/list-for-scope
        path = f"{scope}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances"
        return self._pages(path, ELIGIBILITY)

    def role_definition(self, definition_id: str) -> Document:
        return self._get(definition_id, AUTHORIZATION)

    def discovery(self, issuer: str) -> Document:
        """The issuer's discovery document, and the keys that it names under ``keys``."""
        return self.memory.once(("issuer", issuer), lambda: self._discovery(issuer))

    def _discovery(self, issuer: str) -> Document:
        # https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest
        document = self._public(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        address = urlsplit(str(document.get("jwks_uri", "")))
        if address.scheme != "https" or not address.hostname:
            return document
        keys = self._public(address.geturl())
        return {**document, "keys": listed(keys.get("keys"))}

    @staticmethod
    def _public(url: str) -> Document:
        import requests

        request = f"GET {url}"
        try:
            answer = requests.get(url, timeout=_SECONDS, allow_redirects=False)
            document = answer.json() if answer.status_code == 200 else {}
        except requests.Timeout as error:
            raise AzureRefusedError(request, part="", code=TIMED_OUT, text="no answer in time") from error
        except requests.ConnectionError as error:
            raise AzureRefusedError(
                request, part="", code=UNREACHABLE, text="no connection, or none that is trusted"
            ) from error
        except (requests.RequestException, ValueError) as error:
            raise AzureRefusedError(
                request, part="", code=NOT_UNDERSTOOD, text="the answer is no JSON document"
            ) from error
        if answer.status_code != 200:
            code = f"HTTP {answer.status_code}"
            raise AzureRefusedError(request, part="", status=answer.status_code, code=code)
        if not isinstance(document, Mapping):
            raise AzureRefusedError(
                request, part="", code=NOT_UNDERSTOOD, text="the answer is no JSON object"
            )
        return document

    def _get(self, path: str, version: str) -> Document:
        return self.memory.once((path.lower(), version), lambda: self.session.get(path, version))

    def _pages(self, path: str, version: str) -> Sequence[Document]:
        return self.memory.once((path.lower(), version), lambda: self.session.pages(path, version))
