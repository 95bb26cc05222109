"""The Pulumi engine of this project: finds or installs one, and reports which one is used and why.

    python tools/engine.py             find an engine or install one (part of `make setup`)
    python tools/engine.py --quiet     the same, silent when there is nothing to do
    python tools/engine.py --path      print the path of the engine in use, install nothing

Order: a ``pulumi`` on PATH that is new enough, the project's own in .tools/bin, the official installer, ``go
build`` from tools/pulumi (a cold build: about 4 minutes). Owns: .tools/. Deliberately not here: Python
packages (tools/bootstrap.py), and what the engine runs (rehearsal/). Needs Python 3.11 and nothing else: it
runs before anything is installed, also as ``python -I -S``.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # -I leaves the script's folder out

from tools.engine_finder import EngineError
from tools.engine_installer import EngineInstaller, report
from tools.processes import install_signal_handlers, raise_interrupt

REPOSITORY = Path(__file__).resolve().parent.parent


def ensure(installer: EngineInstaller, quiet: bool = False) -> int:
    """Finds or installs the engine and reports it. The exit status."""
    try:
        existing = installer.find()
        engine = existing or installer.install()
    except (EngineError, OSError) as error:
        report(str(error))
        return 1
    except KeyboardInterrupt:
        report("stopped; nothing half-made is left, type make setup to go on")
        return 130
    if not (existing and quiet):
        report(f"pulumi {engine.version}, {engine.path} ({engine.origin})")
    return 0


def print_path(installer: EngineInstaller) -> int:
    """Prints the path of the engine in use. The exit status."""
    try:
        engine = installer.find()
    except (EngineError, OSError) as error:
        report(str(error))
        return 1
    if engine is None:
        report("; ".join([*installer.rejections, "there is no engine yet, type make setup"]))
        return 1
    print(engine.path)
    return 0


def main(arguments: list[str] | None = None, installer: EngineInstaller | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="tools/engine.py", description="Finds or installs the Pulumi engine."
    )
    parser.add_argument(
        "--path", action="store_true", help="print the path of the engine in use, install nothing"
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing when there is nothing to do")
    options = parser.parse_args(arguments)
    installer = installer or EngineInstaller(REPOSITORY)
    return print_path(installer) if options.path else ensure(installer, options.quiet)


if __name__ == "__main__":
    install_signal_handlers(raise_interrupt)
    sys.exit(main())
