"""The links of a workload that signs in by an identity binding: the binding, AKS' credential, and the right.

Deliberately not here: the exchange itself. The token proxy answers inside the cluster only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from operations.azure.refusals import AzureRefusedError
from operations.checks import Finding, State
from operations.verify.observed import Observed
from operations.verify.sign_in import READ_CREDENTIALS, mend
from operations.verify.subjects import Subject
from trust.nodes.azure import Identity
from trust.nodes.fields import known, mapping
from trust.rbac.identity_uses import GROUP, VERB, identity_binding

CREDENTIAL: Final = "aks-identity-binding"
"""The federated credential that AKS makes on each identity that is bound, and never deletes.
https://learn.microsoft.com/azure/aks/identity-bindings-concepts
"""
_READ: Final = "Microsoft.ContainerService/managedClusters/identityBindings/read"
_CHANGING: Final = ("Creating", "Updating")


def binding(observed: Observed, subject: Subject, identity: Identity) -> Iterator[Finding]:
    """The identity binding in the cluster, and the credential that AKS made for it."""
    about = subject.about("identity binding")
    expected = identity_binding(subject.chain, identity, subject.cluster)
    if expected is None or not known(expected.node.id):
        return
    binding_id, identity_id = known(expected.node.id), known(identity.resource_id)
    try:
        properties = mapping(observed.identity_binding(binding_id).get("properties"))
        credentials = observed.credentials(identity_id)
    except AzureRefusedError as error:
        if error.is_missing:
            text = f"identity {identity.name} or its binding {expected.name} does not exist any more"
            yield about.wrong(text, mend(subject.stack))
        else:
            yield about.refused(error, f"{_READ} on {binding_id} and {READ_CREDENTIALS} on {identity_id}")
        return
    bound = str(mapping(properties.get("managedIdentity")).get("resourceId", ""))
    made = str(properties.get("provisioningState") or "Succeeded")
    if bound.lower() != identity_id.lower():
        yield about.wrong(f"the binding {expected.name} is for {bound or 'no identity'}", mend(subject.stack))
    elif made != "Succeeded":
        state: State = "waiting" if made in _CHANGING else "wrong"
        yield about.wrong(f"the binding {expected.name} is {made}", mend(subject.stack), state=state)
    elif CREDENTIAL not in {str(entry.get("name")) for entry in credentials}:
        text = f"identity {identity.name} has no credential {CREDENTIAL} any more, which AKS made"
        step = f"pulumi up --stack {subject.stack} --replace '{expected.node.urn}'"
        yield about.wrong(text, step)
    else:
        yield about.fine(f"{identity.name} is bound to the cluster by {expected.name}")


def right(observed: Observed, subject: Subject, identity: Identity) -> Iterator[Finding]:
    """The question of the token proxy to RBAC: whether the ServiceAccount may use the identity."""
    about = subject.about("right to use")
    account = f"ServiceAccount {subject.namespace}/{subject.account}"
    cluster = observed.kubernetes(subject.cluster_id)
    if cluster.account_may(
        subject.namespace, subject.account, VERB, GROUP, known(identity.client_id).lower()
    ):
        yield about.fine(f"RBAC lets {account} use {identity.name}")
    else:
        text = f"RBAC does not let {account} use {identity.name} ({VERB} on its client id)"
        yield about.wrong(text, mend(subject.stack))
