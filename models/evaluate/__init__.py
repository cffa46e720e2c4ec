"""Measurements of the judge on claims it was not trained on: figures by one command from fixed sets."""
