"""Databases for the tests of what is remembered."""

from tests.databases import empty_url, storage, url

__all__ = ["empty_url", "storage", "url"]
