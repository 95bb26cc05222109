"""The values of ``from: stack`` and ``from: resource``: read once, before the first resource.

They are secrets of Pulumi from here on, and stand in no message. Deliberately not here: which types of
resources have keys (components/key_vault/resource_keys.py).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pulumi

from components.key_vault.keyed_type import Answers, Document, KeyedType
from components.key_vault.resource_keys import keyed_type
from components.resource_ids import ArmId
from stacks.preflight.existing import place, subscription_option
from stacks.preflight.lookup import Call, Lookup
from stacks.settings.model.copied_values import ResourceValueSettings, StackOutputSettings
from stacks.settings.model.secrets import MAX_VALUE_BYTES, SecretSettings
from stacks.settings.validation.problems import Path, join_or
from stacks.settings.validation.registry import Violation
from stacks.settings.validation.spelling import near_word

# The engine's own function behind StackReference: pulumi, pkg/resource/deploy/builtins.go. A StackReference
# would keep every output of the other stack in this stack's state, and in plain text what is no secret there.
READ_OUTPUTS = "pulumi:pulumi:readStackOutputs"
_WRAPPED = re.compile(r"^(?:invoke of \S+ failed: )?(?:invocation of \S+ returned an error: )?")


@dataclass(frozen=True)
class _Outputs:
    """The outputs of a stack, or why they cannot be read."""

    values: Mapping[str, Any]
    secret_names: tuple[str, ...] = ()
    problem: str = ""


def copied_values(lookup: Lookup) -> dict[tuple[str | None, str], pulumi.Output[str]]:
    """The values by vault label and lower-case name, without those that a check refuses."""
    return {
        secret.object_key: pulumi.Output.secret(copied)
        for _, secret, copied in _entries(lookup)
        if isinstance(copied, str)
    }


def copied_value_problems(lookup: Lookup) -> Iterator[Violation]:
    """Values that cannot be copied. Reads that Azure refuses are failures of the lookup."""
    for _, _, copied in _entries(lookup):
        if isinstance(copied, Violation):
            yield copied


def _entries(lookup: Lookup) -> Iterator[tuple[Path, SecretSettings, str | Violation | None]]:
    """Each copied secret once, with its value. None: Azure did not answer."""
    seen: set[tuple[str | None, str]] = set()
    for index, workload in enumerate(lookup.settings.workloads):
        for position, secret in enumerate(workload.secrets):
            if secret.copied and secret.object_key not in seen:
                seen.add(secret.object_key)
                path: Path = ("workloads", index, "secrets", position)
                yield path, secret, _sized(path, secret, _value(lookup, path, secret))


def _value(lookup: Lookup, path: Path, secret: SecretSettings) -> str | Violation | None:
    if secret.stack:
        return _of_stack(lookup, (*path, "stack"), secret.stack, sensitive=secret.sensitive)
    if secret.resource:
        return _of_resource(lookup, (*path, "resource"), secret.resource)
    return None


def _sized(path: Path, secret: SecretSettings, copied: str | Violation | None) -> str | Violation | None:
    if isinstance(copied, str) and not 1 <= (size := len(copied.encode())) <= MAX_VALUE_BYTES:
        problem = f"the value has {size} bytes"
        return Violation((*path, secret.source.value), problem, f"Key Vault allows 1 to {MAX_VALUE_BYTES}")
    return copied


def _of_stack(lookup: Lookup, path: Path, stack: StackOutputSettings, *, sensitive: bool) -> str | Violation:
    settings = lookup.settings
    if stack.name == f"{pulumi.get_organization()}/{settings.project}/{settings.stack}":
        return Violation((*path, "name"), "is this stack itself", "name the stack that made the value")
    outputs = lookup.answer(f"outputs of stack {stack.name}", lambda: _outputs_of(stack.name))
    if outputs.problem:
        return Violation(
            (*path, "name"),
            f"stack {stack.name} cannot be read: {outputs.problem}",
            "name a stack that exists",
            command="pulumi stack ls --all",
        )
    names = sorted(outputs.values)
    if stack.output not in outputs.values:
        return Violation(
            (*path, "output"),
            f"stack {stack.name} has no output of this name",
            f"choose {join_or(names)}" if names else "export it there, then update that stack",
            near_word(stack.output, names),
            command=None if names else f"pulumi up --stack {stack.name}",
        )
    if sensitive and stack.output not in outputs.secret_names:
        return Violation(
            (*path, "output"),
            f"is no secret of stack {stack.name}, whose state shows it in plain text",
            "export it there with pulumi.Output.secret and update that stack, or set sensitive: false here if"
            " everyone may see it",
        )
    return _of_output(path, stack, outputs.values[stack.output])


def _of_output(path: Path, stack: StackOutputSettings, value: Any) -> str | Violation:
    for step in stack.property.split(".") if stack.property else ():
        names = _names(value)
        if step not in names:
            has = f"has {join_or(sorted(names))} there" if names else "has no properties there"
            return Violation(
                (*path, "property"),
                f"output {stack.output} of stack {stack.name} {has}",
                "correct the path" if names else "remove this key",
                remove=not names,
            )
        value = names[step]
    text = _text(value)
    if text is None:
        return Violation(
            (*path, "output"),
            f"has no value in stack {stack.name}, or one that cannot be decrypted here",
            "update that stack, and sign in to the key or set the passphrase of its secrets",
        )
    return stack.formatted(text, stack.output)


def _names(value: Any) -> Mapping[str, Any]:
    """The properties of a map, or the items of a list by their index."""
    if isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(cast("list[Any]", value))}
    return {}


def _text(value: Any) -> str | None:
    """The value as text.

    None: it is empty. The engine passes on a secret that it cannot decrypt as an empty map: pulumi,
    pkg/backend/secrets.go.
    """
    if value is None or value == {} or value == []:
        return None
    if isinstance(value, str):
        return value
    return json.dumps(_whole(value))


def _whole(value: Any) -> Any:
    """The value with whole numbers: the engine returns every number as a float."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return [_whole(item) for item in cast("list[Any]", value)]
    return value


