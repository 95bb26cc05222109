"""Who could read more than workloads do, and why. Rights that this stack does not give are not known here,
except those that Kubernetes or Azure gives to every principal of a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from trust.access import Reading, readings
from trust.chain import Chain
from trust.grants import EVERY, targets
from trust.nodes.azure import RoleAssignment
from trust.nodes.fields import flag, known, listed, mapping, text
from trust.nodes.kubernetes import RoleBinding
from trust.nodes.vaults import AccessPolicy
from trust.readers import BY_TOKEN, THROUGH_THE_NODE
from trust.roles import KINDS, role_of
from trust.values import UNKNOWN, Text

May = Literal["read", "change", "grant"]
"""``change``: create, change or delete. ``grant``: give itself any right in the vault."""
_KINDS: Final = tuple(KINDS.values())
_PODS: Final = frozenset(
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


def possible(chain: Chain, reads: Sequence[Reading] | None = None) -> tuple[Possibility, ...]:
    """Every possibility that the resources show. ``reads``: the readings of the chain, if they are known."""
    reads = [
        reading for reading in (readings(chain) if reads is None else reads) if reading.state != "missing"
    ]
    places = _by_place(chain, reads)
    possibilities = [
        *(item for role in chain.role_assignments for item in _by_role(chain, role)),
        *(item for policy in chain.access_policies for item in _by_policy(chain, policy)),
        *_by_node(chain, reads),
        *_by_namespace(places),
        *(item for binding in chain.role_bindings for item in _by_binding(chain, binding, places)),
        *_by_operator(chain, places),
        *_by_copy(reads),
        *_by_local_account(chain, reads),
        *_by_dapr(chain),
    ]
    return tuple(dict.fromkeys(possibilities))


def principal_label(chain: Chain, principal_id: Text, principal_type: Text = "") -> str:
    """The name of a principal that the stack knows, or its id."""
    identity = chain.identity_by_principal_id(principal_id)
    if identity is not None:
        return f"identity {identity.name or identity.node.name}"
    for cluster in chain.clusters:
        if principal_id and principal_id == cluster.kubelet_principal_id:
            return f"the nodes of {cluster.name}"
        if principal_id and principal_id == cluster.csi_addon_principal_id:
            return f"the add-on's identity on the nodes of {cluster.name}"
    kind = {"User": "user", "Group": "group"}.get(known(principal_type), "principal")
    return f"{kind} {principal_id or 'unknown'}"


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
                yield _read(who, reading, f"a node gives tokens of {link.end} to every pod", link.urn)


def _by_namespace(places: _Places) -> Iterator[Possibility]:
    """https://kubernetes.io/docs/concepts/security/rbac-good-practices/#workload-creation"""
    for (_, namespace), inside in places.items():
        who = f"principals that may create pods in namespace {namespace}"
        for reading in inside:
            yield _read(who, reading, f"their pods can run as ServiceAccount {reading.service_account}")


def _read(who: str, reading: Reading, why: str, urn: str = "") -> Possibility:
    return Possibility(who, "read", reading.vault, reading.kind, reading.name, why, urn)


def _by_place(chain: Chain, reads: Sequence[Reading]) -> _Places:
    """The readings by provider of the cluster and namespace."""
    providers = {workload.node.urn: workload.provider for workload in chain.workloads}
    places: dict[tuple[str, str], list[Reading]] = {}
    for reading in reads:
        places.setdefault((providers.get(reading.urn, ""), known(reading.namespace)), []).append(reading)
    return places


def _by_binding(chain: Chain, binding: RoleBinding, places: _Places) -> Iterator[Possibility]:
    """Subjects that a binding of the stack lets create pods, read Secrets or request tokens."""
    kind, name = binding.role
    role = next(
        (
            role
            for role in chain.roles
            if role.node.provider == binding.node.provider
            and (role.kind, role.name) == (kind, name)
            and known(role.namespace) in ("", known(binding.namespace))
        ),
        None,
    )
    rules = role.rules if role else []
    namespace = known(binding.namespace)
    inside = [
        reading
        for (provider, place), items in places.items()
        if provider == binding.node.provider and namespace in ("", place)
        for reading in items
    ]
    subjects = [
        "/".join(str(subject[key]) for key in ("namespace", "name") if key in subject)
        for subject in binding.subjects
    ]
    for rule in rules:
        for reading, why in _through(rule, inside):
            for subject in subjects:
                yield _read(subject, reading, why, binding.node.urn)


