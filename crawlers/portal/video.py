"""Can a session's recording be played? From the player's address over its page and playlist to three of its pieces.

Only the first, the middle and the last piece are asked for, and of each the first bytes: the answer is about the recording,
not a copy of it. What refuses us says nothing about the recording.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from crawlers.portal import player
from crawlers.portal.client import Client, Reading, not_understood
from crawlers.portal.lists import said
from crawlers.portal.player import NoField, NotAPlaylist, Playlist
from storage.records import Access, Video

_MOST_VARIANTS = 3
_MOST_DEEP = 2  # a master playlist names media playlists; one that names a master again is no use


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What was found of a recording.

    Attributes:
        detail: Why it is not playable or was not read.
        missing: The field that the portal's answer lacks.
    """

    video: Video
    detail: str | None = None
    duration: float | None = None
    segments: int | None = None
    dead_segments: tuple[int, ...] = ()
    missing: str | None = None


async def look(client: Client, address: str, frame: str | None) -> Recording:
    """Look for a session's recording.

    Args:
        address: `showPlay` of the session.
        frame: The player that is built into the trial page, if the page has one.
    """
    asked = await client.data(address)
    missing = None
    if not asked.is_ok:
        if asked.access is Access.UNEXPECTED_TYPE and frame is None:  # an interface in trouble, or another one by now
            return Recording(video=Video.UNREAD, detail=f"播放地址：{said(asked)}")
        if frame is None or asked.is_refused:
            return _of(asked, "播放地址")
        url: str | None = frame
    else:
        try:
            url = player.player_url(asked.value, asked.url) or frame
        except NoField as lack:
            missing = str(lack)
            url = frame
            if frame is None:
                return Recording(video=Video.UNREAD, detail=f"播放地址的应答缺少 {missing}", missing=missing)
    if url is None:
        return Recording(video=Video.NO_PLAYLIST, detail="平台没有给出播放地址")
    found = await _of_player(client, url)
    return replace(found, missing=missing)


async def _of_player(client: Client, url: str) -> Recording:
    if ".m3u8" in url.split("?")[0]:
        return await _of_playlist(client, url)
    page = await client.page(url)
    if not page.is_ok:
        return _of(page, "播放页")
    address = player.playlist_url(page.text, page.url)
    if address is None and player.other_film(page.text):
        return Recording(video=Video.UNREAD, detail="播放页给出的不是 m3u8 播放列表")
    if address is None:
        return Recording(video=Video.NO_PLAYLIST, detail="播放页没有播放列表")
    return await _of_playlist(client, address)


async def _of_playlist(client: Client, url: str, depth: int = 1) -> Recording:
    found = await client.playlist(url)
    if found.access is Access.EMPTY:
        return Recording(video=Video.EMPTY_PLAYLIST, detail="播放列表为空文件")
    if not found.is_ok:
        return _of(found, "播放列表")
    try:
        listed = player.read_playlist(found.text, found.url)
    except NotAPlaylist:
        return _of(not_understood(found, "格式无法读取"), "播放列表")
    if listed.variants and depth < _MOST_DEEP:
        return await _best(client, listed)
    if not listed.segments:
        return Recording(video=Video.EMPTY_PLAYLIST, detail="播放列表中没有片段", duration=0.0, segments=0)
    return await _of_segments(client, listed)


async def _best(client: Client, master: Playlist) -> Recording:
    """A master's first variant that can be played, or what is wrong with its first."""
    first: Recording | None = None
    for url in master.variants[:_MOST_VARIANTS]:
        found = await _of_playlist(client, url, _MOST_DEEP)
        if found.video is Video.PLAYABLE:
            return found
        first = first or found
    assert first is not None  # a master has variants
    return first


async def _of_segments(client: Client, listed: Playlist) -> Recording:
    last = len(listed.segments) - 1
    whole = Recording(video=Video.PLAYABLE, duration=listed.duration, segments=last + 1)
    dead: dict[int, str] = {}
    for position in sorted({0, (last + 1) // 2, last}):
        piece = await client.segment(listed.segments[position])
        if piece.is_refused:
            return replace(whole, video=Video.UNREAD, detail=f"第{position + 1}段未能读取（{said(piece)}）")
        if not piece.is_ok:
            dead[position] = said(piece)
    if dead:
        which = "、".join(f"第{position + 1}段（{why}）" for position, why in dead.items())
        detail = f"{last + 1}段中{which}无法播放"
        return replace(whole, video=Video.DEAD_SEGMENTS, detail=detail, dead_segments=tuple(dead))
    return whole if listed.ended else replace(whole, detail="播放列表没有结束标记")


def _of(found: Reading, what: str) -> Recording:
    """Something on the way did not come: they refuse us, or nobody can have it."""
    video = Video.UNREAD if found.is_refused else Video.UNREACHABLE
    return Recording(video=video, detail=f"{what}：{said(found)}")
