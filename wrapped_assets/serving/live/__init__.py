"""Answers at query time: the serving snapshot, and what landed since."""
