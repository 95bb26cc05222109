"""The reading of ``pulumi.Config``: all problems at once, or settings that hold.

The one place that reads config. A refusal is a ``pulumi.RunError``, the one error that both language hosts print without a traceback.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import TypeAdapter, ValidationError

from stacks.settings.model.secrets import MAX_VALUE_BYTES, SecretSource
from stacks.settings.model.settings import Settings
from stacks.settings.validation.problems import Path, Problem, remove_command, truncate
from stacks.settings.validation.pydantic_errors import UNKNOWN_KEY, shape_problems, unknown_key
from stacks.settings.validation.registry import check, check_value, register_rule

SECRET_VALUES = "secret-values"
"""Namespace of the config keys that hold secret values, each a Pulumi secret of its own."""
LOCATION, ENVIRONMENT = "azure-native:location", "azure-native:environment"

_STRUCTURED = "https://www.pulumi.com/docs/iac/concepts/secrets/ (a secret inside a structured key makes all of it secret)"
SECRET_IN_SECTION = register_rule("secret-in-a-section", _STRUCTURED).id
NOT_READABLE = register_rule(
    "section-is-structured", "https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration"
).id
SECRET_VALUE_MISSING = register_rule(
    "secret-value-missing", "https://www.pulumi.com/docs/iac/concepts/secrets/"
).id
SECRET_VALUE_PLAIN = register_rule(
    "secret-value-is-plain", "https://www.pulumi.com/docs/iac/concepts/secrets/"
).id
SECRET_VALUE_UNUSED = register_rule(
    "secret-value-is-used", "our own choice: a value that nobody reads is a misspelled one"
).id
SECRET_VALUE_SIZE = register_rule(
    "secret-value-size", "https://learn.microsoft.com/azure/key-vault/secrets/about-secrets"
).id

OTHER_CLOUD = register_rule(
    "sovereign-cloud", "https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates"
).id

SCALARS = ("composition", "technique", "grants")
SECTIONS = (
    *(
        "platform",
        "cluster",
        "network",
        "vault",
        "vaults",
        "workloads",
        "identities",
        "resource_groups",
        "namespaces",
    ),
    *("operators", "monitoring", "people", "tags"),
)


def load() -> Settings:
    """The settings of the running stack.

    Raises:
        pulumi.RunError: with every problem found, each with its path, what is allowed and the command that mends it.
    """
    settings, problems = read(pulumi.get_project(), pulumi.get_stack(), _all_config(), _is_secret)
    if problems or settings is None:
        raise pulumi.RunError(report(problems))
    return settings


def secret_value(key: str) -> pulumi.Output[str]:
    """The value that ``pulumi config set --secret secret-values:<key>`` keeps."""
    return pulumi.Config(SECRET_VALUES).require_secret(key)


def report(problems: list[Problem], where: str = "in the settings") -> str:
    """The message of the error that stops the program: every problem on a line of its own."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return f"{count} {where}; nothing was registered\n" + "\n".join(f"  {problem}" for problem in problems)


def read(
    project: str, stack: str, config: Mapping[str, str], is_secret: Callable[[str], bool]
) -> tuple[Settings | None, list[Problem]]:
    """Settings, or what is wrong with them. Pure: ``config`` maps full keys (``aks-secrets:vault``) to strings, as Pulumi has them."""
    prefix = f"{project}:"
    own = {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}
    document: dict[str, Any] = {"project": project, "stack": stack}
    problems = list(_unknown_keys(own))
    if is_secret(LOCATION):
        command = f"pulumi config set {LOCATION} westeurope"
        problems.append(
            replace(
                _secret_in_section("location"),
                problem="encrypted",
                remedy="a region is no secret",
                command=command,
            )
        )
    elif LOCATION in config:
        document["location"] = _clean(config[LOCATION])
    for key in (*SCALARS, *SECTIONS):
        if key not in own:
            continue
        if is_secret(prefix + key):
            problems.append(_secret_in_section(key))
        elif key in SCALARS:
            document[key] = _clean(own[key])
        else:
            document[key], problem = _structure(key, own[key])
            problems += problem
    problems += _of_another_cloud(config)
    _name_the_technique(document)
    broken = {problem.path[0] for problem in problems if problem.rule != UNKNOWN_KEY}
    settings = None
    try:
        settings = Settings.model_validate_json(json.dumps(document))
    except ValidationError as error:
        problems += [found for found in shape_problems(error, Settings, ()) if found.path[0] not in broken]
    if settings is not None and not problems:
        problems += check(settings)
        problems += _secret_value_problems(settings, config, is_secret)
    else:
        # What sections owe one another is not asked while one is missing or misspelled: the answer would be to take things out
        # that are needed, and perhaps the only copy of a secret with them.
        problems += _broken_rules_of_sound_sections(document)
    return settings, [_with_full_key(problem) for problem in problems]


