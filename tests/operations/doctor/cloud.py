"""A subscription in which everything is fine for any stack, and in which a test breaks one thing."""

import base64
import json
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from rehearsal.data_planes.web import Answer, Request
from tests.operations.azure.services import SUBSCRIPTION, TENANT, refused
from tests.operations.doctor.documents import ROOT, size, usage, version

EVERYTHING = {"actions": ["*"], "notActions": [], "dataActions": ["*"], "notDataActions": []}
CONTRIBUTOR = {
    "actions": ["*"],
    "notActions": ["Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"],
    "dataActions": [],
    "notDataActions": [],
}
"""https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged#contributor"""


def _listed(items: list[Any]) -> Answer:
    return Answer(status=200, body={"value": items})


@dataclass
class Cloud:
    """Azure Resource Manager of one subscription."""

    host: str = "management.azure.com"
    subscription: dict[str, Any] = field(
        default_factory=lambda: {
            "subscriptionId": SUBSCRIPTION,
            "displayName": "Shop",
            "state": "Enabled",
            "tenantId": TENANT,
        }
    )
    registrations: dict[str, str] = field(default_factory=dict[str, str])
    """Provider or feature → its state; all others are registered."""
    permissions: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, Any])
    """Scope → permissions, which its resources inherit; all at the subscription."""
    assignments: list[dict[str, Any]] = field(default_factory=list[Any])
    definitions: dict[str, dict[str, Any]] = field(default_factory=dict[str, Any])
    sizes: list[dict[str, Any]] = field(
        default_factory=lambda: [
            size("Standard_D2s_v5", "standardDSv5Family", 2),
            size("Standard_D4s_v5", "standardDSv5Family", 4),
            size("Standard_D4ds_v5", "standardDDSv5Family", 4),
            size("Standard_B2s", "standardBSFamily", 2),
        ]
    )
    usages: list[dict[str, Any]] = field(
        default_factory=lambda: [
            usage("cores", 8, 500),
            usage("lowPriorityCores", 0, 100),
            usage("standardDSv5Family", 8, 400),
            usage("standardDDSv5Family", 0, 400),
            usage("standardBSFamily", 0, 40),
        ]
    )
    versions: list[dict[str, Any]] = field(
        default_factory=lambda: [
            version("1.34", "AKSLongTermSupport"),
            version("1.35", "KubernetesOfficial", "AKSLongTermSupport", default=True),
            version("1.36", "KubernetesOfficial", "AKSLongTermSupport"),
        ]
    )
    resources: dict[str, dict[str, Any]] = field(default_factory=dict[str, Any])
    """ARM id → document of each resource that exists."""
    deleted_vaults: list[dict[str, Any]] = field(default_factory=list[Any])
    taken_names: set[str] = field(default_factory=set[str])
    locks: list[dict[str, Any]] = field(default_factory=list[Any])
    denials: list[dict[str, Any]] = field(default_factory=list[Any])
    """Deny assignments."""
    policies: list[dict[str, Any]] = field(default_factory=list[Any])
    """Assignments of Azure Policy."""
    restrict: Callable[[dict[str, Any]], list[dict[str, Any]]] = field(default=lambda _: [])
    """Content of a resource → evaluations of policies."""
    refusals: dict[str, Answer] = field(default_factory=dict[str, Answer])
    """Part of a path → what such requests get."""
    override: Callable[[Request], Answer | None] = field(default=lambda _: None)
    requests: list[str] = field(default_factory=list[str])

    def add(self, resource: tuple[str, dict[str, Any]]) -> None:
        arm_id, document = resource
        self.resources[arm_id.lower()] = document

    def answer(self, request: Request) -> Answer:
        path = request.path.lower()
        self.requests.append(f"{request.method} {request.path}")
        if answer := self.override(request):
            return answer
        for part, answer in self.refusals.items():
            if part.lower() in path:
                return answer
        below = path.removeprefix(ROOT.lower())
        for suffix, handle in self._handlers().items():
            if below.endswith(suffix):
                return handle(request, path.removesuffix(suffix))
        if below.startswith("/providers/microsoft.features"):
            return self._registration(request, "properties", "state")
        if below.startswith("/providers/") and below.count("/") == 2 and path.startswith(ROOT.lower()):
            return self._registration(request, "registrationState")
        if path == ROOT.lower():
            return Answer(status=200, body=self.subscription)
        if path == "/subscriptions":
            return _listed([self.subscription, {**self.subscription, "subscriptionId": "another"}])
        if document := {**self.resources, **self.definitions}.get(path):
            return Answer(status=200, body=document)
        return refused(404, "ResourceNotFound", f"The Resource '{request.path}' was not found.")

    def _handlers(self) -> Mapping[str, Callable[[Request, str], Answer]]:
        return {
            "/providers/microsoft.authorization/permissions": self._permissions,
            "/providers/microsoft.authorization/roleassignments": lambda *_: _listed(self.assignments),
            "/providers/microsoft.compute/skus": lambda request, _: _listed(_in_region(self.sizes, request)),
            "/usages": lambda *_: _listed(self.usages),
            "/kubernetesversions": lambda *_: Answer(status=200, body={"values": self.versions}),
            "/providers/microsoft.keyvault/deletedvaults": lambda *_: _listed(self.deleted_vaults),
            "/checknameavailability": self._name,
            "/providers/microsoft.authorization/locks": lambda *_: _listed(self.locks),
            "/providers/microsoft.authorization/denyassignments": lambda *_: _listed(self.denials),
            "/providers/microsoft.authorization/policyassignments": lambda *_: _listed(self.policies),
            "/providers/microsoft.policyinsights/checkpolicyrestrictions": self._restrictions,
        }

    def _restrictions(self, request: Request, _: str) -> Answer:
        """https://learn.microsoft.com/rest/api/policyinsights/policy-restrictions/check-at-resource-group-scope"""
        evaluations = self.restrict(json.loads(request.body)["resourceDetails"]["resourceContent"])
        body = {"fieldRestrictions": [], "contentEvaluationResult": {"policyEvaluations": evaluations}}
        return Answer(status=200, body=body)

    def _registration(self, request: Request, *where: str) -> Answer:
        name = request.path.split("/providers/", 1)[1].removeprefix("Microsoft.Features/providers/")
        state: Any = self.registrations.get(name.replace("/features/", "/"), "Registered")
        for key in reversed(where):
            state = {key: state}
        return Answer(status=200, body=state)

    def _permissions(self, request: Request, scope: str) -> Answer:
        exists = scope.count("/") == 2 or scope in self.resources or scope in self.permissions
        if not exists:
            return refused(404, "ResourceGroupNotFound", "Resource group could not be found.")
        at = scope
        while at not in self.permissions and at.count("/") > 2:
            at = at.rpartition("/")[0]
        return _listed(self.permissions.get(at, [EVERYTHING]))

    def _name(self, request: Request, _: str) -> Answer:
        name = json.loads(request.body)["name"]
        if name in self.taken_names:
            message = f"The vault name '{name}' is already in use."
            body = {"nameAvailable": False, "reason": "AlreadyExists", "message": message}
            return Answer(status=200, body=body)
        return Answer(status=200, body={"nameAvailable": True})


