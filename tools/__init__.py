"""Tools of the repository: set-up, checks, scanner, comparison. The program itself imports nothing from here."""
