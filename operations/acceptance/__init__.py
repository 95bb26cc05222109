"""The acceptance on a real subscription: one run of everything on a small stack, and a report of it.

It is one of the operations because a person with a subscription runs it, and because it calls the others: as
processes, as that person does.
"""
