"""Other trust of identities: no ServiceAccount becomes an identity that it does not name."""

from __future__ import annotations

from collections.abc import Iterator

from trust.chain import Chain
from trust.nodes.azure import Credential, Identity
from trust.nodes.kubernetes import ServiceAccount
from trust.proofs.joins import line, names, workloads_of_credential
from trust.proofs.proof import Finding, proof
from trust.rights.holders import workloads_of_identity


@proof(
    "credential-is-used",
    of=lambda chain: chain.credentials,
    reason="The pods of the ServiceAccount may sign in as that identity, too, and read what it may read.",
    source="https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
    follows=["credential-parent", "credential-subject"],
)
def credential_is_used(chain: Chain) -> Iterator[Finding]:
    """Every identity trusts only the ServiceAccounts that name it, and those of workloads that read as it."""
    for credential in chain.credentials:
        identity, account = chain.identity_of(credential), _account(chain, credential)
        named = chain.identity_by_client_id(account.client_id) if account else None
        if identity is None or account is None or named is None or named.node.urn == identity.node.urn:
            continue
        if not _trusts(chain, named, account):
            continue  # the ServiceAccount names the wrong identity, which is another proof
        readers = workloads_of_identity(chain, identity)
        # Several workloads may read with one ServiceAccount of another tool, each as its own identity.
        if any(own and own.key == account.key for own in (each.service_account for each in readers)):
            continue
        strangers = names(workloads_of_credential(chain, credential))
        yield Finding(
            text=f"identity '{identity.name}' also trusts ServiceAccount"
            f" '{account.namespace}/{account.name}', which names identity '{named.name}'"
            f" (credential '{credential.name}')",
            fix=f"{line(next(iter(names(readers)), ''), 'identity')}: one with credentials of its own",
            urn=credential.node.urn,
            breaks=[*names(readers), *strangers],
        )


def _account(chain: Chain, credential: Credential) -> ServiceAccount | None:
    subject = credential.subject
    return next((account for account in chain.service_accounts if account.subject == subject), None)


def _trusts(chain: Chain, identity: Identity, account: ServiceAccount) -> bool:
    return any(credential.subject == account.subject for credential in chain.credentials_of(identity))
