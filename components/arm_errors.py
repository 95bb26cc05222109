"""The meaning of azure-native's errors, which pass ARM's status and code on as text only."""

import re

# azure-native ends with `Status=404 Code="ResourceNotFound" Message="…"`, or with azcore's own text if the
# body is not JSON:
# https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/azure/client_azcore.go
# (newResponseError)
_NOT_FOUND = re.compile(r'\bStatus=404\b|\bRESPONSE 404\b|\bCode="\w*NotFound"|\bERROR CODE: \w*NotFound\b')
_FORBIDDEN = re.compile(
    r'\bStatus=403\b|\bRESPONSE 403\b|\bCode="AuthorizationFailed"|\bERROR CODE: AuthorizationFailed\b'
)
_TENANT = re.compile(
    r"must match (?:the|one of the) tenants? 'https://sts\.windows\.net/([-0-9a-fA-F]{36})/?"
)
_NO_SUBSCRIPTION = re.compile(
    r"\bSubscriptionNotFound\b.*?[Tt]he subscription '([-0-9a-fA-F]{36})' could not be found", re.DOTALL
)


def is_not_found(error: Exception) -> bool:
    """Whether Azure answered with status 404 or a code like ResourceGroupNotFound."""
    return _NOT_FOUND.search(str(error)) is not None


def is_forbidden(error: Exception) -> bool:
    """Whether Azure answered with status 403 or the code AuthorizationFailed."""
    return _FORBIDDEN.search(str(error)) is not None


def wrong_tenant(error: Exception) -> str | None:
    """The tenant of the subscription, if the sign-in is one of another tenant
    (https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/error-code-invalidauthenticationtokentenant).
    None: Azure answered otherwise.
    """
    text = str(error)
    if "InvalidAuthenticationTokenTenant" not in text:
        return None
    match = _TENANT.search(text)
    return match[1].lower() if match else "another one"


def missing_subscription(error: Exception) -> str | None:
    """The subscription that does not exist, or in which the deployer has no role. None: Azure answered
    otherwise.
    """
    match = _NO_SUBSCRIPTION.search(str(error))
    return match[1].lower() if match else None
