"""The reading of ``pulumi.Config``: valid settings, or all problems at once.

The only place that reads config. A refusal is a ``pulumi.RunError``, which both language hosts print without
a traceback.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import pulumi
from pulumi.runtime import config as runtime_config
from pydantic import TypeAdapter, ValidationError

from stacks.settings.base.base_file import PROGRAM
from stacks.settings.base.layers import Layers, layered
from stacks.settings.config_keys import SECRET_VALUES, namespace_problems
from stacks.settings.model.settings import Settings
from stacks.settings.secret_values import secret_value_problems
from stacks.settings.validation.empty_keys import EMPTY, empty_key, empty_keys
from stacks.settings.validation.mending import Examined, with_commands_that_mend
from stacks.settings.validation.problems import Problem
from stacks.settings.validation.pydantic_errors import shape_problems
from stacks.settings.validation.registry import check_value, has_its_shape, register_rule
from stacks.settings.validation.repeatable import HIDDEN, quoted
from stacks.settings.validation.unknown_keys import UNKNOWN_KEY, unknown_key

LOCATION, ENVIRONMENT = "azure-native:location", "azure-native:environment"

_STRUCTURED = (
    "https://www.pulumi.com/docs/iac/concepts/secrets/ (a secret inside a structured key makes all of"
    " it secret)"
)
SECRET_IN_SECTION = register_rule("secret-in-a-section", _STRUCTURED).id
NOT_READABLE = register_rule(
    "section-is-structured", "https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration"
).id

OTHER_CLOUD = register_rule(
    "sovereign-cloud", "https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates"
).id

SCALARS = ("base", "composition", "technique", "grants")
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
    *("operators", "monitoring", "people", "tags", "labels", "waivers"),
)
LISTS = ("vaults", "workloads", "identities", "resource_groups", "namespaces", "waivers")


def load() -> Settings:
    """The settings of the running stack.

    Raises:
        pulumi.RunError: every problem, with its path, what is allowed and the command that mends it.
    """
    settings, problems = read(pulumi.get_project(), pulumi.get_stack(), _all_config(), _is_secret)
    if problems or settings is None:
        raise pulumi.RunError(report(problems))
    return settings


def settled(problems: list[Problem]) -> list[Problem]:
    """Problems of the running stack's settings that are found later, each where its value stands."""
    keys = (*SCALARS, *SECTIONS)
    layers = layered(pulumi.get_project(), _all_config(), _is_secret, keys, PROGRAM)
    return [layers.settled(problem) for problem in problems]


