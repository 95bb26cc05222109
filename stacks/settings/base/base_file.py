"""The base file of a stack: the settings that several stack files share.

Owns: which file that is, and what may stand in it: the program's own keys below ``config``, as in a stack
file. It holds nothing that belongs to one stack alone: no encrypted value, no key of a provider, no base of
its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, cast

from stacks.settings.base.merge import PATCH
from stacks.settings.base.yaml_document import Document, YamlFaultError, parse
from stacks.settings.config_keys import PROVIDER, PROVIDER_KEYS, SECRET_VALUES
from stacks.settings.validation.commands import Path
from stacks.settings.validation.problems import Problem, nearest
from stacks.settings.validation.registry import register_rule
from stacks.settings.validation.repeatable import HIDDEN, quoted

PROGRAM = FilePath(__file__).resolve().parents[3]
"""The program's folder: the one of `__main__.py`."""
BASE = "base"

_OURS = "our own choice: a base file is reviewed with the program"
BASE_PATH = register_rule("base-is-in-the-project", _OURS).id
BASE_READABLE = register_rule("base-is-readable", f"{_OURS}, and is YAML as a stack file is").id
BASE_FORM = register_rule(
    "base-has-the-form-of-a-stack-file",
    "https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/",
).id
BASE_OWN_KEYS = register_rule(
    "base-holds-settings-only",
    "our own choice: the Pulumi engine reads keys of providers from the stack file alone",
).id
BASE_SECURE = register_rule(
    "base-holds-no-secrets",
    "https://www.pulumi.com/docs/iac/concepts/secrets/#available-encryption-providers (a key for each stack)",
).id
BASE_ALONE = register_rule("base-has-no-base", "our own choice: one file to look into").id
BASE_WITHOUT_PATCH = register_rule("base-has-nothing-below-it", "our own choice: see base-has-no-base").id

_STACK_KEYS = ("secretsprovider", "encryptedkey", "encryptionsalt", "environment")


@dataclass(frozen=True)
class BaseFile:
    """The settings of a base file."""

    name: str
    """Its path, as the stack file names it."""
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Key of the program → value: ``{"vault": {…}}``. Also keys that the program does not have."""
    lines: Mapping[Path, int] = field(default_factory=dict[Path, int])
    with_full_name: frozenset[str] = frozenset()
    """Keys that stand with the project's name, as `pulumi config` writes them."""
    problems: tuple[Problem, ...] = ()

    def where(self, path: Path) -> str:
        """``config/base.yaml:7``: the place of a key, or of what holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"


def read_base(folder: FilePath, name: str, project: str) -> BaseFile | Problem:
    """The base file at a path below the program's folder, or why there is none to read."""
    path = _file(folder, name)
    if isinstance(path, Problem):
        return path
    try:
        stat = path.stat()
        return _read(path, (stat.st_mtime_ns, stat.st_size, stat.st_ino), name, project)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        problem = f"{name!r} cannot be read: {reason}"
        return Problem(BASE_READABLE, (BASE,), problem, "name a text file that the program may read")


def _file(folder: FilePath, name: str) -> FilePath | Problem:
    """The file, inside the folder also behind symbolic links."""
    shown = quoted(name.encode(errors="replace").decode())
    remedy = "write the path of one YAML file below the program's folder: config/base.yaml"
    near: str | None = None
    try:
        path, root = (folder / name).resolve(), folder.resolve()
        if name.lstrip()[:1] in ("[", "{"):
            problem = f"got {'a list' if name.lstrip()[0] == '[' else 'keys with values'}"
        elif FilePath(name).is_absolute() or name.startswith("~") or "://" in name:
            problem = f"{shown} is not relative to the program's folder"
        elif not path.is_relative_to(root):
            problem = f"{shown} is outside the program's folder"
        elif path.is_dir():
            problem = f"{shown} is a folder"
        elif not path.exists():
            near = nearest(name, [file.relative_to(root).as_posix() for file in path.parent.glob("*.y*ml")])
            problem, remedy = f"there is no file {shown}", f"did you mean {near!r}?" if near else remedy
        elif not path.is_file():
            problem = f"{shown} is no file with text"
        else:
            return path
    except (OSError, ValueError, RuntimeError):  # a name that is too long, a null byte, links in a circle
        problem = f"{shown} is no path"
    return Problem(BASE_PATH, (BASE,), problem, remedy, near)


@lru_cache(maxsize=16)
def _read(path: FilePath, version: tuple[int, ...], name: str, project: str) -> BaseFile:
    """The file's settings. ``version`` tells a changed file from the one that was read before."""
    del version
    try:
        document = parse(path.read_text(encoding="utf-8-sig"))
    except YamlFaultError as error:
        return BaseFile(
            name, problems=(_at(name, error.line, BASE_READABLE, (), error.fault, "correct that line"),)
        )
    return _checked(name, document, project)


