"""Tools of the repository: set-up, checks, scanner, comparison. The program imports nothing from here."""
