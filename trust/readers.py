"""As whom a workload reads a vault: the links from its ServiceAccount, or from its node, to an identity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from trust.chain import Chain
from trust.links import BEST_FIRST, Link, State
from trust.nodes.azure import Cluster, Credential, Identity
from trust.nodes.fields import known, mapping, text
from trust.nodes.kubernetes import CLIENT_ID, HelmRelease
from trust.published import operators as published_operators
from trust.rbac.identity_uses import identity_binding, may_be_allowed, uses
from trust.values import UNKNOWN, Text
from trust.workloads import Workload

TRUSTS: Final = "trusts"
"""The identity has a federated credential for the ServiceAccount."""
BY_TOKEN: Final = "signs in as"
"""The link from a ServiceAccount to an identity."""
BY_BINDING: Final = "may use"
"""The link from a ServiceAccount to an identity that the cluster's RBAC makes, with an identity binding."""
BY_OPERATOR: Final = "are served by the operator as"
"""The link from pods to the identity of an operator, which reads for every namespace that it serves."""
THROUGH_THE_NODE: Final = "use, through their node,"
"""The link to an identity that every pod of the node can use."""


@dataclass(frozen=True)
class Reader:
    """The identity as which a workload reads, and how it becomes it."""

    identity: Identity | None
    """None: the stack does not know it."""
    links: tuple[Link, ...] = ()
    operator: tuple[Text, Text] | None = None
    """Namespace and name of the ServiceAccount of an operator that reads as itself. None: the reader is no
    operator, or the stack does not know its ServiceAccount.
    """


def by_binding(reader: Reader) -> bool:
    """Whether the reader signs in by the cluster's token proxy, and not by a credential."""
    return any(link.what == BY_BINDING for link in reader.links)


def reads_for_others(reader: Reader) -> bool:
    """Whether the reader is an operator, which reads for other workloads what these do not name."""
    return any(link.what == BY_OPERATOR for link in reader.links)


def account_label(workload: Workload) -> str:
    """``ServiceAccount shop/web``."""
    return f"ServiceAccount {workload.namespace}/{workload.service_account_name}"


def identity_label(identity: Identity | None, client_id: Text = "") -> str:
    """``identity id-shop-web``."""
    return f"identity {identity.name}" if identity and identity.name else f"identity {client_id or 'unknown'}"


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
        if principal_id and principal_id == cluster.app_routing_principal_id:
            return f"the application routing add-on's identity on the nodes of {cluster.name}"
    kind = {"User": "user", "Group": "group"}.get(known(principal_type), "principal")
    return f"{kind} {principal_id or 'unknown'}"


def by_account(
    chain: Chain, workload: Workload, client_id: Text | None = None, *, is_bound: bool = False
) -> Reader:
    """The reader that a token of the workload's ServiceAccount gives.

    Args:
        chain: The chain.
        workload: The workload.
        client_id: Client id that an object of the technique names. None: the ServiceAccount's annotation.
        is_bound: The token is exchanged by the cluster's token proxy, and not by a federated credential.
    """
    account = workload.service_account
    named = client_id if client_id is not None else account.client_id if account else ""
    identity = chain.identity_by_client_id(named)
    if identity is None and named is UNKNOWN:
        identity = _upstream(chain, workload)
    label, account_name = identity_label(identity, named), account_label(workload)
    if not named and named is not UNKNOWN:
        return Reader(None, (Link(BY_TOKEN, account_name, label, state="missing"),))
    urn = account.node.urn if account else ""
    held: State = "external" if client_id is None and account and account.is_foreign else "held"
    state: State = "unknown" if identity is None or named is UNKNOWN else held
    subject = (workload.namespace, workload.service_account_name)
    trust = (
        _binding(chain, workload, identity, label)
        if is_bound
        else (_trust(chain, workload, subject, identity, label),)
    )
    return Reader(identity, (Link(BY_TOKEN, account_name, label, urn, state), *trust))


