"""The outside world: every folder two levels down answers one port and can be deleted.

The path is extended so that an adapter may also live outside this checkout, in a folder
`adapters/<kind>/<name>` anywhere on the import path.
"""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
