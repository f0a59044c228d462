"""The voice of a display that is a web page: what to say for a call, and the clips it is joined from."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse

from clerk_app.design.resources import resource
from clerk_app.domain.announcing import VoiceRules
from clerk_app.domain.spoken import CHIME, CLIPS, sentence_clips
from clerk_app.server.calls import Reading

router = APIRouter(prefix="/display/voice", include_in_schema=False)

_RULES = VoiceRules()
_KEPT = "private, max-age=86400"


@dataclass(frozen=True, slots=True)
class SpokenRules:
    """How calls queue (``VoiceRules``), and every clip there is, to be loaded beforehand; none: this hall is silent."""

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


@router.get("/rules")
def rules(call: Reading) -> SpokenRules:
    clips = tuple(name for name in CLIPS if _there(name))
    return SpokenRules(_RULES.repeats, _RULES.busy_from, int(_RULES.late.total_seconds()), clips)


@router.get("/plan")
def plan(call: Reading, number: str, window: str, recall: bool = False) -> Plan:
    volume = _RULES.volume_at(call.desk.tools.now())
    return Plan(CHIME, sentence_clips(number, window, recall=recall), volume)


@router.get("/{name}.wav")
def clip(call: Reading, name: str) -> Response:
    if name not in CLIPS or not _there(name):
        return Response("", 404, media_type="text/plain")
    return FileResponse(resource("voice", f"{name}.wav"), media_type="audio/wav", headers={"Cache-Control": _KEPT})


def _there(name: str) -> bool:
    try:
        resource("voice", f"{name}.wav")
    except FileNotFoundError:
        return False
    return True
