"""Set-up of this repository: .venv with the locked packages, the Pulumi engine, the scanner, what the policy
pack runs on. Idempotent, and fast if all is there.

    python tools/bootstrap.py                      .venv and the engine (make setup)
    python tools/bootstrap.py --python python3.13  the same with another Python (make setup PYTHON=python3.13)
    python tools/bootstrap.py scanner              also Checkov, in an environment of its own (make scanner)
    python tools/bootstrap.py policy               also what the policy pack runs on (make policy)
    python tools/bootstrap.py clean                remove .venv, caches and rehearsed states (make clean)

Owns: the order of set-up and its messages. Deliberately not here: environments (tools/environment.py), the
engine (tools/engine.py) and the locks (tools/lock.py). Needs nothing but the standard library. An older
Python 3 may start it: it looks for one that is new enough and hands over. So the syntax of this file and of
tools/environment.py is that of Python 3.8, and newer modules are imported in functions.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # -I leaves the script's folder out

from tools.environment import OLDEST, Environment, SetupError, failure, run

REPOSITORY = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
OWN_ENVIRONMENTS = {
    "scanner": ("Checkov", ".tools/checkov", "tools/checkov/requirements.txt"),
    "policy": ("what the policy pack runs on", ".tools/policy", "policy/requirements.txt"),
}
"""Environments beside .venv, since their pins are not those of the project: contents, folder and lock."""
CANDIDATES = ("python3", "python3.13", "python3.12", "python3.11", "python3.14", "python")
CLEANED = (".venv", ".rehearsal", ".pytest_cache", ".ruff_cache", "rendered")

PROBE = """
import platform, sys
missing = ""
try:
    import ensurepip, venv
except ImportError:
    missing = "venv"
print("%s %d %s" % (platform.python_version(), sys.version_info >= (3, 11), missing))
"""


def find_python(candidates: Sequence[str]) -> tuple[str, str]:
    """The first candidate that is new enough and can make a virtual environment, and its version."""
    remarks = ""
    for candidate in candidates:
        done = run([candidate, "-c", PROBE])
        match = (
            re.fullmatch(r"(\S+) ([01]) ?(venv)?", done.stdout.strip())
            if done and not done.returncode
            else None
        )
        if match is None:
            continue
        version, is_new, missing = match.groups()
        if is_new == "0":
            remarks += f"; {candidate} is {version}"
        elif missing:
            package = f"python{'.'.join(version.split('.')[:2])}-venv"
            remarks += f"; {candidate} is {version} but lacks the venv module "
            remarks += f"(Debian, Ubuntu: apt install {package})"
        else:
            return candidate, version
    raise SetupError(
        f"Python 3.11 or newer is needed; tried {', '.join(candidates)}{remarks}; "
        "install one, or name it: make setup PYTHON=/path/to/python3"
    )


def candidates_for(python: str | None, environment: Environment) -> list[str]:
    """The Pythons to try: the chosen one only, else the running one and those that PATH may have."""
    if python:
        return [python]
    running = sys.executable
    known = running == str(environment.python) or running in map(shutil.which, CANDIDATES)
    return [*CANDIDATES] if known or not running else [running, *CANDIDATES]


def set_up_environment(environment: Environment, python: str | None) -> None:
    """Makes .venv if it is missing, broken or of another version than the chosen Python, and installs what
    the locks name.
    """
    version = find_python([python])[1] if python else environment.version()
    is_running = sys.executable == str(environment.python)
    if environment.is_ready(version) and (is_running or environment.works()):
        return
    started = time.monotonic()
    if version != environment.version() or not environment.works():
        chosen, version = find_python(candidates_for(python, environment))
        # flush: the programs that follow write to the same output
        print(f"setup: making {environment.name} with {chosen} (Python {version})", flush=True)
        environment.make(chosen, "make setup")
    locks = " ".join(environment.locks)
    print(f"setup: installing the packages of {locks} (a minute or two the first time)", flush=True)
    if not environment.install():
        raise SetupError(failure("pip could not install the packages, its reason stands above", "make setup"))
    print(f"setup: {environment.name} done in {time.monotonic() - started:.0f} s", flush=True)


def set_up_engine(environment: Environment, quiet: bool) -> int:
    """Finds or installs the Pulumi engine. The exit status."""
    if sys.executable != str(environment.python):
        # the installer needs the Pulumi SDK
        command = [str(environment.python), "-I", "-S", str(environment.root / "tools" / "engine.py")]
        return subprocess.call([*command, "--quiet"] if quiet else command)
    from tools.engine import ensure
    from tools.engine_installer import EngineInstaller

    return ensure(EngineInstaller(environment.root), quiet)


def set_up_own_environment(what: str, environment: Environment) -> None:
    """Installs Checkov, or what the policy pack runs on, into an environment of its own."""
    name, folder, lock = OWN_ENVIRONMENTS[what]
    own = Environment(environment.root, folder, [lock])
    if own.is_ready(environment.version()):
        return
    started = time.monotonic()
    print(f"{what}: installing {name} into {own.name} (half a minute to two, once)", flush=True)
    own.make(str(environment.python), f"make {what}")
    if not own.install():
        raise SetupError(failure("pip could not install it, its reason stands above", f"make {what}"))
    print(f"{what}: {own.name} done in {time.monotonic() - started:.0f} s", flush=True)


def clean(root: Path) -> None:
    """Removes .venv, caches and rehearsed states."""
    for name in CLEANED:
        path = root / name
        if path.is_symlink():
            path.unlink()
        else:
            shutil.rmtree(path, ignore_errors=True)
    caches = [root / "__pycache__"]
    for folder in root.iterdir():
        if folder.is_dir() and not folder.name.startswith("."):
            caches += folder.rglob("__pycache__")
    for cache in caches:
        shutil.rmtree(cache, ignore_errors=True)
    print("clean: done; engine, scanner and policy pack stay, rm -rf .tools removes them")


def _hand_over(arguments: Sequence[str]) -> int:
    python, _ = find_python(CANDIDATES)
    return subprocess.call([python, "-I", "-S", str(Path(__file__).resolve()), *arguments])


def _handle_signals() -> None:
    from tools.processes import install_signal_handlers, raise_interrupt

    install_signal_handlers(raise_interrupt)


def main(arguments: Sequence[str], root: Path = REPOSITORY) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="tools/bootstrap.py",
        description="Makes .venv, the Pulumi engine, the scanner and the policy pack's environment.",
    )
    parser.add_argument("what", nargs="?", choices=("setup", *OWN_ENVIRONMENTS, "clean"), default="setup")
    parser.add_argument("--python", metavar="PYTHON", help="the Python for .venv")
    parser.add_argument("--quiet", action="store_true", help="print nothing when there is nothing to do")
    options = parser.parse_args(arguments)
    environment = Environment(root, ".venv", LOCKS)
    try:
        if options.what == "clean":
            clean(root)
            return 0
        if sys.version_info < OLDEST:
            return _hand_over(arguments)
        _handle_signals()
        set_up_environment(environment, options.python)
        status = set_up_engine(environment, options.quiet)
        if status == 0 and options.what in OWN_ENVIRONMENTS:
            set_up_own_environment(options.what, environment)
    except SetupError as error:
        print(f"{options.what}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{options.what}: stopped; type make {options.what} to go on", file=sys.stderr)
        return 130
    if status == 0 and options.what == "setup" and not options.quiet:
        print(f"setup: ready: Python {environment.version()} in .venv; type make preview or make test")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
