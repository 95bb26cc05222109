"""Azure's side of a verified stack: Resource Manager, Entra, the vaults and the issuer, as the build of the
stack describes them. Each test breaks one thing of it.
"""

import base64
import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from rehearsal.data_planes.web import Answer, Request
from trust.chain import Chain
from trust.graph import Graph, Node
from trust.nodes.fields import known, listed, mapping
from trust.techniques import deliveries

TENANT = "7e4a47e4-0000-4000-8000-00000000000a"
ME = "de910e50-0000-4000-8000-00000000000c"
MARKER = "value-that-no-one-may-see"
AUDIENCE = "api://AzureADTokenExchange"
MADE_SECONDS = int(time.time()) - 7200


def ago(seconds: int) -> str:
    """A time as Azure and Kubernetes write it."""
    return datetime.fromtimestamp(time.time() - seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


MADE = ago(7200)
_PLACE = re.compile(r"<([\w/.-]+?)\.([\w.]+)>")


def concrete(graph: Graph) -> Graph:
    """The graph of a build with ids and addresses instead of the names of unknown outputs."""

    def value(item: Any) -> Any:
        if isinstance(item, str):
            return _PLACE.sub(lambda place: _made_up(place[1], place[2]), item)
        if isinstance(item, Mapping):
            return {key: value(entry) for key, entry in item.items()}
        return [value(entry) for entry in item] if isinstance(item, list | tuple) else item

    def node(before: Node) -> Node:
        return replace(
            before, id=value(before.id), inputs=value(before.inputs), outputs=value(before.outputs)
        )

    nodes = [node(before) for before in graph.nodes.values()]
    return Graph(nodes, graph.source, outputs=value(graph.outputs))


def _made_up(resource: str, path: str) -> str:
    if path.endswith("vaultUri"):
        return f"https://{resource}.vault.azure.net/"
    if path.endswith("tenantId"):
        return TENANT
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{resource}.{path}"))


def refusal(status: int, code: str, message: str, inner: str = "") -> Answer:
    error: dict[str, Any] = {"code": code, "message": message}
    return Answer(status=status, body={"error": {**error, "innererror": {"code": inner}} if inner else error})


def token_of(**claims: Any) -> str:
    def part(document: Mapping[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part(claims)}.signature"


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class Azure:
    """The answers of Azure's hosts. What a test changes, it changes in the dictionaries."""

    def __init__(self, chain: Chain, kubeconfig: str) -> None:
        self.kubeconfig = kubeconfig
        self.documents: dict[str, Any] = {}
        """ARM id in lower case → document."""
        self.credentials: dict[str, list[dict[str, Any]]] = {}
        """ARM id of an identity → its federated credentials."""
        self.assignments: list[dict[str, Any]] = []
        self.eligible: list[dict[str, Any]] = []
        self.members: dict[str, list[str]] = {}
        """Principal → itself and its groups."""
        self.objects: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
        """Host of a vault, collection and name → versions, the newest first."""
        self.refuses: Answer | None = None
        """The vaults' answer to every request."""
        self.issuer = ""
        self.principals: dict[str, str] = {}
        """Client id → object id."""
        self.owners: dict[str, str] = {}
        """Client id → ARM id of its identity."""
        for cluster in chain.clusters:
            self.issuer = known(cluster.issuer)
            routing = {"enabled": True, "identity": {"clientId": known(cluster.app_routing_client_id)}}
            issuer = {"enabled": True, "issuerURL": self.issuer}
            profile = {"oidcIssuerProfile": issuer, "ingressProfile": {"webAppRouting": routing}}
            self.documents[known(cluster.resource_id).lower()] = {"properties": profile}
        self.published = {"issuer": self.issuer, "jwks_uri": f"{self.issuer}openid/v1/jwks"}
        for identity in chain.identities:
            self.principals[known(identity.client_id)] = known(identity.principal_id)
            self.owners[known(identity.client_id)] = known(identity.resource_id).lower()
            self.credentials[known(identity.resource_id).lower()] = [
                {
                    "name": known(item.name),
                    "properties": {
                        "issuer": known(item.issuer),
                        "subject": known(item.subject),
                        "audiences": [known(audience) for audience in item.audiences],
                    },
                }
                for item in chain.credentials_of(identity)
            ]
        for binding in chain.identity_bindings:
            properties = {**binding.node.get("properties"), "provisioningState": "Succeeded"}
            self.documents[known(binding.node.id).lower()] = {"properties": properties}
            of_aks = {"name": "aks-identity-binding", "properties": {"issuer": "https://ib.oic.example/"}}
            self.credentials[known(binding.identity_id).lower()].append(of_aks)
        self.vaults = {known(vault.uri).split("/")[2]: known(vault.resource_id) for vault in chain.vaults}
        """Host of a vault → ARM id."""
        for vault in chain.vaults:
            self.documents[known(vault.resource_id).lower()] = {
                "properties": dict(vault.node.get("properties"))
            }
        for role in chain.role_assignments:
            self.assign(
                known(role.principal_id), known(role.role), known(role.scope), id_=known(role.node.id)
            )
        for workload in chain.workloads:
            for request in (item for each in deliveries(chain, workload) for item in each.requests):
                vault = chain.vault(request.vault)
                key = (
                    known(vault.uri).split("/")[2] if vault else "",
                    f"{request.kind}s",
                    known(request.name),
                )
                if vault and (*key[:2], key[2].lower()) not in self.objects:
                    self.write(*key)

    def assign(
        self, principal: str, role: str, scope: str, *, id_: str = "", created: str = MADE, **more: Any
    ) -> None:
        definition = f"/subscriptions/5b5c5c5b/providers/Microsoft.Authorization/roleDefinitions/{role}"
        properties = {
            "principalId": principal,
            "principalType": "ServicePrincipal",
            "roleDefinitionId": definition,
            "scope": scope,
            "createdOn": created,
            **more,
        }
        path = id_ or f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
        self.assignments.append({"id": path, "name": path.rpartition("/")[2], "properties": properties})

    def grant_what_others_grant(self, chain: Chain) -> None:
        """Make the role assignments of the output ``grants``."""
        for row in listed(mapping(chain.graph.outputs).get("grants")):
            self.assign(row["principalId"], row["roleDefinition"], row["scope"])

    def write(
        self, host: str, collection: str, name: str, created: int = MADE_SECONDS, **attributes: Any
    ) -> str:
        """A new version of an object; its id."""
        version = uuid.uuid4().hex
        attributes = {"enabled": True, "created": created, "updated": created, **attributes}
        id_ = "kid" if collection == "keys" else "id"
        document = {id_: f"https://{host}/{collection}/{name}/{version}", "attributes": attributes}
        self.objects.setdefault((host, collection, name.lower()), []).insert(0, document)
        return version

    def answer(self, request: Request) -> Answer:
        if request.host == "login.microsoftonline.com":
            return self._entra(request)
        if request.host == "management.azure.com":
            return self._arm(request)
        if request.host.endswith(".vault.azure.net"):
            return self._vault(request)
        if request.path.endswith("/openid-configuration"):
            return Answer(status=200, body=self.published)
        return Answer(status=200, body={"keys": [{"kid": "1"}]})

    # https://learn.microsoft.com/rest/api/azure/

    def _arm(self, request: Request) -> Answer:
        path = request.path.lower().rstrip("/")
        if path.endswith("/listclusterusercredential"):
            value = base64.b64encode(self.kubeconfig.encode()).decode()
            return Answer(status=200, body={"kubeconfigs": [{"name": "clusterUser", "value": value}]})
        if path.endswith("/federatedidentitycredentials"):
            entries = self.credentials.get(path.removesuffix("/federatedidentitycredentials"))
            if entries is None:
                return refusal(404, "ResourceNotFound", "The Resource was not found.")
            return Answer(status=200, body={"value": entries})
        if path.endswith("/roleeligibilityscheduleinstances"):
            return Answer(status=200, body={"value": self.eligible})
        if path.endswith("/providers/microsoft.authorization/roleassignments"):
            if match := re.search(r"assignedTo\('(.*)'\)", request.query.get("$filter", "")):
                groups = self.members.get(match[1], [match[1]])
                held = [row for row in self.assignments if row["properties"]["principalId"] in groups]
                return Answer(status=200, body={"value": held})
            return Answer(status=200, body={"value": self.assignments})
        if document := self.documents.get(path):
            return Answer(status=200, body=document)
        return refusal(404, "ResourceNotFound", "The Resource was not found.")

    # https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow

    def _entra(self, request: Request) -> Answer:
        if request.method == "GET":  # what MSAL asks first
            base = f"https://login.microsoftonline.com/{TENANT}"
            names = {"authorization_endpoint": "authorize", "token_endpoint": "token"}
            body = {name: f"{base}/oauth2/v2.0/{path}" for name, path in names.items()}
            body = {
                "issuer": f"{base}/v2.0",
                "tenant_discovery_endpoint": f"{base}/v2.0/.well-known/x",
                **body,
            }
            alias = {
                "preferred_network": request.host,
                "preferred_cache": request.host,
                "aliases": [request.host],
            }
            return Answer(status=200, body={**body, "metadata": [alias]})
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        audience = form.get("scope", "").split("/.default")[0]
        if assertion := form.get("client_assertion"):
            if code := self._mismatch(form["client_id"], claims_of(assertion)):
                text = f"AADSTS{code}: No matching federated identity record found for presented assertion."
                body = {
                    "error": "invalid_request",
                    "error_description": f"{text} Trace ID: 1",
                    "error_codes": [code],
                }
                return Answer(status=400, body=body)
            principal = self.principals[form["client_id"]]
        else:
            principal = ME
        claims = {
            "aud": audience,
            "oid": principal,
            "tid": TENANT,
            "appid": form.get("client_id"),
            "idtyp": "app",
        }
        token = token_of(**claims)
        return Answer(status=200, body={"token_type": "Bearer", "expires_in": 3599, "access_token": token})

    def _mismatch(self, client_id: str, claims: Mapping[str, Any]) -> int:
        """The code of the refusal. 0: a credential of the identity fits."""
        mine = [
            entry["properties"]
            for id_, entries in self.credentials.items()
            for entry in entries
            if id_ == self.owners.get(client_id)
        ]
        for code, name, claim in ((700211, "issuer", "iss"), (700213, "subject", "sub")):
            mine = [entry for entry in mine if entry[name] == claims[claim]]
            if not mine:
                return code
        return 0 if any(set(entry["audiences"]) & set(claims["aud"]) for entry in mine) else 700212

    # https://learn.microsoft.com/rest/api/keyvault/

    def _vault(self, request: Request) -> Answer:
        if not request.bearer:
            challenge = f'Bearer authorization="https://login.microsoftonline.com/{TENANT}", resource="https://vault.azure.net"'
            return Answer(status=401, body={}, headers={"WWW-Authenticate": challenge})
        if self.refuses is not None:
            return self.refuses
        principal = claims_of(request.bearer)["oid"]
        _, collection, name, *rest = request.path.split("/")
        if not self._may_read(principal, request.host, collection, name):
            return refusal(403, "Forbidden", "Caller is not authorized to perform action.", "ForbiddenByRbac")
        versions = self.objects.get((request.host, collection, name.lower()))
        if not versions:
            return refusal(
                404, "SecretNotFound", f"A secret with (name/id) {name} was not found in this key vault."
            )
        if rest == ["versions"]:
            return Answer(status=200, body={"value": versions, "nextLink": None})
        return Answer(status=200, body={**versions[0], "value": MARKER})

    def _may_read(self, principal: str, host: str, collection: str, name: str) -> bool:
        target = f"{self.vaults[host]}/{collection}/{name}/".lower()
        return any(
            item["principalId"] == principal and target.startswith(f"{item['scope'].lower()}/")
            for item in (entry["properties"] for entry in self.assignments)
        )
