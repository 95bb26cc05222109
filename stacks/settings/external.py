"""Sections ``workloads[].compose``, ``find`` and ``external_secrets``: what only the External Secrets Operator can do."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated

from components.workloads import CreationPolicy, DeletionPolicy, RefreshPolicy
from stacks.settings.arrival import KubernetesSecretName, PlaceSettings, SecretKeyName
from stacks.settings.rules import Found, Matches, Section, rule
from stacks.settings.vault import VaultLabel

_API = "https://external-secrets.io/latest/api/externalsecret/"
_TEMPLATES = "https://external-secrets.io/latest/guides/templating/"
_OWNERSHIP = "https://external-secrets.io/latest/guides/ownership-deletion-policy/"
_FIND = "https://external-secrets.io/latest/guides/getallsecrets/"

RefreshInterval = Annotated[
    str,
    Matches(
        "refresh-interval",
        r"(?=.)([0-9]{1,4}h)?([0-9]{1,4}m)?([0-9]{1,4}s)?",
        is_a="duration",
        allowed="write it in hours, minutes and seconds",
        example="1h",
        source=_API,
    ),
]


class ComposedSettings(PlaceSettings):
    """A value that is made of several secrets."""

    name: SecretKeyName
    """Its key in the Kubernetes Secret, unless `kubernetes_secret.key` says another."""
    template: str
    """Go template; a secret of the list is the field of its key: `{{ .user }}`, or `{{ index . "db-password" }}` with a hyphen."""

    @cached_property
    def fields(self) -> frozenset[str] | None:
        """The keys that it names; None if only Go's own parser could tell."""
        return fields_of(self.template)


class FindSettings(Section):
    """Secrets of the vault that are looked for; each is a key of a Kubernetes Secret."""

    vault: VaultLabel | None = None
    """Which of `vaults` they are in; the one of section `vault` if not given."""
    regexp: str | None = None
    """Regular expression (Go's) that its name matches."""
    tags: Mapping[str, str] = {}
    """Tags that it has, all of them, with these values."""
    kubernetes_secret: KubernetesSecretName | None = None
    """Name of the Kubernetes Secret; the workload's own if not given."""
    env_from: bool = False
    """Each is an environment variable too, by its own name."""


class ExternalSecretsSettings(Section):
    """How the operator keeps the workload's Kubernetes Secrets."""

    refresh_interval: RefreshInterval = "1h"
    """How often it reads the vault, with refresh_policy Periodic."""
    refresh_policy: RefreshPolicy = RefreshPolicy.PERIODIC
    """When it reads the vault again: Periodic, CreatedOnce or OnChange."""
    creation_policy: CreationPolicy = CreationPolicy.OWNER
    """Who owns the Kubernetes Secret: Owner, Orphan, Merge, CreateOrMerge or None."""
    deletion_policy: DeletionPolicy = DeletionPolicy.RETAIN
    """What becomes of it when the vault has the secret no more: Retain, Delete or Merge."""
    await_ready: bool = True
    """Whether `pulumi up` waits until the operator has read the vault, 20 minutes at most."""

    @property
    def refresh_seconds(self) -> int:
        """The interval in seconds."""
        units = {"h": 3600, "m": 60, "s": 1}
        return sum(int(number) * units[unit] for number, unit in re.findall(r"([0-9]+)([hms])", self.refresh_interval))


# ---------------------------------------------------------------------------------------------------------------- Go's templates

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)
_TEXT = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')
# `$` is what `.` is at the beginning: all of them.
_INDEX = re.compile(r'\bindex\s+[.$]\s+"((?:\\.|[^"\\])*)"')
_FIELD = re.compile(r"(?<![\w.)\]])\.([A-Za-z_]\w*)")
_HYPHENED = re.compile(r"(?<![\w.)\]])\.([A-Za-z_]\w*(?:-\w+)+)")
_CHAIN = re.compile(r"(?<![\w.)\]])\.([A-Za-z_]\w*(?:\.\w+)+)")
# Inside these `.` may be something else; a bare one is all of them.
_SHIFTS = re.compile(r"\b(?:range|with|define|template|block)\b|(?<![\w.)\]])[.$](?=[\s|)]|$)|\$\w")


def fields_of(template: str) -> frozenset[str] | None:
    """The keys that a template names, or None where only Go's own parser could tell."""
    found: set[str] = set()
    if _unpaired(template):
        return None
    for action in _ACTION.findall(_COMMENT.sub("", template)):
        found |= set(_INDEX.findall(action))
        rest = _TEXT.sub("", _INDEX.sub("", action))
        if _SHIFTS.search(rest) or _HYPHENED.search(rest) or _CHAIN.search(rest):
            return None
        found |= set(_FIELD.findall(rest))
    return frozenset(found)


