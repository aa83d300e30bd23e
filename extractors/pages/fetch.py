"""Polite, bounded fetching over one HTTP client: the only module that imports httpx."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import nullcontext
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx
import stamina

from extractors.credentials import Credential
from extractors.errors import Permanent, Retryable
from extractors.pages.addresses import GuardedBackend
from extractors.pages.answers import charset_of, failure_of, retry_after
from extractors.pages.conditional import conditions, contradicts
from extractors.pages.hosts import GivenUp, Host
from extractors.pages.policy import ACCEPT_PAGE, NO_VALIDATORS, FetchPolicy, PageRequest, host_port, redact
from extractors.pages.robots import ALLOW_ALL, RobotsRules, parse_robots
from extractors.pages.unpack import Unpacker
from extractors.records import RawPage, Source, Validators

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# These log the addresses and headers of requests, and some of those hold a key.
for _name in ("httpx", "httpcore", "hpack"):
    logging.getLogger(_name).setLevel(logging.WARNING)
# The (host, port) that the request under way may reach although it is private: a local source's own.
_permitted: ContextVar[tuple[str, int] | None] = ContextVar("permitted", default=None)


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport, connecting through ``GuardedBackend``.

    httpx has no public way to set the network backend; the attribute is the one of 0.28, to which the project is
    pinned, and a test fails should it ever lead past the guard.
    """

    def __init__(self, guard: GuardedBackend) -> None:
        super().__init__(http2=True, trust_env=False, limits=httpx.Limits(max_connections=64, keepalive_expiry=30))
        self._pool._network_backend = guard


