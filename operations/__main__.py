"""`python -m operations`: the command line."""

import sys

if __name__ == "__main__":
    try:
        from operations.cli import app
    except ModuleNotFoundError as error:
        # Another Python than the project's, such as the system's.
        command = ".venv/bin/python -m operations"
        sys.exit(f"error: this Python has no module '{error.name}'; type {command} (make setup makes .venv)")
    app(prog_name="python -m operations")
