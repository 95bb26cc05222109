"""Others that could read vault objects, and why. Rights that this stack does not give are not known here,
except those that Kubernetes or Azure gives to every principal of a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

from trust.access import Reading, readings
from trust.chain import Chain
from trust.grants import EVERY, targets
from trust.nodes.azure import RoleAssignment
from trust.nodes.fields import known, listed
from trust.nodes.kubernetes import RoleBinding
from trust.nodes.vaults import AccessPolicy
from trust.rbac.cluster_roles import rules_of
from trust.rbac.identity_uses import uses
from trust.readers import BY_OPERATOR, BY_TOKEN, THROUGH_THE_NODE, principal_label
from trust.rights import uses as further_rights
from trust.roles import KINDS, role_of
from trust.techniques import bound_workloads, is_operator_of, token_rights
from trust.values import Text

May = Literal["read", "change", "grant"]
"""``change``: create, change or delete. ``grant``: give itself any right in the vault."""
_KINDS: Final = tuple(KINDS.values())
PODS: Final = frozenset(
    {
        "pods",
        "pods/exec",
        "pods/ephemeralcontainers",
        "deployments",
        "daemonsets",
        "statefulsets",
        "replicasets",
    }
    | {"jobs", "cronjobs", "replicationcontrollers"}
)


_AS_ANY: Final = "pods can run as any ServiceAccount"
_Places: TypeAlias = Mapping[tuple[str, str], list[Reading]]


@dataclass(frozen=True)
class Possibility:
    """A principal that could read an object, or change it, without being a workload that asks for it."""

    who: str
    may: May
    vault: Text
    kind: str
    name: Text
    """``*``: every one of the kind."""
    why: str
    urn: str = ""
    """The resource that gives the right; empty if it follows from how Kubernetes works."""
    through: str = ""
    """The workloads whose access it would use; empty for a right of its own."""
    expected: bool = False
    """Whether it comes with each workload of the kind, so that it is no news."""

    def __str__(self) -> str:
        """A sentence without a full stop. It does not change when the workloads' secrets do."""
        if self.through:
            return f"{self.who} could read what {self.through} read: {self.why}"
        if self.may == "grant":
            return f"{self.who} could take any right in {self.vault}: {self.why}"
        objects = f"every {self.kind}" if self.name == EVERY else f"the {self.kind} {self.name}"
        return f"{self.who} could {self.may} {objects} of {self.vault}: {self.why}"


def possible(chain: Chain, reads: Sequence[Reading] | None = None) -> tuple[Possibility, ...]:
    """Every possibility that the resources show. ``reads``: the readings of the chain, if they are known."""
    reads = [
        reading for reading in (readings(chain) if reads is None else reads) if reading.state != "missing"
    ]
    places = _by_place(chain, reads)
    configured = {urn for use in further_rights.uses(chain) if use.configured for urn in use.urns}
    possibilities = [
        *(_judged(item, configured) for role in chain.role_assignments for item in _by_role(chain, role)),
        *(item for policy in chain.access_policies for item in _by_policy(chain, policy)),
        *_by_node(chain, reads),
        *_by_namespace(places),
        *(item for binding in chain.role_bindings for item in _by_binding(chain, binding, places)),
        *_by_identity_binding(chain, reads),
        *_by_operator(chain, places),
        *_by_objects_of_an_operator(reads),
        *_by_copy(reads),
        *_by_local_account(chain, reads),
        *_by_dapr(chain),
    ]
    return tuple(dict.fromkeys(possibilities))


def _judged(item: Possibility, configured: set[str]) -> Possibility:
    """A change that the stack lists as a right of the workload is no news here: ``uses`` tells of it."""
    return replace(item, expected=True) if item.may == "change" and item.urn in configured else item


