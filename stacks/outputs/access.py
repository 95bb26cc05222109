"""Outputs for people and tools: who reads what, addresses of Services, what pods need, the kubeconfig.

No output holds a secret value. The kubeconfig is an output only with ``cluster.export_kubeconfig``.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from components.authorization.rights import Right
from components.authorization.roles import READ_ACCESS, ObjectType
from components.cluster.base import Cluster
from components.identity import identity_binding, workload_identity
from components.identity.principal import ServiceAccount
from components.key_vault.access_policies import Authorization
from components.workloads import Access, Workload, WorkloadKind
from components.workloads.ingress import secret_name
from stacks.args.identity import APP_ROUTING, operator_subject, principal_name
from stacks.context import StackContext, WorkloadContext
from stacks.settings.model.app_routing import IngressSettings
from stacks.settings.model.rights import ReadScope, RightScope, read_scopes, right_scopes, rights_of
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import (
    ANY_KEY,
    Scope,
    WorkloadSettings,
    kept_keys,
)


def workload_outputs(context: WorkloadContext, workloads: Mapping[str, Workload]) -> dict[str, Any]:
    """The output ``access``, and ``kubernetes_secrets``, ``services``, ``pods`` and ``service_accounts``
    unless they are empty.
    """
    settings = context.stack.settings
    outputs: dict[str, Any] = {
        "access": [
            _access(context, workload, entry)
            for workload in settings.workloads
            for entry in _entries(
                workload,
                read_scopes(settings.workloads_by_identity[workload.identity_name]),
                [
                    label
                    for label, vault in context.stack.vaults.items()
                    if vault.authorization is Authorization.ACCESS_POLICY
                ],
                right_scopes(settings.workloads_by_identity[workload.identity_name]),
            )
        ]
        + [_ingress_access(context, index, ingress) for index, ingress in settings.ingresses]
    }
    by_workload = {workload.name: kubernetes_secrets_of(workload) for workload in settings.workloads}
    if secrets := {name: secrets for name, secrets in by_workload.items() if secrets}:
        outputs["kubernetes_secrets"] = secrets
    if services := {
        workload.name: workloads[workload.name].address for workload in settings.workloads if workload.service
    }:
        outputs["services"] = services
    if pods := {
        workload.name: workloads[workload.name].pod_patch
        for workload in settings.workloads
        # No pod runs as the ServiceAccount of pushes.
        if workload.kind is WorkloadKind.NONE and not workload.pushes
    }:
        outputs["pods"] = pods
    if accounts := {
        workload.name: {
            "namespace": workload.namespace,
            "name": workload.service_account_name,
            "annotations": workloads[workload.name].service_account_annotations,
        }
        for workload in settings.workloads
        if not workload.annotate_service_account
    }:
        outputs["service_accounts"] = accounts
    return outputs


def kubernetes_secrets_of(workload: WorkloadSettings) -> dict[str, list[str]]:
    """The Kubernetes Secrets that hold values of a workload, each with its keys."""
    secrets: dict[str, list[str]] = {}
    for _, value in workload.delivered_values:
        if workload.uses_kubernetes_secret(value):
            ref = workload.secret_key_ref(value)
            secrets.setdefault(ref.secret, []).extend(kept_keys(value, ref))
    if workload.service and workload.service.ingress:
        secrets[secret_name(workload.name)] = ["tls.crt", "tls.key"]
    for find in workload.find:
        secrets.setdefault(workload.find_secret_name(find), []).append(ANY_KEY)
    return {name: list(dict.fromkeys(keys)) for name, keys in secrets.items()}


def kubeconfig_output(context: StackContext, cluster: Cluster) -> dict[str, Any]:
    """The output ``kubeconfig``, if ``cluster.export_kubeconfig`` is on."""
    return {"kubeconfig": cluster.kubeconfig} if context.settings.cluster.export_kubeconfig else {}


@dataclass(frozen=True)
class _Entry:
    """A row of ``access``: a vault object, and the grant through which the workload can read it."""

    name: str
    type: ObjectType
    reach: ReadScope
    listed: bool
    """Whether the workload lists the object. False: its identity can read it nevertheless."""


def _entries(
    workload: WorkloadSettings,
    reaches: list[ReadScope],
    by_policy: Container[str | None],
    further: list[RightScope],
) -> Iterator[_Entry]:
    """The objects that the workload lists, then the others that its identity can read.

    It can read others with ``scope: vault``, if it is shared with other workloads, and in a vault with access
    policies (``by_policy``), each of which covers every object of its kind. As an operator it reads nothing
    but what it lists.
    """
    listed: dict[tuple[object, ...], SecretSettings] = {}
    for secret in workload.objects:
        listed.setdefault((*secret.object_key, secret.type), secret)
    for secret in listed.values():
        yield _Entry(
            secret.name, secret.type, next(reach for reach in reaches if reach.includes(secret)), True
        )
    if workload.spec.operator_reads:
        return
    for reach in reaches:
        if reach.name is None:
            yield _Entry("*", reach.type, reach, workload.scope is Scope.VAULT)
        elif not any(reach.includes(secret) for secret in workload.objects):
            yield _Entry(reach.name, reach.type, reach, False)
    for scope in further:
        # Reading it is within the right to the whole vault, so that it has no row yet.
        covering = [reach for reach in reaches if reach.name is None and reach.vault == scope.vault]
        is_listed = any((*secret.object_key, secret.type) == scope.key for secret in workload.objects)
        if covering and not is_listed and covering[0].access == READ_ACCESS[scope.type]:
            yield _Entry(scope.name, scope.type, covering[0], False)
    whole = {(reach.vault, reach.access) for reach in reaches if reach.name is None}
    for reach in reaches:
        if reach.vault in by_policy and (reach.vault, reach.access) not in whole:
            whole.add((reach.vault, reach.access))
            yield _Entry("*", reach.type, replace(reach, name=None), False)


def _access(context: WorkloadContext, workload: WorkloadSettings, entry: _Entry) -> dict[str, Any]:
    """The trust chain from the workload to a vault object, as far as possible in plain strings."""
    identity, vault = context.identities[workload.identity_name], context.stack.vaults[entry.reach.vault]
    account = ServiceAccount(workload.namespace, workload.service_account_name)
    subject = account.subject if identity.federated else None
    if workload.spec.operator_reads:
        subject = operator_subject(workload.identity_name, context.stack)
    by_role = vault.authorization is Authorization.RBAC
    is_bound = workload.access is Access.IDENTITY_BINDING
    audience = identity_binding.AUDIENCE if is_bound else workload_identity.AUDIENCE
    rights = _rights(context, workload, entry, vault.id, by_role=by_role)
    return {
        "workload": workload.name,
        "secret": entry.name,
        "type": entry.type.value,
        "asked": entry.listed,
        "technique": workload.technique.value,
        "namespace": account.namespace,
        "serviceAccount": account.name,
        "access": "operator" if workload.spec.operator_reads else workload.access.value,
        "subject": subject,
        "audience": audience if subject else None,
        "identity": principal_name(workload, context.stack),
        "role": entry.reach.access.role.role_name if by_role else "access policy",
        "scope": f"{vault.id}/{entry.reach.access.collection}/{entry.reach.name}"
        if by_role and entry.reach.name
        else vault.id,
        "vault": vault.name,
        "pod": "no pod: the operator writes the secret" if workload.pushes else workload.spec.description,
        "issuer": context.cluster.issuer_url if subject else None,
        "clientId": identity.client_id,
        **rights,
    }


def _rights(
    context: WorkloadContext, workload: WorkloadSettings, entry: _Entry, vault_id: str, *, by_role: bool
) -> dict[str, Any]:
    """The rights of the workload on the object besides reading it: those that it lists, and each role
    that gives them with all that it allows. Empty: it only reads.
    """
    shared = context.stack.settings.workloads_by_identity[workload.identity_name]
    scopes = [
        scope
        for scope in right_scopes(shared)
        if (scope.vault, scope.type) == (entry.reach.vault, entry.type) and scope.name == entry.name.lower()
    ]
    if not scopes:
        return {}
    listed = [
        secret
        for secret in workload.objects
        if secret.name.lower() == entry.name.lower()
        and (secret.vault, secret.type) == (entry.reach.vault, entry.type)
    ]
    return {
        "rights": [right.value for right in rights_of(listed, listed[0])] if listed else [],
        "roles": [
            {
                "role": scope.access.role.role_name if by_role else "access policy",
                "scope": f"{vault_id}/{scope.access.collection}/{scope.name}" if by_role else vault_id,
                "allows": [
                    right.value
                    for right in Right
                    if right in {*scope.further.needed, *(scope.further.surplus if by_role else ())}
                ],
            }
            for scope in scopes
        ],
    }


def _ingress_access(context: WorkloadContext, index: int, ingress: IngressSettings) -> dict[str, Any]:
    """The row of a certificate that the application routing add-on reads for a workload."""
    workload, vault = context.stack.settings.workloads[index], context.stack.vaults[ingress.vault]
    access = READ_ACCESS[ObjectType.CERT_KEY_PAIR]
    return {
        "workload": workload.name,
        "secret": ingress.certificate,
        "type": ObjectType.CERT_KEY_PAIR.value,
        "asked": True,
        "technique": "app-routing",
        "namespace": workload.namespace,
        "serviceAccount": workload.service_account_name,
        "access": "app-routing",
        "subject": None,
        "audience": None,
        # https://learn.microsoft.com/azure/aks/managed-identity-overview#summary-of-managed-identities-used-by-aks
        "identity": f"webapprouting-{context.stack.cluster_name}",
        "role": access.role.role_name,
        "scope": f"{vault.id}/{access.collection}/{ingress.certificate}",
        "vault": vault.name,
        "pod": "no pod: the add-on serves the certificate from a Kubernetes Secret",
        "issuer": None,
        "clientId": context.identities[APP_ROUTING].client_id,
    }
