"""This program, without the places at which it lets the SDK send what it has registered."""
