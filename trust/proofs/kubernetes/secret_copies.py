"""Kubernetes Secrets that operators fill: what they do with them, how often, and whose pods read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.delivered_secrets import delivered_secrets
from trust.durations import seconds
from trust.nodes.delivery import ExternalSecret
from trust.nodes.fields import known, listed, mapping, text
from trust.operators import EXTERNAL_SECRETS, release
from trust.proofs.external_secrets import fault
from trust.proofs.proof import Finding, proof
from trust.values import UNKNOWN

_POLICIES: Final = "https://external-secrets.io/latest/guides/ownership-deletion-policy/"
_REFRESH: Final = frozenset({"Periodic", "OnChange", "CreatedOnce"})
_CREATION: Final = frozenset({"Owner", "Orphan", "Merge", "None", "CreateOrMerge"})
_DELETION: Final = frozenset({"Retain", "Delete", "Merge"})
_FIX: Final = "external_secrets: creation_policy: Owner, deletion_policy: Retain are the defaults"


@proof(
    "eso-target",
    of=lambda chain: chain.external_secrets,
    reason="The operator's webhook refuses it, or no Secret is there for the pods.",
    source=_POLICIES,
)
def eso_target(chain: Chain) -> Iterator[Finding]:
    """The policies of every ExternalSecret fit each other, and it makes the Secret that pods read."""
    for external in chain.external_secrets:
        target = mapping(external.spec.get("target"))
        creation, deletion = target.get("creationPolicy", "Owner"), target.get("deletionPolicy", "Retain")
        for problem in _policy_problems(creation, deletion, is_read=_is_read(chain, external)):
            yield fault(chain, external, problem, _FIX)
        if creation == "Merge" and _is_read(chain, external) and not _is_made_elsewhere(chain, external):
            problem = f"adds keys to Secret '{external.target}', which nothing makes, and pods read it"
            yield fault(chain, external, problem, _FIX)
        if target.get("immutable") is True and external.spec.get("refreshPolicy", "Periodic") == "Periodic":
            problem = f"makes Secret '{external.target}' immutable, so no new value gets into it"
            yield fault(chain, external, problem, _FIX)


def _is_read(chain: Chain, external: ExternalSecret) -> bool:
    """Whether pods wait for the Secret."""
    read = chain.once(
        "secrets that pods wait for",
        lambda: {
            (owner.node.provider, known(owner.namespace), known(ref.name))
            for owner in chain.pod_owners
            for ref in owner.secret_refs
            if not ref.optional
        },
    )
    return (external.node.provider, known(external.namespace), known(external.target)) in read


def _is_made_elsewhere(chain: Chain, external: ExternalSecret) -> bool:
    """Whether something else of the stack makes the Secret, or its name is not one of the program's own."""
    workload = chain.workload_of(external.node)
    if workload is None or not known(external.target).startswith(f"{workload.name}-external"):
        return True
    place = (external.node.provider, known(external.namespace), known(external.target))
    return any(
        secret.key == place and mapping(secret.by.spec.get("target")).get("creationPolicy") != "Merge"
        for secret in delivered_secrets(chain)
    )


def _policy_problems(creation: Any, deletion: Any, *, is_read: bool) -> Iterator[str]:
    if creation not in _CREATION or deletion not in _DELETION:
        yield f"has a policy that the operator does not know ({creation}, {deletion})"
    elif deletion == "Delete" and creation != "Owner":
        yield f"deletes a Secret that it does not own ({creation})"
    elif deletion == "Merge" and creation == "None":
        yield "removes keys of a Secret that it does not make"
    if creation == "None" and is_read:
        yield "makes no Secret, and pods read it"


@proof(
    "eso-keeps-the-secret",
    severity="warning",
    of=lambda chain: [external for external in chain.external_secrets if _is_read(chain, external)],
    reason="The Kubernetes Secret or its key goes with a secret that is deleted in the vault, and no new pod"
    " starts.",
    source=_POLICIES,
    follows=["eso-target"],
)
def eso_keeps_the_secret(chain: Chain) -> Iterator[Finding]:
    """The Secrets that pods wait for stay when the vault no longer has the object."""
    for external in chain.external_secrets:
        deletion = mapping(external.spec.get("target")).get("deletionPolicy", "Retain")
        if deletion in ("Delete", "Merge") and _is_read(chain, external):
            what = "deletes" if deletion == "Delete" else "empties"
            problem = f"{what} Secret '{external.target}', for which pods wait, when its object is gone"
            yield fault(chain, external, problem, "external_secrets.deletion_policy: Retain")


