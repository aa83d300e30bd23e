"""robots.txt (RFC 9309): what a site asks programs to leave alone, and how slowly to come."""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

from extractors.pages.policy import ROBOTS_AGENT

# RFC 9309, 2.5: at least 500 KiB must be read; what is beyond may be left out.
MAX_ROBOTS_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class RobotsRules:
    """The rules of one site for this project. ``crawl_delay`` is in seconds, 0 where none is set."""

    rules: Protego | None
    crawl_delay: float = 0.0

    def allows(self, url: str) -> bool:
        """Whether ``url`` may be fetched: robots.txt lets it, or itself lists the address as a sitemap to be read."""
        if self.rules is None:
            return True
        return self.rules.can_fetch(url, ROBOTS_AGENT) or url in set(self.rules.sitemaps)


ALLOW_ALL = RobotsRules(None)


def parse_robots(body: bytes) -> RobotsRules:
    """Read a robots.txt. Lines that are none (an HTML page, say) are passed over, as the RFC asks. Never raises."""
    text = body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", errors="replace").replace("\x00", "")
    try:
        rules = Protego.parse(text)
        delay = float(rules.crawl_delay(ROBOTS_AGENT) or 0.0)
    except (ValueError, TypeError, OverflowError):
        # A number that is none: the safe reading of rules that cannot be read is to stay away.
        return RobotsRules(Protego.parse("User-agent: *\nDisallow: /"))
    return RobotsRules(rules, max(0.0, delay))
