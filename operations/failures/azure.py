"""Azure Resource Manager: the deployer may not do something, or the subscription does not allow it."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign
from operations.failures.names import GUID

FAILURES: Final = (
    Failure(
        id="missingsubscriptionregistration",
        title="MissingSubscriptionRegistration",
        symptom=(
            Sign(
                code="MissingSubscriptionRegistration",
                text=r"not registered to use namespace '(?P<namespace>[A-Za-z.]{3,80})'",
            ),
            Sign(code="MissingSubscriptionRegistration"),
            Sign(
                text=r"[Ss]ubscription (?:\S{1,60} )?is not registered to use "
                r"(?:namespace )?'?(?P<namespace>[A-Za-z.]{3,80})"
            ),
        ),
        example='Code="MissingSubscriptionRegistration" Message="The subscription is not registered to use '
        "namespace "
        "'Microsoft.KubernetesConfiguration'. See https://aka.ms/rps-not-found for how to register "
        'subscriptions."',
        cause=(
            "The resource provider {namespace} is not registered in the subscription. azure-native registers "
            "none."
        ),
        proof="`az provider show --namespace {namespace} --query registrationState` answers NotRegistered.",
        next_step="type `az provider register --namespace {namespace} --wait`, then `pulumi up --stack "
        "{stack}`",
        source="https://github.com/pulumi/pulumi-azure-native/issues/3479",
    ),
    Failure(
        id="authorizationfailed",
        title="AuthorizationFailed",
        symptom=(
            Sign(
                code="AuthorizationFailed",
                text=rf"with object id '(?P<object_id>{GUID})' does not have authorization to perform action "
                r"'(?P<action>[A-Za-z./]{3,200})'",
            ),
            Sign(code="AuthorizationFailed"),
        ),
        example="Code=\"AuthorizationFailed\" Message=\"The client '…' with object id '…' does not have "
        "authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope "
        "'/subscriptions/…'.\"",
        cause=(
            "The deployer {object_id} has no role that allows {action} at that scope. Contributor assigns no "
            "roles."
        ),
        proof=(
            "`az role assignment list --assignee {object_id} --all --include-inherited --output table` shows "
            "its roles."
        ),
        next_step="let an owner of the scope assign a role that allows {action} "
        "(docs/security.md#the-deployer), or set `grants: external` where the deployer may assign no roles",
        source="https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    ),
)