@proof(
    "eso-value-has-the-property",
    of=lambda chain: [item for external in chain.external_secrets for item in _taken_apart(external)],
    reason="The operator finds no such property in a value that is not JSON, and makes no Secret.",
    source="https://external-secrets.io/latest/api/spec/#external-secrets.io/v1.ExternalSecretDataRemoteRef",
    follows=["vault-object-is-there"],
)
def eso_value_has_the_property(chain: Chain) -> Iterator[Finding]:
    """Nothing takes a property of, or decodes, a value that the stack makes at random."""
    for external in chain.external_secrets:
        for _, remote in _taken_apart(external):
            name = str(remote.get("key")).rpartition("/")[2]
            if name.lower() not in _random_objects(chain):
                continue
            what = f"property '{remote['property']}'" if remote.get("property") else "the decoded value"
            problem = f"reads {what} of '{name}', which the stack makes at random"
            yield fault(chain, external, problem, "secrets[].property: remove it")


def _taken_apart(external: ExternalSecret) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each key that holds a part of a value, or a decoded one."""
    for entry in map(mapping, listed(external.spec.get("data"))):
        remote = mapping(entry.get("remoteRef"))
        decodes = remote.get("decodingStrategy") in ("Base64", "Base64URL")
        if remote.get("property") or decodes:
            yield str(entry.get("secretKey")), remote


def _random_objects(chain: Chain) -> frozenset[str]:
    return chain.once(
        "objects with random values",
        lambda: frozenset(
            known(item.name).lower()
            for item in chain.vault_objects
            if any(
                (node := chain.graph.get(urn)) and node.type.startswith("random:")
                for urn in item.node.dependencies
            )
        ),
    )


@proof(
    "eso-store-is-served",
    of=lambda chain: [store for store in chain.secret_stores if release(chain, EXTERNAL_SECRETS)],
    reason="The operator ignores the store, and makes no Secret.",
    source="https://external-secrets.io/latest/api/controller-options/",
)
def eso_store_is_served(chain: Chain) -> Iterator[Finding]:
    """The operator of the stack serves the namespace and the controller class of every store."""
    for store in chain.secret_stores:
        operator = release(chain, EXTERNAL_SECRETS, store.node.provider)
        if operator is None:
            continue
        controller, own = store.spec.get("controller"), operator.values.get("controllerClass", "default")
        if controller not in (None, "", UNKNOWN, own):
            problem = f"is for controller '{controller}', and the operator's is '{own}'"
            yield fault(chain, store, problem, "technique: eso names no controller")
        scoped = operator.values.get("scopedNamespace")
        if scoped not in (None, "", UNKNOWN, store.namespace) and store.namespace:
            problem = f"is in namespace '{store.namespace}', and the operator serves '{scoped}' alone"
            yield fault(chain, store, problem, "operators.external_secrets.scoped_namespace")


@proof(
    "eso-refresh",
    of=lambda chain: chain.external_secrets,
    reason="A new value never arrives, or not with the one that belongs to it, or the vault throttles.",
    source="https://external-secrets.io/latest/api/externalsecret/",
)
def eso_refresh(chain: Chain) -> Iterator[Finding]:
    """Refreshes run at most once a minute, and all values of a workload alike."""
    rhythms: dict[str, set[tuple[str, str]]] = defaultdict(set)
    fix = "external_secrets.refresh_interval: 1m or more, with refresh_policy: Periodic"
    for external in chain.external_secrets:
        policy = text(external.spec.get("refreshPolicy"), "Periodic")
        interval = text(external.spec.get("refreshInterval"), "1h")
        if UNKNOWN in (policy, interval):
            yield fault(chain, external, "has a refreshInterval that is unknown", fix, unknown=True)
            continue
        every = seconds(str(interval))
        if policy not in _REFRESH or every is None:
            yield fault(chain, external, f"has an unknown refresh ({policy}, {interval})", fix)
        elif policy == "Periodic" and every < 60:
            never = "is never refreshed" if every == 0 else "reads the vault more than once a minute"
            yield fault(chain, external, f"{never} (refreshInterval {interval})", fix)
        workload = chain.workload_of(external.node)
        rhythm = rhythms[workload.node.urn if workload else external.node.urn]
        rhythm.add((str(policy), str(every)))
        if len(rhythm) == 2:
            problem = f"is refreshed at another time than the other values ({policy}, {interval})"
            yield fault(chain, external, problem, fix)


@proof(
    "secret-is-awaited",
    severity="warning",
    of=lambda chain: [ref for owner in chain.pod_owners for ref in owner.secret_refs],
    reason="The pods start without the value while the Secret is not there yet.",
    source="https://kubernetes.io/docs/concepts/configuration/secret/#restriction-secret-must-exist",
)
def secret_is_awaited(chain: Chain) -> Iterator[Finding]:
    """Pods wait for the Kubernetes Secrets that are made for them: none is optional."""
    made = {secret.key for secret in delivered_secrets(chain)}
    for owner in chain.pod_owners:
        for name in dict.fromkeys(known(ref.name) for ref in owner.secret_refs if ref.optional):
            if (owner.node.provider, known(owner.namespace), name) in made:
                workload = chain.workload_of(owner.node)
                label = workload.name if workload else ""
                yield Finding(
                    workload=label,
                    text=f"{owner.kind} '{owner.name}' also starts without Secret '{name}' (optional)",
                    fix=f"workloads[name={label}].overrides: without optional",
                    urn=owner.node.urn,
                )


@proof(
    "secret-of-another-workload",
    severity="warning",
    of=lambda chain: [ref for owner in chain.pod_owners for ref in owner.secret_refs],
    reason="The pods have values that their own identity may not read, and no role shows it.",
    source="https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
    follows=["secret-key-is-made"],
)
def secret_of_another_workload(chain: Chain) -> Iterator[Finding]:
    """Pods read no Kubernetes Secret that is made for another workload alone."""
    made: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for secret in delivered_secrets(chain):
        workload = chain.workload_of(secret.node)
        made[secret.key][workload.node.urn if workload else ""] = workload.name if workload else ""
    for owner in chain.pod_owners:
        workload = chain.workload_of(owner.node)
        if workload is None:
            continue
        for name in dict.fromkeys(known(ref.name) for ref in owner.secret_refs):
            makers = made.get((owner.node.provider, known(owner.namespace), name), {})
            if makers and workload.node.urn not in makers and all(makers.values()):
                yield Finding(
                    workload=workload.name,
                    text=f"{owner.kind} '{owner.name}' reads Secret '{name}', which is made for workload"
                    f" '{', '.join(sorted(makers.values()))}'",
                    fix=f"workloads[name={workload.name}].secrets: list the values there, too",
                    urn=owner.node.urn,
                )


_COPIED_BY: Final[Mapping[str, str]] = {
    # https://github.com/emberstack/kubernetes-reflector#3-annotate-the-source-secret-or-configmap
    "reflector.v1.k8s.emberstack.com/reflection-allowed": "Reflector",
    # https://github.com/mittwald/kubernetes-replicator#usage
    "replicator.v1.mittwald.de/replicate-to": "kubernetes-replicator",
    "replicator.v1.mittwald.de/replicate-to-matching": "kubernetes-replicator",
    "replicator.v1.mittwald.de/replication-allowed": "kubernetes-replicator",
    # https://config-syncer.com/docs/latest/guides/config-syncer/intra-cluster/
    "kubed.appscode.com/sync": "Config Syncer",
}


@proof(
    "secret-stays-in-its-namespace",
    severity="warning",
    of=delivered_secrets,
    reason="Principals and pods of other namespaces read the copies, and no role of the vault shows it.",
    source="https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
)
def secret_stays_in_its_namespace(chain: Chain) -> Iterator[Finding]:
    """No operator is allowed to copy a Kubernetes Secret into other namespaces."""
    for secret in delivered_secrets(chain):
        workload = chain.workload_of(secret.node)
        label = workload.name if workload else ""
        for key, operator in _COPIED_BY.items():
            value = secret.annotations.get(key)
            if value is None or value == "false":
                continue
            yield Finding(
                workload=label,
                text=f"{operator} may copy Secret '{secret.name}' into other namespaces ({key})",
                fix=f"workloads[name={label}].secrets[].kubernetes_secret.annotations: without {key}",
                urn=secret.node.urn,
                unknown=value is UNKNOWN,
            )
