"""Answers of Azure Resource Manager."""

from tests.operations.failures.shown import Shown, azure_error

SHOWN: tuple[Shown, ...] = (
    azure_error(
        "missingsubscriptionregistration",
        409,
        "MissingSubscriptionRegistration",
        "The subscription is not registered to use namespace 'Microsoft.KubernetesConfiguration'. See "
        "https://aka.ms/rps-not-found for how to register subscriptions.",
        namespace="Microsoft.KubernetesConfiguration",
    ),
    azure_error(
        "authorizationfailed",
        403,
        "AuthorizationFailed",
        "The client '8b0c5e3e-0000-4000-8000-00000000000d' with object id "
        "'8b0c5e3e-0000-4000-8000-00000000000d' does not have authorization to perform action "
        "'Microsoft.Authorization/roleAssignments/write' over scope "
        "'/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop' or the scope is "
        "invalid. If access was recently granted, please refresh your credentials.",
        object_id="8b0c5e3e-0000-4000-8000-00000000000d",
        action="Microsoft.Authorization/roleAssignments/write",
    ),
)
