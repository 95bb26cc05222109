"""Limits of the workload identity webhook: exempt namespaces, variables that exist, other lifetimes.

The webhook itself: https://azure.github.io/azure-workload-identity/docs/installation/mutating-admission-webhook.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from trust.chain import Chain
from trust.nodes.fields import flag, known
from trust.nodes.kubernetes import Namespace, ServiceAccount
from trust.nodes.pods import PodOwner
from trust.proofs.joins import line, signing_in
from trust.proofs.proof import Finding, proof
from trust.rbac.identity_uses import ANNOTATION
from trust.values import UNKNOWN
from trust.workloads import Workload

_EXEMPT: Final[Mapping[str, str]] = {"control-plane": "true", "kubernetes.azure.com/managedby": "aks"}
"""Labels of namespaces that AKS exempts from every webhook: Azure/AKS#4002."""
_TOKEN_FILE: Final = "/var/run/secrets/azure/tokens/azure-identity-token"
_LIFETIME: Final = "azure.workload.identity/service-account-token-expiration"
_AUDIENCE: Final = "api://AzureADTokenExchange"


@proof(
    "webhook-sees-namespace",
    of=lambda chain: [
        namespace
        for workload, _ in signing_in(chain)
        if (namespace := _namespace(chain, workload)) is not None
    ],
    reason="AKS exempts such a namespace from every webhook, so no pod there gets a token or a sidecar.",
    source="https://github.com/Azure/AKS/issues/4002",
)
def webhook_sees_namespace(chain: Chain) -> Iterator[Finding]:
    """No namespace whose pods sign in to Entra has a label by which AKS exempts it from webhooks."""
    for workload, pods in signing_in(chain):
        namespace = _namespace(chain, workload)
        for label, value in _EXEMPT.items():
            if namespace and str(namespace.labels.get(label)).lower() == value:
                yield Finding(
                    workload=workload.name,
                    text=f"{workload.name}: its namespace '{namespace.name}' has the label {label}: {value},"
                    f" so the webhook does not see its pods ({pods.kind} '{pods.name}')",
                    fix=f"namespaces[name={namespace.name}].labels: remove {label}",
                    urn=namespace.node.urn,
                )


def _namespace(chain: Chain, workload: Workload) -> Namespace | None:
    return next(
        (
            namespace
            for namespace in chain.namespaces
            if (namespace.node.provider, namespace.name) == (workload.provider, workload.namespace)
        ),
        None,
    )


@proof(
    "variables-of-the-webhook",
    of=lambda chain: [pair for pair in signing_in(chain) if not _has_sidecar(pair[1])],
    reason="The webhook leaves a variable that is there, and the application signs in by it.",
    source="https://github.com/Azure/azure-workload-identity/blob/v1.6.0/pkg/webhook/webhook.go",
)
def variables_of_the_webhook(chain: Chain) -> Iterator[Finding]:
    """Pods that set AZURE_CLIENT_ID, AZURE_TENANT_ID or AZURE_FEDERATED_TOKEN_FILE themselves set what the
    webhook would.
    """
    for workload, pods in signing_in(chain):
        account = workload.service_account
        if account is None or _has_sidecar(pods):
            continue
        for container, variable in pods.env:
            expected = _expected(account, pods).get(str(variable.get("name")))
            value = variable.get("value")
            if expected and value not in (None, UNKNOWN) and str(value).lower() != expected.lower():
                yield Finding(
                    workload=workload.name,
                    text=f"{workload.name}: container '{container.get('name')}' of {pods.kind} '{pods.name}'"
                    f" sets {variable.get('name')} to '{value}', and the webhook would set '{expected}'",
                    fix=f"{line(workload, 'env')}: remove {variable.get('name')}",
                    urn=pods.node.urn,
                )


def _expected(account: ServiceAccount, pods: PodOwner) -> dict[str, str]:
    """The variables whose values are known."""
    expected = {"AZURE_CLIENT_ID": known(account.client_id), "AZURE_TENANT_ID": known(account.tenant_id)}
    # The path of a token for the token proxy is another one: Azure/AKS#5541.
    is_for_entra = pods.pod_annotations.get(ANNOTATION) != "true"
    if is_for_entra and not any(known(audience).startswith(_AUDIENCE) for audience in pods.token_audiences):
        expected["AZURE_FEDERATED_TOKEN_FILE"] = _TOKEN_FILE
    return expected


def _has_sidecar(pods: PodOwner) -> bool:
    """Whether Dapr's sidecar signs in, and not the application."""
    return bool(flag(pods.pod_annotations.get("dapr.io/enabled")))


@proof(
    "token-lifetime",
    of=signing_in,
    reason="The webhook refuses the pods with another lifetime of their token.",
    source="https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html",
)
def token_lifetime(chain: Chain) -> Iterator[Finding]:
    """The lifetime of the token that pods or their ServiceAccount set is from 3600 to 86400 seconds."""
    for workload, pods in signing_in(chain):
        account = workload.service_account
        value = pods.pod_annotations.get(_LIFETIME) or (account and account.annotations.get(_LIFETIME))
        if value in (None, "", UNKNOWN) or _is_allowed(value):
            continue
        yield Finding(
            workload=workload.name,
            text=f"{workload.name}: annotation {_LIFETIME} is '{value}', which is not from 3600 to 86400",
            fix=f"{line(workload, 'overrides')}: remove the annotation, or set 3600 to 86400",
            urn=pods.node.urn if pods.pod_annotations.get(_LIFETIME) or not account else account.node.urn,
        )


def _is_allowed(value: object) -> bool:
    return str(value).isdecimal() and 3600 <= int(str(value)) <= 86400
