"""Veo and Gemini Omni by Google: what they do and cost."""
