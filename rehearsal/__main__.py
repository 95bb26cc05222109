import sys

if __name__ == "__main__":
    try:
        from rehearsal.cli import app

        app(prog_name="python -m rehearsal")
    except KeyboardInterrupt:  # before or after the operation, which handles its own
        sys.exit(130)
