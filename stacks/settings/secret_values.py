"""The keys of `secret-values:`: each is used and encrypted, has a valid size, and none is missing."""

from collections.abc import Callable, Iterator, Mapping

from stacks.settings.config_keys import SECRET_VALUES
from stacks.settings.model.secrets import MAX_VALUE_BYTES, SecretSource
from stacks.settings.model.settings import Settings
from stacks.settings.validation.problems import Path, Problem, remove_command
from stacks.settings.validation.registry import register_rule

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


def secret_value_problems(
    settings: Settings, config: Mapping[str, str], is_secret: Callable[[str], bool]
) -> Iterator[Problem]:
    """Each value at ``secret-values:<key>`` exists, is encrypted, has a valid size and is used."""
    required: set[str] = set()
    for path, reason, key in _required_values(settings):
        if key not in config and key not in required:
            command = f"pulumi config set --secret {key}"
            yield Problem(
                SECRET_VALUE_MISSING, path, f"{reason}, but {key} has no value", "set it", command=command
            )
        required.add(key)
    for key, value in config.items():
        if not key.startswith(f"{SECRET_VALUES}:"):
            continue
        size = len(value.encode(errors="replace"))
        if key not in required:
            yield Problem(
                SECRET_VALUE_UNUSED,
                (key,),
                "is not used by any secret",
                "remove it",
                command=remove_command((key,)),
            )
        elif not is_secret(key):
            command = f"pulumi config set --secret {key}"
            yield Problem(
                SECRET_VALUE_PLAIN,
                (key,),
                "is in plain text",
                "encrypt it, and choose a new value",
                command=command,
            )
        elif not 1 <= size <= MAX_VALUE_BYTES:
            yield Problem(
                SECRET_VALUE_SIZE,
                (key,),
                f"has {size} bytes",
                f"Key Vault allows 1 to {MAX_VALUE_BYTES}",
            )


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
                    ("workloads", w, "secrets", s),
                    "from: config",
                    f"{SECRET_VALUES}:{secret.secret_value_key}",
                )
