"""Which network addresses are public: everything else belongs to the machine, its network or its cloud."""

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_NAT64 = IPv6Network("64:ff9b::/96")
_REFUSED = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # Azure's host agent, at an address that looks public
            "192.0.0.0/24",  # protocol assignments, a cloud's metadata among them
            "192.88.99.0/24",  # 6to4 relays
            "::/96",  # IPv4-compatible, long retired
            "64:ff9b:1::/48",  # NAT64 of a local network
            "2001::/32",  # Teredo tunnels carry an IPv4 address each
            "2002::/16",  # so does 6to4
            "3fff::/20",  # documentation
            "fec0::/10",  # site-local, before unique local addresses
        ),
    )
)


def is_public(address: str) -> bool:
    """Whether anyone on the internet could reach it. What is not an address at all is not public."""
    try:
        given = ip_address(address)
    except ValueError:
        return False
    if isinstance(given, IPv6Address):
        inner = _carried(given)
        if inner is not None:
            return is_public(str(inner))
    refused = given.is_multicast or given.is_reserved or given.is_unspecified or given.is_link_local
    return given.is_global and not refused and not any(given in network for network in _REFUSED)


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address a mapped or translated one leads to."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


async def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a host, as the system resolves it: also `localhost`, `0x7f.1` and `2130706433`. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))
