"""URLs to canonical form: one article, one address, whatever it was shared or shown with.

Dropped are the scheme's kind, user names, default ports, hosts' prefixes for other devices, AMP caches and paths,
print views, fragments, and parameters that track or only change how a page looks (RFC 3986, section 6, for the rest).
"""

from __future__ import annotations

import re
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

_PARTS = (
    r"^(?i:https?:)?//(?:[^/?#@]*@)?(?P<host>[^/?#:@\s]+)(?::(?P<port>\d+))?(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?"
)
_CACHES = (
    (r"^(?i:https?:)?//(?:www\.)?google\.[a-z.]{2,6}/amp/(?:s/)?", "https://"),
    (r"^(?i:https?:)?//[a-z0-9-]+\.cdn\.ampproject\.org/(?:[a-z]/)+", "https://"),
    (r"^(?i:https?:)?//(?:www\.)?bing-amp\.com/c/(?:s/)?", "https://"),
)
_DEVICE = r"^(?:www\d?|m|mobile|mobil|amp|touch|wap|print)\."
_DEVICE_INSIDE = r"^([a-z]{2})\.m\."
_VIEWS = (
    (r"/{2,}", "/"),
    (r"^/(?:amp|print|mobile|m)/", "/"),
    (r"(?i)/(?:index|default)\.(?:html?|php|aspx?|jsp)$", "/"),
    (r"(?i)[./_-](?:amp|print|mobile|druck|imprimir)(\.s?html?|\.php)$", r"\1"),
    (r"(?i)/(?:amp|print|mobile|printable|imprimir|drucken|druckversion)(?:\.html?|\.php)?/?$", "/"),
    (r"(?i)\.amp$", ""),
    (r"/+$", ""),
)
_TRACKING = re.compile(
    r"(?:utm|mtm|itm|mkt|ads|aff|pk|piwik|matomo|at|ns|hsa|stm|pf_rd|vero|oly|__hs|_hs|trk|wt|xtor|ito|icid|ncid|cmp|cmpid|campaign|"
    r"cid|src|ref|referrer|referer|source|share|shared|smid|soc|sr_share|ocid|guccounter|guce_referrer|guce_referrer_sig|"
    r"fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|ysclid|twclid|igshid|igsh|mc|mkt_tok|efg|spm|scid|"
    r"_ga|_gl|_ke|_branch_match_id|phpsessid|jsessionid|sessionid|rss|feed|from|partner|ftag|tag|via|s_cid|s_kwcid|ssl|seg|sh|taid|traffic_source)"
    r"(?:[_.-]\w*)?",
    re.IGNORECASE,
)
_MAY_NUMBER = re.compile(r"(?:cid|at|ns|seg|sh|src|mc|source|from|feed)=\d+", re.IGNORECASE)
"""Parameters that track in one place and number articles in another: with a number they stay."""
_LOOKS = re.compile(
    r"(?:amp|print|printable|output|outputtype|view|mode|display|m|mobile|device|version|theme|nomobile|fullsite|single_?page)",
    re.IGNORECASE,
)
_LOOK = re.compile(
    r"(?:|1|true|yes|amp|print|printable|mobile|m|desktop|full|html|all|touch|dark|light)", re.IGNORECASE
)

_OF_ARTICLE = r"^https://[^/?]+[/?]"
"""A canonical URL that is no front page."""


@lru_cache(maxsize=65_536)
def _query(query: str) -> str:
    """The parameters that say which article it is, in order of their names."""
    kept = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        tracks = _TRACKING.fullmatch(name) and not _MAY_NUMBER.fullmatch(pair)
        if name and not tracks and not (_LOOKS.fullmatch(name) and _LOOK.fullmatch(value)):
            kept.append(pair)
    return "?" + "&".join(sorted(kept)) if kept else ""


def canonical_urls(urls: pa.Array) -> pa.Array:
    """Each URL in canonical form, large_string[n]; null where there is none that can be read.

    urls: large_string[n].

    >>> given = ["HTTP://www.Daily.example:80/a/b/?utm_source=x&id=7#top", "https://m.daily.example/a/b/amp/?id=7"]
    >>> canonical_urls(pa.array(given, pa.large_string())).to_pylist()
    ['https://daily.example/a/b?id=7', 'https://daily.example/a/b?id=7']
    """
    if urls.null_count == len(urls):
        return pa.nulls(len(urls), pa.large_string())
    urls = pc.replace_substring_regex(urls, r"[\pZ\pC]", "")
    if pc.any(pc.fill_null(pc.match_substring_regex(urls, r"(?i)google\.|ampproject|bing-amp"), False)).as_py():
        for pattern, instead in _CACHES:
            urls = pc.replace_substring_regex(urls, pattern, instead)
    parts = pc.extract_regex(urls, _PARTS)
    host, port, path, query = (
        pc.struct_field(parts, name).cast(urls.type) for name in ("host", "port", "path", "query")
    )
    host = pc.replace_substring_regex(pc.utf8_lower(host), _DEVICE, "")
    host = pc.replace_substring_regex(host, _DEVICE_INSIDE, r"\1.")
    own = pc.match_substring_regex(pc.fill_null(port, ""), r"^(?:|80|443)$")
    host = pc.if_else(own, host, pc.binary_join_element_wise(host, port, pa.scalar(":", urls.type)))
    for pattern, instead in _VIEWS:
        path = pc.replace_substring_regex(path, pattern, instead)
    if (asked := pc.greater(pc.binary_length(pc.fill_null(query, "")), 0)) and pc.any(asked).as_py():
        told = [_query(text) for text in query.filter(asked).to_pylist()]
        query = pc.replace_with_mask(query, asked, pa.array(told, query.type))
    return pc.binary_join_element_wise(pa.scalar("https://", urls.type), host, path, query, pa.scalar("", urls.type))


def canonical_url(url: str | None) -> str | None:
    """One URL in canonical form; None when it can't be read.

    >>> canonical_url("https://www.google.com/amp/s/daily.example/story.amp.html")
    'https://daily.example/story.html'
    """
    found: str | None = canonical_urls(pa.array([url], pa.large_string()))[0].as_py() if url else None
    return found


def article_addresses(canonical: pa.Array, urls: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Where each article lives, and whether its page says that this is another site than where it was found.

    canonical, urls: large_string[n].  Returns large_string[n], by the page's own word or where it was found, null for
    front pages; and bool[n].
    """
    if canonical.null_count == urls.null_count == len(urls):
        return pa.nulls(len(urls), pa.large_string()), pa.repeat(False, len(urls))

    def of_articles(addresses: pa.Array) -> pa.Array:
        own = pc.match_substring_regex(addresses, _OF_ARTICLE)
        return pc.if_else(pc.fill_null(own, False), addresses, pa.scalar(None, addresses.type))

    found = canonical_urls(urls)
    if canonical.null_count == len(canonical):
        return of_articles(found), pa.repeat(False, len(found))
    own = canonical_urls(canonical)
    hosts = [pc.struct_field(pc.extract_regex(given, "^https://(?P<host>[^/?]+)"), "host") for given in (own, found)]
    return pc.coalesce(of_articles(own), of_articles(found)), pc.fill_null(pc.not_equal(*hosts), False)


def is_article_url(url: str) -> bool:
    """Whether a canonical URL can be an article's: a front page ("https://daily.example") can't.

    >>> is_article_url("https://daily.example"), is_article_url("https://daily.example/a-b")
    (False, True)
    """
    return re.match(_OF_ARTICLE, url) is not None
