"""The same stack as one flat program, written by hand; it imports nothing of this project."""