def _checked(name: str, document: Document, project: str) -> BaseFile:
    value: Any = document.value
    top = cast("dict[str, Any]", value) if isinstance(value, dict) else None
    problems = [*_top_problems(name, document, top)]
    config: Any = {} if top is None else top.get("config")
    if not isinstance(config, dict) or not config:
        if not problems:
            line = document.line_of(("config",))
            problem, remedy = "holds no settings", "write the program's keys below config, as in a stack file"
            problems = [_at(name, line, BASE_FORM, (), problem, remedy)]
        return BaseFile(name, problems=tuple(problems))
    keys = cast("dict[str, Any]", config)
    values: dict[str, Any] = {}
    lines: dict[Path, int] = {}
    full_names: dict[str, str] = {}
    for full, setting in keys.items():
        line = document.line_of(("config", full))
        namespace, _, key = full.rpartition(":")
        if namespace not in ("", project):
            problems.append(_foreign_key(name, line, project, full))
        elif key in values:
            problem = "is there twice, with and without the project's name"
            problems.append(_at(name, line, BASE_FORM, (key,), problem, "remove one of them"))
        elif key == BASE:
            problem = "a base file has no base of its own"
            problems.append(
                _at(
                    name,
                    line,
                    BASE_ALONE,
                    (BASE,),
                    problem,
                    "remove the key: one file holds what stacks share",
                )
            )
        else:
            values[key], full_names[full] = setting, key
    for path, line in document.lines.items():
        if len(path) > 1 and path[0] == "config" and path[1] in full_names:
            lines[(full_names[str(path[1])], *path[2:])] = line
    own = frozenset(key for full, key in full_names.items() if full != key)
    file = BaseFile(name, values, lines, own)
    inner = [problem for key, setting in values.items() for problem in _inner_problems(file, setting, (key,))]
    return replace(file, problems=(*problems, *inner))


def _at(name: str, line: int, rule: str, path: Path, problem: str, remedy: str) -> Problem:
    return Problem(rule, path, problem, remedy, where=f"{name}:{line}")


def _top_problems(name: str, document: Document, top: Mapping[str, Any] | None) -> Iterator[Problem]:
    """The keys beside ``config``."""
    if top is None:
        problem, remedy = "holds no keys", "write the program's keys below config, as in a stack file"
        yield _at(name, 1, BASE_FORM, (), problem, remedy)
        return
    for key in top:
        line = document.line_of((key,))
        if key == "config":
            continue
        if key in _STACK_KEYS:
            yield _at(
                name,
                line,
                BASE_FORM,
                (key,),
                "belongs to one stack",
                "write it in the stack file, and remove it here",
            )
        else:  # its text may be a value in the wrong place
            problem = "a key beside config has no effect"
            yield _at(name, line, BASE_FORM, (HIDDEN,), problem, "indent it below config, or remove it")


def _foreign_key(name: str, line: int, project: str, full: str) -> Problem:
    """A key of another namespace: a secret, a key of a provider, or a misspelled one."""
    namespace = full.rpartition(":")[0]
    near = nearest(namespace, (project, SECRET_VALUES, PROVIDER))
    if near == SECRET_VALUES:
        problem = "a base file holds no secrets: each stack encrypts its own"
        remedy = f"remove it here, and choose a new value with `pulumi config set --secret {SECRET_VALUES}:…`"
        return _at(name, line, BASE_SECURE, (f"{SECRET_VALUES}:{HIDDEN}",), problem, remedy)
    if near == project:
        problem, remedy = "unknown namespace", f"did you mean {project!r}? rename it in {name}"
        return _at(name, line, BASE_OWN_KEYS, (f"{namespace}:{HIDDEN}",), problem, remedy)
    is_known = full.removeprefix(f"{PROVIDER}:") in PROVIDER_KEYS
    problem = "the Pulumi engine does not read keys of providers from a base file"
    return _at(
        name,
        line,
        BASE_OWN_KEYS,
        (full if is_known else HIDDEN,),
        problem
        if near == PROVIDER
        else "the key is none of this program, and nothing reads it from a base file",
        f"remove it here, and set it for each stack with `pulumi config set {full if is_known else HIDDEN}`",
    )


def _inner_problems(file: BaseFile, value: Any, path: Path) -> Iterator[Problem]:
    """Encrypted values and directives."""
    if isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from _inner_problems(file, item, (*path, index))
    elif isinstance(value, dict):
        keys = cast("dict[str, Any]", value)
        if list(keys) == ["secure"]:
            remedy = (
                f"set it with `pulumi config set --secret {SECRET_VALUES}:…` for each stack, and read it with"
                " from: config"
            )
            problem = "is encrypted, but a base file belongs to several stacks, each with a key of its own"
            yield Problem(BASE_SECURE, path, problem, remedy, where=file.where(path))
        elif PATCH in keys and "overrides" not in path:  # which have a rule of their own
            problem = "$patch leaves something of a base file out, and this file has none"
            where = file.where((*path, PATCH))
            yield Problem(BASE_WITHOUT_PATCH, path, problem, "remove it", where=where)
        else:
            for key, inner in keys.items():
                yield from _inner_problems(file, inner, (*path, key))
