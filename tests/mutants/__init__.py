"""Deliberate faults, each of which some test must notice: `make mutants`."""
