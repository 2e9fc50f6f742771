"""Hedra's API v2 in pure functions: what is sent, and what an answer means.

Sources: Hedra's published description of the API v2 (/web-app/public), and its starter kit for Python.
"""
