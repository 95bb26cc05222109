"""Settings that the rules of ``base_file.py`` refuse, with the exact words. The base files stand in files/."""

from tests.settings.cases import case

_FILES = "tests/settings/base/files"
_FORM = "write the path of one YAML file below the program's folder: config/base.yaml"

CASES = [
    case("base-is-in-the-project", {"base": "/etc/base.yaml"}, f"base: '/etc/base.yaml' is not relative to the program's folder; {_FORM}"),
    case("base-is-in-the-project", {"base": "https://example.com/base.yaml"}, f"base: 'https://example.com/base.yaml' is not relative to the program's folder; {_FORM}"),
    case("base-is-in-the-project", {"base": "../base.yaml"}, f"base: '../base.yaml' is outside the program's folder; {_FORM}"),
    case("base-is-in-the-project", {"base": "config/../../base.yaml"}, f"base: 'config/../../base.yaml' is outside the program's folder; {_FORM}"),
    case("base-is-in-the-project", {"base": _FILES}, f"base: '{_FILES}' is a folder; {_FORM}"),
    case("base-is-in-the-project", {"base": [f"{_FILES}/shop.yaml"]}, f"base: got a list; {_FORM}"),
    case("base-is-in-the-project", {"base": {"file": "canary"}}, f"base: got keys with values; {_FORM}"),
    case("base-is-in-the-project", {"base": "nowhere/base.yaml"}, f"base: there is no file 'nowhere/base.yaml'; {_FORM}"),
    case("base-is-in-the-project", {"base": f"{_FILES}/shop.yml"}, f"base: there is no file '{_FILES}/shop.yml'; did you mean '{_FILES}/shop.yaml'? (pulumi config set base {_FILES}/shop.yaml)"),
    case("base-is-in-the-project", {"base": "x" * 5000}, f"base: '{'x' * 60}… (5000 characters)' is no path; {_FORM}"),
    case("base-is-in-the-project", {"base": "a\0b"}, f"base: 'a\\x00b' is no path; {_FORM}"),
    # other keys are not missing, as they would be without the base
    case("base-is-readable", {"base": f"{_FILES}/a-key-twice.yaml"}, f"{_FILES}/a-key-twice.yaml:3: a key is listed twice; correct that line"),
    case("base-is-readable", {"base": f"{_FILES}/an-open-quote.yaml", "workloads": None}, f"{_FILES}/an-open-quote.yaml:2: a quote is not closed; correct that line"),
    case(
        "base-has-the-form-of-a-stack-file",
        {"base": f"{_FILES}/beside-config.yaml"},
        f"{_FILES}/beside-config.yaml:3: encryptionsalt: belongs to one stack; write it in the stack file, and remove it here",
        f"{_FILES}/beside-config.yaml:4: …: a key beside config has no effect; indent it below config, or remove it",
    ),
    case("base-has-the-form-of-a-stack-file", {"base": f"{_FILES}/empty.yaml"}, f"{_FILES}/empty.yaml:1: holds no keys; write the program's keys below config, as in a stack file"),
    case("base-has-the-form-of-a-stack-file", {"base": f"{_FILES}/two-forms.yaml"}, f"{_FILES}/two-forms.yaml:3: tags: is there twice, with and without the project's name; remove one of them"),
    case(
        "base-holds-settings-only",
        {"base": f"{_FILES}/other-namespaces.yaml"},
        f"{_FILES}/other-namespaces.yaml:2: azure-native:location: the Pulumi engine does not read keys of providers from a base file; remove it here, and set it for each stack with `pulumi config set azure-native:location`",
        f'{_FILES}/other-namespaces.yaml:3: aks-secrt:…: unknown namespace; did you mean \'aks-secrets\'? rename it in {_FILES}/other-namespaces.yaml',
        f"{_FILES}/other-namespaces.yaml:4: …: the key is none of this program, and nothing reads it from a base file; remove it here, and set it for each stack with `pulumi config set …`",
    ),
    case(
        "base-holds-no-secrets",
        {"base": f"{_FILES}/secrets.yaml", "workloads": None},
        f"{_FILES}/secrets.yaml:2: secret-values:…: a base file holds no secrets: each stack encrypts its own; remove it here, and choose a new value with `pulumi config set --secret secret-values:…`",
        f"{_FILES}/secrets.yaml:6: workloads[0].env.PASSWORD: is encrypted, but a base file belongs to several stacks, each with a key of its own; set it with `pulumi config set --secret secret-values:…` for each stack, and read it with from: config",
    ),
    case("base-has-no-base", {"base": f"{_FILES}/base-of-a-base.yaml"}, f"{_FILES}/base-of-a-base.yaml:2: base: a base file has no base of its own; remove the key: one file holds what stacks share"),
    case("base-has-nothing-below-it", {"base": f"{_FILES}/patch.yaml"}, f"{_FILES}/patch.yaml:2: monitoring: $patch leaves something of a base file out, and this file has none; remove it"),
]  # fmt: skip