def _binding(chain: Chain, workload: Workload, identity: Identity | None, label: str) -> tuple[Link, Link]:
    """The identity binding in the workload's cluster, and the ServiceAccount's right to use the identity."""
    account, cluster = account_label(workload), chain.cluster_of(workload)
    target = f"cluster {cluster.name}" if cluster else "the cluster"
    if identity is None:
        return Link("is bound to", label, target, state="unknown"), Link(
            BY_BINDING, account, label, state="unknown"
        )
    binding = identity_binding(chain, identity, cluster)
    # Another stack may have bound an identity that exists already.
    unbound: State = "unknown" if identity.node.external else "missing"
    bound = Link(
        "is bound to", label, target, binding.node.urn if binding else "", "held" if binding else unbound
    )
    names = (workload.namespace, workload.service_account_name)
    use = next((use for use in uses(chain, workload.provider, identity) if use.includes(*names)), None)
    refused: State = "unknown" if UNKNOWN in names or may_be_allowed(chain, workload) else "missing"
    urn = use.binding.node.urn if use else ""
    return bound, Link(BY_BINDING, account, label, urn, "held" if use else refused)


def by_operator(
    chain: Chain, workload: Workload, release: HelmRelease | None, *, key: str, account: Mapping[str, Any]
) -> Reader:
    """The reader of an operator that reads as itself: a token of its own ServiceAccount, for every workload.

    Args:
        chain: The chain.
        workload: A workload that it serves.
        release: The operator. None: it is of another stack, or exists already.
        key: Key of the operator in section ``operators``.
        account: ServiceAccount of the operator in the values of the release.
    """
    pods = f"pods of {workload.name}"
    if release is None:
        # The identity to which the stack grants what its workloads read (stacks/builders/identities.py).
        named = [item for item in chain.identities if item.node.name.startswith(f"{key}/identity")]
        identity = named[0] if len(named) == 1 else None
        state: State = "external" if identity else "unknown"
        link = Link(BY_OPERATOR, pods, identity_label(identity), state=state)
        return Reader(identity, (link,), _published_account(chain, key))
    name = text(account.get("name"), str(release.name))
    client_id = text(mapping(account.get("annotations")).get(CLIENT_ID))
    identity, urn = chain.identity_by_client_id(client_id), release.node.urn
    if client_id is UNKNOWN:  # in a first preview: the identity for which the release waits
        waits = [item for item in chain.identities if item.node.urn in release.node.dependencies]
        identity = waits[0] if len(waits) == 1 else None
    label = identity_label(identity, client_id)
    state = "missing" if client_id == "" else "unknown" if identity is None else "held"
    signs_in = Link(BY_OPERATOR, pods, f"{label} (ServiceAccount {release.namespace}/{name})", urn, state)
    if client_id == "":
        return Reader(None, (signs_in,))
    subject = (release.namespace, name)
    return Reader(identity, (signs_in, _trust(chain, workload, subject, identity, label)), subject)


def _published_account(chain: Chain, key: str) -> tuple[Text, Text] | None:
    """The ServiceAccount of an operator of the platform. None: the platform does not install it."""
    identity = mapping(mapping((published_operators(chain) or {}).get(key)).get("identity"))
    _, _, account = str(identity.get("subject") or "").partition("system:serviceaccount:")
    namespace, _, name = account.partition(":")
    return (namespace, name) if name else None


def _upstream(chain: Chain, workload: Workload) -> Identity | None:
    """The identity on which the ServiceAccount waits: in a first preview its client id is unknown."""
    account = workload.service_account
    urns = set(account.node.dependencies) if account else set()
    identities = [identity for identity in chain.identities if identity.node.urn in urns]
    return identities[0] if len(identities) == 1 else None


