"""Training of the stance judge from the project's own corpus and, where a folder is named, public sets."""