def _outputs_of(stack: str) -> _Outputs:
    try:
        answer: Any = pulumi.runtime.invoke(READ_OUTPUTS, {"name": stack}).value
    except Exception as error:  # the SDK raises no narrower one for a stack that is not there
        return _Outputs({}, problem=_WRAPPED.sub("", str(error)))
    answer = answer or {}
    return _Outputs(answer.get("outputs") or {}, tuple(answer.get("secretOutputNames") or ()))


def _of_resource(lookup: Lookup, path: Path, resource: ResourceValueSettings) -> str | Violation | None:
    arm_id, kind = ArmId.parse(resource.id), keyed_type(resource.id)
    other = lookup.context.subscriptions.other(arm_id.subscription_id)
    if kind is None:  # the settings refuse it
        return None
    at = (*path, "id")
    subject = f"{kind.type} {'/'.join(arm_id.names)!r} in {place(arm_id.resource_group, other)}"
    opened = _opened(arm_id, kind)
    listing = f"az resource list --resource-group {arm_id.resource_group} --output table"
    listing += subscription_option(other)
    answer = lookup.read(
        at,
        f"resource {subject}",
        listing,
        lambda: _invoke(lookup, kind.reads, arm_id, kind.arguments[: kind.read_names]),
    )
    if answer is None:
        return None
    if kind.is_off(answer):
        return Violation(
            at,
            f"{opened.name!r} accepts no keys, so its keys open nothing",
            "let the workload sign in with its identity instead, or accept keys",
            command=kind.turn_on.format(id=opened.format(), name=opened.name),
        )
    function = kind.function_for(resource.value)
    listed = lookup.read(
        at,
        f"the keys of {subject} by {kind.action} in {function.rpartition(':')[2]}",
        listing,
        lambda: _invoke(lookup, function, arm_id, kind.arguments),
    )
    if listed is None:
        return None
    text = kind.values[resource.value](Answers(name=arm_id.names[0], resource=answer, listed=listed))
    if not text:
        return Violation(
            (*path, "value"),
            f"Azure lists no such value of {subject}",
            f"choose {join_or(list(kind.values))}",
        )
    return resource.formatted(text, arm_id.names[0])


def _opened(arm_id: ArmId, kind: KeyedType) -> ArmId:
    """The resource that the keys open: the namespace of a rule."""
    return ArmId(arm_id.segments[: 6 + 2 * kind.read_names])


def _invoke(lookup: Lookup, function: str, arm_id: ArmId, arguments: tuple[str, ...]) -> Document:
    names = tuple(zip(arguments, arm_id.names, strict=False))
    group = ("resourceGroupName", arm_id.resource_group)
    call = Call(token=function, arguments=(group, *names), subscription_id=arm_id.subscription_id)
    return lookup.call(call)
