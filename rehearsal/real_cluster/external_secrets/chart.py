"""The controller's flags and rights, as the chart of the External Secrets Operator renders them.

deploy/charts/external-secrets of external-secrets v2.9.0, templates/deployment.yaml and templates/rbac.yaml.
Flags that the built release does not have are left out. One controller runs, so that it elects no leader.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.simulators.kubernetes.api.fields import mapping, mappings
from rehearsal.simulators.kubernetes.api.kinds import GroupVersionKind
from rehearsal.simulators.kubernetes.api.store import NAMESPACE, Manifest, ObjectStore
from rehearsal.simulators.kubernetes.operators.external_secrets.detection import EsoInstallation

_GROUP: Final = "external-secrets.io"
_GENERATORS: Final = "generators.external-secrets.io"
_RBAC: Final = "rbac.authorization.k8s.io/v1"
_BINDING: Final = GroupVersionKind("rbac.authorization.k8s.io", "v1", "RoleBinding")
_ACCOUNT: Final = "external-secrets"
_ROLE: Final = "external-secrets-controller"
_READ: Final = ("get", "list", "watch")
_SWITCHES: Final = {
    "processClusterStore": ("clustersecretstores", "--enable-cluster-store-reconciler"),
    "processClusterExternalSecret": (
        "clusterexternalsecrets",
        "--enable-cluster-external-secret-reconciler",
    ),
    "processPushSecret": ("pushsecrets", "--enable-push-secret-reconciler"),
    "processClusterPushSecret": ("clusterpushsecrets", "--enable-cluster-push-secret-reconciler"),
}
"""Value of the chart → the kind that the controller looks after, and its flag."""
_NOT_SCOPED: Final = frozenset(
    ("processClusterStore", "processClusterExternalSecret", "processClusterPushSecret")
)


@dataclass(frozen=True)
class Deployed:
    """The operator as its release deploys it."""

    objects: ObjectStore
    release: EsoInstallation

    @property
    def namespace(self) -> str:
        return self.release.namespace

    @property
    def account(self) -> str:
        """Name of the controller's ServiceAccount, of which the world may have the hash only: then it is one
        to which the stack gives rights.
        """
        hashed = mapping(self.release.values.get("serviceAccount")).get("name")
        named = {
            str(subject.get("name"))
            for binding in self.objects.all_of(_BINDING)
            for subject in mappings(binding.get("subjects"))
        }
        known = (name for name in sorted(named) if self.objects.world.matches(hashed, name))
        return self.release.account or next(known, _ACCOUNT)

    @property
    def scope(self) -> str:
        """The only namespace that the controller watches; empty: all."""
        hashed = self.release.values.get("scopedNamespace")
        if not hashed:
            return self.namespace if self._is_scoped else ""
        names = (str(namespace["metadata"]["name"]) for namespace in self.objects.all_of(NAMESPACE))
        return next((name for name in names if self.objects.world.matches(hashed, name)), "")

    @property
    def _is_scoped(self) -> bool:
        return self.release.values.get("scopedRBAC") is True

    def _serves(self, switch: str) -> bool:
        return self.release.on(switch) and not (self._is_scoped and switch in _NOT_SCOPED)

    def flags(self) -> list[str]:
        off = [flag for switch, (_, flag) in _SWITCHES.items() if not self._serves(switch)]
        scope = [f"--namespace={self.scope}"] if self.scope else []
        return ["--concurrent=1", "--loglevel=info", *scope, *(f"{flag}=false" for flag in off)]

    def rights(self) -> list[Manifest]:
        """The role of the controller and its binding."""
        kind = "Role" if self._is_scoped else "ClusterRole"
        metadata = {"name": _ROLE, **({"namespace": self.scope} if self._is_scoped else {})}
        role = {"apiVersion": _RBAC, "kind": kind, "metadata": metadata, "rules": list(self._rules())}
        binding = {
            "apiVersion": _RBAC,
            "kind": f"{kind}Binding",
            "metadata": metadata,
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": _ROLE},
            "subjects": [{"kind": "ServiceAccount", "name": self.account, "namespace": self.namespace}],
        }
        return [role, binding]

    def _rules(self) -> Iterable[dict[str, Any]]:
        kinds = [
            *("secretstores", "externalsecrets"),
            *(kind for switch, (kind, _) in _SWITCHES.items() if self.release.on(switch)),
        ]
        yield _rule(_GROUP, kinds, _READ)
        yield _rule(_GROUP, [*kinds, *(f"{kind}/status" for kind in kinds)], ("get", "update", "patch"))
        yield _rule(
            _GENERATORS,
            ["generatorstates"],
            (*_READ, "create", "update", "patch", "delete", "deletecollection"),
        )
        yield _rule(_GENERATORS, ["passwords"], _READ)
        yield _rule("", ["serviceaccounts", "namespaces", "configmaps"], _READ)
        yield _rule("", ["secrets"], (*_READ, "create", "update", "delete", "patch"))
        yield _rule("", ["events"], ("create", "patch"))
        if self.release.on("rbac", "serviceAccountTokenCreate"):
            yield _rule("", ["serviceaccounts/token"], ("create",))


def _rule(group: str, resources: Iterable[str], verbs: Iterable[str]) -> dict[str, Any]:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
