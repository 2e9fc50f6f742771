"""Shared by adapters, not an adapter itself."""
