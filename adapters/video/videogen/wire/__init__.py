"""What goes to VideoGen and what comes back, as pure functions.

Sources: VideoGen's OpenAPI description of 2026-10-02, and its Python clients `videogen` 0.0.38 to 2.5.3 on PyPI.
"""
