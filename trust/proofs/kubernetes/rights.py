"""Rights in the cluster: which bindings of the stack lead to the secrets of its workloads.

Deliberately not here: the tokens that the External Secrets Operator needs (``external_secrets.py``), and the
rights of people, which the access report lists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from trust.chain import Chain
from trust.nodes.fields import known, listed
from trust.nodes.kubernetes import RoleBinding
from trust.possible import PODS
from trust.proofs.proof import Finding, proof
from trust.rbac.cluster_roles import rules_of

_EVERYBODY: Final = ("system:serviceaccounts", "system:authenticated", "system:unauthenticated")

_RIGHTS: Final = ("read Secrets", "make pods", "request tokens")


@proof(
    "bindings-reveal-no-secrets",
    of=lambda chain: chain.role_bindings,
    reason="Its pods, or an intruder in one of them, read every secret of the namespace.",
    source="https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks",
)
def bindings_reveal_no_secrets(chain: Chain) -> Iterator[Finding]:
    """No ServiceAccount but an operator's, and no group of all users, may read Secrets, make pods or request
    tokens where workloads are.
    """
    operators = {known(release.namespace) for release in chain.releases}
    for binding in chain.role_bindings:
        allowed = set(_rights(chain, binding))
        rights = [right for right in _RIGHTS if right in allowed]
        place = f"namespace '{binding.namespace}'" if binding.namespace else "every namespace"
        for subject in binding.subjects if rights else ():
            who = _who(subject, known(binding.namespace))
            if not who or subject.get("namespace") in operators:
                continue
            workload = _workload(chain, binding, subject)
            yield Finding(
                workload=workload,
                text=f"{binding.kind} '{binding.name}' lets {who} {' and '.join(rights)} in {place}",
                fix=f"the {binding.kind}: take the subject or the rule away",
                urn=binding.node.urn,
            )


def _rights(chain: Chain, binding: RoleBinding) -> Iterator[str]:
    for rule in rules_of(chain, binding) or ():
        resources, verbs = _set(rule, "resources"), _set(rule, "verbs")
        groups = _set(rule, "apiGroups")
        if resources & {"secrets", "*"} and verbs & {"get", "list", "watch", "*"} and groups & {"", "*"}:
            yield _RIGHTS[0]
        if resources & (PODS | {"*"}) and verbs & {"create", "*"}:
            yield _RIGHTS[1]
        if (
            resources & {"serviceaccounts/token", "*"}
            and verbs & {"create", "*"}
            and not listed(rule.get("resourceNames"))
        ):
            yield _RIGHTS[2]


def _set(rule: Mapping[str, Any], key: str) -> set[str]:
    return {str(value) for value in listed(rule.get(key))}


def _who(subject: Mapping[str, Any], namespace: str) -> str:
    """The subject, if it is pods; empty for people."""
    name = str(subject.get("name"))
    if subject.get("kind") == "ServiceAccount":
        return f"ServiceAccount '{subject.get('namespace', namespace)}/{name}'"
    return f"group '{name}'" if name.startswith(_EVERYBODY) else ""


def _workload(chain: Chain, binding: RoleBinding, subject: Mapping[str, Any]) -> str:
    place = (
        binding.node.provider,
        str(subject.get("namespace", binding.namespace)),
        str(subject.get("name")),
    )
    for workload in chain.workloads:
        own = (workload.provider, known(workload.namespace), known(workload.service_account_name))
        if subject.get("kind") == "ServiceAccount" and own == place:
            return workload.name
    return ""
