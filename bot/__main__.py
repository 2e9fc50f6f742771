"""`clapper`, also as `python -m bot`."""

import signal


def main() -> None:
    """The program. Until there is something to put away, Ctrl-C simply ends it: loading takes longest, and has no traceback to show."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from bot.cli import main as program  # noqa: PLC0415 - the line above must come before a second of imports

    program()


if __name__ == "__main__":
    main()
