"""Films inside JSON: told apart and decoded whatever the pieces they come in. Pure: no sockets."""

import base64
import json
import tracemalloc
from collections.abc import Iterable
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.video.google.inline import LARGE, Sieve, Unpack, large_of, unpacked

TEXTS = st.text(alphabet=st.sampled_from('ab"\\/\n\u00e9\u2028{}[]:,='), max_size=40)
VALUES = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def sifted(pieces: Iterable[bytes], most: int) -> tuple[bytes, dict[int, bytes]]:
    sieve, rest, larges = Sieve(most), bytearray(), {}
    for piece in pieces:
        for bit in sieve.feed(piece):
            if bit.large is None:
                rest += bit.data
            else:
                larges[bit.large] = larges.get(bit.large, b"") + bit.data
    return bytes(rest), larges


def in_pieces(text: bytes, cuts: Iterable[int]) -> list[bytes]:
    at = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return [text[one:other] for one, other in pairwise(at)]


def put_back(rest: bytes, larges: dict[int, bytes]) -> bytes:
    for number, raw in larges.items():
        rest = rest.replace(f'"large string {number}"'.encode(), b'"' + raw + b'"', 1)
    return rest


@given(VALUES, st.lists(st.integers(0, 10_000), max_size=12), st.booleans(), st.integers(0, 6))
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_wherever_the_pieces_end(value: object, cuts: list[int], ascii: bool, most: int) -> None:
    text = json.dumps(value, ensure_ascii=ascii).encode()
    rest, larges = sifted(in_pieces(text, cuts), most)
    assert put_back(rest, larges) == text
    json.loads(rest)
    assert all(len(raw) > most for raw in larges.values())


@given(st.binary(max_size=200), st.lists(st.integers(0, 10_000), max_size=8), st.sampled_from(["plain", "slash", "u"]))
@settings(max_examples=150, deadline=None)
def test_a_film_is_decoded_wherever_its_pieces_end_and_however_it_is_escaped(
    film: bytes, cuts: list[int], how: str
) -> None:
    text = base64.b64encode(film)
    if how == "slash":
        text = text.replace(b"/", b"\\/")
    if how == "u":
        text = text.replace(b"=", b"\\u003d").replace(b"+", b"\\u002B").replace(b"/", b"\\u002f")
    unpack = Unpack()
    assert b"".join(unpack.feed(piece) for piece in in_pieces(text, cuts)) == film
    unpack.end()


@pytest.mark.parametrize("broken", [b"AAA", b"AA==AAAA", b"AA AA", b"AAA\\", b"AA\\n=", b"A\xc3\xa9AA", b"AAAAA==="])
def test_what_is_no_base64_is_refused(broken: bytes) -> None:
    def decode() -> None:
        unpack = Unpack()
        for number in range(len(broken)):
            unpack.feed(broken[number : number + 1])
        unpack.end()

    with pytest.raises(ValueError):
        decode()


def test_marks_count_the_large_strings_and_look_like_nothing_else() -> None:
    large = "A" * (LARGE + 1)
    text = json.dumps({"a": large, "b": "A" * LARGE, large: [large, ""]}).encode()
    rest, larges = sifted([text], LARGE)
    assert json.loads(rest) == {"a": "large string 0", "b": "A" * LARGE, "large string 1": ["large string 2", ""]}
    assert set(larges) == {0, 1, 2}
    assert [large_of(one) for one in ("large string 12", "large string", "AAAA", "")] == [12, None, None, None]
    assert unpacked("AAAA") == bytes(3)


def test_sixty_megabytes_pass_in_a_few_hundred_kilobytes() -> None:
    """Four films of 15 MB each in one answer, the third of them decoded on the way."""
    film = Random(1).randbytes(3 * 1024 * 64)
    part = base64.b64encode(film)
    sieve, unpack = Sieve(), Unpack()
    sizes = {"json": 0, "film": 0}

    def pass_on(piece: bytes) -> None:
        for bit in sieve.feed(piece):
            if bit.large is None:
                sizes["json"] += len(bit.data)
            elif bit.large == 2:
                sizes["film"] += len(unpack.feed(bit.data))

    tracemalloc.start()
    for number in range(4):
        pass_on(b'{"videos":[{"bytes":"' if number == 0 else b',{"bytes":"')
        for _ in range(60):
            for at in range(0, len(part), 65536):
                pass_on(part[at : at + 65536])
        pass_on(b'"}')
    pass_on(b"]}")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    unpack.end()
    assert sizes["film"] == 60 * len(film)
    assert sizes["json"] < 200
    assert most < 1024 * 1024
