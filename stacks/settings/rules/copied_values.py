"""Rules for ``from: stack`` and ``from: resource``."""

from collections.abc import Iterator

from components.key_vault.resource_keys import KEYED_TYPES, WITHOUT_KEYS, keyed_type
from components.resource_ids import ArmId
from stacks.settings.model.copied_values import (
    PLACEHOLDER,
    PLACEHOLDERS,
    CopiedValueSettings,
    ResourceValueSettings,
)
from stacks.settings.model.secrets import SecretSettings, SecretSource
from stacks.settings.model.settings import Settings
from stacks.settings.validation.problems import join_or
from stacks.settings.validation.registry import Violation, rule
from stacks.settings.validation.spelling import near_word

_OURS = "docs/config/secrets.md#copied-values: a copied value has one source"
_REST = "https://learn.microsoft.com/rest/api/azure/: the operations listKeys of each service"


@rule("copied-value-is-complete", SecretSettings, source=_OURS)
def copied_values_name_their_source(secret: SecretSettings) -> Iterator[Violation]:
    """The section of the source says what is copied."""
    for source, section, example in (
        (SecretSource.STACK, secret.stack, "name and output"),
        (SecretSource.RESOURCE, secret.resource, "id and value"),
    ):
        if secret.source is source and section is None:
            yield Violation((source.value,), "missing", f"from: {source} needs it, with {example}")


@rule("resource-has-keys", ResourceValueSettings, source=_REST)
def resources_have_a_value(resource: ResourceValueSettings) -> Iterator[Violation]:
    """Azure lists keys of some types only."""
    type_ = ArmId.parse(resource.id).type
    kind = keyed_type(resource.id)
    if kind and resource.value not in kind.values:
        near = near_word(resource.value, kind.values)
        yield Violation(
            ("value",),
            f"is no value of {kind.type}",
            f"choose {join_or(list(kind.values))}",
            near,
        )
    elif kind is None and (without := WITHOUT_KEYS.get(type_.lower())):
        yield Violation(("id",), *without)
    elif kind is None:
        known = join_or([row.type for row in KEYED_TYPES.values()])
        yield Violation(
            ("id",),
            "is of a type whose keys the program does not list",
            f"choose {known}, or take the value with from: stack from the stack that has it",
        )


@rule("value-format", CopiedValueSettings, source=_OURS)
def formats_hold_the_value(copied: CopiedValueSettings) -> Iterator[Violation]:
    """A text without the value would be a constant, and an unknown placeholder would stay in it."""
    if copied.format is None:
        return
    used = PLACEHOLDER.findall(copied.format)
    known = join_or([f"{{{name}}}" for name in PLACEHOLDERS])
    if set(used) - set(PLACEHOLDERS):
        yield Violation(("format",), "has a placeholder that is not known", f"choose {known}")
    elif not any(name.startswith("value") for name in used):
        yield Violation(("format",), "does not hold the value", "write {value} where it belongs")


@rule(
    "stack-is-another",
    Settings,
    source="https://www.pulumi.com/docs/iac/concepts/stacks/#stackreferences: those of the last update",
)
def the_stack_is_another_one(settings: Settings) -> Iterator[Violation]:
    """A stack's own outputs are those of the update before, and gone after a destroy."""
    for w, workload in enumerate(settings.workloads):
        for s, secret in enumerate(workload.secrets):
            # A name with an organization is compared in the preflight, which knows the stack's own.
            if secret.stack and secret.stack.name == settings.stack:
                yield Violation(
                    ("workloads", w, "secrets", s, "stack", "name"),
                    "is this stack itself",
                    "name the stack that made the value",
                )
