"""Commands for a value that the program does not draw: every source but `random`."""

from __future__ import annotations

from collections.abc import Iterator

from operations.rotation.entries import PUSH, Entry


def advice(entry: Entry, stack: str, vault: str) -> list[str]:
    """The steps, each a line."""
    return list(_STEPS.get(entry.source, _existing)(entry, stack, vault or "<vault>"))


def _set(entry: Entry, vault: str) -> str:
    return (
        f"az keyvault secret set --vault-name {vault} --name {entry.name.lower()} "
        "--file <file with the value> --output none"
    )


def _existing(entry: Entry, _stack: str, vault: str) -> Iterator[str]:
    yield f"'{entry.name}' is in the vault, and not of the program (from: existing); put the new value there:"
    yield _set(entry, vault)


def _config(entry: Entry, stack: str, vault: str) -> Iterator[str]:
    key = entry.keys.get("config_key") or entry.name
    yield f"'{entry.name}' is encrypted in the stack file (from: config); put the new value there:"
    yield f"pulumi config set --secret secret-values:{key} --stack {stack} < <file with the value>"
    yield f"pulumi up --stack {stack}"
    if entry.keys.get("manage") != "always":
        yield "the vault keeps its value, since manage is not always; put the new one there as well:"
        yield _set(entry, vault)


def _literal(entry: Entry, stack: str, vault: str) -> Iterator[str]:
    yield f"'{entry.name}' stands in the stack file (from: literal); change its value ({entry.place}), then:"
    yield f"pulumi up --stack {stack}"
    if entry.keys.get("manage") != "always":
        yield "the vault keeps its value, since manage is not always; put the new one there as well:"
        yield _set(entry, vault)


def _stack(entry: Entry, stack: str, vault: str) -> Iterator[str]:
    other = (entry.keys.get("stack") or {}).get("name", "<the other stack>")
    yield f"'{entry.name}' is an output of another stack (from: stack); give it a new value there:"
    yield f"pulumi up --stack {other}"
    yield "then copy it:"
    yield from _copied(entry, stack, vault)


def _resource(entry: Entry, stack: str, vault: str) -> Iterator[str]:
    resource = entry.keys.get("resource") or {}
    yield (
        f"'{entry.name}' is {resource.get('value', 'a key')} of an Azure resource (from: resource); without a"
        f" pause: name its other key ({entry.place}), update, and regenerate this one at"
    )
    yield str(resource.get("id", ""))
    yield "update:"
    yield from _copied(entry, stack, vault)


def _copied(entry: Entry, stack: str, vault: str) -> Iterator[str]:
    yield f"pulumi up --stack {stack}"
    if entry.keys.get("manage") in ("once", "release"):
        yield "the vault keeps its value, since manage is not always; put the new one there as well:"
        yield _set(entry, vault)


def _push(entry: Entry, _stack: str, vault: str) -> Iterator[str]:
    if source := entry.keys.get("secret"):
        yield (
            f"'{entry.name}' comes from Kubernetes Secret '{source}' (pushes); give it a new value there, and"
            " not in the vault, where the operator refuses a version without its tag; then, at once:"
        )
        yield "kubectl annotate pushsecret --all --all-namespaces force-sync=$(date +%s) --overwrite"
    else:
        yield f"'{entry.name}' was drawn once (pushes), and the operator leaves it; put the new value there:"
        yield _set(entry, vault)


_STEPS = {
    PUSH: _push,
    "existing": _existing,
    "config": _config,
    "literal": _literal,
    "stack": _stack,
    "resource": _resource,
}