def _through(rule: Mapping[str, Any], inside: Sequence[Reading]) -> Iterator[tuple[Reading, str]]:
    """https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks"""
    resources, verbs = set(listed(rule.get("resources"))), set(listed(rule.get("verbs")))
    names = {str(name) for name in listed(rule.get("resourceNames"))}
    for reading in inside:
        account = reading.service_account
        if verbs & {"create", "*"} and resources & {"serviceaccounts/token", "*"} and _is_by_token(reading):
            if not names or known(account) in names:
                yield reading, f"it may request tokens of ServiceAccount {account}"
        elif verbs & {"create", "*"} and resources & _PODS and not names:
            yield reading, f"its pods can run as ServiceAccount {account}"
        elif reading.copied and verbs & {"get", "list", "watch", "*"} and resources & {"secrets", "*"}:
            yield reading, "it may read Secrets, and the value is in one"


def _is_by_token(reading: Reading) -> bool:
    """Whether a token of the ServiceAccount is enough."""
    return any(link.what == BY_TOKEN for link in reading.links)


def _by_operator(chain: Chain, places: _Places) -> Iterator[Possibility]:
    """The rights that the chart of the External Secrets Operator gives unless it is told otherwise.

    https://external-secrets.io/latest/guides/security-best-practices/
    """
    for release in chain.releases:
        if release.chart is UNKNOWN or not known(release.chart).rsplit("/", 1)[-1].startswith(
            "external-secrets"
        ):
            continue
        rights = mapping(release.values.get("rbac"))
        if flag(rights.get("serviceAccountTokenCreate"), default=True) is False:
            continue
        scoped = known(text(release.values.get("scopedNamespace")))
        inside = [
            reading
            for (provider, place), items in places.items()
            if provider == release.node.provider and scoped in ("", place)
            for reading in items
            if _is_by_token(reading)
        ]
        who = f"the operator {release.namespace}/{release.name}"
        why = "its chart lets it request tokens of every ServiceAccount (rbac.serviceAccountTokenCreate)"
        for reading in inside:
            yield _read(who, reading, why, release.node.urn)


def _by_copy(reads: Sequence[Reading]) -> Iterator[Possibility]:
    """https://kubernetes.io/docs/concepts/security/secrets-good-practices/"""
    for reading in reads:
        if reading.copied:
            who = f"principals that may read Secrets in namespace {reading.namespace}"
            yield _read(who, reading, "the value is in a Kubernetes Secret too")


def _by_local_account(chain: Chain, reads: Sequence[Reading]) -> Iterator[Possibility]:
    """https://learn.microsoft.com/azure/aks/manage-local-accounts-managed-azure-ad"""
    for cluster in chain.clusters:
        if cluster.is_reference or cluster.local_accounts_disabled is not False:
            continue
        urns = {workload.node.urn for workload in chain.workloads if chain.cluster_of(workload) is cluster}
        who = f"holders of the certificate of cluster {cluster.name}"
        why = "local accounts are on, and theirs is an admin of the cluster"
        for reading in reads:
            if reading.urn in urns:
                yield _read(who, reading, why, cluster.node.urn)


def _by_dapr(chain: Chain) -> Iterator[Possibility]:
    """https://docs.dapr.io/operations/components/component-scopes/"""
    for component in chain.dapr_components:
        if component.vault and not component.scopes:
            who = f"every application of namespace {component.namespace}"
            why = f"Component {component.name} has no scopes"
            yield Possibility(who, "read", component.vault, "secret", EVERY, why, component.node.urn)
