"""Technique eso: the External Secrets Operator copies what an ExternalSecret lists into a Secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from trust.chain import Chain
from trust.links import Link, State
from trust.nodes.delivery import ExternalSecret, SecretStore
from trust.nodes.fields import known
from trust.readers import THROUGH_A_STORE, Reader, by_account, by_client_id
from trust.requests import Delivery, Request
from trust.values import UNKNOWN, Text
from trust.workloads import Workload

NAME: Final = "eso"
IS_FALLBACK: Final = False


def delivery(chain: Chain, workload: Workload) -> Delivery | None:
    """The objects of the ExternalSecrets whose Secrets the pods read, and of the workload's own ones."""
    secrets = list(_external_secrets(chain, workload))
    if not secrets:
        return None
    requests: list[Request] = []
    readers: dict[str, Reader] = {}
    for secret, link in secrets:
        label = f"ExternalSecret {secret.namespace}/{secret.name}"
        for (kind, name), ask in secret.asks:
            store = _store(chain, secret, kind, name)
            state: State = "held" if store else "unknown" if name is UNKNOWN else "missing"
            through = Link(THROUGH_A_STORE, label, f"{kind} {name}", secret.node.urn, state)
            reader = _reader(chain, workload, store)
            readers[store.node.urn if store else ""] = reader
            vault = vault_of(chain, store) if store else UNKNOWN
            requests.append(Request(vault, ask.kind, ask.name, (link, through), reader, copied=True))
    return Delivery(NAME, tuple(requests), tuple(readers.values()))


def _external_secrets(chain: Chain, workload: Workload) -> Iterator[tuple[ExternalSecret, Link]]:
    used = {known(name) for pods in workload.pods for name, _ in pods.secret_keys}
    own = {secret.node.urn: secret for secret in chain.own(chain.external_secrets, workload)}
    near = {secret.node.urn: secret for secret in chain.near(chain.external_secrets, workload)}
    for urn, secret in {**own, **near}.items():
        is_used = urn in near and known(secret.target) in used
        if urn in own or is_used:
            state: State = "held" if is_used else "external" if not workload.pods else "held"
            what = "read" if is_used or not workload.pods else "may read"
            yield (
                secret,
                Link(what, f"pods of {workload.name}", f"Secret {secret.target}", secret.node.urn, state),
            )


def _store(chain: Chain, secret: ExternalSecret, kind: Text, name: Text) -> SecretStore | None:
    namespace = "" if kind == "ClusterSecretStore" else secret.namespace
    store = chain.find(chain.secret_stores, secret.node.provider, namespace, name)
    return store if store and store.kind == kind else None


def vault_of(chain: Chain, store: SecretStore) -> Text:
    """The vault of a store, by its URL; in a first preview by what the store waits for."""
    return chain.vault_at(store.provider.get("vaultUrl", ""), store.node)


def _reader(chain: Chain, workload: Workload, store: SecretStore | None) -> Reader:
    """https://external-secrets.io/latest/provider/azure-key-vault/#authentication"""
    if store is None:
        return Reader(None)
    if store.auth_type == "WorkloadIdentity":
        namespace, name = store.service_account
        account = next(
            (
                other
                for other in chain.workloads
                if other.provider == store.node.provider
                and (other.namespace, other.service_account_name) == (namespace, name)
            ),
            None,
        )
        # The store of another workload reads as that one's ServiceAccount.
        return by_account(chain, workload if _is_of(workload, namespace, name) else account or workload)
    return by_client_id(chain, workload, store.identity_id, "are served by the operator as", store.node.urn)


def _is_of(workload: Workload, namespace: Text, name: Text) -> bool:
    return (workload.namespace, workload.service_account_name) == (namespace, name)
