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


def is_not_found(error: Exception) -> bool:
    """Whether Azure answered with status 404 or a code like ResourceGroupNotFound."""
    return _NOT_FOUND.search(str(error)) is not None


def is_forbidden(error: Exception) -> bool:
    """Whether Azure answered with status 403 or the code AuthorizationFailed."""
    return _FORBIDDEN.search(str(error)) is not None