def _trust(
    chain: Chain, workload: Workload, account: tuple[Text, Text], identity: Identity | None, label: str
) -> Link:
    """The link by which the identity accepts the tokens of a ServiceAccount, by namespace and name, in the
    workload's cluster.
    """
    namespace, name = account
    account_name = f"ServiceAccount {namespace}/{name}"
    subject: Text = UNKNOWN
    if namespace and name:
        subject = f"system:serviceaccount:{namespace}:{name}"
    credentials = chain.credentials_of(identity) if identity else []
    named = [credential for credential in credentials if credential.subject == subject]
    if not named:
        # An identity that exists already may have credentials of other stacks.
        is_open = identity is None or identity.node.external or subject is UNKNOWN
        return Link(TRUSTS, label, account_name, state="unknown" if is_open else "missing")
    cluster = chain.cluster_of(workload)
    states: list[tuple[State, str]] = [
        (issuer_state(credential, cluster), credential.node.urn) for credential in named
    ]
    state, urn = min(states, key=lambda entry: BEST_FIRST.index(entry[0]))
    return Link(TRUSTS, label, account_name, urn, state)


def issuer_state(credential: Credential, cluster: Cluster | None) -> State:
    """Whether a credential trusts the cluster's issuer, byte for byte."""
    if cluster is None or credential.issuer is UNKNOWN or cluster.issuer in (UNKNOWN, ""):
        return "unknown"
    return "held" if credential.issuer == cluster.issuer else "missing"


def by_client_id(chain: Chain, workload: Workload, client_id: Text, what: str, urn: str) -> Reader:
    """The reader that does not depend on the ServiceAccount: an identity of the node, say."""
    identity = chain.identity_by_client_id(client_id)
    state: State = "held" if identity else "unknown"
    return Reader(
        identity, (Link(what, f"pods of {workload.name}", identity_label(identity, client_id), urn, state),)
    )


def by_pod_identity(chain: Chain, workload: Workload) -> Reader:
    """The reader by AAD Pod Identity: the AzureIdentity that a binding assigns to the pods.

    https://azure.github.io/aad-pod-identity/docs/concepts/azureidentitybinding/
    """
    identities = {_key(node): node for node in chain.graph.of_kind("aadpodidentity.k8s.io", "AzureIdentity")}
    for binding in chain.graph.of_kind("aadpodidentity.k8s.io", "AzureIdentityBinding"):
        spec = mapping(binding.input("spec"))
        labels = [pods.pod_labels.get("aadpodidbinding") for pods in workload.pods]
        selects = spec.get("selector") in labels if labels else chain.workload_of(binding) is workload
        target = identities.get((*_key(binding)[:2], str(spec.get("azureIdentity"))))
        if selects and target and _key(binding)[1] == known(workload.namespace):
            client_id = text(target.input("spec.clientID"))
            reader = by_client_id(chain, workload, client_id, "get by AAD Pod Identity", binding.urn)
            if reader.identity is None and client_id is UNKNOWN:
                resource = [item for item in chain.identities if item.node.urn in target.dependencies]
                return Reader(resource[0] if len(resource) == 1 else None, reader.links)
            return reader
    label = identity_label(None)
    return Reader(
        None, (Link("get by AAD Pod Identity", f"pods of {workload.name}", label, state="missing"),)
    )


def _key(node: Any) -> tuple[str, str, str]:
    metadata: Mapping[str, Any] = mapping(node.input("metadata"))
    return node.provider, str(metadata.get("namespace", "default")), str(metadata.get("name"))


def by_service_principal(chain: Chain, workload: Workload, secret_name: str) -> Reader:
    """The reader by the client id and client secret in a Kubernetes Secret."""
    secret = chain.find(chain.secrets, workload.provider, workload.namespace, secret_name)
    values = secret.values if secret else None
    client_id = text((values or {}).get("clientid"), "")
    identity = chain.identity_by_client_id(client_id)
    if identity is None:
        # The Secret's values are hidden: the pods wait for the role assignments of their principal.
        waits = {urn for pods in workload.pods for urn in pods.node.dependencies}
        parents = {role.node.parent for role in chain.role_assignments if role.node.urn in waits}
        principals = [item for item in chain.identities if item.node.urn in parents]
        beside = [item for item in chain.identities if item.node.name == workload.name]
        identity = next(iter(principals or beside), None)
    label = identity_label(identity, client_id)
    state: State = "held" if identity else "unknown"
    urn = secret.node.urn if secret else ""
    return Reader(
        identity, (Link("sign in with the client secret of", f"pods of {workload.name}", label, urn, state),)
    )
