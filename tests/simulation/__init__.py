"""A deterministic simulation of the whole pipeline: one seed decides every row, every fault and every order of events.

It runs the real SQL and the real code of the assets and sensors on a real warehouse. Simulated are time, the object store and
what goes wrong. `story.py` lists what may happen, `judge.py` what must hold whenever everything has come to rest.
"""
