"""What no photo carries: scripts in its metadata, a web page or an archive behind its pixels. Such files are refused.

Everything that is kept is encoded anew, so such a load would be lost anyway; but whoever sends it means no picture.
Moving pictures behind a JPEG, as telephones put them, are no harm and pass.
"""

import re

_SCRIPTS = re.compile(rb"<script[\s>/]|<\?php\b|<!doctype\s+html|<html[\s>]|<iframe[\s>]|javascript:[a-z]", re.IGNORECASE)
_PDF = re.compile(rb"%PDF-\d\.\d")
_ARCHIVE_END, _ARCHIVE_ENTRY = b"PK\x05\x06", b"PK\x01\x02"
_ARCHIVE_TAIL = 2**16 + 22
"""A ZIP archive's directory ends within this many bytes of the file's end."""


def load_of(data: bytes) -> str:
    """What else the file is, in a few words; empty when it is nothing but a picture."""
    if _SCRIPTS.search(data):
        return "a script or a web page"
    if _PDF.search(data):
        return "a PDF document"
    if _ARCHIVE_END in data[-_ARCHIVE_TAIL:] and _ARCHIVE_ENTRY in data:
        return "an archive"
    return ""
