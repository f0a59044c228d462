"""One act of a case in the groups of GB/T 39046-2020: a step of 办理过程, and what else it brought."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from clerk_app.domain.acts import CaseAct, Channel
from clerk_app.domain.casefile import CaseFile
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.checklist import MaterialCheck, Verdict
from clerk_app.domain.platform import Row, Value
from clerk_app.domain.platform_standard import ActionKind, SpecialKind
from clerk_app.services.hall.export_parts import (
    ACCEPTANCE_PAPERS,
    CaseThen,
    Told,
    body_of,
    dates_of,
    inner,
    material_row,
    text_of,
)

_FLOWS: Final[Mapping[str, tuple[CaseStep, ...]]] = {
    "收件": (CaseStep.RECEIVE_PART, CaseStep.RECEIVE_ALL),
    "受理": (
        *(CaseStep.ACCEPTED, CaseStep.DEEMED_ACCEPTED),
        *(CaseStep.NOT_ACCEPTED, CaseStep.SUPPLEMENT_REQUESTED),
    ),
    "审查": (
        *(CaseStep.TAKE_UP, CaseStep.SUSPEND, CaseStep.RESUME, CaseStep.EXTEND, CaseStep.REQUEST_PAYMENT),
        *(CaseStep.HAND_OVER, CaseStep.WITHDRAW, CaseStep.TERMINATE),
    ),
    "决定": (CaseStep.GRANT, CaseStep.REFUSE),
    "制证": (CaseStep.CERTIFY, CaseStep.SEAL, CaseStep.MAKE_READY),
    "送达": (CaseStep.POST, CaseStep.POST_RETURNED, CaseStep.DELIVER),
}
_FLOW_OF: Final = {step: flow for flow, steps in _FLOWS.items() for step in steps}
_PASSING: Final = frozenset({CaseStep.ACCEPTED, CaseStep.DEEMED_ACCEPTED, CaseStep.RECEIVE_ALL, CaseStep.GRANT})
_RETURNING: Final = frozenset(
    {CaseStep.NOT_ACCEPTED, CaseStep.SUPPLEMENT_REQUESTED, CaseStep.REFUSE, CaseStep.POST_RETURNED}
)
_COMPLETING: Final = frozenset(
    {
        *(CaseStep.GRANT, CaseStep.REFUSE, CaseStep.NOT_ACCEPTED),
        *(CaseStep.WITHDRAW, CaseStep.TERMINATE, CaseStep.VOID),
    }
)


def act_groups(then: CaseThen, told: Told, file: CaseFile | None) -> dict[str, tuple[Row, ...]]:
    act = then.acts[-1]
    made: dict[str, tuple[Row, ...]] = {"process": (_step(act),)}
    for group, rows in _PARTS.items():
        found = rows(then, told)
        if found:
            made[group] = found
    if act.step in _COMPLETING and file is not None:
        made["completion"] = (_completion(then, file),)
    return made


def _step(act: CaseAct) -> Row:
    if act.step in _PASSING:
        action = ActionKind.PASSED
    elif act.step in _RETURNING:
        action = ActionKind.RETURNED
    else:
        action = ActionKind.OTHER
    facts = act.facts
    decision = facts.decision
    opinion = facts.reason or (decision.reason or decision.content or decision.facts if decision else "")
    return {
        "step_id": act.act_id,
        "step": act.step.label,
        "flow": _FLOW_OF.get(act.step, ""),
        "action": action.value,
        "handler": act.by.name,
        "opinion": opinion,
        "ended_at": act.at,
        "status": "已办",
    }


def _act_materials(then: CaseThen, told: Told) -> tuple[Row, ...]:
    arrival = then.acts[-1].facts.arrival
    if arrival is None:
        return ()
    names = then.record.opening.names if then.record.opening else {}

    def row(check: MaterialCheck) -> Row:
        verdict = Verdict.ELECTRONIC if arrival.channel is Channel.ONLINE else check.verdict
        name = names.get(check.material_id, "") or check.material_id
        return material_row(check.material_id, name, verdict, check.pieces, arrival.arrived_at, check.sentence)

    return tuple(row(check) for check in arrival.checks)


def _act_acceptance(then: CaseThen, told: Told) -> tuple[Row, ...]:
    act = then.acts[-1]
    accepted = act.facts.acceptance
    refused = act.step is CaseStep.NOT_ACCEPTED
    if accepted is None and not refused:
        return ()
    row: dict[str, Value] = {
        **body_of(then.record, told),
        "handler": act.by.name,
        "at": accepted.accepted_at if accepted else act.at,
        "result": act.step.label,
        "document_no": next((one.number for one in act.papers if one.kind.value in ACCEPTANCE_PAPERS), ""),
        "reason": act.facts.reason if refused else "",
        "competent_body": act.facts.competent_body,
    }
    return (row | dates_of(accepted.promised, accepted.statutory) if accepted else row,)


def _act_special(then: CaseThen, told: Told) -> tuple[Row, ...]:
    act = then.acts[-1]
    facts = act.facts
    if facts.extension is not None:
        extension = facts.extension
        row: dict[str, Value] = {
            "kind": SpecialKind.EXTENSION.value,
            "name": act.step.label,
            "reason": extension.reason,
            "started_on": act.at.date(),
            "expected": f"{extension.days}",
            "approver": f"{extension.approver_title}{extension.approver}",
        }
        return (row | _promise(extension.promised),)
    if facts.suspension is not None:
        one = facts.suspension
        return (
            {
                "kind": SpecialKind.OTHER.value,
                "name": one.cause.label,
                "reason": facts.reason,
                "basis": one.basis,
                "started_on": one.starts_on,
                "expected": one.expected,
            },
        )
    if facts.resumption is not None:
        over = facts.resumption
        begun = next((old.facts.suspension for old in reversed(then.acts) if old.facts.suspension), None)
        row = {"kind": SpecialKind.OTHER.value, "ended_on": over.ends_on, "result": over.result}
        row["name"] = begun.cause.label if begun else act.step.label
        if begun is not None:
            row |= {"basis": begun.basis, "started_on": begun.starts_on}
        return (row | _promise(over.promised),)
    return ()


def _promise(promised: datetime | None) -> dict[str, Value]:
    return {} if promised is None else {"promised_at": promised}


def _act_delivery(then: CaseThen, told: Told) -> tuple[Row, ...]:
    act = then.acts[-1]
    one = act.facts.delivery
    if one is None:
        return ()
    return (
        {
            "manner": one.manner.label,
            "at": act.at,
            "receiver": one.receiver,
            "relation": one.relation,
            "carrier": one.carrier,
            "tracking_no": one.tracking,
            "address": one.address,
        },
    )


_PARTS: Final[Mapping[str, Callable[[CaseThen, Told], tuple[Row, ...]]]] = {
    "materials": _act_materials,
    "acceptance": _act_acceptance,
    "special": _act_special,
    "delivery": _act_delivery,
}


def _completion(then: CaseThen, file: CaseFile) -> Row:
    act = then.acts[-1]
    decision = act.facts.decision
    intake = inner(then.record.conclusion, "intake")
    row: dict[str, Value] = {
        "handler": act.by.name,
        "at": act.at,
        "result": file.state.label,
        "description": act.facts.reason,
        "by_post": text_of(intake, "delivery") == "post",
        "fee_charged": inner(intake, "matter").get("fee_charged") is True,
    }
    if decision is not None:
        row["description"] = decision.content or decision.reason
    if decision is not None and act.step is CaseStep.GRANT:
        row |= {"certificate_name": decision.certificate_name, "certificate_no": decision.certificate_number}
        row["issuer"] = file.opening.department if decision.certificate_name else ""
        dates = {"valid_from": decision.valid_from, "valid_to": decision.valid_to}
        row |= {name: day for name, day in dates.items() if day is not None}
    return row
