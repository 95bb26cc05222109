"""Federated credentials: Entra compares issuer, subject and audience with a token byte for byte.

Owns: what makes an identity accept the token of a ServiceAccount. Deliberately not here: which identity the
ServiceAccount names (``accounts.py``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

import networkx as nx

from trust.chain import Chain
from trust.nodes.azure import Credential
from trust.nodes.fields import known
from trust.proofs.joins import (
    clusters_of,
    has_account,
    is_of_operator,
    line,
    names,
    workloads_of_credential,
)
from trust.proofs.proof import Finding, proof
from trust.rights.holders import workloads_of_identity
from trust.values import UNKNOWN, Text

_CONSIDERATIONS: Final = (
    "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations"
)
LIMIT: Final = 20
# https://learn.microsoft.com/entra/workload-id/workload-identity-federation#supported-issuers; sovereign
# clouds: https://azure.github.io/azure-workload-identity/docs/topics/federated-identity-credential.html
_AUDIENCES: Final = {
    ".us": "api://AzureADTokenExchangeUSGov",
    ".cn": "api://AzureADTokenExchangeChina",
    "": "api://AzureADTokenExchange",
}


def _credentials(chain: Chain) -> Iterable[Credential]:
    return chain.credentials


def _broken(
    chain: Chain, credential: Credential, text: str, key: str, mend: str, *, unknown: bool = False
) -> Iterator[Finding]:
    """A finding per workload that the credential serves, or one for none."""
    of_operator = is_of_operator(chain, credential)
    for name in names(workloads_of_credential(chain, credential)) or [""]:
        prefix = f"{name}: " if name else ""
        yield Finding(
            workload=name,
            text=f"{prefix}{text}",
            fix=f"{'operators' if of_operator else line(name, key)}: {mend}",
            urn=credential.node.urn,
            unknown=unknown,
        )


def _label(credential: Credential) -> str:
    return f"the credential '{credential.name}' of identity '{credential.identity_name}'"


@proof(
    "credential-parent",
    of=_credentials,
    reason="A credential of another identity lets the pods become that one, or Azure refuses it (404).",
    source=_CONSIDERATIONS,
)
def credential_parent(chain: Chain) -> Iterator[Finding]:
    """Every credential belongs to an identity that the stack makes or uses."""
    for credential in chain.credentials:
        identity = chain.identity_of(credential)
        problem = "belongs to no identity of the stack"
        if identity and (group := _resource_group(identity.resource_id)):
            if known(credential.resource_group).lower() in (group, ""):
                continue
            problem = f"is in resource group '{credential.resource_group}', and the identity in '{group}'"
        elif identity:
            continue
        yield from _broken(
            chain,
            credential,
            f"{_label(credential)} {problem}",
            "identity",
            "name one of identities, or leave it out for an identity of its own",
            unknown=identity is None and credential.identity_name is UNKNOWN,
        )


def _resource_group(resource_id: Text) -> str:
    """The resource group in an ARM id, in lower case; empty if there is none."""
    parts = known(resource_id).lower().split("/")
    return parts[parts.index("resourcegroups") + 1] if "resourcegroups" in parts[:-1] else ""


@proof(
    "credential-issuer",
    of=_credentials,
    reason="Entra refuses a token whose issuer differs by a byte, such as the final slash (AADSTS70021).",
    source="https://azure.github.io/azure-workload-identity/docs/troubleshooting.html",
    follows=["cluster-oidc-issuer"],
)
def credential_issuer(chain: Chain) -> Iterator[Finding]:
    """The issuer of every credential is that of its workloads' cluster, byte for byte."""
    for credential in chain.credentials:
        clusters = clusters_of(chain, workloads_of_credential(chain, credential)) or list(chain.clusters)
        if credential.issuer is not UNKNOWN and any(
            credential.issuer == cluster.issuer for cluster in clusters
        ):
            continue
        issuers = [cluster.issuer for cluster in clusters]
        if credential.issuer is UNKNOWN or UNKNOWN in issuers or not issuers:
            text = f"whether {_label(credential)} trusts the cluster's issuer is unknown before the update"
            if not issuers:
                text = f"{_label(credential)} trusts an issuer, and the stack knows no cluster"
            yield from _broken(
                chain, credential, text, "cluster", "name a cluster of the stack", unknown=True
            )
            continue
        expected = " or ".join(f"'{issuer}'" for issuer in dict.fromkeys(issuers))
        text = f"{_label(credential)} trusts '{credential.issuer}'; the cluster's issuer is {expected}"
        yield from _broken(
            chain,
            credential,
            text + _difference(credential.issuer, issuers),
            "identity",
            "take the issuer from the cluster's output oidcIssuerProfile.issuerURL",
        )


def _difference(issuer: Text, issuers: Iterable[Text]) -> str:
    for other in map(str, issuers):
        if str(issuer).rstrip("/") == other.rstrip("/"):
            return " (the final slash differs)"
        if str(issuer).lower() == other.lower():
            return " (upper and lower case differ)"
    return ""