def _of_another_cloud(config: Mapping[str, str]) -> Iterator[Problem]:
    """Audience, vault names, authority and role GUIDs are those of the public cloud, and nobody has tried another."""
    said = _clean(config.get(ENVIRONMENT, ""))
    if said.lower() not in ("", "public"):
        problem = f"{truncate(said)!r} is a sovereign cloud"
        yield Problem(
            OTHER_CLOUD, (ENVIRONMENT,), problem, "the program knows Azure's public cloud only", "public"
        )


def _name_the_technique(document: dict[str, Any]) -> None:
    """What the stack says once holds for each workload that does not say otherwise."""
    workloads = document.get("workloads")
    if "technique" in document and isinstance(workloads, list):
        for workload in cast("list[Any]", workloads):
            if isinstance(workload, dict):
                cast("dict[str, Any]", workload).setdefault("technique", document["technique"])


def _clean(text: str) -> str:
    """Half a character (a lone surrogate) becomes a question mark: no rule takes that, and the message can be printed."""
    return text.encode(errors="replace").decode()


def _all_config() -> Mapping[str, str]:
    """Every key of the stack. ``pulumi.Config`` reads keys that one knows; unknown ones have to be found too."""
    return {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}


def _is_secret(key: str) -> bool:
    return runtime_config.is_config_secret(key) or key in runtime_config.get_config_secret_keys_env()


def _unknown_keys(own: Mapping[str, str]) -> Iterator[Problem]:
    known = [*SECTIONS, *SCALARS]
    for key in own:
        if key not in known:
            yield unknown_key((key,), known)


def _secret_in_section(key: str) -> Problem:
    return Problem(
        SECRET_IN_SECTION,
        (key,),
        "holds an encrypted value, and Pulumi cannot tell which part of a structured key is the secret",
        "give the value a key of its own and name it with from: config",
        command=f"pulumi config set --secret {SECRET_VALUES}:NAME",
    )


def _structure(key: str, text: str) -> tuple[Any, list[Problem]]:
    try:
        found: Any = json.loads(text)
        json.dumps(found, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # no JSON, NaN, half a character, or nested beyond reading
        found = text
    if isinstance(found, dict | list):
        return cast("Any", found), []
    wanted, path = (
        ("a list", f"{key}[0].KEY")
        if key in ("vaults", "workloads", "identities", "namespaces")
        else ("keys with values", f"{key}.KEY")
    )
    remedy = f"write {wanted} below it in the stack file, or use --path"
    return None, [
        Problem(NOT_READABLE, (key,), "got text", remedy, command=f"pulumi config set --path '{path}' VALUE")
    ]


def _broken_rules_of_sound_sections(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Where one section has no shape, the rules within the others are checked all the same: all problems at once."""
    for key in SECTIONS:
        if key not in document:
            continue
        try:
            adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", Settings.model_fields[key].annotation))
            section = adapter.validate_json(json.dumps(document[key]))
        except ValidationError:
            continue
        yield from check_value(section, (key,))


def _secret_value_problems(
    settings: Settings, config: Mapping[str, str], is_secret: Callable[[str], bool]
) -> Iterator[Problem]:
    """Each value at ``secret-values:<key>``: there, encrypted, of a size that Key Vault takes, and read by some secret."""
    wanted: set[str] = set()
    for path, said, key in _wanted_values(settings):
        if key not in config and key not in wanted:
            command = f"pulumi config set --secret {key}"
            yield Problem(
                SECRET_VALUE_MISSING, path, f"{said}, but {key} has no value", "give it one", command=command
            )
        wanted.add(key)
    for key, value in config.items():
        if not key.startswith(f"{SECRET_VALUES}:"):
            continue
        size = len(value.encode(errors="replace"))
        if key not in wanted:
            yield Problem(
                SECRET_VALUE_UNUSED,
                (key,),
                "no secret reads it",
                "take it out",
                command=remove_command((key,)),
            )
        elif not is_secret(key):
            command = f"pulumi config set --secret {key}"
            yield Problem(
                SECRET_VALUE_PLAIN,
                (key,),
                "stands in plain text",
                "encrypt it, and choose a new value",
                command=command,
            )
        elif not 1 <= size <= MAX_VALUE_BYTES:
            yield Problem(
                SECRET_VALUE_SIZE,
                (key,),
                f"has {size} bytes",
                f"Key Vault keeps 1 to {MAX_VALUE_BYTES} bytes per secret",
            )


def _wanted_values(settings: Settings) -> Iterator[tuple[Path, str, str]]:
    """Who wants a value of its own, in which words, at which key."""
    for w, workload in enumerate(settings.workloads):
        if workload.service_principal:
            path = ("workloads", w, "service_principal", "config_key")
            yield (
                path,
                "access: service-principal",
                f"{SECRET_VALUES}:{workload.service_principal.config_key}",
            )
        for s, secret in enumerate(workload.secrets):
            if secret.source is SecretSource.CONFIG:
                yield (
                    ("workloads", w, "secrets", s),
                    "from: config",
                    f"{SECRET_VALUES}:{secret.secret_value_key}",
                )


def _with_full_key(problem: Problem) -> Problem:
    """The region stands under the provider's own key, where every Pulumi user of Azure looks for it."""
    return replace(problem, path=(LOCATION, *problem.path[1:])) if problem.path[0] == "location" else problem
