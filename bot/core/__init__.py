"""The product itself. Imports the standard library only."""