def report(problems: list[Problem], where: str = "in the settings") -> str:
    """The message that the user reads."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return f"{count} {where}; nothing was registered\n" + "\n".join(f"  {problem}" for problem in problems)


def read(
    project: str,
    stack: str,
    config: Mapping[str, str],
    is_secret: Callable[[str], bool],
    folder: Path = PROGRAM,
) -> tuple[Settings | None, list[Problem]]:
    """The settings, or their problems.

    ``config`` maps full keys (``aks-secrets:vault``) to strings, as Pulumi passes them. The only files that
    are read are Pulumi.yaml and the base file, in ``folder``.
    """

    def layers_of(changed: Mapping[str, str], secret: Callable[[str], bool]) -> Layers:
        return layered(project, changed, secret, (*SCALARS, *SECTIONS), folder)

    known: dict[tuple[frozenset[tuple[str, str]], frozenset[str]], Examined] = {}

    def examine(changed: Mapping[str, str], encrypted: frozenset[str]) -> Examined:
        def secret(key: str) -> bool:
            return key in encrypted or is_secret(key)

        config = frozenset(changed.items()), encrypted
        if config not in known:  # trials of several commands come to the same config
            known[config] = _examine(project, stack, layers_of(changed, secret), secret)[1]
        return known[config]

    layers = layers_of(config, is_secret)
    settings, examined = _examine(project, stack, layers, is_secret)
    problems = with_commands_that_mend(examined, layers.tried_config(config), project, examine)
    return settings, [layers.located(problem) for problem in problems]


def effective_config(project: str, config: Mapping[str, str], folder: Path = PROGRAM) -> Mapping[str, str]:
    """The config, merged over the base file that it names, of settings that are accepted."""
    return layered(project, config, lambda _: False, (*SCALARS, *SECTIONS), folder).config


def _examine(
    project: str, stack: str, layers: Layers, is_secret: Callable[[str], bool]
) -> tuple[Settings | None, Examined]:
    """The settings and their problems, whose commands may or may not mend them."""
    if layers.is_broken:
        return None, Examined(list(layers.problems), complete=False)
    prefix, config = f"{project}:", layers.config
    own = {key.removeprefix(prefix): value for key, value in config.items() if key.startswith(prefix)}
    document: dict[str, Any] = {"project": project, "stack": stack}
    problems = [*layers.problems, *_unknown_keys(own, prefix, layers)]
    problems += namespace_problems(project, config, (*SCALARS, *SECTIONS))
    if is_secret(LOCATION):
        remedy = "set it again without --secret: a region is not secret"
        problems.append(replace(_secret_in_section("location"), problem="is encrypted", remedy=remedy))
    elif config.get(LOCATION, "x").strip() in EMPTY:
        problems.append(empty_key(Settings.model_fields["location"], ("location",)))
    elif config.get(LOCATION, "").lstrip().startswith(("[", "{")):
        remedy = "write the short name of one region as text"
        problems.append(Problem(NOT_READABLE, ("location",), "got a list or keys with values", remedy))
    elif LOCATION in config:
        document["location"] = _clean(config[LOCATION])
    for key in (*SCALARS, *SECTIONS):
        if key not in own:
            continue
        if is_secret(prefix + key):
            problems.append(_secret_in_section(key))
        elif own[key].strip() in EMPTY:
            problems.append(empty_key(Settings.model_fields[key], (key,)))
        elif key in SCALARS:
            document[key] = _clean(own[key])
        else:
            document[key], problem = _structure(key, own[key])
            problems += problem
    problems += _sovereign_cloud(config)
    _apply_default_technique(document)
    broken = {problem.path[0] for problem in problems if problem.rule != UNKNOWN_KEY}
    broken |= {"location"} & own.keys()  # it stands under the wrong key
    readable = {key: value for key, value in document.items() if key not in broken}
    emptied = list(empty_keys(Settings, readable, ()))
    problems += emptied
    known = {problem.path for problem in problems}
    settings = None
    try:
        settings = Settings.model_validate_json(json.dumps(document))
    except ValidationError as error:
        problems += [
            problem
            for problem in shape_problems(error, Settings, ())
            if problem.path[0] not in broken and problem.path not in known
        ]
    complete = settings is not None and not problems and has_its_shape(settings)
    if settings is not None and complete:
        problems += check_value(settings, ())
        problems += secret_value_problems(settings, config, is_secret)
    else:
        # Rules across sections do not run while one section is missing or misspelled: they would suggest
        # to remove what is needed, perhaps with the only copy of a secret.
        without = {problem.path[0] for problem in emptied}
        problems += _problems_within_valid_sections(
            {key: value for key, value in document.items() if key not in without}
        )
    with_keys = [_with_full_key(problem) for problem in problems]
    return settings, Examined(with_keys, complete, layers.own_command)


def _sovereign_cloud(config: Mapping[str, str]) -> Iterator[Problem]:
    """Token audience, vault names, authority and role ids are those of the public cloud. No other cloud was
    tried.
    """
    environment = _clean(config.get(ENVIRONMENT, ""))
    if environment.lower() not in ("", "public"):
        name = environment.lower()
        fault, suggested = "is not a name of Azure's public cloud", None
        if name in ("azurecloud", "azurepubliccloud"):
            fault, suggested = "is not the provider's name of that cloud", "public"
        elif name.startswith(("china", "usgov", "german", "azurechina", "azureus", "azuregerman")):
            fault = "is a sovereign cloud"
        remedy = "the program supports only Azure's public cloud, public"
        yield Problem(OTHER_CLOUD, (ENVIRONMENT,), f"{quoted(environment)} {fault}", remedy, suggested)


def _apply_default_technique(document: dict[str, Any]) -> None:
    """Set the stack's technique in every workload that names none."""
    workloads = document.get("workloads")
    if "technique" in document and isinstance(workloads, list):
        for workload in cast("list[Any]", workloads):
            if isinstance(workload, dict):
                cast("dict[str, Any]", workload).setdefault("technique", document["technique"])