def _in_region(sizes: list[dict[str, Any]], request: Request) -> list[dict[str, Any]]:
    region = request.query["$filter"].split("'")[1]
    return [
        {**each, "locationInfo": [{**info, "location": region} for info in each["locationInfo"]]}
        for each in sizes
    ]


PULUMI = f"""#!/bin/sh
case "$*" in
  version) echo "v${{STAND_IN_VERSION:-{metadata.version("pulumi")}}}" ;;
  *whoami*) test -z "$STAND_IN_LOGIN" || {{ echo "error: $STAND_IN_LOGIN" >&2; exit 255; }}
    echo '{{"user": "ada", "url": "azblob://state?storage_account=st"}}' ;;
  *"stack export"*) test -z "$STAND_IN_EXPORT" || {{ echo "error: $STAND_IN_EXPORT" >&2; exit 255; }}
    echo "{{\\"deployment\\": {{\\"resources\\": [], \\"pending_operations\\": [$STAND_IN_PENDING]}}}}" ;;
  *"stack output"*) test -z "$STAND_IN_PLATFORM" || {{ echo "$STAND_IN_PLATFORM"; exit 0; }}
    echo "error: no stack named 'platform' found" >&2; exit 255 ;;
esac
"""


def programs(folder: Path, *names: str) -> str:
    """A folder for PATH with stand-ins of the programs."""
    for name in names:
        file = folder / name
        file.write_text(PULUMI if name == "pulumi" else "#!/bin/sh\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return f"{folder}:/usr/bin:/bin"


def salt_of(passphrase: str) -> str:
    """An `encryptionsalt` as Pulumi writes it."""
    import hashlib

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = b"8 bytes.", b"12 bytes...."
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, 1_000_000, 32)
    parts = (salt, nonce, AESGCM(key).encrypt(nonce, b"pulumi", None))
    salt_text, nonce_text, ciphertext = (base64.b64encode(part).decode() for part in parts)
    return f"v1:{salt_text}:v1:{nonce_text}:{ciphertext}"
