"""What the window tells its devices around the counter, and what of theirs the window understands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_app.bootstrap.device_settings import DeviceSettings
from clerk_app.bootstrap.settings import Settings
from clerk_app.domain.signatures import PAD_RATIO, Strokes
from clerk_app.ports.clock import Clock
from clerk_app.ports.counter_devices import PairingOffer
from drivers.base.readings import SignatureReading

if TYPE_CHECKING:
    from clerk_app.bootstrap.devices import DeviceSet
    from clerk_app.ui.window.desk import RatingPrompt

TABLET = "tablet"


def for_window(settings: DeviceSettings, window_no: str, folder: Path) -> DeviceSettings:
    """The settings with what a tablet needs besides its line: the window's number for its page, and where its pairing
    is kept, so that it is still known tomorrow. What the settings say themselves goes before."""
    if not is_tablet(settings):
        return settings
    own = {"window": window_no, "file": str(folder / "tablet-pairing"), **settings.options.get("evaluator", {})}
    return replace(settings, options={**settings.options, "evaluator": own})


def is_tablet(settings: DeviceSettings) -> bool:
    """Whether the evaluator is a tablet or second screen."""
    return settings.named("evaluator").partition(":")[0] == TABLET


def pairing(settings: DeviceSettings, devices: DeviceSet) -> Callable[[], PairingOffer] | None:
    """How a tablet gets its code; None where the evaluator is none."""
    return devices.evaluator.offer_pairing if devices.evaluator is not None and is_tablet(settings) else None


def rating_prompt(config: Settings, clock: Clock) -> RatingPrompt | None:
    """Who says what when a rating is asked for; None without the setting, without a voice, and where it is off."""
    from clerk_app.bootstrap.voice import OFF, SYSTEM, open_speaker
    from clerk_app.ui.window.desk import RatingPrompt

    text = config.window.rating_prompt.strip()
    if not text or config.voice.speaker == OFF:
        return None
    # There are clips for calls only: the sentence is read by the system's voice.
    speaker = open_speaker(replace(config.voice, speaker=SYSTEM), config.folder, clock)
    return None if speaker is None else RatingPrompt(speaker, text, config.voice.volume)


def strokes_of(reading: SignatureReading) -> Strokes:
    """A pad's dots in parts of a place of ``PAD_RATIO``: as large as it fits, in the middle, nothing stretched."""
    scale = min(PAD_RATIO / max(1, reading.width), 1.0 / max(1, reading.height))
    left = (PAD_RATIO - reading.width * scale) / 2
    top = (1.0 - reading.height * scale) / 2
    return tuple(
        tuple(((left + point.x * scale) / PAD_RATIO, top + point.y * scale) for point in stroke)
        for stroke in reading.strokes
    )
