"""What we may connect to: a notification goes to the public internet, or where an administrator allowed it.

A name is resolved once, every address of it is judged, and the connection is made to an address that was judged: a
name that answers otherwise a moment later leads nowhere else. Closed networks name their own in `outgoing_networks`.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx2

from app.errors import InvalidInput

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host name; raises `OSError` when it has none."""

# An IPv6 address that stands for one of IPv4 leads wherever that one does: NAT64.
_NAT64 = IPv6Network("64:ff9b::/96")


class Refused(Exception):
    """A target that we do not connect to; the sentence says why."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host name, as this machine sees them."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Guard:
    """Judges targets; `networks` and `hosts` are allowed whatever they are, and without TLS."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()
    resolver: Resolver = resolve

    @classmethod
    def allowing(cls, named: Iterable[str]) -> "Guard":
        """A guard that allows these networks (`10.0.0.0/8`), addresses and host names.

        Raises:
            InvalidInput: one of them is none of these.
        """
        networks: list[Network] = []
        hosts: set[str] = set()
        for one in named:
            if "/" in one or _as_address(one) is not None:
                networks.append(_network(one))
            else:
                hosts.add(_bare(one))
        return cls(tuple(networks), frozenset(hosts))

    async def addresses(self, url: httpx2.URL) -> tuple[str, ...]:
        """The addresses that a URL may be reached at, in the resolver's order.

        Raises:
            Refused: it is no HTTP URL, its name does not resolve, or any of its addresses is not allowed; or it has
                no TLS, which only the allowed may do without.
        """
        host = _bare(_name(url))
        if url.scheme not in ("http", "https") or not host:
            raise Refused("the target must be an https:// URL")
        found = await self.addresses_of(host, url.port or (443 if url.scheme == "https" else 80))
        if url.scheme == "http" and not self._is_allowed(host, found):
            raise Refused(f"{host} is not asked without TLS; use https, or allow it in UNDERPIN_OUTGOING_NETWORKS")
        return found

    async def addresses_of(self, host: str, port: int) -> tuple[str, ...]:
        """The addresses of a host name.

        Raises:
            Refused: it does not resolve, or one of its addresses is not allowed.
        """
        try:
            found = tuple(await self.resolver(host, port))
        except (OSError, UnicodeError) as error:
            raise Refused(f"{host} does not resolve") from error
        if not found:
            raise Refused(f"{host} does not resolve")
        if _bare(host) in self.hosts:
            return found
        for one in found:
            # One private address among public ones is how a name is turned against us.
            if not self._is_open(ip_address(one.partition("%")[0])):
                raise Refused(
                    f"{host} is in a private network or one that is not to be used; "
                    "allow it in UNDERPIN_OUTGOING_NETWORKS"
                )
        return found

    def _is_open(self, address: Address) -> bool:
        return self._is_listed(address) or is_public(address)

    def _is_listed(self, address: Address) -> bool:
        return any(address in network for network in self.networks)

    def _is_allowed(self, host: str, found: Iterable[str]) -> bool:
        return host in self.hosts or all(self._is_listed(ip_address(one.partition("%")[0])) for one in found)


def is_public(address: Address) -> bool:
    """Whether an address, and the IPv4 address inside of it, belongs to the public internet."""
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    # `is_global` is the registry of IANA; multicast addresses are global in it.
    return address.is_global and not address.is_multicast


def _inner(address: Address) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def _network(text: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        raise InvalidInput(f"UNDERPIN_OUTGOING_NETWORKS: {text!r} is no network; write it as 10.0.0.0/8") from error


def _as_address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _name(url: httpx2.URL) -> str:
    return url.raw_host.decode("ascii").strip("[]")


def _bare(host: str) -> str:
    return host.lower().rstrip(".")


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Connects to judged addresses only, one after the other until one answers.

    The request keeps its Host header, and TLS the name: only where the packets go is fixed. No connection is kept, for
    two names at one address must not share one.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        # Of the environment it takes the authorities to trust (SSL_CERT_FILE), no proxy.
        self._plain = httpx2.AsyncHTTPTransport(limits=httpx2.Limits(max_keepalive_connections=0))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer of the first address that can be connected to.

        Raises:
            Refused: the target is not allowed.
            httpx2.TransportError: nobody answered.
        """
        addresses = await self._guard.addresses(request.url)
        request.extensions = {**request.extensions, "sni_hostname": _name(request.url)}
        for address in addresses[:-1]:
            request.url = request.url.copy_with(host=address)
            try:
                return await self._plain.handle_async_request(request)
            except httpx2.ConnectError:
                continue
        request.url = request.url.copy_with(host=addresses[-1])
        return await self._plain.handle_async_request(request)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._plain.aclose()
