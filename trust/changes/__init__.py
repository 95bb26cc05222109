"""Effects of a change: access gained and lost, loosened locks, operations on resources."""