def _unpaired(template: str) -> bool:
    # Closing braces alone are text: JSON around a value ends in them.
    return "{{" in _ACTION.sub("", template)


@rule("template-can-be-read", ComposedSettings, source=_TEMPLATES)
def templates_can_be_read(composed: ComposedSettings) -> Iterator[Found]:
    """What Go cannot parse, the operator says in the status of an ExternalSecret, where nobody looks."""
    text = composed.template
    if _unpaired(text):
        yield Found(("template",), "its braces do not pair up", "write {{ .key }}")
    for action in _ACTION.findall(_COMMENT.sub("", text)):
        for name in _CHAIN.findall(_TEXT.sub("", action)):
            yield Found(("template",), f".{name} is a field of a field to Go", f'write {{{{ index . "{name}" }}}}')
        for name in _HYPHENED.findall(_TEXT.sub("", action)):
            yield Found(("template",), f".{name} is no field to Go: it has a hyphen", f'write {{{{ index . "{name}" }}}}')
    if composed.fields == frozenset():
        yield Found(("template",), "it names no secret, so it would be the same for everybody", "write {{ .key }}, or use env")


# ------------------------------------------------------------------------------------------------------------------------- find


@rule("find-says-what", FindSettings, source=_FIND)
def something_is_looked_for(find: FindSettings) -> Iterator[Found]:
    """Everything of a vault in one Kubernetes Secret is nobody's intention."""
    if find.regexp is None and not find.tags:
        yield Found(("regexp",), "missing, and tags too", "say which names or which tags", "'^orders-'")


# What Python's expressions have and Go's have not (https://github.com/google/re2/wiki/Syntax).
_NOT_IN_GO = re.compile(r"\(\?(?:[=!]|<[=!]|P=|#|\()|\\[1-9]|[*+?}]\+")


@rule("find-regexp", FindSettings, source="https://github.com/google/re2/wiki/Syntax")
def expressions_are_gos(find: FindSettings) -> Iterator[Found]:
    """The operator is written in Go: its expressions look neither ahead nor back."""
    if find.regexp is None:
        return
    if _NOT_IN_GO.search(find.regexp):
        yield Found(("regexp",), f"{find.regexp!r} looks ahead or back, which Go's expressions cannot", "write it without", "'^orders-'")
        return
    try:
        # Classes that Go knows and Python does not (\\pL, \\z) are Go's to judge.
        re.compile(re.sub(r"\\(?:[pP](?:\{\w+\}|\w)|[zQECa])", "x", find.regexp))
    except re.error as error:
        yield Found(("regexp",), f"{find.regexp!r}: {error}", "correct it", "'^orders-'")


# -------------------------------------------------------------------------------------------------------------------- policies


@rule(
    "refresh-interval-lowest",
    ExternalSecretsSettings,
    source="our own choice: each refresh reads every listed secret, and an interval of 0 means once (https://external-secrets.io/latest/api/externalsecret/)",
)
def refreshes_are_a_minute_apart(sync: ExternalSecretsSettings) -> Iterator[Found]:
    """Key Vault answers 4,000 reads in 10 seconds and no more."""
    if sync.refresh_seconds < 60:
        allowed = "choose a minute at least, or a refresh_policy that does without"
        yield Found(("refresh_interval",), f"{sync.refresh_interval!r} is less than a minute", allowed, "1h")


@rule("refresh-interval-is-read", ExternalSecretsSettings, source=_API)
def intervals_go_with_periodic(sync: ExternalSecretsSettings) -> Iterator[Found]:
    """A setting that is not read is a setting that does not hold."""
    if "refresh_interval" in sync.model_fields_set and sync.refresh_policy is not RefreshPolicy.PERIODIC:
        yield Found(
            ("refresh_interval",), f"goes with refresh_policy Periodic, not with {sync.refresh_policy}", "take one of them out", remove=True
        )


@rule("deletion-fits-creation", ExternalSecretsSettings, source=f"{_OWNERSHIP}; the operator's webhook or its controller refuses it")
def deletion_fits_creation(sync: ExternalSecretsSettings) -> Iterator[Found]:
    """Only who owns a Secret may delete it, and where there is none nothing is merged."""
    here, wrong = ("deletion_policy",), f"{sync.deletion_policy}, and creation_policy is {sync.creation_policy}"
    # The webhook lets Orphan pass, and the controller then says that it does not own the Secret.
    if sync.deletion_policy is DeletionPolicy.DELETE and sync.creation_policy is not CreationPolicy.OWNER:
        yield Found(here, wrong, "choose Retain, or creation_policy Owner", "Retain")
    if sync.deletion_policy is DeletionPolicy.MERGE and sync.creation_policy is CreationPolicy.NONE:
        yield Found(here, wrong, "choose Retain, or another creation_policy", "Retain")