class Fetcher:
    """Gets pages: ``async with Fetcher() as fetcher: page = await fetcher.get(url, source)``.

    Each host is asked one request at a time, at the source's rate and the site's crawl delay, and only what its
    robots.txt allows. No cookie is kept and no proxy or setting is taken from the environment. ``clock`` gives aware
    UTC.
    """

    def __init__(self, policy: FetchPolicy | None = None, clock: Callable[[], datetime] | None = None) -> None:
        self._policy = policy or FetchPolicy()
        self._clock = clock or (lambda: datetime.now(UTC))
        self._guard = GuardedBackend(_permitted)
        self._hosts: dict[tuple[str, int], Host] = {}
        headers = {
            "User-Agent": self._policy.user_agent,
            "Accept-Encoding": "gzip, deflate",
            "Accept-Language": "en, *;q=0.5",
        }
        timeout = httpx.Timeout(self._policy.deadline, connect=self._policy.connect_timeout)
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx.AsyncClient(
            transport=_GuardedTransport(self._guard),
            headers=headers,
            timeout=timeout,
            cookies=no_cookies,
            trust_env=False,
            follow_redirects=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def get(
        self, url: str, source: Source, validators: Validators = NO_VALIDATORS, accept: str = ACCEPT_PAGE
    ) -> RawPage:
        """Get ``url`` for ``source``; with ``validators`` the answer may be ``not_modified``.

        Raises ``Retryable`` or ``Permanent`` with a reason of ``outcomes.REASONS``; their text holds no secret of the
        address.
        """
        return await self.ask(PageRequest(url=url, source=source, validators=validators, accept=accept))

    async def ask(self, request: PageRequest) -> RawPage:
        """``get`` for a request with all that it says."""
        return await self._with_tries(request, True)

    async def _with_tries(self, request: PageRequest, ask_robots: bool) -> RawPage:
        policy = self._policy
        tries = stamina.retry_context(
            on=self._wait_before_retry, attempts=policy.tries, timeout=None, wait_initial=policy.first_wait,
            wait_max=policy.longest_wait, wait_jitter=policy.first_wait / 2,
        )  # fmt: skip
        async for attempt in tries:
            with attempt:
                return await self._follow(request, ask_robots)
        raise AssertionError("stamina ends with an answer or an exception")

    def _wait_before_retry(self, error: Exception) -> bool | float:
        """stamina's question: ``False`` not to try again, ``True`` for its own wait, or the seconds that were asked."""
        if not isinstance(error, Retryable) or isinstance(error, GivenUp) or error.reason == "robots_unavailable":
            return False
        if error.after is None:
            return True
        return error.after if error.after <= self._policy.longest_wait else False

    async def _follow(self, request: PageRequest, ask_robots: bool) -> RawPage:
        """One try: redirects are followed by hand, so that every hop is checked like the first address."""
        url, seen, left = request.url, set[str](), self._policy.deadline
        while url not in seen and len(seen) <= self._policy.max_redirects:
            seen.add(url)
            host = self._host(url)
            if ask_robots and _credential_for(url, request):
                host.at_most_every(1.0 / request.source.rate)
            elif ask_robots:
                await self._ask_robots(host, url, request.source)
            async with host.turn():
                began = asyncio.get_running_loop().time()
                answer = await self._counted(host, url, request, left)
                left -= asyncio.get_running_loop().time() - began
            if isinstance(answer, RawPage):
                return answer
            url = answer
        raise Permanent("redirect_loop", redact(f"{len(seen)} redirects from {request.url}"))

    def _host(self, url: str) -> Host:
        try:
            key = host_port(url)
        except ValueError:
            raise Permanent("refused_address", redact(f"no absolute http(s) address: {url[:200]}")) from None
        return self._hosts.setdefault(key, Host(key[0]))

    async def _ask_robots(self, host: Host, url: str, source: Source) -> None:
        """Raise unless the site lets ``url`` be fetched; its rules are asked for once in the fetcher's life."""
        scheme = urlsplit(url).scheme
        async with host.robots_lock:
            if scheme not in host.robots:
                host.robots[scheme] = await self._load_robots(url, source)
        rules = host.robots[scheme]
        if isinstance(rules, str):
            raise Retryable("robots_unavailable", rules)
        if not rules.allows(url):
            raise Permanent("robots", redact(f"robots.txt disallows {url}"))
        host.at_most_every(max(1.0 / source.rate, min(rules.crawl_delay, self._policy.max_crawl_delay)))

    async def _load_robots(self, url: str, source: Source) -> RobotsRules | str:
        """The rules, or why they could not be had. A 4xx other than 429 means there are none (RFC 9309, 2.3.1.3)."""
        request = PageRequest(url=urljoin(url, "/robots.txt"), source=source, accept="text/plain,*/*;q=0.1")
        try:
            page = await self._with_tries(request, ask_robots=False)
        except Retryable as error:
            return f"robots.txt: {error}"
        except Permanent as error:
            if error.reason in {"gone", "client_error", "redirect_loop"}:
                return ALLOW_ALL
            if error.reason == "refused_address":
                raise
            return f"robots.txt: {error}"
        return parse_robots(page.body)

    async def _counted(self, host: Host, url: str, request: PageRequest, left: float) -> RawPage | str:
        """One request; the host's standing follows from how it ends."""
        try:
            answer = await self._within(left, url, request)
        except Retryable as error:
            host.failed(error, self._policy.give_up_after)
            if error.after is not None and error.after > self._policy.longest_wait:
                host.give_up(error)
            elif error.after is not None:
                host.pause(error.after)
            raise
        host.succeeded()
        return answer

    async def _within(self, seconds: float, url: str, request: PageRequest) -> RawPage | str:
        """One request within the deadline; httpx's own timeouts never fire on a body that drips."""
        permission = _permitted.set(self._own_address(request.source))
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                return await self._request(url, request)
        except (TimeoutError, httpx.TimeoutException):
            raise Retryable("timeout", redact(f"no whole answer within {self._policy.deadline:g} s: {url}")) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise Permanent("refused_address", redact(f"no usable address: {url[:200]} ({error})")) from None
        except httpx.HTTPError as error:
            raise Retryable("unreachable", redact(f"{url}: {error or type(error).__name__}")) from None
        finally:
            _permitted.reset(permission)

    def _own_address(self, source: Source) -> tuple[str, int] | None:
        return host_port(source.url) if source.local else None

    async def _request(self, url: str, request: PageRequest) -> RawPage | str:
        """The answered page, or the address that it redirects to."""
        if host_port(url) in self._guard.private and host_port(url) != _permitted.get():
            raise Permanent("refused_address", redact(f"{url} is another source's local address"))
        address, headers = _as_sent(url, request)
        async with self._client.stream("GET", address, headers=headers) as response:
            if response.status_code in _REDIRECTS and response.headers.get("location"):
                return urljoin(url, response.headers["location"].strip())
            unchanged = response.status_code == 304 and bool(conditions(request.validators))
            if unchanged and not contradicts(response.headers, request.validators):
                return self._page(url, request, response, b"", not_modified=True)
            if unchanged:
                return await self._request(url, replace(request, validators=NO_VALIDATORS))
            after = retry_after(response.headers.get("retry-after"), self._clock())
            if failure := failure_of(response.status_code, url, after):
                raise failure
            limit = request.max_bytes or self._policy.max_bytes
            with request.into.open("wb") if request.into else nullcontext() as into:
                unpacker = Unpacker(response.headers.get("content-encoding", ""), limit, into)
                async for piece in response.aiter_raw():
                    unpacker.feed(piece)
                return self._page(url, request, response, unpacker.body())

    def _page(
        self, url: str, request: PageRequest, response: httpx.Response, body: bytes, not_modified: bool = False
    ) -> RawPage:
        content_type = response.headers.get("content-type", "")
        etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
        if not_modified:
            etag, modified = etag or request.validators.etag, modified or request.validators.last_modified
        return RawPage(
            url=request.url,
            final_url=url,
            status=response.status_code,
            fetched=self._clock(),
            body=body,
            content_type=content_type,
            charset=charset_of(content_type),
            validators=Validators(etag=etag, last_modified=modified),
            not_modified=not_modified,
        )


def _as_sent(url: str, request: PageRequest) -> tuple[httpx.URL, dict[str, str]]:
    """The address and headers that go out: here and nowhere else a key is added."""
    address, headers = httpx.URL(url), {"Accept": request.accept, **conditions(request.validators)}
    if credential := _credential_for(url, request):
        sent = {credential.name: credential.prefix + credential.value}
        if credential.place == "header":
            headers |= sent
        else:
            address = address.copy_merge_params(sent)
    return address, headers


def _credential_for(url: str, request: PageRequest) -> Credential | None:
    """The request's credential where ``url`` is on the source's own host, to which alone it is sent."""
    if request.credential and host_port(url) == host_port(request.source.url):
        return request.credential
    return None