def _by_role(chain: Chain, assignment: RoleAssignment) -> Iterator[Possibility]:
    """Rights on a whole vault, or to change an object or the vault itself."""
    role, urn = role_of(chain.graph, assignment.role), assignment.node.urn
    if role is None:
        return
    who = principal_label(chain, assignment.principal_id, assignment.principal_type)
    for vault, collection, name in targets(chain, assignment.scope):
        known_vault = chain.vault(vault)
        if role.controls and not collection:
            yield Possibility(
                who, "grant", vault, "secret", EVERY, f"{role.name} may change access to the vault", urn
            )
        if known_vault is not None and known_vault.rbac is False:
            continue  # the data plane then asks access policies only
        kinds = [kind for part, kind in KINDS.items() if collection in ("", part)]
        for kind in kinds:
            if kind in role.reads and name == EVERY:
                yield Possibility(who, "read", vault, kind, name, f"{role.name} on the whole vault", urn)
            if kind in role.writes:
                yield Possibility(who, "change", vault, kind, name, role.name, urn)


def _by_policy(chain: Chain, policy: AccessPolicy) -> Iterator[Possibility]:
    vault = chain.vault(policy.vault)
    if vault is not None and vault.rbac is True:
        return
    who = principal_label(chain, policy.principal_id)
    why = "an access policy, which applies to the whole vault"
    for kind, allowed in zip(_KINDS, (policy.secrets, policy.keys, policy.certificates), strict=True):
        names = {known(permission).lower() for permission in allowed}
        if names & {"get", "all"}:
            yield Possibility(who, "read", policy.vault, kind, EVERY, why, policy.node.urn)
        if names & {"set", "create", "import", "update", "delete", "purge", "restore", "all"}:
            yield Possibility(who, "change", policy.vault, kind, EVERY, why, policy.node.urn)


def _by_node(chain: Chain, reads: Sequence[Reading]) -> Iterator[Possibility]:
    """https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access"""
    workloads = {workload.node.urn: workload for workload in chain.workloads}
    for reading in reads:
        for link in reading.links:
            if link.what == THROUGH_THE_NODE:
                cluster = chain.cluster_of(workloads[reading.urn])
                who = f"every pod on the nodes of {cluster.name if cluster else 'the cluster'}"
                why = f"a node gives tokens of {link.end} to every pod"
                yield _read(who, reading, why, link.urn, through=_workloads_of(known(reading.namespace)))


def _by_namespace(places: _Places) -> Iterator[Possibility]:
    """https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation"""
    for (_, namespace), inside in places.items():
        who = f"principals that may create pods in namespace {namespace}"
        for reading in inside:
            yield _read(who, reading, f"{_AS_ANY} there", through=_workloads_of(namespace), expected=True)


def _read(
    who: str, reading: Reading, why: str, urn: str = "", *, through: str, expected: bool = False
) -> Possibility:
    return Possibility(
        who, "read", reading.vault, reading.kind, reading.name, why, urn, through, expected=expected
    )


def _workloads_of(namespace: str) -> str:
    return f"the workloads of namespace {namespace}"


def _by_place(chain: Chain, reads: Sequence[Reading]) -> _Places:
    """The readings by provider of the cluster and namespace."""
    providers = {workload.node.urn: workload.provider for workload in chain.workloads}
    places: dict[tuple[str, str], list[Reading]] = {}
    for reading in reads:
        places.setdefault((providers.get(reading.urn, ""), known(reading.namespace)), []).append(reading)
    return places


def _by_binding(chain: Chain, binding: RoleBinding, places: _Places) -> Iterator[Possibility]:
    """Subjects that a binding of the stack lets create pods, read Secrets or request tokens."""
    namespace = known(binding.namespace)
    inside = [
        reading
        for (provider, place), items in places.items()
        if provider == binding.node.provider and namespace in ("", place)
        for reading in items
    ]
    for rule in rules_of(chain, binding) or ():
        for reading, why in _through(rule, inside):
            through = _workloads_of(known(reading.namespace))
            for subject in binding.subjects:
                who = "/".join(str(subject[key]) for key in ("namespace", "name") if key in subject)
                expected = is_operator_of(chain, reading.technique, subject)
                yield _read(who, reading, why, binding.node.urn, through=through, expected=expected)