@proof(
    "credential-subject",
    of=_credentials,
    reason="Entra accepts only the ServiceAccount that the subject names, in its case (AADSTS700213).",
    source="https://learn.microsoft.com/entra/identity-platform/reference-breaking-changes#federated-identity-credentials-now-use-case-sensitive-matching",
    follows=["workload-in-one-namespace"],
)
def credential_subject(chain: Chain) -> Iterator[Finding]:
    """The subject of every credential is a ServiceAccount that the program makes, that it reads as one that
    exists, or that a workload names as one of another tool.
    """
    for credential in chain.credentials:
        if credential.subject is UNKNOWN:
            text = f"the subject of {_label(credential)} is unknown before the update"
            yield from _broken(chain, credential, text, "service_account", "name it", unknown=True)
            continue
        account = credential.service_account
        if account and has_account(chain, *account):
            continue
        text = f"{_label(credential)} is for '{credential.subject}', and the stack has no such ServiceAccount"
        if similar := _similar(chain, known(credential.subject)):
            text += f" (it has '{similar}')"
        yield from _broken(chain, credential, text, "service_account", "name the ServiceAccount of the pods")


def _similar(chain: Chain, subject: str) -> str:
    for account in chain.service_accounts:
        if known(account.subject).lower() == subject.lower():
            return known(account.subject)
    return ""


@proof(
    "credential-audience",
    of=_credentials,
    reason="Entra accepts tokens for its own audience only, for which the webhook requests them.",
    source=_CONSIDERATIONS,
)
def credential_audience(chain: Chain) -> Iterator[Finding]:
    """Every credential has one audience, that of Entra in its cloud."""
    for credential in chain.credentials:
        expected = _audience(known(credential.issuer))
        if credential.audiences == (expected,):
            continue
        shown = ", ".join(f"'{audience}'" for audience in credential.audiences) or "none"
        yield from _broken(
            chain,
            credential,
            f"{_label(credential)} has the audience {shown} instead of '{expected}'",
            "identity",
            f"let the credential have the audience {expected} alone",
            unknown=UNKNOWN in credential.audiences,
        )


def _audience(issuer: str) -> str:
    host = issuer.split("/")[2] if issuer.count("/") >= 2 else ""
    return next(audience for suffix, audience in _AUDIENCES.items() if host.endswith(suffix))


@proof(
    "credential-limit",
    of=_credentials,
    reason=f"Azure refuses more than {LIMIT} federated credentials of one identity.",
    source=_CONSIDERATIONS,
)
def credential_limit(chain: Chain) -> Iterator[Finding]:
    """No identity has more than 20 credentials."""
    for identity in chain.identities:
        count = len(chain.credentials_of(identity))
        if count > LIMIT:
            workloads = names(workloads_of_identity(chain, identity))
            yield Finding(
                text=f"identity '{identity.name}' has {count} credentials; Azure allows {LIMIT}"
                f" (workloads {', '.join(workloads[:3])}{' …' if len(workloads) > 3 else ''})",
                fix=f"{line('', 'identity')}: divide its workloads among several identities",
                urn=identity.node.urn,
                breaks=workloads,
            )


@proof(
    "credential-order",
    of=_credentials,
    reason="ARM refuses concurrent writes of credentials of one identity (409"
    " ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity).",
    source="https://github.com/pulumi/pulumi-azure-native/issues/4343",
)
def credential_order(chain: Chain) -> Iterator[Finding]:
    """The credentials of an identity are written one after the other."""
    order = chain.graph.dependencies
    for identity in chain.identities:
        written = [item for item in chain.credentials_of(identity) if not item.node.external]
        for credential in _unordered(order, written):
            text = f"{_label(credential)} does not wait for the one before it, so both are written at once"
            yield from _broken(
                chain,
                credential,
                text,
                "identity",
                "let each credential of the identity depend on the one before it",
            )


def _unordered(order: nx.DiGraph[str], credentials: list[Credential]) -> Iterator[Credential]:
    """The credentials that wait for none of those before them, although they are not the first."""
    if len(credentials) < 2:
        return
    by_urn = {credential.node.urn: credential for credential in credentials}
    position = {urn: len(nx.descendants(order, urn) & by_urn.keys()) for urn in by_urn}
    # In a row, the first waits for none of the others, the second for one, the third for two.
    for index, urn in enumerate(sorted(by_urn, key=lambda urn: position[urn])):
        if position[urn] < index:
            yield by_urn[urn]


@proof(
    "credential-unique",
    of=_credentials,
    reason="Azure refuses two credentials of one identity with the same issuer and subject.",
    source=_CONSIDERATIONS,
)
def credential_unique(chain: Chain) -> Iterator[Finding]:
    """No two credentials of an identity have the same issuer and subject."""
    for identity in chain.identities:
        by_token: dict[tuple[Text, Text], list[Credential]] = defaultdict(list)
        for credential in chain.credentials_of(identity):
            if UNKNOWN not in (credential.issuer, credential.subject):
                by_token[credential.issuer, credential.subject].append(credential)
        for first, *others in by_token.values():
            for credential in others:
                workloads = names(workloads_of_identity(chain, identity))
                yield Finding(
                    text=f"identity '{identity.name}': its credentials '{first.name}' and '{credential.name}'"
                    f" have one issuer and subject, '{credential.subject}'",
                    fix=f"{line('', 'service_account')}: a ServiceAccount for each credential",
                    urn=credential.node.urn,
                    breaks=workloads,
                )
