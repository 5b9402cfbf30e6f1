"""From a trial to its playlist: what `showPlay` answers, what a player's page names, what a playlist holds. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import m3u8

from crawlers.urls import resolve

# 2023: `url: '//host/x.m3u8',`; older: `flashvars.file = encodeURIComponent("…")`; HTML5: <source src="…">.
_PLAYLIST = re.compile(r"""["'](?P<url>[^"'\s<>]*\.m3u8(?:[?#&%][^"'\s<>]*)?)["']""", re.I)
_OTHER_FILM = re.compile(r"""["'][^"'\s<>]+\.(?:mp4|flv|mpd|webm)(?:\?[^"'\s<>]*)?["']""", re.I)
_COMMENT = re.compile(r"<!--.*?-->|/\*.*?\*/|(?m:^\s*//[^\n]*$)", re.S)


class NoField(LookupError):
    """The answer lacks a field that every known portal gives; the text is its name."""


class NotAPlaylist(ValueError):
    """A playlist that cannot be read."""


@dataclass(frozen=True)
class Playlist:
    """A playlist: further ones (`variants`, a master), or the pieces of a recording.

    Attributes:
        duration: Seconds, the sum of its pieces.
        ended: It says that nothing will be added (EXT-X-ENDLIST).
    """

    variants: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    duration: float = 0.0
    ended: bool = True


def player_url(value: Any, url: str) -> str | None:
    """The player's address in the answer of `/cmn/showPlay`; it is protocol-relative. None: the portal names none.

    Raises:
        NoField: The answer has no such field: it says neither that there is a player nor that there is none.
    """
    data = value.get("data") if isinstance(value, dict) else None
    if not isinstance(data, dict):
        raise NoField("data")
    if "playUrl" not in data:
        raise NoField("data.playUrl")
    play = data["playUrl"]
    return resolve(url, play.strip()) if isinstance(play, str) and play.strip() else None


def playlist_url(html: str, url: str) -> str | None:
    """The playlist that a player's page names; None: it names none."""
    found = _PLAYLIST.search(_COMMENT.sub("", html))
    if found is None:
        return None
    address = found["url"].replace("\\/", "/")
    return resolve(url, unquote(address) if re.match(r"https?%3A|%2F%2F", address, re.I) else address)


def other_film(html: str) -> bool:
    """Does the page name a film of another kind, which is not looked into?"""
    return _OTHER_FILM.search(_COMMENT.sub("", html)) is not None


def read_playlist(text: str, url: str) -> Playlist:
    """Read an m3u8 playlist (RFC 8216).

    Raises:
        NotAPlaylist: It breaks the format.
    """
    try:
        found = m3u8.loads(text.lstrip("\ufeff \r\n\t"), uri=url)
        variants = tuple(a for p in found.playlists if (a := resolve(url, p.uri)))
        pieces = [(a, float(s.duration or 0.0)) for s in found.segments if s.uri and (a := resolve(url, s.uri))]
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:  # the library's ways of saying so
        raise NotAPlaylist(type(error).__name__) from error
    return Playlist(
        variants=variants if found.is_variant else (),
        segments=tuple(address for address, _ in pieces),
        duration=round(sum(length for _, length in pieces), 3),
        ended=bool(found.is_endlist),
    )
