"""Plain texts that are secrets, by their form or by the name under which they stand.

A graph shows no value of a secret, so a plain text cannot be compared with one. It is one by its form if the
service that issues it documents the form (``FORMS``). Nothing here returns a value or a part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from trust.values import SECRET, Step, leaves, written


@dataclass(frozen=True)
class Form:
    """The form of a kind of secrets."""

    what: str
    pattern: re.Pattern[str]
    source: str


_GITHUB: Final = (
    "https://docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns"
)
_STORAGE: Final = "https://learn.microsoft.com/purview/sit-defn-azure-storage-account-key-generic"
# Linear: each begins where none of its repetitions can begin, or repeats within bounds.
_VALUE: Final = r"(?![\s\"'`]{0,2}[$<{%*/=]|true\b|false\b|null\b|none\b|file:|https?:)[^\s;&,\"'`)\]}]"
FORMS: Final = (
    Form(
        "an access key of Azure Storage or Cosmos DB",
        # Not the hash of a package, sha512-….
        re.compile(r"(?<![A-Za-z0-9+/-])[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])"),
        _STORAGE,
    ),
    Form(
        "a connection string with its key",
        re.compile(r"(?i)\b(?:AccountKey|SharedAccessKey|SharedSecretValue)\s{0,2}=\s{0,2}[a-z0-9+/]{20}"),
        "https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string",
    ),
    Form(
        "a shared access signature",
        re.compile(r"(?i)\bsig=[a-z0-9%+/]{40}"),
        "https://learn.microsoft.com/purview/sit-defn-azure-sas",
    ),
    Form(
        "a client secret of Entra",
        re.compile(r"(?<![\w.~+/=-])[\w.~-]{3}\dQ~[\w.~-]{31,34}(?![\w.~+/=-])"),
        "https://learn.microsoft.com/purview/sit-defn-client-secret-api-key",
    ),
    Form(
        "a JSON Web Token",
        re.compile(r"(?<![\w.-])eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10}"),
        "https://datatracker.ietf.org/doc/html/rfc7519#section-3.1",
    ),
    Form(
        "a private key",
        re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,2}PRIVATE KEY"),
        "https://datatracker.ietf.org/doc/html/rfc7468#section-10",
    ),
    Form(
        "a private key in base64",
        # "-----BEGIN PRIVATE", and with "RSA ", "EC ", "ENCRYPTED ", "OPENSSH " between
        re.compile(
            r"LS0tLS1CRUdJTiB(?:QUklWQVRF|SU0EgUFJJVkFURS|FQyBQUklWQVRF|FTkNSWVBURUQgUFJJVkFURS"
            r"|PUEVOU1NIIFBSSVZBVEUg)"
        ),
        "https://datatracker.ietf.org/doc/html/rfc7468#section-10",
    ),
    Form(
        "a kubeconfig with a credential",
        re.compile(r"\bclient-key-data[\"']?\s{0,4}:\s{0,4}[\"']?[A-Za-z0-9+/]{20}"),
        "https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/#AuthInfo",
    ),
    Form(
        "a URL with a password",
        re.compile(r"://[^\s/:@\"'<>]{0,100}:(?![${<%*])[^\s/:@\"'<>]{1,200}@"),
        "https://datatracker.ietf.org/doc/html/rfc3986#section-3.2.1",
    ),
    Form(
        "a password in a text",
        re.compile(r"(?i)(?<![a-z])(?:password|passwd|pwd)[\"'`]?\s{0,2}=\s{0,2}[\"'`]?" + _VALUE),
        "https://learn.microsoft.com/purview/sit-defn-sql-server-connection-string",
    ),
    Form(
        "a token of GitHub",
        re.compile(r"(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{22})"),
        _GITHUB,
    ),
    Form("a token of GitLab", re.compile(r"(?<![\w-])gl(?:pat|dt|rt|cbt)-[\w-]{20}"), _GITHUB),
    Form("a token of Pulumi", re.compile(r"(?<![A-Za-z0-9])pul-[0-9a-f]{40}(?![0-9a-f])"), _GITHUB),
    Form("a token of Slack", re.compile(r"(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{20}"), _GITHUB),
    Form("a key of AWS", re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"), _GITHUB),
    Form("a key of Google Cloud", re.compile(r"(?<![\w-])AIza[\w-]{35}(?![\w-])"), _GITHUB),
    Form("a key of Stripe", re.compile(r"(?<![A-Za-z0-9])[rs]k_live_[A-Za-z0-9]{20}"), _GITHUB),
    Form(
        "a token of npm or of Docker Hub",
        re.compile(r"(?<!\w)(?:npm_[A-Za-z0-9]{36}|dckr_pat_[\w-]{27})"),
        _GITHUB,
    ),
)
"""Issuer → the form of its secrets. None matches a secret's name, an id, a digest or a reference to a value
(``$(NAME)``, ``{{ .name }}``)."""
_MOST: Final = 200_000
"""Characters of a text that are looked at."""
_SHORTEST_TOKEN: Final = 20
"""Characters of the shortest one of ``FORMS`` that has neither ``=`` nor ``://``."""


@lru_cache(maxsize=4096)  # several proofs look at the same texts
def form_of(text: str) -> str:
    """The known form of a text: "a private key". Empty: no known secret."""
    if len(text) < _SHORTEST_TOKEN and "=" not in text and "://" not in text:
        return ""
    return next((form.what for form in FORMS if form.pattern.search(text[:_MOST])), "")


_ENDS: Final = (
    *("password", "passwd", "pwd", "passphrase", "token", "api_key", "apikey", "access_key", "account_key"),
    *("secret_key", "private_key", "signing_key", "client_secret", "connection_string", "credentials"),
)


def is_named_secret(name: str) -> bool:
    """Whether a name is one under which a secret stands: ``DB_PASSWORD``, ``apiKey``."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[-. ]", "_", name[:200]).lower()
    return any(words == end or words.endswith(f"_{end}") for end in _ENDS)


def may_be_secret(text: str) -> bool:
    """Whether a text that stands under the name of a secret may be one: no switch, number, path, reference,
    or text of a few letters.
    """
    value = text.strip()
    if len(value) < 4 or value == SECRET or value[0] in "$/{<.%":
        return False
    if value.lower() in ("true", "false", "null", "none", "enabled", "disabled", "required", "optional"):
        return False
    return not value.replace(".", "").isdigit() and "://" not in value


def plain_secrets(value: Any) -> Iterator[tuple[str, str]]:
    """The path of each text that is a secret by its form, and what it is."""
    for path, text in leaves(value):
        if isinstance(text, str) and (what := form_of(text)):
            yield _shown(path), what


def _shown(path: tuple[Step, ...]) -> str:
    """A path, unless a key is a secret itself."""
    return written(tuple("…" if isinstance(step, str) and form_of(step) else step for step in path))
