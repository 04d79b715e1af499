"""A page's bytes to text."""

from __future__ import annotations

import re

from dedupe.errors import InputError

MOST_BYTES = 8 << 20
"""Bytes of a page, at most; no article's page is larger."""
_DECLARED = re.compile(
    rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)|<\?xml[^>]+encoding\s*=\s*["']([\w-]+)""", re.IGNORECASE
)
_ON_THE_WEB = [
    "windows-1252", "windows-1251", "windows-1250", "koi8-r", "iso-8859-2", "iso-8859-15", "windows-1253",
    "windows-1254", "windows-1255", "windows-1256", "windows-1257", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr",
    "koi8-u",
]  # fmt: skip
"""Encodings of pages that say nothing, or something wrong (WHATWG Encoding Standard)."""


def decode(raw: bytes, charset: str | None = None) -> str:
    """A page's bytes as text.

    charset: what the server said.  UTF-8 that is valid is UTF-8, whatever is declared; then what is declared, if it
    fits; then what the bytes look like.  Raises InputError when the page is too large, or its characters can't be told.

    >>> decode("Мост откроют в мае".encode("windows-1251"), "windows-1251")
    'Мост откроют в мае'
    """
    if len(raw) > MOST_BYTES:
        raise InputError(f"the page has {len(raw) / 1e6:.0f} MB; an article's has {MOST_BYTES >> 20} at most")
    text = _decoded(raw, charset)
    if text.count("\ufffd") + text.count("\0") > max(8, len(text) // 200):
        raise InputError("bad encoding: the page's characters can't be told")
    return text


def _decoded(raw: bytes, charset: str | None) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    said = _DECLARED.search(raw[:4096])
    declared = [(said[1] or said[2]).decode("ascii")] if said else []
    for name in filter(None, [charset, *declared]):
        if name.lower().replace("-", "").replace("_", "") == "utf8":
            continue
        try:
            return raw.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    from charset_normalizer import from_bytes

    best = from_bytes(raw[: 1 << 16], cp_isolation=_ON_THE_WEB).best()
    return raw.decode(best.encoding if best else "utf-8", errors="replace")
