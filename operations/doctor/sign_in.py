"""The sign-in: as whom, in which tenant, for which subscription. Without it Azure is not asked.

Owns: the findings about the session itself. Deliberately not here: rights (deployer_rights.py).
"""

from __future__ import annotations

import re
from typing import Final

from operations.azure.api_versions import SUBSCRIPTIONS
from operations.azure.documents import text_at
from operations.azure.reads import AzureReads
from operations.azure.refusals import NOT_SIGNED_IN, AzureRefusedError
from operations.azure.session import AzureSession
from operations.azure.tokens import Caller
from operations.checks import Finding
from operations.failures import explain

SUBJECT: Final = "sign-in"
_WRONG_ISSUER: Final = re.compile(
    r"wrong issuer '[^']*/(?P<theirs>[0-9a-f-]{36})/?'"
    r".*must match the tenant '[^']*/(?P<ours>[0-9a-f-]{36})/?'",
    re.DOTALL,
)
"""https://learn.microsoft.com/answers/questions/1347158 (InvalidAuthenticationTokenTenant)"""


def sign_in_findings(session: AzureSession) -> tuple[list[Finding], bool]:
    """The findings, and whether Azure answers this session."""
    try:
        caller = session.caller
    except AzureRefusedError as error:
        return [no_sign_in(error), *_warning(session)], False
    findings = [_principal(session, caller), *_warning(session)]
    reads = AzureReads(session)
    try:
        subscription = reads.get(session.subscription, SUBSCRIPTIONS)
    except AzureRefusedError as error:
        return [*findings, _no_subscription(session, caller, error)], False
    name, state, tenant = (text_at(subscription, key) for key in ("displayName", "state", "tenantId"))
    if tenant and caller.tenant_id and tenant.lower() != caller.tenant_id.lower():
        return [*findings, _wrong_tenant(session.subscription_id, tenant, caller.tenant_id)], False
    return [*findings, _subscription(session, reads, name, state)], True


def no_sign_in(error: AzureRefusedError) -> Finding:
    """The finding of a sign-in that fails."""
    if error.had_no_answer:
        step = "check the network; behind a proxy set HTTPS_PROXY and NO_PROXY"
        return Finding(SUBJECT, "network", "wrong", f"Azure cannot be reached: {error.text}", step)
    if error.code == NOT_SIGNED_IN:
        text = error.text or "no method of this machine signs in"
        return Finding(SUBJECT, "principal", "wrong", text, "az login")
    explanation = explain(error.symptom)
    if explanation:
        return Finding(SUBJECT, "principal", "wrong", explanation.cause, explanation.next_step)
    text = ": ".join(filter(None, [f"Entra refuses the sign-in: {error.code}", error.text]))
    return Finding(SUBJECT, "principal", "wrong", text, "az login")


def _principal(session: AzureSession, caller: Caller) -> Finding:
    text = f"{caller}, by {session.sign_in.method}, tenant {caller.tenant_id}"
    return Finding(SUBJECT, "principal", "fine", text)


def _warning(session: AzureSession) -> list[Finding]:
    if not session.sign_in.warning:
        return []
    text, _, step = session.sign_in.warning.partition("; ")
    return [Finding(SUBJECT, "method", "wrong", text, step)]


def tenant_of_the_subscription(error: AzureRefusedError) -> str:
    """The tenant of a subscription to which the sign-in is of another tenant. Empty: another refusal."""
    match = _WRONG_ISSUER.search(error.text)
    return match["ours"] if match else ""


def _wrong_tenant(subscription: str, tenant: str, other: str) -> Finding:
    text = f"subscription {subscription} is in tenant {tenant}, and the sign-in in tenant {other}"
    return Finding(SUBJECT, "subscription", "wrong", text, f"az login --tenant {tenant}")


def _no_subscription(session: AzureSession, caller: Caller, error: AzureRefusedError) -> Finding:
    subscription = session.subscription_id
    if match := _WRONG_ISSUER.search(error.text):
        return _wrong_tenant(subscription, match["ours"], match["theirs"])
    if error.had_no_answer:
        return no_sign_in(error)
    if error.is_missing or error.is_forbidden:
        text = f"{caller} has no right in subscription {subscription}, or there is none of that id"
        step = "az account list --output table, then az account set --subscription <id>"
        return Finding(SUBJECT, "subscription", "wrong", text, step)
    details = " ".join(filter(None, [str(error.status or ""), error.code]))
    text = f"subscription {subscription} cannot be read: {details}"
    return Finding(SUBJECT, "subscription", "wrong", text, "run it again; see https://status.azure.com")


def _subscription(session: AzureSession, reads: AzureReads, name: str, state: str) -> Finding:
    text = f"{name or 'without a name'} ({session.subscription_id})"
    # https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states
    if state and state != "Enabled":
        step = "pay or renew it in the portal (Subscriptions), or choose another one"
        return Finding(SUBJECT, "subscription", "wrong", f"{text} is {state}: Azure refuses writes", step)
    if not session.sign_in.is_default_subscription:
        return Finding(SUBJECT, "subscription", "fine", text)
    others = _other_subscriptions(session, reads)
    if not others:
        return Finding(SUBJECT, "subscription", "fine", text)
    text += f": the Azure CLI's default, one of {others + 1} that this sign-in sees"
    step = f"to fix it: pulumi config set azure-native:subscriptionId {session.subscription_id}"
    return Finding(SUBJECT, "subscription", "fine", text, step)


def _other_subscriptions(session: AzureSession, reads: AzureReads) -> int:
    try:
        subscriptions = reads.pages("/subscriptions", SUBSCRIPTIONS)
    except AzureRefusedError:
        return 0
    ids = {text_at(each, "subscriptionId").lower() for each in subscriptions}
    return len(ids - {session.subscription_id.lower(), ""})
