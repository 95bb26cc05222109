"""Roles in Azure: the deployer may not do something, or an assignment is refused."""

from __future__ import annotations

from typing import Final

from operations.failures.failure import Failure, Sign
from operations.failures.names import GUID

FAILURES: Final = (
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
    Failure(
        id="roleassignmentlimitexceeded",
        title="RoleAssignmentLimitExceeded",
        symptom=(Sign(code="RoleAssignmentLimitExceeded"),),
        example="No more role assignments can be created (code: RoleAssignmentLimitExceeded)",
        cause="The subscription has as many role assignments as Azure allows: 4,000, or 5,000 by newer "
        "copies of its page.",
        proof="`az role assignment list --all --query 'length(@)'` counts them.",
        next_step="delete assignments of identities that are gone (`az role assignment list --all --query "
        "\"[?principalName=='']\"`), or give a workload one right on the whole vault (`scope: vault`)",
        source="https://learn.microsoft.com/azure/role-based-access-control/troubleshoot-limits",
    ),
    Failure(
        id="principalnotfound",
        title="PrincipalNotFound",
        symptom=(Sign(code="PrincipalNotFound"), Sign(code="UnmatchedPrincipalType")),
        example='Code="PrincipalNotFound" Message="Principal 8b0c5e3e000040008000000000000000 does not '
        'exist in the directory …"',
        cause="Entra does not know the principal: an identity that is seconds old is not everywhere yet, an "
        "id in `people` is wrong, or its type is another one.",
        proof="`az ad sp show --id <object-id>`, `az ad user show` and `az ad group show` find it in one of "
        "the three.",
        next_step="mend the id or the type in `people`; for an identity of the stack type `pulumi up "
        "--stack {stack}` again",
        source="https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    ),
    Failure(
        id="roleassignmentexists",
        title="RoleAssignmentExists",
        symptom=(Sign(code="RoleAssignmentExists"),),
        example='Code="RoleAssignmentExists" Message="The role assignment already exists. The ID of the '
        'existing role assignment is …."',
        cause="The principal has this role at this scope already, by an assignment that the state of the "
        "stack does not have: a person or another tool made it, or an update that died.",
        proof="`az role assignment list --all --query \"[?ends_with(id, '<id>')]\"` shows it; its name is "
        "the id in the message.",
        next_step="type `python -m operations resume --stack {stack}` if an update died; else delete the "
        "assignment with `az role assignment delete --ids <id>`, and type `pulumi up --stack {stack}`",
        source="https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    ),
    Failure(
        id="roleassignmentupdatenotpermitted",
        title="RoleAssignmentUpdateNotPermitted",
        symptom=(Sign(code="RoleAssignmentUpdateNotPermitted"),),
        example='Code="RoleAssignmentUpdateNotPermitted" Message="Tenant ID, application ID, principal ID, '
        'and scope are not allowed to be updated."',
        cause="An assignment of this name exists for another principal: an identity was deleted and made "
        "anew outside the stack.",
        proof="`az role assignment list --all --query \"[?principalName=='']\"` lists assignments of "
        "principals that are gone.",
        next_step="delete the old assignment (`az role assignment delete --ids <id>`) and type `pulumi up "
        "--refresh --stack {stack}`",
        source="https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    ),
    Failure(
        id="linkedauthorizationfailed",
        title="LinkedAuthorizationFailed",
        symptom=(
            Sign(
                code="LinkedAuthorizationFailed",
                text=r"permission to perform action '(?P<action>[A-Za-z./]{3,200})'",
            ),
            Sign(code="LinkedAuthorizationFailed"),
            Sign(code="CustomPrivateDNSZoneMissingPermissionError"),
        ),
        example='Code="LinkedAuthorizationFailed" Message="The client has permission to perform action '
        "'Microsoft.Network/privateDnsZones/virtualNetworkLinks/write' on scope '…'; however, it does not "
        "have permission to perform action(s) '…' on the linked scope(s) '…'.\"",
        cause="The change also needs a right on another resource, such as a subnet, a DNS zone or a "
        "workspace in another group, and the deployer or the identity of the cluster has none there.",
        proof="The message names the linked scope; `az role assignment list --scope <it> "
        "--include-inherited --output table` shows who may.",
        next_step="let its owner assign Network Contributor or Private DNS Zone Contributor on the linked "
        "resource, then type `pulumi up --stack {stack}`",
        source="https://learn.microsoft.com/troubleshoot/azure/azure-kubernetes/create-upgrade-delete/erro"
        "r-code-linkedauthorizationfailed",
    ),
    Failure(
        id="denied-by-a-deny-assignment",
        title="Denied by a deny assignment",
        symptom=(
            Sign(
                code="DenyAssignmentAuthorizationFailed",
                text=r"permission to perform action '(?P<action>[A-Za-z./]{3,200})'",
            ),
            Sign(code="DenyAssignmentAuthorizationFailed"),
        ),
        example="Code=\"DenyAssignmentAuthorizationFailed\" Message=\"The client '…' with object id '…' has "
        "permission to perform action 'Microsoft.KeyVault/vaults/write' on scope '…'; however, the access is "
        "denied because of the deny assignment with name '…' and Id '…' at scope '…'.\"",
        cause="A deny assignment takes this action from the deployer, whatever roles it has. A managed "
        "application, a deployment stack or an owner made it.",
        proof="`python -m operations doctor --stack {stack}` names the deny assignments that matter, and the "
        "message the scope.",
        next_step="let its owner exclude the deployer (portal: Access control (IAM), Deny assignments), then "
        "type `pulumi up --stack {stack}`",
        source="https://github.com/Azure/migAz/issues/266",
    ),
    Failure(
        id="role-assignment-hash-conflict",
        title="Role assignment hash conflict",
        symptom=(Sign(text=r"[Hh]ash conflict was encountered for the role [Aa]ssignment"),),
        example="A hash conflict was encountered for the role Assignment ID. Please use a new Guid.",
        cause="Azure has a role assignment whose id it cannot tell from this one. It happens by chance.",
        proof="The same `pulumi up` meets it at one assignment only.",
        next_step="type `pulumi up --stack {stack}` again; if it stays so, `pulumi up --replace <urn of the "
        "assignment> --stack {stack}`",
        source="https://github.com/Azure/azure-cli/issues/13368",
    ),
)
