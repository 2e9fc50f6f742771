"""Hedra's talking portraits and the models it passes on: what they do and cost."""
