"""Settings inside a picture file, as JSON in an XMP packet: one mechanism for PNG, JPEG, WebP and TIFF alike.

XMP (ISO 16684-1) travels in all four, and common tools show it. Only Impasto's own property is read back, and it is found
by its tags rather than by an XML parser, so a hostile packet has nothing to attack.
"""

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from impasto.errors import OutputError
from impasto.images.paths import AnyPath

_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:impasto="urn:impasto:1">'
    "<xmp:CreatorTool>Impasto</xmp:CreatorTool><impasto:settings>{}</impasto:settings>"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)
_SETTINGS = re.compile(rb"<impasto:settings>(.*?)</impasto:settings>", re.DOTALL)


def settings_json(settings: Mapping[str, Any]) -> str:
    """The settings as they stand in the file: JSON in ASCII, escaped for XML. Raises OutputError for what JSON cannot hold."""
    try:
        text = json.dumps(dict(settings), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise OutputError(
            f"the settings cannot be kept in the picture, they are no JSON ({error}): use plain values"
        ) from error
    return html.escape(text, quote=False)


def settings_packet(settings: Mapping[str, Any]) -> bytes:
    """The XMP packet that holds the settings."""
    return _PACKET.format(settings_json(settings)).encode("utf-8")


def read_settings(path: AnyPath) -> dict[str, Any] | None:
    """The settings that `write` put into a picture file, or None when it holds none.

    Only the header is read. Raises InputError where `read` would: a file that is missing or is no picture.
    """
    from impasto.images.decoding import header, opened
    from impasto.images.engine import metadata

    with opened(Path(path)) as picture:
        if not picture.format.encoder:
            return None
        packet = metadata(header(picture), "xmp-data")
    found = _SETTINGS.search(bytes(packet)) if packet is not None else None
    if found is None:
        return None
    try:
        settings = json.loads(html.unescape(found[1].decode("utf-8")))
    except ValueError:
        return None
    return settings if isinstance(settings, dict) else None
