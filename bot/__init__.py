"""The bot: it knows no platform, no vendor, no database."""
