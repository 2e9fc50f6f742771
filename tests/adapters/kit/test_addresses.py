"""Which addresses are public."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.kit.addresses import is_public, resolve


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
)
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1",
        "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.88.99.1",
        "::", "::1", "::127.0.0.1", "::8.8.8.8", "fe80::1", "fe80::1%1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1",
        "2001:db8::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::127.0.0.1", "64:ff9b::169.254.169.254",
        "64:ff9b:1::8.8.8.8", "2002:7f00:1::", "2002:808:808::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "", "localhost", "127.1", "0x7f000001", "2130706433", "8.8.8.8 ", "8.8.8.8/32",
    ],
)  # fmt: skip
def test_everything_else_is_not(address):
    assert not is_public(address)


@given(st.integers(0, 2**32 - 1))
def test_a_mapped_address_is_judged_as_the_one_it_carries(number):
    plain = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    assert is_public(f"::ffff:{plain}") == is_public(f"64:ff9b::{plain}") == is_public(plain)


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1"])
async def test_the_system_gives_every_spelling_its_number(host):
    found = await resolve(host, 80)
    assert found
    assert set(found) <= {"127.0.0.1", "::1"}
