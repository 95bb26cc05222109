"""The links from a ServiceAccount to an identity: issuer, credential, annotation, and the exchange itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from operations.azure.refusals import AzureRefusedError
from operations.checks import Finding
from operations.kubernetes_access import KubernetesError
from operations.verify.observed import Document, Observed
from operations.verify.results import About, right_of, symptom_of
from operations.verify.subjects import Subject
from operations.verify.vaults import audience_of, sign_in
from trust.nodes.azure import Identity
from trust.nodes.fields import known, listed, mapping
from trust.nodes.kubernetes import CLIENT_ID

_ISSUER_PAGE: Final = (
    "az aks show --query oidcIssuerProfile (https://learn.microsoft.com/azure/aks/use-oidc-issuer)"
)
_UP: Final = "pulumi refresh --stack {stack} --yes && pulumi up --stack {stack}"
READ_CREDENTIALS: Final = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read"
SPREADING: Final = frozenset({"AADSTS70021", "AADSTS700211", "AADSTS700213"})
"""Codes that Entra also sends while a new credential is not everywhere yet.
https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
"""


def mend(stack: str) -> str:
    """The commands that write again what another person or tool has changed."""
    return _UP.format(stack=stack)


def _mend_account(subject: Subject) -> str:
    """The step that brings a ServiceAccount back."""
    if subject.has_foreign_account:
        return f"install the tool that brings it, or correct workloads[name={subject.name}].service_account"
    return mend(subject.stack)


def credential(observed: Observed, subject: Subject, identity: Identity) -> Iterator[Finding]:
    """The federated credential: its subject, then its issuer and audience."""
    about = subject.about("credential", subject=subject.token_subject)
    right = f"{READ_CREDENTIALS} on {identity.name}"
    identity_id = known(identity.resource_id)
    if not identity_id:
        return
    try:
        credentials = observed.credentials(identity_id)
    except AzureRefusedError as error:
        if error.is_missing:
            yield about.wrong(f"identity {identity.name} does not exist any more", mend(subject.stack))
        else:
            yield about.refused(error, right)
        return
    own = [entry for entry in credentials if _property(entry, "subject") == subject.token_subject]
    if not own:
        yield about.wrong(_without(identity, subject, credentials), mend(subject.stack))
        return
    yield about.fine(f"{identity.name} trusts {subject.token_subject}")
    yield from _issuer(observed, subject, own)
    audience = audience_of(subject, identity)
    about = subject.about("audience")
    audiences = [
        str(item) for entry in own for item in listed(mapping(entry.get("properties")).get("audiences"))
    ]
    if audience in audiences:
        yield about.fine(audience)
    else:
        text = f"the credential of {identity.name} is for {', '.join(audiences) or 'no audience'}"
        text += f", and tokens are for {audience}"
        yield about.wrong(text, mend(subject.stack))


def _without(identity: Identity, subject: Subject, credentials: Sequence[Document]) -> str:
    text = f"identity {identity.name} has no credential for {subject.token_subject}"
    subjects = [_property(entry, "subject") for entry in credentials]
    if near := next((other for other in subjects if other.lower() == subject.token_subject.lower()), ""):
        return f"{text}, but one for {near}: case counts"
    expected = {known(entry.name): entry for entry in subject.chain.credentials_of(identity)}
    for entry in credentials:
        named = expected.get(str(entry.get("name")))
        if named is not None and named.subject == subject.token_subject:
            return f"{text}: {entry.get('name')} is for {_property(entry, 'subject')} now"
    return text


def _property(entry: Document, name: str) -> str:
    return str(mapping(entry.get("properties")).get(name, ""))


def _issuer(observed: Observed, subject: Subject, own: Sequence[Document]) -> Iterator[Finding]:
    about = subject.about("issuer")
    try:
        published = issuer_of(observed, subject)
    except AzureRefusedError as error:
        if not error.part and error.status in (200, 404):
            # Without document and keys, Entra can verify no token.
            yield about.wrong(f"the issuer publishes nothing that Entra could use: {error}", _ISSUER_PAGE)
        else:
            yield about.refused(
                error, f"Microsoft.ContainerService/managedClusters/read on {subject.cluster_id}"
            )
        return
    except KubernetesError as error:
        yield about.unknown(str(error))
        return
    trusted = [_property(entry, "issuer") for entry in own]
    if published in trusted:
        yield about.fine(published)
        return
    text = f"the credential trusts {trusted[0]}, and the cluster's tokens are of {published}"
    if trusted[0].rstrip("/") == published.rstrip("/"):
        text += ": the final slash counts"
    yield about.wrong(text, mend(subject.stack))


def issuer_of(observed: Observed, subject: Subject) -> str:
    """The issuer that the cluster's discovery document names.

    Raises:
        AzureRefusedError: the cluster or the document cannot be read, or the document has no keys.
        KubernetesError: the cluster is not known.
    """
    address = ""
    if subject.cluster_id:
        profile = mapping(
            mapping(observed.cluster(subject.cluster_id).get("properties")).get("oidcIssuerProfile")
        )
        address = str(profile.get("issuerURL") or "")
    if not address:
        raise KubernetesError("the cluster has no OIDC issuer", reason="NoIssuer")
    document = observed.discovery(address)
    issuer = str(document.get("issuer") or "")
    if not issuer or not document.get("keys"):
        what = "keys" if issuer else "issuer"
        raise AzureRefusedError(
            address, part="", status=200, code="discovery", text=f"the discovery document has no {what}"
        )
    return issuer


def exchange(observed: Observed, subject: Subject, identity: Identity) -> Iterator[Finding]:
    """A token of the ServiceAccount becomes one of the identity."""
    about = subject.about("sign-in", subject=subject.token_subject, client_id=known(identity.client_id))
    account_name = "/".join(subject.token_account)
    try:
        sign_in(observed, subject, identity, audience_of(subject, identity))
    except KubernetesError as error:
        if error.status == 404:
            yield about.wrong(
                f"ServiceAccount {account_name} does not exist",
                mend(subject.stack) if subject.operator else _mend_account(subject),
            )
        else:
            yield about.refused(error, token_right(subject))
    except AzureRefusedError as error:
        yield _refused_exchange(observed, subject, identity, about, error)
    else:
        yield about.fine(f"a token of {account_name} becomes {identity.name}")


def _refused_exchange(
    observed: Observed, subject: Subject, identity: Identity, about: About, error: AzureRefusedError
) -> Finding:
    if not error.code.startswith("AADSTS"):
        return about.refused(error, right_of(error))
    state = "wrong"
    if error.code in SPREADING and all(
        finding.state == "fine" for finding in credential(observed, subject, identity)
    ):
        state = "waiting"
    return about.wrong(f"Entra refuses the token: {error.code}", symptom=symptom_of(error), state=state)


def token_right(subject: Subject) -> str:
    """The right to request a token of the ServiceAccount."""
    return f"create serviceaccounts/token in namespace {subject.token_account[0]}"


def account(observed: Observed, subject: Subject, identity: Identity) -> Iterator[Finding]:
    """The annotation by which the webhook and the operators know the identity."""
    about = subject.about("service account")
    expected = subject.workload.service_account
    if expected is None or not subject.cluster_id:
        return
    label = f"ServiceAccount {subject.namespace}/{subject.account}"
    manifest = observed.kubernetes(subject.cluster_id).get(
        "v1", "serviceaccounts", subject.namespace, subject.account
    )
    if manifest is None:
        yield about.wrong(f"{label} does not exist", _mend_account(subject))
        return
    annotations: Any = mapping(mapping(manifest.get("metadata")).get("annotations"))
    client_id = str(annotations.get(CLIENT_ID, ""))
    if client_id.lower() == known(identity.client_id).lower():
        yield about.fine(f"{label} names {identity.name}")
    elif expected.client_id == "":
        return
    elif subject.has_foreign_account:
        # A tool may name the client id where it uses it, as KEDA's TriggerAuthentication does:
        # https://keda.sh/docs/latest/authentication-providers/azure-ad-workload-identity/
        text = f"{label} names {client_id or 'no identity'}; its owner annotates it ({CLIENT_ID}:"
        yield about.fine(f"{text} {known(identity.client_id)}), or names that id where it is used")
    else:
        text = f"{label} names {client_id or 'no identity'}"
        text += f", and {identity.name} is {known(identity.client_id)}"
        yield about.wrong(text, mend(subject.stack))
