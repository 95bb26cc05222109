"""Rules for ``workloads[].pushes``: one source for each value, and an identity that writes and reads nothing
else.
"""

from collections.abc import Iterator

from components.authorization.roles import ObjectType
from components.key_vault.access_policies import Authorization
from components.workloads import Capability, WorkloadKind
from stacks.settings.model.pushes import PasswordSettings, PushSettings
from stacks.settings.model.settings import Composition, Settings
from stacks.settings.model.workloads import Scope, WorkloadSettings
from stacks.settings.validation.problems import remove_command, set_command
from stacks.settings.validation.registry import Violation, rule

_PUSHES = "https://external-secrets.io/latest/guides/pushsecrets/"
_PROVIDER = (
    "https://github.com/external-secrets/external-secrets/blob/v2.9.0/providers/v1/azure/keyvault/keyvault.go"
)
_PASSWORD = "https://external-secrets.io/latest/api/generator/password/"


@rule("push-has-one-source", PushSettings, source="https://external-secrets.io/latest/api/pushsecret/")
def a_push_has_one_source(push: PushSettings) -> Iterator[Violation]:
    """A PushSecret selects a Kubernetes Secret or a generator."""
    if push.secret is None and push.generate is None:
        yield Violation(
            ("secret",),
            "neither secret nor generate is set",
            "name the Kubernetes Secret that has the value, or set generate: {length: 32}",
        )
    elif push.secret is not None and push.generate is not None:
        yield Violation(
            ("generate",),
            "has no effect beside secret, which has the value",
            "remove one of them",
            remove=True,
        )
    elif push.key is not None and push.secret is None:
        yield Violation(
            ("key",), "has no effect with generate, which has one value", "remove it", remove=True
        )


@rule("password-is-long-enough", PasswordSettings, source=_PASSWORD)
def passwords_have_room_for_their_parts(password: PasswordSettings) -> Iterator[Violation]:
    """The generator fails if digits and symbols are more than the characters."""
    digits, symbols = (
        password.length // 4 if part is None else part for part in (password.digits, password.symbols)
    )
    if digits + symbols > password.length:
        yield Violation(
            ("length",),
            f"{password.length} is less than {digits} digits and {symbols} symbols",
            "choose a larger one, or fewer of them",
            str(digits + symbols),
        )
    if password.symbol_characters is not None and symbols == 0:
        yield Violation(("symbol_characters",), "has no effect with symbols: 0", "remove it", remove=True)


@rule(
    "writer-reads-nothing",
    WorkloadSettings,
    source="docs/push.md: pods that are taken over must not write what others read",
)
def writers_read_nothing_else(workload: WorkloadSettings) -> Iterator[Violation]:
    """The identity of pushes may write, so no pod signs in as it and nothing else is read with it."""
    if not workload.pushes or Capability.PUSHES not in workload.spec.capabilities:
        return
    if workload.kind is not WorkloadKind.NONE:
        yield Violation(
            ("kind",),
            f"'{workload.kind}' makes pods, which could write what pushes lists",
            "choose none, and list the pods as another workload",
        )
    for key in ("secrets", "find", "compose"):
        if getattr(workload, key):
            yield Violation(
                (key,),
                "are read with the identity that writes what pushes lists",
                "list them in another workload",
            )
    if workload.existing_service_account:
        yield Violation(
            ("existing_service_account",),
            "'true' lets other pods that run as that ServiceAccount write what pushes lists",
            "remove it, so that the program makes one for the pushes alone",
            remove=True,
        )


@rule(
    "writer-has-its-identity",
    Settings,
    source="docs/push.md: pods that are taken over must not write what others read",
)
def an_identity_that_writes_is_not_shared_with_readers(settings: Settings) -> Iterator[Violation]:
    """Workloads that share an identity share every right."""
    for workloads in settings.workloads_by_identity.values():
        others = [workload.name for workload in workloads if not workload.pushes]
        for workload in workloads:
            if workload.pushes and others:
                yield Violation(
                    ("workloads", settings.workloads.index(workload), "identity"),
                    f"{workload.identity_name!r} is also the identity of {others[0]!r}, which then could"
                    " write what pushes lists",
                    "remove it, which gives the pushes an identity of their own",
                    remove=True,
                )


@rule(
    "writer-has-no-whole-vault",
    Settings,
    source="https://learn.microsoft.com/azure/key-vault/general/rbac-guide",
)
def writers_read_no_whole_vault(settings: Settings) -> Iterator[Violation]:
    """Only a vault with access policies has no narrower right. Which one has them, the settings know of the
    vaults that the stack makes.
    """
    by_role = {
        label
        for _, label, vault in settings.all_vaults
        if vault.existing is None
        and vault.authorization is Authorization.RBAC
        and settings.composition is not Composition.WORKLOADS  # there it is the platform's
    }
    for index, workload in enumerate(settings.workloads):
        if workload.pushes and workload.scope is Scope.VAULT and set(workload.vaults) <= by_role:
            yield Violation(
                ("workloads", index, "scope"),
                "'vault' lets the identity that writes what pushes lists read every secret of the vault",
                "choose object",
                Scope.OBJECT,
            )


@rule("push-has-one-writer", Settings, source=f"{_PROVIDER} (canCreate): not managed by external-secrets")
def pushed_secrets_have_one_writer(settings: Settings) -> Iterator[Violation]:
    """The operator refuses a secret without its own tag, which the program's secrets do not have; two pushes
    of one secret overwrite each other.
    """
    seeded = {secret.object_key: secret for secret in settings.seeded_secrets}
    certificates = {
        secret.object_key
        for workload in settings.workloads
        for secret in workload.secrets
        if secret.type in (ObjectType.CERT, ObjectType.CERT_KEY_PAIR)
    }
    pushed: set[tuple[str | None, str]] = set()
    for w, workload in enumerate(settings.workloads):
        for index, push in enumerate(workload.pushes):
            key = push.written.object_key
            path = ("workloads", w, "pushes", index, "name")
            if key in seeded:
                yield Violation(
                    path,
                    f"{push.name!r} is written by the program, with from: {seeded[key].source}, and the"
                    " operator does not write a secret without its own tag",
                    "choose another name, or list it from: existing where it is read",
                )
            elif key in certificates:
                yield Violation(
                    path,
                    f"{push.name!r} is also a certificate of the vault, which stores its key pair as a secret"
                    " of that name",
                    "choose another name for the secret",
                )
            elif key in pushed:
                yield Violation(
                    path,
                    f"{push.name!r} has another push, which would overwrite it",
                    "list it once",
                    command=remove_command(path[:-1]),
                )
            pushed.add(key)


@rule("operator-pushes", Settings, source=f"{_PUSHES}; processPushSecret in the chart's values")
def the_operator_handles_pushes(settings: Settings) -> Iterator[Violation]:
    """The chart's operator writes into vaults only where the settings let it."""
    operator = settings.operators.external_secrets
    first = next((index for index, workload in enumerate(settings.workloads) if workload.pushes), None)
    if first is not None and operator and not operator.pushes_secrets:
        key = ("operators", "external_secrets", "push_secrets")
        yield Violation(
            ("workloads", first, "pushes"),
            "needs operators.external_secrets.push_secrets, without which the operator ignores PushSecrets",
            "set it",
            command=set_command(key, "true"),
        )
