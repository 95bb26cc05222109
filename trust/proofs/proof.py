"""A proof: a named statement about the trust chain, with the reason why it has to hold.

Owns: what a proof consists of, and the register of all proofs: each module of this package, and of the
packages in it, is searched for them. Deliberately not here: their order, and what is made of their findings
(``runner.py``).
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal

from trust.chain import Chain

Severity = Literal["error", "warning"]
REQUESTS: Final = "REQUESTS"
"""In ``follows``: all proofs that are ``about_requests``."""
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that breaks a proof, or that it cannot know."""

    workload: str = ""
    """Name of the workload that is broken. Empty: it is about no single workload."""
    text: str
    """The fault, with the workload or resource and the value."""
    fix: str
    """The line of the stack file that mends it: ``workloads[name=orders].secrets: list db-password``."""
    urn: str
    """The resource that is wrong, or that lacks something."""
    unknown: bool = False
    """A value that the proof needs is unknown, such as an output in a preview."""
    breaks: Collection[str] | None = None
    """Workloads that a finding about no single workload breaks. None: all."""


Judge = Callable[[Chain], Iterable[Finding]]
Subjects = Callable[[Chain], Iterable[Any]]


@dataclass(frozen=True)
class Proof:
    """A statement about the trust chain."""

    name: str
    """Its id in reports and waivers: ``credential-issuer``."""
    severity: Severity
    statement: str
    """The statement that it proves."""
    reason: str
    """The consequence if it does not hold."""
    source: str
    """URL of the page or issue that shows the reason."""
    of: Subjects
    """The things that it judges. If there is none, the proof does not apply."""
    judge: Judge
    follows: tuple[str, ...] = ()
    """Names of the proofs of which a finding may break this one, too, for the same workload."""
    about_requests: bool = False
    """Whether it judges what names the objects that a workload reads, and their vault: ``REQUESTS``."""


def proof(
    name: str,
    *,
    severity: Severity = "error",
    of: Subjects,
    reason: str,
    source: str,
    follows: Iterable[str] = (),
    about_requests: bool = False,
) -> Callable[[Judge], Proof]:
    """Makes a proof of a function from the chain to its findings. Its docstring is what it proves.

    Example::

        @proof(
            "vault-purge-protection",
            of=lambda chain: chain.vaults,
            reason="A deleted vault can be purged at once, with every secret in it.",
            source="https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",
        )
        def vault_purge_protection(chain: Chain) -> Iterator[Finding]:
            \"""Purge protection of every vault is on.\"""
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"the name of a proof is lower-case words with hyphens, not {name!r}")

    def register(judge: Judge) -> Proof:
        statement = " ".join((judge.__doc__ or "").split())
        if not statement:
            raise ValueError(f"proof {name}: the docstring of the function says what it proves")
        return Proof(name, severity, statement, reason, source, of, judge, tuple(follows), about_requests)

    return register


@cache
def proofs() -> Mapping[str, Proof]:
    """Every proof by name, in the order of files and lines."""
    package = importlib.import_module("trust.proofs")
    by_name: dict[str, Proof] = {}
    for _, added in sorted(_in_modules(package.__path__), key=lambda pair: pair[0]):
        if by_name.setdefault(added.name, added) is not added:
            raise ValueError(f"two proofs have the name {added.name}")
    by_name = {name: _with_requests(known, by_name) for name, known in by_name.items()}
    for known in by_name.values():
        if missing := set(known.follows) - set(by_name):
            raise ValueError(f"proof {known.name} follows proofs that do not exist: {sorted(missing)}")
    return MappingProxyType(by_name)


def _with_requests(known: Proof, by_name: Mapping[str, Proof]) -> Proof:
    """The proof with the names for which ``REQUESTS`` stands."""
    about = [name for name, other in by_name.items() if other.about_requests]
    names = [name for entry in known.follows for name in (about if entry == REQUESTS else [entry])]
    return replace(known, follows=tuple(dict.fromkeys(names)))


def _in_modules(path: Iterable[str]) -> Iterator[tuple[tuple[str, int], Proof]]:
    for info in pkgutil.walk_packages(path, "trust.proofs."):
        module = importlib.import_module(info.name)
        for value in vars(module).values():
            if isinstance(value, Proof) and value.judge.__module__ == module.__name__:
                yield (info.name, value.judge.__code__.co_firstlineno), value
