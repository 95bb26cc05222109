"""The direction of knowledge: who may import whom, and that neither modules nor folders form a circle.

``__main__ -> stacks -> components -> providers``. Nothing points back, and the rehearsal and the program do
not know each other.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from tools.conventions.sources import Finding, Source, by_module
from trust.techniques import techniques

ALLOWED: Mapping[str, tuple[str, ...]] = {
    "__main__": ("stacks",),
    "stacks/settings/validation": ("stacks.settings.validation",),
    "stacks/settings/types": ("stacks.settings.types", "stacks.settings.validation"),
    "stacks/settings/model": (
        "stacks.settings.model", "stacks.settings.types", "stacks.settings.validation", "components",
    ),
    "stacks/settings": ("stacks.settings", "components"),
    "stacks": ("stacks", "components"),
    "components": ("components",),
    "trust": ("trust",),
    "policy": ("policy", "trust"),
    "operations/failures": ("operations.failures",),
    "operations": ("operations", "trust", "stacks.settings"),
    "rehearsal": ("rehearsal", "trust", "tools", "operations.failures"),
    "tools": ("tools", "stacks.settings", "trust", "operations.failures"),
    "aks_secrets_testing": ("aks_secrets_testing", "stacks", "components", "rehearsal", "trust"),
}  # fmt: skip
"""Folder -> the modules and packages of the project that it may import. The first matching folder counts;
others are free.
"""


def imports(source: Source, modules: Mapping[str, Source]) -> Iterator[tuple[int, str]]:
    """Line and name of each module of the project that the file imports, at its top or in a function."""
    for node in source.of_type(ast.Import, ast.ImportFrom):
        match node:
            case ast.Import(names=names):
                targets = [name.name for name in names]
            case ast.ImportFrom(module=str(module), names=names, level=0):
                members = [f"{module}.{name.name}" for name in names]
                targets = [member if member in modules else module for member in members]
            case _:
                continue
        yield from ((node.lineno, target) for target in dict.fromkeys(targets) if target in modules)


def check_direction(
    files: Sequence[Source], allowed: Mapping[str, tuple[str, ...]] = ALLOWED
) -> Iterator[Finding]:
    modules = by_module(files)
    for source in files:
        folder = next((folder for folder in allowed if source.is_in(folder, f"{folder}.py")), None)
        if folder is None:
            continue
        for line, target in imports(source, modules):
            if not any(target == name or target.startswith(f"{name}.") for name in allowed[folder]):
                names = ", ".join(allowed[folder])
                yield Finding(source.path, line, f"{folder} may not import {target}; it may import {names}")


def check_circles(files: Sequence[Source]) -> Iterator[Finding]:
    """Circles of modules, and of folders that do not contain each other. Those of tests may form circles."""
    modules = by_module(files)
    of_modules: dict[str, set[str]] = {}
    of_folders: dict[str, set[str]] = defaultdict(set)
    for source in files:
        targets = {target for _, target in imports(source, modules)} - {source.module}
        of_modules[source.module] = targets
        if not source.is_in("tests"):
            folders = {modules[target].folder for target in targets}
            of_folders[source.folder] |= {
                folder for folder in folders if not _contains(folder, source.folder)
            }
    for kind, graph in (("import", of_modules), ("folder", of_folders)):
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = error.args[1]
            path = modules[circle[0]].path if kind == "import" else circle[0]
            yield Finding(path, 1, f"{kind} circle: {' <- '.join(circle)}")


def _contains(folder: str, other: str) -> bool:
    """Whether one of two folders is the other or contains it."""
    return f"{folder}/".startswith(f"{other}/") or f"{other}/".startswith(f"{folder}/")


def check_techniques(
    files: Iterable[Source], home: tuple[str, ...] = ("components/workloads", "tests")
) -> Iterator[Finding]:
    """Comparisons with a technique, and lists of techniques, outside the folder that defines them: adding one
    would need a change there.
    """
    for source in files:
        if source.is_in(*home):
            continue
        for node in source.of_type(ast.Tuple, ast.Set, ast.List, ast.Dict):
            if _lists_techniques(node):
                problem = "lists techniques; find them by a walk, or ask each TechniqueSpec"
                yield Finding(source.path, node.lineno, problem)
        for node in source.of_type(ast.Compare, ast.Match):
            parts = [node.subject] if isinstance(node, ast.Match) else [node.left, *node.comparators]
            if any(_is_technique(part) for part in parts):
                yield Finding(source.path, node.lineno, "compares a technique; ask its TechniqueSpec instead")


def _is_technique(node: ast.expr) -> bool:
    match node:
        case (
            ast.Name(id="technique")
            | ast.Attribute(attr="technique")
            | ast.Attribute(value=ast.Name(id="Technique"))
        ):
            return True
        case ast.Tuple(elts=elements) | ast.Set(elts=elements) | ast.List(elts=elements):
            return any(_is_technique(element) for element in elements)
        case _:
            return False


def _lists_techniques(node: ast.expr) -> bool:
    """Whether it is a collection, or a table, with entries for three techniques or more."""
    match node:
        case ast.Tuple(elts=elements) | ast.Set(elts=elements) | ast.List(elts=elements):
            entries = elements
        case ast.Dict(keys=keys):
            entries = [key for key in keys if key is not None]
        case _:
            return False
    names = {entry.value for entry in entries if isinstance(entry, ast.Constant)} & _TECHNIQUES
    members = [entry for entry in entries if isinstance(entry, ast.Attribute) and _is_technique(entry)]
    return len(names) + len(members) >= _LISTED


_TECHNIQUES = {module.NAME for module in techniques()}
_LISTED = 3
"""Fewer may be a word each of something else, or what two techniques have in common."""
