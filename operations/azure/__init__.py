"""Azure as an operation reaches it: the sign-in that `pulumi` uses, and Azure's own clients on it."""

import logging

# The clients log each refusal that they raise. A command tells it once, in its own words, and a program that
# sets up logging still gets all of it.
logging.getLogger("azure").addHandler(logging.NullHandler())
