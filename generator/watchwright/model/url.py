"""URLs that definitions name, and what of them may be shown."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from watchwright.model.error import DefinitionError


def http_url(what: str, url: str) -> None:
    """Refuse what is no URL of HTTP, and one that holds a secret, which the message does not repeat."""
    if not re.fullmatch(r"https?://[^\s]+", url) or not _host(url):
        msg = f"{what} begins with http:// or https://, and names a host, got `{shown_url(url)}`"
        raise DefinitionError(msg, 'write it as "https://host.example:443/path"')
    if "@" in urlsplit(url).netloc:
        msg = f"{what} holds no user and no password: nothing secret is written, got those of `{shown_url(url)}`"
        raise DefinitionError(msg, "give `auth=`")


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:  # a bracket that is not closed
        return None


def shown_url(url: str) -> str:
    """A URL for people, without what may be secret in it: who asks, and what is asked."""
    scheme, mark, rest = url.partition("://") if "://" in url else ("", "", url)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    behind = rest.removeprefix(authority)
    if "@" in behind:  # a password with a slash in it, for one
        return f"{scheme}{mark}..."
    return f"{scheme}{mark}{authority.rpartition('@')[2]}{re.split('[?#]', behind)[0]}"
