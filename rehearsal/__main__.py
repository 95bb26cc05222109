import sys

if __name__ == "__main__":
    try:
        from rehearsal.cli import app

        app(prog_name="python -m rehearsal")
    except KeyboardInterrupt:  # outside an operation, which handles interrupts itself
        sys.exit(130)
