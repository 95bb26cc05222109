"""Other subscriptions with resources that the settings name: there, active, and of the sign-in's tenant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from operations.azure.api_versions import SUBSCRIPTIONS
from operations.azure.documents import text_at
from operations.azure.refusals import AzureRefusedError
from operations.checks import Check, Finding
from operations.doctor.examination import Examination
from operations.doctor.family import family
from operations.doctor.scopes import subscription_of
from operations.doctor.sign_in import tenant_of_the_subscription

_CHECK: Final = "subscription"
_ONE_TENANT: Final = "use resources of this tenant: its identities have no rights in another one"


@family(asks_azure=True)
def other_subscriptions_are_usable(examination: Examination) -> Iterator[Check]:
    """Each other subscription of an existing resource, of the platform's cluster or of a vault."""
    for id_ in sorted(_others(examination)):
        subject = f"subscription {id_}"
        yield Check(subject, _CHECK, lambda id_=id_, subject=subject: [_judge(examination, id_, subject)])


def _others(examination: Examination) -> set[str]:
    vaults = [examination.vault_id(label) for _, label, _ in examination.settings.all_vaults]
    ids: Iterable[str] = (*examination.existing_ids.values(), examination.cluster_id, *vaults)
    return {subscription_of(arm_id).lower() for arm_id in ids if examination.session.option_for(arm_id)}


def _judge(examination: Examination, id_: str, subject: str) -> Finding:
    here = examination.session.caller.tenant_id
    try:
        document = examination.reads.get(f"/subscriptions/{id_}", SUBSCRIPTIONS)
    except AzureRefusedError as error:
        if tenant := tenant_of_the_subscription(error):
            return _elsewhere(subject, tenant, here)
        if error.is_missing:
            text = "there is none of that id, or the deployer has no role in it"
            return Finding(subject, _CHECK, "wrong", text, "az account list --output table")
        raise
    tenant, state = text_at(document, "tenantId"), text_at(document, "state")
    if tenant and tenant.lower() != here.lower():
        return _elsewhere(subject, tenant, here)
    name = text_at(document, "displayName") or "without a name"
    # https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states
    if state and state != "Enabled":
        text = f"{name} is {state}: Azure refuses writes"
        return Finding(subject, _CHECK, "wrong", text, "let its owner pay or renew it")
    return Finding(subject, _CHECK, "fine", name)


def _elsewhere(subject: str, tenant: str, here: str) -> Finding:
    text = f"is in tenant {tenant}, and pulumi is signed in to {here}"
    return Finding(subject, _CHECK, "wrong", text, _ONE_TENANT)
