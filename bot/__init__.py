"""Footnote: balanced context for claims that the record does not support, on a community's own Discord."""

__version__ = "0.1.0"
