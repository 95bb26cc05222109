"""`python -m operations`: the command line."""

from operations.cli import app

if __name__ == "__main__":
    app(prog_name="python -m operations")
