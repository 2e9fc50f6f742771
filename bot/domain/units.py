"""Sizes, lengths and rates in the words people use."""

from decimal import Decimal

_STEPS = (("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000))


def plain(value: float, digits: int = 1) -> str:
    """A number without a useless tail.

    >>> plain(15.0), plain(15.24), plain(23.976, 2)
    ('15', '15.2', '23.98')
    """
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def size_text(bytes: int) -> str:
    """Decimal megabytes, as phones and browsers show them.

    >>> size_text(31_400_000), size_text(12)
    ('31.4 MB', '12 bytes')
    """
    for unit, step in _STEPS:
        if bytes >= step:
            return f"{plain(bytes / step)} {unit}"
    return f"{bytes} bytes"


def seconds_text(seconds: float) -> str:
    return f"{plain(seconds)} s"


def credits_text(credits: Decimal) -> str:
    """Credits without a useless tail.

    >>> credits_text(Decimal("640.00")), credits_text(Decimal("12.5")), credits_text(Decimal(1))
    ('640 credits', '12.50 credits', '1 credit')
    """
    return f"{credits_number(credits)} {'credit' if credits == 1 else 'credits'}"


def credits_number(credits: Decimal) -> str:
    return f"{credits:.2f}".removesuffix(".00")


def side_text(width: int, height: int) -> str:
    return f"{width} x {height} px"


def pixels_text(pixels: int) -> str:
    """Millions of pixels.

    >>> pixels_text(2_086_876)
    '2.09 megapixels'
    """
    return f"{plain(pixels / 1_000_000, 2)} megapixels"


def between(low: object, high: object) -> str:
    """A range of which either end may be missing.

    >>> between("2 s", "15 s"), between(None, "15 s"), between("2 s", None), between(None, None)
    ('2 s to 15 s', 'at most 15 s', 'at least 2 s', '')
    """
    if low and high:
        return f"{low} to {high}"
    if high:
        return f"at most {high}"
    return f"at least {low}" if low else ""