def _clean(text: str) -> str:
    """The text with lone surrogates replaced by question marks: no rule accepts those, and the message can be
    printed.
    """
    return text.encode(errors="replace").decode()


def _all_config() -> Mapping[str, str]:
    """Every key of the stack. ``pulumi.Config`` reads known keys only, but the check needs all of them."""
    return {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}


def _is_secret(key: str) -> bool:
    return runtime_config.is_config_secret(key) or key in runtime_config.get_config_secret_keys_env()


def _unknown_keys(own: Mapping[str, str], prefix: str, layers: Layers) -> Iterator[Problem]:
    known = [*SECTIONS, *SCALARS]
    for key, text in own.items():
        if f"{key}:" == prefix:
            names = [name for name in known if name in (_structure(key, text)[0] or ())]
            yield Problem(
                UNKNOWN_KEY,
                (key,),
                "the sections stand below a key of the project's name, where the program reads nothing",
                f"write each as a key of its own below config: {prefix}{names[0] if names else known[0]}",
            )
        elif key == "location":
            remedy = f"the region stands under the provider's key: rename it {LOCATION} in the stack file"
            yield layers.at_key(key, Problem(UNKNOWN_KEY, (f"{prefix}{key}",), "unknown key", remedy))
        elif key not in known:
            value, problems = _structure(key, text)
            problem = unknown_key((key,), Settings, known, text if problems else value)
            hidden = replace(problem, path=(f"{prefix}{HIDDEN}",)) if problem.path == (HIDDEN,) else problem
            yield layers.at_key(key, hidden)


def _secret_in_section(key: str) -> Problem:
    return Problem(
        SECRET_IN_SECTION,
        (key,),
        "holds an encrypted value, but Pulumi cannot tell which part of a structured key is secret",
        f"set the value under a key of its own with `pulumi config set --secret {SECRET_VALUES}:…`,"
        " and read it with from: config",
    )


def _structure(key: str, text: str) -> tuple[Any, list[Problem]]:
    try:
        value: Any = json.loads(text)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):  # not JSON, NaN, a lone surrogate, or nested too deep
        value = text
    if isinstance(value, dict | list):
        return cast("Any", value), []
    form = "a list" if key in LISTS else "keys with values"
    remedy = f"write {form} below it in the stack file, or use `pulumi config set --path`"
    return None, [Problem(NOT_READABLE, (key,), "got text", remedy)]


def _problems_within_valid_sections(document: Mapping[str, Any]) -> Iterator[Problem]:
    """The problems within the sections that have their shape, although another section does not: all problems
    at once.
    """
    for key in SECTIONS:
        if key not in document:
            continue
        try:
            section = _section_adapter(Settings, key).validate_json(json.dumps(document[key]))
        except ValidationError:
            continue
        yield from check_value(section, (key,))


@cache
def _section_adapter(model: type[Settings], key: str) -> TypeAdapter[Any]:
    """The reader of one section alone. To make it takes longer than to read all settings."""
    return TypeAdapter(cast("Any", model.model_fields[key].annotation))


def _with_full_key(problem: Problem) -> Problem:
    """The region stands under the provider's own key, where Azure users of Pulumi look for it."""
    return replace(problem, path=(LOCATION, *problem.path[1:])) if problem.path[0] == "location" else problem
