"""Recorded pictures through the picture work: corners within a few dots, pages upright and level, flaws named."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from drivers.camera import flatten, quality
from drivers.camera.geometry import WHOLE, Corners
from drivers.camera.pictures import LARGEST_BYTES, BadPicture, jpeg, opened
from drivers.camera.quality import Flaw
from drivers.camera.samples import VIEWS, View, frame, page, picture
from drivers.camera.scan import NOT_FOUND, outline, scan
from drivers.camera.sheet import find_sheet

FRAME = (1_600, 1_200)
LYING = {
    "straight": View(),
    "turned": View(turn=9, size=0.76),
    "seen from the front": View(tilt=0.16, size=0.78),
    "from a leaning arm": View(turn=-6, tilt=0.1, lean=0.07, size=0.74),
    "half in shadow": View(turn=5, shadow=0.6, size=0.8),
    "at dusk": View(turn=-4, light=0.35, size=0.8),
    "noisy": View(turn=3, noise=14, size=0.8),
    "a little blurred": View(turn=4, blur=3, size=0.8),
    "on a wild table": View(turn=-3, grain=25, size=0.8),
    "on a light desk": View(turn=4, desk=(212, 210, 206), size=0.8),
    "small, like a card": View(turn=7, size=0.34),
    "a dark folder on a light desk": View(turn=3, paper=90, desk=(228, 228, 226), size=0.8),
}


def off(found: Corners, view: View) -> float:
    """The largest distance of a corner from where it truly lies, in dots of the frame."""
    width, height = view.frame
    return max(
        math.hypot((x - u) * width, (y - v) * height) for (x, y), (u, v) in zip(found, view.corners, strict=True)
    )


@pytest.mark.parametrize("view", LYING.values(), ids=LYING.keys())
def test_the_corners_are_found_to_a_few_dots(view: View) -> None:
    view = replace(view, frame=FRAME)
    sheet = find_sheet(picture(view))
    assert sheet is not None
    assert off(sheet.corners, view) < 4.0


@pytest.mark.parametrize("view", LYING.values(), ids=LYING.keys())
def test_the_previews_outline_is_near(view: View) -> None:
    view = replace(view, frame=(1_024, 768))
    found = outline(jpeg(picture(view)))
    assert found is not None
    assert off(found, view) < 12


def test_a_bare_desk_has_no_sheet_and_the_whole_picture_is_taken_with_a_word() -> None:
    desk = Image.effect_noise(FRAME, 20).convert("RGB")
    result = scan(jpeg(desk))
    assert not result.found
    assert result.corners == WHOLE
    assert result.sentences[0] == NOT_FOUND


def test_a_sheet_that_lies_half_outside_is_not_cut_in_the_middle() -> None:
    view = View(turn=2, shift=(0.45, 0.0), frame=FRAME)
    result = scan(frame(view))
    assert not result.found


def test_the_page_is_the_sheet_flat_and_with_the_proportions_of_a4() -> None:
    view = View(turn=-8, tilt=0.1, size=0.78, shadow=0.2, frame=FRAME)
    result = scan(frame(view))
    got = opened(result.data)
    assert got.size == (result.width, result.height)
    assert result.height / result.width == pytest.approx(math.sqrt(2), abs=0.01)
    wanted = page(view.seed).resize(got.size)
    # Each word where it stood on the paper: the difference is light and shadow, not place.
    ink = [image.convert("L").point(lambda value: 255 if value < 110 else 0) for image in (got, wanted)]
    both, either = ImageChops.darker(*ink), ImageChops.lighter(*ink)
    shared = sum(both.histogram()[128:]) / sum(either.histogram()[128:])
    assert shared > 0.5
    assert result.flaws == ()


@pytest.mark.parametrize("angle", [-14.5, -7.3, -1.2, 0.0, 0.8, 4.0, 11.6, 15.0])
def test_writing_without_a_visible_edge_is_turned_level(angle: float) -> None:
    slanting = page(5).rotate(-angle, Image.Resampling.BICUBIC, fillcolor=(243, 243, 243))
    assert flatten.tilt(slanting) == pytest.approx(angle, abs=0.3)
    result = scan(jpeg(slanting))
    assert abs(flatten.tilt(opened(result.data))) <= 0.3


def test_a_blank_or_scribbled_page_is_left_as_it_lies() -> None:
    assert flatten.tilt(Image.new("RGB", (800, 1_100), "white")) == 0.0
    rings = Image.new("RGB", (800, 1_100), "white")
    draw = ImageDraw.Draw(rings)
    for radius in range(40, 360, 24):
        draw.ellipse((400 - radius, 550 - radius, 400 + radius, 550 + radius), outline="black", width=3)
    assert abs(flatten.tilt(rings)) == 0.0


@pytest.mark.parametrize(
    ("view", "flaw"),
    [
        (View(light=0.3), Flaw.DARK),
        (View(blur=5), Flaw.BLURRED),
        (View(shadow=0.75), Flaw.SHADOW),
        (View(size=0.34), Flaw.SMALL),
    ],
    ids=lambda value: value.value if isinstance(value, Flaw) else "",
)
def test_what_cannot_be_read_is_said_with_what_to_do(view: View, flaw: Flaw) -> None:
    result = scan(frame(replace(view, frame=FRAME)))
    assert flaw in result.flaws
    assert "请" in quality.WORDS[flaw]


@pytest.mark.parametrize("view", [*VIEWS, View(noise=8), View(light=0.6), View(turn=12)])
def test_a_good_picture_gets_no_remark(view: View) -> None:
    assert scan(frame(replace(view, frame=FRAME, size=0.82))).sentences == ()


def test_an_empty_back_is_told_from_a_page() -> None:
    assert Flaw.EMPTY in quality.measured(Image.new("RGB", (1_200, 1_700), (240, 240, 238))).flaws


@pytest.mark.parametrize("held", [1, 3, 6, 8])
def test_a_telephone_that_was_held_sideways_still_gives_an_upright_page(held: int) -> None:
    upright = picture(replace(VIEWS[0], frame=FRAME))
    back = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[held]
    as_taken = upright.transpose(back) if back is not None else upright
    exif = Image.Exif()
    exif[0x0112] = held
    exif[0x010E] = "somewhere"
    target = io.BytesIO()
    as_taken.save(target, "JPEG", quality=90, exif=exif)
    result = scan(target.getvalue())
    assert off(result.corners, replace(VIEWS[0], frame=FRAME)) < 4
    assert not Image.open(io.BytesIO(result.data)).getexif()


def test_a_quarter_turn_by_hand_turns_the_page() -> None:
    data = frame(replace(VIEWS[0], frame=FRAME))
    straight, turned = scan(data), scan(data, turn=1)
    assert (turned.width, turned.height) == (straight.height, straight.width)
    back = opened(turned.data).transpose(Image.Transpose.ROTATE_90)
    assert sum(ImageChops.difference(back, opened(straight.data)).convert("L").histogram()[40:]) < 2_000


def test_corners_by_hand_are_taken_as_they_are_and_a_crossed_shape_is_refused() -> None:
    corners = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.7), (0.2, 0.7))
    data = frame(replace(VIEWS[0], frame=FRAME))
    assert scan(data, corners=corners).corners == corners
    with pytest.raises(BadPicture) as caught:
        scan(data, corners=(corners[0], corners[2], corners[1], corners[3]))
    assert "四边形" in str(caught.value)


def test_what_is_no_picture_is_refused_with_a_sentence() -> None:
    whole = frame(replace(VIEWS[0], frame=FRAME))
    tiny = jpeg(Image.new("RGB", (20, 2_000)))
    cases = {
        b"": "no_picture",
        b"MZ\x90\x00 not a picture": "no_picture",
        b"GIF89a" + bytes(40): "no_picture",
        whole[: len(whole) // 3]: "damaged",
        b"\xff\xd8\xff" + bytes(500): "damaged",
        b"\x89PNG\r\n\x1a\n" + bytes(500): "damaged",
        tiny: "too_small",
        b"\xff\xd8\xff" + bytes(LARGEST_BYTES): "too_large",
    }
    for data, word in cases.items():
        with pytest.raises(BadPicture) as caught:
            scan(data)
        assert caught.value.word == word
        assert "请" in str(caught.value)


def test_a_picture_of_too_many_dots_is_refused_before_it_fills_the_memory() -> None:
    huge = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(huge, "PNG")
    assert len(huge.getvalue()) < 1_000_000
    with pytest.raises(BadPicture) as caught:
        opened(huge.getvalue())
    assert caught.value.word == "too_many_pixels"


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "I;16", "CMYK"])
def test_every_kind_of_dots_becomes_colours_on_white(mode: str) -> None:
    sheet = page(7).resize((620, 877))
    target = io.BytesIO()
    if mode == "I;16":
        Image.fromarray(__import__("numpy").asarray(sheet.convert("L")).astype("uint16") * 257).save(target, "PNG")
    else:
        sheet.convert(mode).save(target, "JPEG" if mode == "CMYK" else "PNG")
    got = opened(target.getvalue())
    assert got.mode == "RGB"
    # Black and white alone is a pattern of dots: seen from afar it is the same page.
    seen, meant = (image.convert("L").resize((62, 88)) for image in (got, sheet))
    assert sum(ImageChops.difference(seen, meant).histogram()[60:]) < 0.02 * 62 * 88


@given(st.binary(max_size=300), st.sampled_from([b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b""]))
def test_no_bytes_do_more_than_be_refused(data: bytes, start: bytes) -> None:
    with pytest.raises(BadPicture):
        opened(start + data)


def test_a_damaged_camera_frame_is_refused_wherever_it_was_cut_off() -> None:
    whole = jpeg(picture(replace(VIEWS[0], frame=(320, 240))))
    for length in range(0, len(whole) - 40, 97):
        with pytest.raises(BadPicture):
            opened(whole[:length])
