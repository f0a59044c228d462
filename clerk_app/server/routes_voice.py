"""The voice of a display that is a web page: what to say for a call, and the clips it is joined from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse

from clerk_app.domain.announcing import VoiceRules
from clerk_app.domain.spoken import CHIME, CLIPS, PLAIN, Reading, sentence_clips
from clerk_app.server import calls

router = APIRouter(prefix="/display/voice", include_in_schema=False)

_KEPT: Final = "private, max-age=86400"
_FORMS: Final = {".wav": "audio/wav", ".flac": "audio/flac", ".mp3": "audio/mpeg", ".ogg": "audio/ogg"}


@dataclass(frozen=True, slots=True)
class WebVoice:
    """How web displays speak. ``folders`` hold clips, own recordings before shipped ones; without any the hall is
    silent."""

    rules: VoiceRules = field(default_factory=VoiceRules)
    reading: Reading = PLAIN
    folders: tuple[Path, ...] = ()

    def clip(self, name: str) -> Path | None:
        """The recording of a clip."""
        places = (folder / f"{name}{form}" for folder in self.folders for form in _FORMS)
        return next((path for path in places if path.is_file()), None)


@dataclass(frozen=True, slots=True)
class SpokenRules:
    """How calls queue (``VoiceRules``), and every clip there is, to be loaded beforehand."""

    repeats: int
    busy_from: int
    late_s: int
    clips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The clips of one sentence in order, empty when it cannot be said; ``volume`` of this moment in percent."""

    chime: str
    clips: tuple[str, ...]
    volume: int


def _voice(request: Request) -> WebVoice:
    voice: WebVoice = request.app.state.web_voice
    return voice


Speaking = Annotated[WebVoice, Depends(_voice)]


@router.get("/rules")
def rules(call: calls.Reading, voice: Speaking) -> SpokenRules:
    clips = tuple(name for name in CLIPS if voice.clip(name) is not None)
    own = voice.rules
    return SpokenRules(own.repeats, own.busy_from, int(own.late.total_seconds()), clips)


@router.get("/plan")
def plan(call: calls.Reading, voice: Speaking, number: str, window: str, recall: bool = False) -> Plan:
    clips = sentence_clips(number, window, recall=recall, reading=voice.reading)
    return Plan(CHIME, clips, voice.rules.volume_at(call.desk.tools.now()))


@router.get("/clips/{name}")
def clip(call: calls.Reading, voice: Speaking, name: str) -> Response:
    path = voice.clip(name) if name in CLIPS else None
    if path is None:
        return Response("", 404, media_type="text/plain")
    return FileResponse(path, media_type=_FORMS[path.suffix], headers={"Cache-Control": _KEPT})