def _through(rule: Mapping[str, Any], inside: Sequence[Reading]) -> Iterator[tuple[Reading, str]]:
    """https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks"""
    resources, verbs = set(listed(rule.get("resources"))), set(listed(rule.get("verbs")))
    names = {str(name) for name in listed(rule.get("resourceNames"))}
    for reading in inside:
        if verbs & {"create", "*"} and resources & {"serviceaccounts/token", "*"} and _is_by_token(reading):
            if not names or known(reading.service_account) in names:
                yield reading, "it may request tokens of their ServiceAccounts"
        elif verbs & {"create", "*"} and resources & PODS and not names:
            yield reading, f"its {_AS_ANY} there"
        elif reading.copied and verbs & {"get", "list", "watch", "*"} and resources & {"secrets", "*"}:
            yield reading, "it may read Secrets, and values are in Secrets too"


def _is_by_token(reading: Reading) -> bool:
    """Whether a token of the ServiceAccount is enough."""
    return any(link.what == BY_TOKEN for link in reading.links)


def _by_identity_binding(chain: Chain, reads: Sequence[Reading]) -> Iterator[Possibility]:
    """https://learn.microsoft.com/azure/aks/identity-bindings#authorize-namespaces-and-service-accounts"""
    for workload, identity in bound_workloads(chain):
        for use in uses(chain, workload.provider, identity):
            if use.is_account(workload.namespace, workload.service_account_name):
                continue
            why = f"RBAC of the cluster lets it use identity {identity.name}"
            through = _workloads_of(known(workload.namespace))
            for reading in (reading for reading in reads if reading.urn == workload.node.urn):
                yield _read(use.who, reading, why, use.binding.node.urn, through=through)


def _by_operator(chain: Chain, places: _Places) -> Iterator[Possibility]:
    """The rights that charts give to their operators."""
    for right in token_rights(chain):
        release, namespace = right.release, right.namespace
        inside = [
            reading
            for (provider, place), items in places.items()
            if provider == release.node.provider and namespace in ("", place)
            for reading in items
            if _is_by_token(reading)
        ]
        who = f"the operator {release.namespace}/{release.name}"
        through = f"the workloads of {namespace or 'the cluster'}"
        for reading in inside:
            yield _read(who, reading, right.why, release.node.urn, through=through)


def _by_objects_of_an_operator(reads: Sequence[Reading]) -> Iterator[Possibility]:
    """https://kubernetes.io/docs/concepts/security/multi-tenancy/#sharing-clusters"""
    for reading in reads:
        for link in reading.links:
            if link.what == BY_OPERATOR:
                who = f"principals that may create objects of technique {reading.technique} in any namespace"
                why = f"the operator reads for every namespace as {link.end}"
                yield _read(
                    who, reading, why, link.urn, through=f"the workloads of technique {reading.technique}"
                )


def _by_copy(reads: Sequence[Reading]) -> Iterator[Possibility]:
    """https://kubernetes.io/docs/concepts/security/secrets-good-practices/"""
    for reading in reads:
        if reading.copied:
            who = f"principals that may read Secrets in namespace {reading.namespace}"
            through = _workloads_of(known(reading.namespace))
            why = "values are in Kubernetes Secrets too"
            yield _read(who, reading, why, through=through, expected=True)


def _by_local_account(chain: Chain, reads: Sequence[Reading]) -> Iterator[Possibility]:
    """https://learn.microsoft.com/azure/aks/local-accounts"""
    for cluster in chain.clusters:
        if cluster.is_reference or cluster.local_accounts_disabled is not False:
            continue
        urns = {workload.node.urn for workload in chain.workloads if chain.cluster_of(workload) is cluster}
        who = f"holders of the certificate of cluster {cluster.name}"
        why = "local accounts are on, and theirs is an admin of the cluster"
        for reading in reads:
            if reading.urn in urns:
                yield _read(who, reading, why, cluster.node.urn, through="its workloads")


def _by_dapr(chain: Chain) -> Iterator[Possibility]:
    """https://docs.dapr.io/operations/components/component-scopes/"""
    for component in chain.dapr_components:
        if component.vault and not component.scopes:
            who = f"every application of namespace {component.namespace}"
            why = f"Component {component.name} has no scopes"
            yield Possibility(who, "read", component.vault, "secret", EVERY, why, component.node.urn)
