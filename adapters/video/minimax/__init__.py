"""Hailuo and H3 by MiniMax: what they do and cost."""
