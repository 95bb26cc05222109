"""Installs the tools in JavaScript, and prints where they are.

python -m tools.node_tools                      all
python -m tools.node_tools vault-reader-node    these
"""

import argparse
import sys

from tools.node_tools.finder import TOOLS, NodeToolError, NodeToolFinder
from tools.processes import install_signal_handlers, raise_interrupt


def main(arguments: list[str] | None = None) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.node_tools",
        description="Installs pinned tools in JavaScript, prints their paths.",
    )
    # no `choices`: with nargs="*" argparse also judges the default by them
    parser.add_argument("tools", nargs="*", metavar="TOOL", help=", ".join(TOOLS))
    install_signal_handlers(raise_interrupt)
    names = parser.parse_args(arguments).tools or list(TOOLS)
    if unknown := [name for name in names if name not in TOOLS]:
        parser.error(f"{unknown[0]!r} is no tool; name some of {', '.join(TOOLS)}")
    try:
        for name in names:
            print(NodeToolFinder(TOOLS[name]).path())
    except (NodeToolError, OSError) as error:
        print(f"node_tools: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
