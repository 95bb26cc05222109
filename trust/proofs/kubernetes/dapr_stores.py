"""Secret stores of Dapr: each application has the one that it asks, and it reads as the pod's identity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trust.chain import Chain
from trust.nodes.delivery import DaprComponent
from trust.nodes.fields import mapping, text
from trust.proofs.dapr import applications, dapr_stores, fault, users_of
from trust.proofs.proof import Finding, proof
from trust.values import UNKNOWN
from trust.workloads import Workload

_STORE_TYPE: Final = "secretstores.azure.keyvault"
_VARIABLE: Final = "DAPR_SECRET_STORE"
_BUILT_IN: Final = "kubernetes"


@proof(
    "dapr-store-is-there",
    of=applications,
    reason="The sidecar has no such secret store, and answers 401 or 500.",
    source="https://github.com/dapr/dapr/blob/v1.18.3/pkg/messages/predefined.go",
    follows=["workload-in-one-namespace"],
)
def dapr_store_is_there(chain: Chain) -> Iterator[Finding]:
    """Every secret store that an application asks is a Component of its namespace."""
    for owner in applications(chain):
        names = {
            str(variable.get("value")): None
            for _, variable in owner.env
            if str(variable.get("name")).startswith(_VARIABLE) and isinstance(variable.get("value"), str)
        }
        for name in names:
            component = chain.find(chain.dapr_components, owner.node.provider, owner.namespace, name)
            if name != _BUILT_IN and component is None:
                problem = f"asks secret store '{name}', which namespace '{owner.namespace}' does not have"
                yield fault(chain, owner, problem, "technique: dapr makes the Component")


@proof(
    "dapr-store-identity",
    of=dapr_stores,
    reason="The sidecar tries other methods, the identity of the node among them, or reads another vault.",
    source="https://github.com/dapr/components-contrib/blob/main/common/authentication/azure/auth.go",
    follows=["account-identity"],
    about_requests=True,
)
def dapr_store_identity(chain: Chain) -> Iterator[Finding]:
    """Every secret store reads a vault of the stack, as the identity of the pod that loads it and in no other
    way.
    """
    for store in dapr_stores(chain):
        if store.component_type != _STORE_TYPE or store.node.input("spec.version") != "v1":
            problem = f"is of type '{store.component_type}', version '{store.node.input('spec.version')}'"
            yield fault(chain, store, problem, f"technique: dapr makes a {_STORE_TYPE}, version v1")
            continue
        if store.vault is UNKNOWN:
            yield fault(chain, store, "names an unknown vault", "secrets[].vault", unknown=True)
        elif chain.vault(store.vault) is None:
            problem = f"names vault '{store.vault}', which the stack neither makes nor uses"
            yield fault(chain, store, problem, "secrets[].vault: one of vaults")
        if store.auth_methods != "workloadidentity":
            problem = f"signs in by '{store.auth_methods or 'every method in turn'}'"
            yield fault(chain, store, problem, "technique: dapr sets azureAuthMethods: workloadidentity")
        for workload in users_of(chain, store):
            yield from _of_user(chain, store, workload)
        if secret_store := mapping(store.node.input("auth")).get("secretStore"):
            problem = f"takes its own settings from the secret store '{secret_store}'"
            yield fault(chain, store, problem, "technique: dapr needs no auth.secretStore")
        for secret in sorted(
            {"azureClientSecret", "azureCertificate", "azureCertificateFile"} & {*store.metadata}
        ):
            yield fault(chain, store, f"signs in with {secret}", "technique: dapr needs no client secret")


def _of_user(chain: Chain, store: DaprComponent, workload: Workload) -> Iterator[Finding]:
    """Identity and tenant that a store names, against the ServiceAccount of a workload that loads it."""
    account = workload.service_account
    if account is None:
        return
    if store.client_id and account.client_id not in (UNKNOWN, store.client_id):
        problem = f"names client id {store.client_id}, and the ServiceAccount {account.client_id}"
        fix = "identity: one for the Component and the ServiceAccount"
        yield fault(chain, store, problem, fix, workload=workload)
    tenant = text(store.metadata.get("azureTenantId"))
    if tenant and account.tenant_id not in (UNKNOWN, "", tenant):
        problem = f"names tenant '{tenant}', and the ServiceAccount '{account.tenant_id}'"
        fix = "technique: dapr takes the tenant from the ServiceAccount"
        yield fault(chain, store, problem, fix, workload=workload)
    if store.client_id == "" and account.client_id == "":
        problem = "names no azureClientId, and the ServiceAccount names none either"
        fix = "identity: one that the ServiceAccount names"
        yield fault(chain, store, problem, fix, workload=workload)
