"""The config keys ``secret-values:…``, each a Pulumi secret of its own.

Owns: which are missing, unused or in plain text. The program reads their values only when it makes a secret.
"""

from collections.abc import Callable, Iterator, Mapping

import pulumi

from stacks.settings.config_keys import SECRET_VALUES
from stacks.settings.model.secrets import MAX_VALUE_BYTES, SecretSource
from stacks.settings.model.settings import Settings
from stacks.settings.validation.commands import set_secret_command
from stacks.settings.validation.problems import Path, Problem
from stacks.settings.validation.registry import register_rule
from stacks.settings.validation.spelling import near_word

SECRET_VALUE_MISSING = register_rule(
    "secret-value-missing", "https://www.pulumi.com/docs/iac/concepts/secrets/"
).id
SECRET_VALUE_PLAIN = register_rule(
    "secret-value-is-plain", "https://www.pulumi.com/docs/iac/concepts/secrets/"
).id
SECRET_VALUE_UNUSED = register_rule(
    "secret-value-is-used", "our own choice: an unused value is a misspelled one"
).id
SECRET_VALUE_SIZE = register_rule(
    "secret-value-size", "https://learn.microsoft.com/azure/key-vault/secrets/about-secrets"
).id


def secret_value(key: str) -> pulumi.Output[str]:
    """The value of ``pulumi config set --secret secret-values:<key>``."""
    return pulumi.Config(SECRET_VALUES).require_secret(key)


def secret_value_problems(
    settings: Settings, config: Mapping[str, str], is_secret: Callable[[str], bool]
) -> Iterator[Problem]:
    """Each value at ``secret-values:<key>`` exists, is encrypted, has a valid size and is used."""
    required: dict[str, Path] = {}
    missing: list[str | None] = []
    for path, reason, key in _required_values(settings):
        if key not in config and key not in required:
            # What stands in `config_key` may be the value itself: only the key that names it is shown.
            missing.append(None if path[-1] == "config_key" else key)
            yield _missing_value(path, reason, key, config)
        required.setdefault(key, path)
    for key, value in config.items():
        if not key.startswith(f"{SECRET_VALUES}:"):
            continue
        size = len(value.encode(errors="replace"))
        if key not in required:
            yield _unused_value(key, missing, encrypted=is_secret(key))
        elif not is_secret(key):
            yield Problem(
                SECRET_VALUE_PLAIN,
                _shown_place(key, required),
                "is in plain text",
                "encrypt it, and choose a new value",
                command=set_secret_command(key) if key in _shown_place(key, required) else None,
            )
        elif not 1 <= size <= MAX_VALUE_BYTES:
            yield Problem(
                SECRET_VALUE_SIZE,
                _shown_place(key, required),
                f"has {size} bytes",
                f"Key Vault allows 1 to {MAX_VALUE_BYTES}",
            )


def _missing_value(path: Path, reason: str, key: str, config: Mapping[str, str]) -> Problem:
    """A value that is not set. The text of ``config_key`` may be the value itself, in the wrong place."""
    if path[-1] != "config_key":
        problem, command = f"{reason}, but {key} has no value", set_secret_command(key)
        return Problem(SECRET_VALUE_MISSING, path, problem, "set it", command=command)
    names = [name for name in config if name.startswith(f"{SECRET_VALUES}:")]
    near = near_word(key, names)
    remedy = (
        f"did you mean {near.removeprefix(SECRET_VALUES + ':')!r}?"
        if near
        else "correct the name, or set that key with `pulumi config set --secret`"
    )
    problem = f"{reason}, but {SECRET_VALUES} has no key of this name"
    return Problem(
        SECRET_VALUE_MISSING,
        path,
        problem,
        remedy,
        near.removeprefix(f"{SECRET_VALUES}:") if near else None,
    )


def _unused_value(key: str, missing: list[str | None], *, encrypted: bool) -> Problem:
    """A value that no secret reads. It may be the only copy, under a misspelled name.

    ``missing`` are the keys without a value; None: a key whose text is not repeated.
    """
    shown = [name for name in missing if name]
    if near := near_word(key, shown):
        remedy = f"did you mean {near}? rename it in the stack file"
        return Problem(SECRET_VALUE_UNUSED, (key,), "is not used by any secret", remedy)
    problem = "is not used by any secret"
    if missing:
        home = f"rename it if it is the value of {shown[0]}" if shown else "name it in a config_key"
        return Problem(
            SECRET_VALUE_UNUSED,
            (key,) if encrypted else (SECRET_VALUES,),
            problem if encrypted else "a key in plain text is not used by any secret",
            f"{home}, or remove it" if encrypted else "remove it",
        )
    if not encrypted:  # the value may stand where the name belongs
        return Problem(
            SECRET_VALUE_UNUSED,
            (SECRET_VALUES,),
            "a key in plain text is not used by any secret",
            "remove it",
        )
    return Problem(SECRET_VALUE_UNUSED, (key,), problem, "remove it", remove=True)


def _shown_place(key: str, required: Mapping[str, Path]) -> Path:
    """The key of a value, or the key that names it if that may hold the value itself."""
    return required[key] if required[key][-1] == "config_key" else (key,)


def _required_values(settings: Settings) -> Iterator[tuple[Path, str, str]]:
    """Path, reason and full key of every secret value that the settings require."""
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
                    ("workloads", w, "secrets", s, *(["config_key"] if secret.config_key else [])),
                    "from: config",
                    f"{SECRET_VALUES}:{secret.secret_value_key}",
                )
