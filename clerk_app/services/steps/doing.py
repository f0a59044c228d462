"""From what was typed into a form to the call of the service that does the step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from clerk_app.domain.actor import Actor
from clerk_app.domain.acts import ActFacts, Approval, Decision, Delivery, DeliveryManner, IdentityCheck, Payment
from clerk_app.domain.cases import CaseStep
from clerk_app.domain.checklist import MaterialCheck
from clerk_app.domain.errors import Locked, Rejected
from clerk_app.domain.law import SuspensionCause
from clerk_app.services.steps.acting import Acting
from clerk_app.services.steps.forms import Values
from clerk_app.services.steps.values import Acted, OpenFile


def perform(
    files: Acting,
    opened: OpenFile,
    step: CaseStep,
    values: Values,
    actor: Actor,
    approval: Approval | None = None,
    wrong: tuple[MaterialCheck, ...] = (),
) -> Acted:
    """Do a step; ``wrong`` is what somebody found out about materials that came.

    Raises ``Rejected`` with the form's field for what cannot be read, and what the service raises.
    """
    match step:
        case CaseStep.SUPPLEMENT_REQUESTED:
            materials = tuple(one for one in values["materials"].split(",") if one)
            return files.again_notice(opened, materials, approval, actor, wrong)
        case CaseStep.ACCEPTED:
            return files.accept(opened, actor)
        case CaseStep.NOT_ACCEPTED:
            return files.decline(opened, values["reason"], actor)
        case CaseStep.SUSPEND:
            if not values["cause"]:
                raise Rejected("cause", "先选是哪一种程序")
            cause = SuspensionCause(values["cause"])
            return files.suspend(opened, cause, values["basis"], values["expected"], actor)
        case CaseStep.RESUME:
            return files.resume(opened, _day("ends_on", values["ends_on"]), values["result"], actor)
        case CaseStep.EXTEND:
            return files.extend(
                opened,
                _number("days", values["days"], "写清延长几天，如 10"),
                values["reason"],
                values["approver"],
                values["approver_title"],
                actor,
            )
        case CaseStep.GRANT | CaseStep.REFUSE:
            return files.decide(opened, step is CaseStep.GRANT, _decision(values), actor)
        case CaseStep.SEAL:
            return files.seal(opened, actor, _number("count", values["count"], "写清盖了几份，如 2"))
        case CaseStep.MAKE_READY:
            names = tuple(one.strip() for one in values["names"].replace("，", "、").split("、") if one.strip())
            return files.ready(opened, names, values["place"], actor)
        case CaseStep.POST:
            return files.post(opened, _posted(opened, values), actor)
        case CaseStep.POST_RETURNED:
            if not values["reason"]:
                raise Rejected("reason", "请写明邮件为什么退回，照退件上写的填")
            return files.act(opened, step, ActFacts(reason=values["reason"]), actor)
        case CaseStep.DELIVER:
            return files.deliver(opened, _signed_for(opened, values), actor)
        case CaseStep.REQUEST_PAYMENT:
            payment = Payment(values["item"], values["amount"], values["basis"], values["place"])
            return files.request_payment(opened, payment, actor)
        case CaseStep.WITHDRAW:
            return files.withdraw(opened, values["reason"], actor)
        case CaseStep.TERMINATE:
            return files.terminate(opened, values["reason"], values["basis"], actor)
        case CaseStep.VOID:
            return files.void(opened, values["reason"], approval, actor)
    return files.act(opened, step, ActFacts(), actor)


def _decision(values: Values) -> Decision:
    return Decision(
        facts=values["facts"],
        basis=values["basis"],
        content=values.get("content", ""),
        validity=values.get("validity", ""),
        certificate_name=values.get("certificate_name", ""),
        certificate_number=values.get("certificate_number", ""),
        reason=values.get("reason", ""),
    )


def _posted(opened: OpenFile, values: Values) -> Delivery:
    return Delivery(
        DeliveryManner.POST,
        values["receiver"],
        "收件人",
        pieces=opened.file.pieces.names if opened.file.pieces else (),
        address=values["address"],
        carrier=values["carrier"],
        tracking=values["tracking"],
    )


def _signed_for(opened: OpenFile, values: Values) -> Delivery:
    """The parcel as it was posted, with who took it from the carrier."""
    posted = [act.facts.delivery for act in opened.file.acts if act.step is CaseStep.POST and act.facts.delivery]
    if not posted:
        raise Locked("这件没有寄出的记录，请到出件页发给申请人")
    receiver, relation = values["receiver"], values["relation"]
    return replace(posted[-1], receiver=receiver, relation=relation, id_number="", checked_by=IdentityCheck.POSTMAN)


def _number(field: str, text: str, otherwise: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise Rejected(field, otherwise)
    return int(text)


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Rejected(field, "日期写成 2026-11-30 这样") from None
