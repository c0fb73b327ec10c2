"""The picture door: an uploaded picture is drawn anew, so that only its pixels are kept.

A photograph carries where and when it was taken, a file may be a picture and something else at once, and a small file
may unpack to gigabytes. Wagtail has read the type from the bytes and counted the pixels before this runs.
"""

import warnings
from io import BytesIO
from typing import IO, Any

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence

FORMATS = frozenset({"JPEG", "PNG", "GIF", "WEBP", "AVIF"})
PHOTOGRAPHS = {"MPO": "JPEG", "HEIF": "JPEG"}  # a phone's: with a second view, or as hardly a mail program shows it
JPEG_QUALITY = 90
JPEG_MODES = ("L", "RGB", "CMYK")
OF_A_FRAME = ("transparency", "background", "disposal")
# What the readers of one format or another raise.
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, RuntimeError)
MAX_SIDE = 4_000  # pixels: four times the widest that is shown


class PictureRefused(Exception):
    """The file is not taken. The message says why, for the person who uploaded it."""


def redraw(file: IO[bytes]) -> BytesIO:
    """The same picture without metadata, upright, at most MAX_SIDE pixels wide and high; raises PictureRefused.

    A photograph from a telephone becomes a JPEG. Moving pictures keep their frames and their size.
    """
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file) as picture:
                return _redrawn(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused(_("This picture is far too large. Make it smaller and upload it once more.")) from error
    except DAMAGED as error:
        raise PictureRefused(_("This picture is damaged. Save it again and upload it once more.")) from error
    finally:
        file.seek(0)


def _redrawn(picture: Image.Image) -> BytesIO:
    kind = PHOTOGRAPHS.get(picture.format or "", picture.format or "")
    if kind not in FORMATS:
        raise PictureRefused(_("Pictures can be JPEG, HEIC, PNG, GIF, WebP or AVIF files."))
    out = BytesIO()
    keep: dict[str, Any] = {}
    if profile := picture.info.get("icc_profile"):
        keep["icc_profile"] = profile  # its colours would shift without
    if getattr(picture, "n_frames", 1) > 1 and kind != "JPEG":
        frames = [frame.copy() for frame in ImageSequence.Iterator(picture)]
        durations = [frame.info.get("duration", 100) for frame in frames]
        for frame in frames:
            frame.info = {key: frame.info[key] for key in OF_A_FRAME if key in frame.info}
        loop = picture.info.get("loop", 0)
        frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=durations, loop=loop)
    else:
        if max(picture.size) > MAX_SIDE:
            picture.thumbnail((MAX_SIDE, MAX_SIDE))  # before it is turned, which takes the room of a second one
        upright = ImageOps.exif_transpose(picture)
        upright.info = {}
        if kind == "JPEG":
            keep["quality"] = JPEG_QUALITY
            upright = upright if upright.mode in JPEG_MODES else _on_white(upright)
        elif "transparency" in picture.info and upright.mode == picture.mode:
            keep["transparency"] = picture.info["transparency"]
        upright.save(out, kind, **keep)
    out.seek(0)
    return out


def _on_white(picture: Image.Image) -> Image.Image:
    """For a format that cannot be seen through: what was transparent would turn black."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
