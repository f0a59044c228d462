"""Pictures as they come from a camera or a file: opened within limits, upright, without the camera's own notes.

Only JPEG and PNG are opened, whatever the file is called. A telephone writes how it was held into the EXIF data: the
picture is turned by it here, once, and written again without it (it may hold a place and a time that are nobody's
business).
"""

from __future__ import annotations

import io
import struct
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
"""Ten megabytes of a page say what a page says; 60 megapixels are 180 MB in memory."""

LEAST_SIDE = 64
JPEG_QUALITY = 82

_KINDS = ((b"\xff\xd8\xff", "JPEG"), (b"\x89PNG\r\n\x1a\n", "PNG"), (b"%PDF-", "PDF"))


class BadPicture(ValueError):
    """What was handed in is no picture of a page; ``str`` is one Chinese sentence: what is the matter, then what to do.
    ``word`` is for logs and tests."""

    def __init__(self, sentence: str, word: str) -> None:
        super().__init__(sentence)
        self.word = word


def kind_of(data: bytes) -> str | None:
    """``JPEG``, ``PNG`` or ``PDF`` by the first bytes; None for anything else."""
    return next((kind for start, kind in _KINDS if data.startswith(start)), None)


def opened(data: bytes) -> Image.Image:
    """The picture in RGB, the right way up. ``BadPicture`` for what is too large, damaged or no picture."""
    if len(data) > LARGEST_BYTES:
        raise BadPicture(f"图片有 {len(data) / 1048576:.0f} MB，超过 20 MB，请调低分辨率重拍", "too_large")
    if kind_of(data) not in ("JPEG", "PNG"):
        raise BadPicture("这个文件不是 JPEG 或 PNG 图片，请另存为图片或 PDF 再拖进来", "no_picture")
    try:
        with warnings.catch_warnings():
            # Ours is the stricter limit, and it has a sentence.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as picture:
                _check_size(picture.width, picture.height)
                return _on_white(ImageOps.exif_transpose(picture))
    except Image.DecompressionBombError as error:
        raise BadPicture("图片的像素太多，请调低分辨率重拍", "too_many_pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        if isinstance(error, BadPicture):
            raise
        raise BadPicture("图片打不开，文件不完整或已损坏，请重拍一张", "damaged") from error


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise BadPicture(f"图片有 {width}×{height} 点，太大了，请调低分辨率重拍", "too_many_pixels")
    if min(width, height) < LEAST_SIDE:
        raise BadPicture(f"图片只有 {width}×{height} 点，看不清字，请重拍", "too_small")


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency: what shines through is paper."""
    if picture.mode == "RGB":
        picture.load()
        return picture
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        over = picture.convert("RGBA")
        under = Image.new("RGBA", over.size, "white")
        return Image.alpha_composite(under, over).convert("RGB")
    if picture.mode.startswith(("I", "F")):
        # 16 bits a dot: the upper 8 of them.
        return picture.convert("I").point(lambda value: value / 256).convert("L").convert("RGB")
    return picture.convert("RGB")


def jpeg(picture: Image.Image, quality: int = JPEG_QUALITY) -> bytes:
    """The picture as JPEG without any EXIF data."""
    target = io.BytesIO()
    picture.save(target, format="JPEG", quality=quality, optimize=True)
    return target.getvalue()


def within(picture: Image.Image, longest: int) -> Image.Image:
    """The picture scaled down so that its longer side has at most ``longest`` dots; never up."""
    scale = longest / max(picture.size)
    if scale >= 1:
        return picture
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)
