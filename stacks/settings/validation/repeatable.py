"""The parts of a stack file that a message may repeat.

No message repeats text at or below a place where a person may have put a secret: the values of ``env``,
``overrides`` and secrets, and keys that are not known, since a value sticks to its key if the space behind
the colon is missing (``value:hunter2``).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache

from stacks.settings.validation.commands import Path
from stacks.settings.validation.spelling import near_word

HIDDEN = "…"

_CONFIDENTIAL = frozenset(
    (
        *("secrets", "env", "overrides", "compose", "find", "pushes", "command", "args"),
        *("service_principal", "settings", "security_reason"),
    )
)
"""Keys at or below which free text stands that may be a secret."""
_NAMES_IN_SECRETS = ("name", "type", "vault")


def may_hold_secret(path: Path) -> bool:
    """Whether the value of a key may be a secret."""
    if path[-1] in _NAMES_IN_SECRETS and len(path) == 5 and path[2] in ("secrets", "pushes"):
        return False
    return not _CONFIDENTIAL.isdisjoint(path)


def truncate(text: str) -> str:
    """A value of at most 80 characters, so that a message stays readable."""
    return text if len(text) <= 80 else f"{text[:60]}{HIDDEN} ({len(text)} characters)"


# A line without a space behind its colon continues the value above it: `namespace: shop password:hunter2`.
_CONTINUED = re.compile(r"(?<!\s)\s+[\w.-]+[:=].*|[\r\n].*", re.DOTALL)
_CREDENTIALS = re.compile(r"(?<=//)[^/@\s]*@|^[^/@\s:]+:[^/@\s]+@")
# `password=hunter2`, the form of .env files and of addresses. A taint has `=` as well, with its effect.
_ASSIGNED = re.compile(r"(?<=[A-Za-z])=(?![^\s=]*:[A-Za-z]+$).+", re.DOTALL)
_NAMED_SECRET = re.compile(r"(?i)(pass(?:word|wd)?|pwd|secret|token|key)[=:](?!//|[0-9]{1,5}/).+", re.DOTALL)


def repeatable(text: str) -> str:
    """A value without the parts that may be secrets."""
    shown = _CREDENTIALS.sub(f"{HIDDEN}@", _CONTINUED.sub(f" {HIDDEN}", text))
    return _ASSIGNED.sub(f"={HIDDEN}", _NAMED_SECRET.sub(rf"\1={HIDDEN}", shown))


def quoted(text: str) -> str:
    """A value as messages show it."""
    return repr(truncate(repeatable(text)))


def shown_path(path: Path) -> Path:
    """The path with the keys that may be secrets shortened to what is known of them."""
    shown: list[str | int] = []
    show: Callable[[str], str] | None = None
    for step in path:
        shown.append(show(step) if show and isinstance(step, str) else step)
        if show is None:
            show = _FREE_KEYS.get(str(step))
    return tuple(shown)


_NAME = re.compile(r"[A-Za-z]+(?:[._/-][A-Za-z]+)*(?![A-Za-z0-9_])")
_VARIABLE = re.compile(r"[A-Z]+(?:_[A-Z]+)*(?![A-Za-z0-9_])")
_WORDS_OF_A_DOMAIN = re.compile(
    r"(?:[a-z]+\.)*(?:azure\.workload\.identity|stakater\.com|app\.kubernetes\.io)/[a-z]+(?:-[a-z]+)*"
)
_FIELD_SOURCES: list[Callable[[], Iterable[str]]] = []
_MORE_FIELDS = ("cpu", "memory", "$patch", "$retainKeys", "matchLabels")


def register_fields(source: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
    """Register the names of Kubernetes' fields, which messages repeat. They are read when one is needed."""
    _FIELD_SOURCES.append(source)
    return source


@cache
def kubernetes_fields() -> frozenset[str]:
    """Keys of Kubernetes objects that messages name."""
    return frozenset((*_MORE_FIELDS, *(name for source in _FIELD_SOURCES for name in source())))


@cache
def _fields_by_letters() -> frozenset[str]:
    return frozenset(map(_letters, kubernetes_fields()))


def _letters(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _shown_name(key: str) -> str:
    """A name of a map whose values are no secrets: one with digits may be a value in the wrong place."""
    return _shortened(key, _NAME)


def _shown_variable(key: str) -> str:
    """A name by the convention of environment variables: a secret is not made of capital words."""
    return _shortened(key, _VARIABLE)


def _shown_field(key: str) -> str:
    """A key of a Kubernetes object, also in another spelling."""
    is_word = re.fullmatch(r"\$?[A-Za-z]+(?:[_-][a-z]+)*", key)
    is_field = is_word and (_letters(key) in _fields_by_letters() or near_word(key, kubernetes_fields()))
    if is_field or _WORDS_OF_A_DOMAIN.fullmatch(key):
        return key
    known = re.match(r"\$?[A-Za-z]+(?=[^\w/.])", key)
    is_glued = known and known[0] in kubernetes_fields()
    return f"{known[0]}{key[known.end()]}{HIDDEN}" if known and is_glued else HIDDEN


def _shortened(key: str, known: re.Pattern[str]) -> str:
    match = known.match(key)
    if match is None:
        return HIDDEN
    return key if match.end() == len(key) else f"{match[0]}{key[match.end()]}{HIDDEN}"


_FREE_KEYS: Mapping[str, Callable[[str], str]] = {
    "env": _shown_variable,
    **dict.fromkeys(("overrides", "affinity"), _shown_field),
    **dict.fromkeys(("tags", "labels", "annotations", "node_selector", "settings"), _shown_name),
}
"""Key whose value is a map with free keys → how those are shown."""
