"""Wrapped on real input: each folder turns something published into regional databases and runs the graph on it."""
