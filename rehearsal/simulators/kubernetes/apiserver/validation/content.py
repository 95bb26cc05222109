"""Formats of texts and numbers: pure, in the words of Kubernetes 1.36.

k8s.io/apimachinery v0.36.3: pkg/util/validation/validation.go and pkg/api/validate/content/. Each function
yields what is wrong with a value; nothing if it is fine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

LABEL: Final = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN: Final = rf"{LABEL}(\.{LABEL})*"
LARGEST_INT32: Final = 2**31 - 1
DOTS: Final = "must not contain dots"
PORTS: Final = "must be between 1 and 65535, inclusive"
IDS: Final = f"must be between 0 and {LARGEST_INT32}, inclusive"

_ENDS: Final = "must start and end with an alphanumeric character"
_UNDERSCORED: Final = r"_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_KEY: Final = r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"


def _explained(text: str, pattern: str, *examples: str) -> str:
    """RegexError in content/errors.go."""
    shown = " or ".join(f"'{example}', " for example in examples)
    return (
        f"{text} (e.g. {shown}regex used for validation is '{pattern}')"
        if examples
        else f"{text} (regex used for validation is '{pattern}')"
    )


WRONG_LABEL: Final = _explained(
    f"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and {_ENDS}",
    LABEL,
    "my-name",
    "123-abc",
)
_WRONG_SUBDOMAIN: Final = _explained(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
    f"{_ENDS}",
    SUBDOMAIN,
    "example.com",
)
_WRONG_UNDERSCORED: Final = _explained(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', "
    f"and {_ENDS}",
    rf"{_UNDERSCORED}(\.{_UNDERSCORED})*",
    "example.com",
)
_WRONG_WILDCARD: Final = _explained(
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must "
    "consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    rf"\*\.{SUBDOMAIN}",
    "*.example.com",
)
_WRONG_1035: Final = _explained(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
    "character, and end with an alphanumeric character",
    "[a-z]([-a-z0-9]*[a-z0-9])?",
    "my-name",
    "abc-123",
)
_WRONG_KEY: Final = _explained(
    f"must consist of alphanumeric characters, '-', '_' or '.', and {_ENDS}",
    _KEY,
    "MyName",
    "my.name",
    "123-abc",
)
_WRONG_VALUE: Final = _explained(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and "
    f"{_ENDS}",
    f"({_KEY})?",
    "MyValue",
    "my_value",
    "12345",
)
_WRONG_PERCENT: Final = _explained(
    "a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", "1%", "93%"
)
_WRONG_HEADER: Final = _explained(
    "a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+", "X-Header-Name"
)
_WRONG_VARIABLE: Final = _explained(
    "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', "
    "and must not start with a digit",
    "[-._a-zA-Z][-._a-zA-Z0-9]*",
    "my.env-name",
    "MY_ENV.NAME",
    "MyEnvName1",
)
_WRONG_RELAXED_VARIABLE: Final = (
    "a valid environment variable name must consist only of printable ASCII characters other than '='"
)
_WRONG_CONFIG_KEY: Final = _explained(
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    "[-._a-zA-Z0-9]+",
    "key.name",
    "KEY_NAME",
    "key-name",
)


def label(value: str) -> Iterator[str]:
    """IsDNS1123Label."""
    yield from _too_long(value, 63)
    if not re.fullmatch(LABEL, value):
        yield DOTS if re.fullmatch(SUBDOMAIN, value) else WRONG_LABEL


def subdomain(value: str) -> Iterator[str]:
    """IsDNS1123Subdomain."""
    return _matching(value, SUBDOMAIN, 253, _WRONG_SUBDOMAIN)


def wildcard_subdomain(value: str) -> Iterator[str]:
    """IsWildcardDNS1123Subdomain."""
    return _matching(value, rf"\*\.{SUBDOMAIN}", 253, _WRONG_WILDCARD)


def underscored_subdomain(value: str) -> Iterator[str]:
    """IsDNS1123SubdomainWithUnderscore."""
    return _matching(value, rf"{_UNDERSCORED}(\.{_UNDERSCORED})*", 253, _WRONG_UNDERSCORED)


def label_1035(value: str) -> Iterator[str]:
    """IsDNS1035Label."""
    return _matching(value, r"[a-z]([-a-z0-9]*[a-z0-9])?", 63, _WRONG_1035)


def qualified_name(value: str) -> Iterator[str]:
    """IsLabelKey, which is IsQualifiedName as well."""
    prefix, slash, name = value.partition("/")
    if "/" in name:
        yield (
            f"a valid label key {_WRONG_KEY} with an optional DNS subdomain prefix and '/' (e.g. "
            "'example.com/MyName')"
        )
        return
    if not slash:
        name = prefix
    elif not prefix:
        yield "prefix part must be non-empty"
    else:
        details = _matching(prefix, SUBDOMAIN, 253, _WRONG_SUBDOMAIN, "bytes")
        yield from (f"prefix part {why}" for why in details)
    if not name:
        yield "name part must be non-empty"
    elif len(name.encode()) > 63:
        yield "name part must be no more than 63 bytes"
    if not re.fullmatch(_KEY, name):
        yield f"name part {_WRONG_KEY}"


def label_value(value: str) -> Iterator[str]:
    """IsLabelValue."""
    return _matching(value, f"({_KEY})?", 63, _WRONG_VALUE, "bytes")


def port_name(value: str) -> Iterator[str]:
    """IsValidPortName."""
    yield from _too_long(value, 15)
    if not re.fullmatch("[-a-z0-9]+", value):
        yield "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)"
    if not re.search("[a-z]", value):
        yield "must contain at least one letter (a-z)"
    if "--" in value:
        yield "must not contain consecutive hyphens"
    if value.startswith("-") or value.endswith("-"):
        yield "must not begin or end with a hyphen"


def port_number(value: int) -> Iterator[str]:
    """IsValidPortNum."""
    if not 1 <= value <= 65535:
        yield PORTS


def percent(value: str) -> Iterator[str]:
    """IsValidPercent."""
    if not re.fullmatch("[0-9]+%", value, re.ASCII):
        yield _WRONG_PERCENT


def header_name(value: str) -> Iterator[str]:
    """IsHTTPHeaderName."""
    if not re.fullmatch("[-A-Za-z0-9]+", value):
        yield _WRONG_HEADER


def variable_name(value: str) -> Iterator[str]:
    """IsEnvVarName, before Kubernetes 1.32."""
    if not re.fullmatch(r"[-._a-zA-Z][-._a-zA-Z0-9]*", value):
        yield _WRONG_VARIABLE
    yield from _folder_name(value)


def relaxed_variable_name(value: str) -> Iterator[str]:
    """IsRelaxedEnvVarName."""
    if not value:
        yield "environment variable name must be non-empty"
    elif not re.fullmatch(r"[ -<>-~]+", value):
        yield _WRONG_RELAXED_VARIABLE


def config_key(value: str) -> Iterator[str]:
    """IsConfigMapKey."""
    yield from _too_long(value, 253)
    if not re.fullmatch(r"[-._a-zA-Z0-9]+", value):
        yield _WRONG_CONFIG_KEY
    yield from _folder_name(value)


def path_segment(value: str) -> Iterator[str]:
    """IsPathSegmentName."""
    if value in (".", ".."):
        yield f"may not be '{value}'"
    else:
        yield from (f"may not contain '{character}'" for character in "/%" if character in value)


def local_path(value: str) -> Iterator[str]:
    """validateLocalDescendingPath in pkg/apis/core/validation/validation.go."""
    if value.startswith("/"):
        yield "must be a relative path"
    yield from no_backsteps(value)


def free_path(value: str) -> Iterator[str]:
    """ValidateLocalNonReservedPath there."""
    yield from local_path(value)
    if value.startswith("..") and not value.startswith("../"):
        yield "must not start with '..'"


def no_backsteps(value: str) -> Iterator[str]:
    """validatePathNoBacksteps there."""
    if ".." in value.split("/"):
        yield "must not contain '..'"


def _folder_name(value: str) -> Iterator[str]:
    """hasChDirPrefix."""
    if value in (".", ".."):
        yield f"must not be '{value}'"
    elif value.startswith(".."):
        yield "must not start with '..'"


def _matching(value: str, pattern: str, most: int, text: str, unit: str = "characters") -> Iterator[str]:
    yield from _too_long(value, most, unit)
    if not re.fullmatch(pattern, value):
        yield text


def _too_long(value: str, most: int, unit: str = "characters") -> Iterator[str]:
    """MaxLenError: the newer package has another word for it."""
    if len(value.encode()) > most:
        yield f"must be no more than {most} {unit}"
