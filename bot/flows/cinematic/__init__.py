"""Cinematic: an idea and its references written as a prompt, by rules, with a language model or without one."""

from bot.flows.cinematic.cinematic import cinematic, rewrite, use

__all__ = ["cinematic", "rewrite", "use"]
