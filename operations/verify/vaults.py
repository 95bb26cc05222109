"""Versions of vault objects, read as the workload or as the signed-in person.

Lists of versions hold no values. Where a workload may only get, its one value is dropped in the same line. A
value that a Secret is compared with is not kept either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from operations.azure.refusals import ENTRA, KEY_VAULT, AzureRefusedError, asking
from operations.azure.sign_in import LIMITS
from operations.azure.tokens import SharedCredential
from operations.verify.observed import Observed
from operations.verify.results import moment
from operations.verify.subjects import BINDING_AUDIENCE, DEFAULT_AUDIENCE, Subject
from trust.nodes.azure import Identity
from trust.nodes.fields import known

if TYPE_CHECKING:
    from collections.abc import Callable

_NEVER: Final = datetime.min.replace(tzinfo=UTC)
COLLECTIONS: Final[Mapping[str, str]] = {"secret": "secrets", "key": "keys", "certificate": "certificates"}


@dataclass(frozen=True)
class Version:
    """A version of a secret, key or certificate."""

    id: str
    created: datetime | None
    enabled: bool
    expires: datetime | None = None


def newest(versions: Sequence[Version]) -> Version | None:
    """The version that is read without one being named. None: the object has none."""
    return max(versions, key=lambda version: version.created or _NEVER, default=None)


def workload_credential(
    observed: Observed, subject: Subject, identity: Identity, audience: str
) -> SharedCredential:
    """The identity of a workload by a token of its ServiceAccount, as its pods and operators become it."""

    def make() -> SharedCredential:
        from azure.identity import ClientAssertionCredential

        cluster = observed.kubernetes(subject.cluster_id)
        account = subject.workload.service_account
        tenant = known(identity.tenant_id) or (known(account.tenant_id) if account else "")
        return SharedCredential(
            ClientAssertionCredential(
                tenant,
                known(identity.client_id),
                lambda: cluster.account_token(*subject.token_account, audience),
                authority=observed.session.cloud.authority,
                **LIMITS,
            )
        )

    key = ("credential", subject.cluster_id, *subject.token_account, known(identity.client_id))
    return observed.connections.once(key, make)


def sign_in(observed: Observed, subject: Subject, identity: Identity, audience: str) -> None:
    """Exchange a token of the ServiceAccount for one of the identity.

    Raises:
        KubernetesError: the API server gives no token.
        AzureRefusedError: Entra refuses the exchange.
    """

    def exchange() -> None:
        credential = workload_credential(observed, subject, identity, audience)
        with asking(f"sign-in as {identity.name}", ENTRA):
            credential.get_token(f"https://{observed.session.cloud.vault_suffix}/.default")

    observed.memory.once(("sign-in", subject.name, identity.node.urn, audience), exchange)


def versions_as_workload(
    observed: Observed, subject: Subject, identity: Identity, vault_uri: str, kind: str, name: str
) -> Sequence[Version]:
    """The versions that the workload's identity sees; with the right to get only, the current one."""

    def ask() -> Sequence[Version]:
        sign_in(observed, subject, identity, audience_of(subject, identity))
        credential = workload_credential(observed, subject, identity, audience_of(subject, identity))
        client = _client_class(kind)(vault_url=vault_uri, credential=credential, **LIMITS)
        request = f"read of {kind} {name} as {identity.name}"
        try:
            with asking(request, KEY_VAULT):
                return _versions(client, kind, name)
        except AzureRefusedError as error:
            if error.status != 403:
                raise
        with asking(request, KEY_VAULT):
            properties = getattr(client, f"get_{kind}")(name).properties
            return [_version(properties)]

    key = ("versions", subject.name, identity.node.urn, vault_uri.lower(), kind, name.lower())
    return observed.memory.once(key, ask)


def versions_as_caller(observed: Observed, vault_uri: str, kind: str, name: str) -> Sequence[Version]:
    """The versions that the person or pipeline that is signed in may list."""

    def ask() -> Sequence[Version]:
        client = observed.session.vault_client(_client_class(kind), vault_uri)
        with asking(f"list of the versions of {kind} {name}", KEY_VAULT):
            return _versions(client, kind, name)

    return observed.memory.once(("versions", "", vault_uri.lower(), kind, name.lower()), ask)


def value_in_vault(
    observed: Observed, subject: Subject, identity: Identity | None, vault_uri: str, name: str
) -> str:
    """The value of a secret, for a comparison: it is not kept. Asked as the workload, else as the caller.

    Raises OperationError.
    """
    from azure.keyvault.secrets import SecretClient

    request = f"read of secret {name}"
    if identity is None:
        client = observed.session.vault_client(SecretClient, vault_uri)
    else:
        audience = audience_of(subject, identity)
        sign_in(observed, subject, identity, audience)
        credential = workload_credential(observed, subject, identity, audience)
        client = SecretClient(vault_url=vault_uri, credential=credential, **LIMITS)
    with asking(request, KEY_VAULT):
        return str(client.get_secret(name).value or "")


def audience_of(subject: Subject, identity: Identity) -> str:
    """The audience of the workload's tokens: that of its credential, or of the cluster's token proxy."""
    if subject.is_bound(identity):
        return BINDING_AUDIENCE
    for credential in subject.chain.credentials_of(identity):
        if credential.subject == subject.token_subject and credential.audiences:
            return known(credential.audiences[0]) or DEFAULT_AUDIENCE
    return DEFAULT_AUDIENCE


def _versions(client: Any, kind: str, name: str) -> Sequence[Version]:
    listing = getattr(client, f"list_properties_of_{kind}_versions")(name)
    return [_version(properties) for properties in listing]


def _version(properties: Any) -> Version:
    if not properties.version:
        raise ValueError("a version without an id")  # `asking` makes a refusal of it
    return Version(
        str(properties.version),
        moment(properties.created_on),
        properties.enabled is not False,
        moment(properties.expires_on),
    )


def _client_class(kind: str) -> Callable[..., Any]:
    if kind == "secret":
        from azure.keyvault.secrets import SecretClient

        return SecretClient
    if kind == "key":
        from azure.keyvault.keys import KeyClient

        return KeyClient
    from azure.keyvault.certificates import CertificateClient

    return CertificateClient
