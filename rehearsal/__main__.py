import sys

if __name__ == "__main__":
    try:
        try:
            from rehearsal.cli import app
        except ModuleNotFoundError as error:
            # Another Python than the project's, such as the system's.
            command = ".venv/bin/python -m rehearsal"
            sys.exit(
                f"error: this Python has no module '{error.name}'; type {command} (make setup makes .venv)"
            )
        app(prog_name="python -m rehearsal")
    except KeyboardInterrupt:  # outside an operation, which handles interrupts itself
        sys.exit(130)
