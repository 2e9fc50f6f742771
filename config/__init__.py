"""Settings: the environment first, then an operator's TOML, then the defaults beside this file."""
