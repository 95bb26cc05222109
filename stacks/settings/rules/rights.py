"""Rules for ``workloads[].secrets[].rights``: what exists for a kind of object, and what roles can give."""

from collections.abc import Iterator

from components.authorization.rights import RIGHTS, Right, further_roles
from components.authorization.roles import READ_ACCESS, ObjectType
from components.workloads import TRUSTED_ACCESS
from stacks.settings.model.rights import goes_beyond_reading
from stacks.settings.model.secrets import SecretSettings
from stacks.settings.model.workloads import WorkloadSettings
from stacks.settings.validation.problems import join_or
from stacks.settings.validation.registry import Violation, rule

_ROLES = "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/security"


@rule("right-of-the-object", SecretSettings, source=_ROLES)
def objects_have_the_rights(secret: SecretSettings) -> Iterator[Violation]:
    """A secret cannot sign, and a key has no value to set."""
    able = RIGHTS[secret.type]
    for index, right in enumerate(secret.rights):
        if right in able:
            continue
        remedy = f"choose {join_or([each.value for each in Right if each in able])}"
        if right in RIGHTS[ObjectType.KEY] and secret.type in (ObjectType.CERT, ObjectType.CERT_KEY_PAIR):
            remedy = "list the key of this name too, with type: key, and give it this right"
        yield Violation(("rights", index), f"'{right}' is no right of type {secret.type}", remedy)


@rule("rights-include-reading", SecretSettings, source=f"{_ROLES}#key-vault-secrets-officer")
def rights_include_reading(secret: SecretSettings) -> Iterator[Violation]:
    """Whatever lists an object reads it. Every role that writes a secret reads it too."""
    if not secret.rights:
        problem = "empty, so the workload could do nothing with the object"
        yield Violation(("rights",), problem, "remove it, which leaves get", remove=True)
        return
    is_secret = READ_ACCESS[secret.type].collection == "secrets"
    if not is_secret or Right.GET in secret.rights or not set(secret.rights) <= RIGHTS[secret.type]:
        return
    listed = ", ".join(secret.rights)
    mended = f"rights: [{', '.join([Right.GET, *secret.rights])}]"
    further = further_roles(secret.type, secret.rights)
    if further and further[0].collection == "secrets":
        yield Violation(
            ("rights",),
            f"[{listed}] without get needs a custom role: every built-in role that gives it reads the value"
            " too",
            f"the nearest is {further[0].role.role_name} at this secret: {mended}",
        )
    else:
        problem = f"[{listed}] without get: a workload reads every object that it lists"
        yield Violation(("rights",), problem, f"add it: {mended}")


@rule(
    "rights-need-a-token",
    WorkloadSettings,
    source="https://learn.microsoft.com/azure/aks/csi-secrets-store-identity-access",
)
def rights_belong_to_the_workload(workload: WorkloadSettings) -> Iterator[Violation]:
    """The application asks the vault with a token of its own ServiceAccount. Other principals belong to every
    pod of a node, or sign in for the driver only.
    """
    if workload.access in TRUSTED_ACCESS:
        return
    for index, secret in enumerate(workload.secrets):
        if goes_beyond_reading(secret):
            yield Violation(
                ("secrets", index, "rights"),
                f"more than reading does not work with access: {workload.access}: the application has no"
                " token of its own",
                "choose access: workload-identity, or remove it",
                remove=True,
            )
