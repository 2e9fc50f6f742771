"""Whose an address is that came with an event: only Slack's own are sent anything."""

from urllib.parse import urlsplit

HTTPS_PORT = 443
HOOKS = "hooks.slack.com"
"""Where presses and commands are answered: https://docs.slack.dev/interactivity/handling-user-interaction."""


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port. Raises ValueError for what is no address."""
    parts = urlsplit(url)
    usual = {"https": HTTPS_PORT, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", parts.port or usual


def answers_at(url: str, api_url: str) -> bool:
    """Whether what was pressed may be answered there: at Slack's host for that, or exactly where its calls go."""
    try:
        return urlsplit(url).username is None and origin(url) in {("https", HOOKS, HTTPS_PORT), origin(api_url)}
    except ValueError:
        return False
