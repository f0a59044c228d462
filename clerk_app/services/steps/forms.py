"""What each step asks for, with what is known already filled in: fields, phrases by digit, and the verb of its button.

Pure: a form is a value of the case, and what was typed goes to ``doing``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from clerk_app.domain.act_checks import suspension_causes
from clerk_app.domain.cases import CaseState, CaseStep
from clerk_app.domain.catalogue import Matter, SpecialProcedure
from clerk_app.domain.law import ProcedureLaw, SuspensionCause
from clerk_app.domain.persons import NaturalPerson
from clerk_app.services.steps.values import OpenFile

Values = Mapping[str, str]
Preset = Callable[[OpenFile, Values, date], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on a digit: what is kept, what is shown."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Picks:
    """Answers on digits. With ``into`` a phrase is written into that field, where it can be changed; ``many`` lets
    several be chosen (their values joined with a comma)."""

    name: str
    label: str
    choices: Callable[[OpenFile], tuple[Choice, ...]]
    preset: Preset = lambda opened, values, today: ""
    into: str = ""
    many: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line to type; ``half`` lines share their row with the next half one, ``latin`` keeps the input method off,
    ``optional`` ones may stay empty and are not stopped at."""

    name: str
    label: str
    preset: Preset = lambda opened, values, today: ""
    hint: str = ""
    half: bool = False
    latin: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """``verb`` stands on the button, ``note`` above the fields; ``approval`` asks for a supervisor's login."""

    verb: str
    parts: tuple[Picks | Line, ...] = ()
    note: Callable[[OpenFile], str] = lambda opened: ""
    approval: bool = False
    danger: bool = False


def form_of(step: CaseStep, opened: OpenFile) -> Form:
    """The form of a step for a case as it stands; most steps that ask for nothing have their own verb at least."""
    if step is CaseStep.DELIVER:
        return _SIGNED_FOR if opened.file.state is CaseState.POSTED else Form("到出件页核对身份，发证")
    return _FORMS.get(step, Form(step.label))


# --- presets --------------------------------------------------------------------------------------------------
def _matter(opened: OpenFile) -> Matter:
    return opened.conclusion.matter


def _own_law(opened: OpenFile) -> str:
    """《食品安全法》第三十五条: the matter's own basis, as its papers cite it."""
    basis = _matter(opened).legal_basis
    return basis[0].citation if basis else f"《{_matter(opened).name}》办事指南"


def _licensing(opened: OpenFile) -> bool:
    return opened.file.opening.law is ProcedureLaw.LICENSING


def _procedures(opened: OpenFile) -> dict[SuspensionCause, SpecialProcedure]:
    return {one.kind: one for one in _matter(opened).special_procedures if one.excluded}


def _causes(opened: OpenFile) -> tuple[Choice, ...]:
    """The lawful causes, those of the catalogue first; nine digits are enough for what one matter knows."""
    known = _procedures(opened)
    causes = sorted(suspension_causes(opened.file.opening), key=lambda cause: cause not in known)
    return tuple(Choice(cause.value, cause.label) for cause in causes[:9])


def _chosen_procedure(opened: OpenFile, values: Values) -> SpecialProcedure | None:
    cause = values.get("cause")
    return _procedures(opened).get(SuspensionCause(cause)) if cause else None


def _suspension_basis(opened: OpenFile, values: Values, today: date) -> str:
    if not values.get("cause"):
        return ""
    found = _chosen_procedure(opened, values)
    if found is not None and found.basis:
        return found.basis
    return "《中华人民共和国行政许可法》第四十五条" if _licensing(opened) else _own_law(opened)


def _suspension_time(opened: OpenFile, values: Values, today: date) -> str:
    found = _chosen_procedure(opened, values)
    if found is None or found.expected is None:
        return ""
    limit = found.expected
    return limit.text or f"{limit.value} 个{limit.unit}"


def _only_cause(opened: OpenFile, values: Values, today: date) -> str:
    known = list(_procedures(opened))
    return known[0].value if len(known) == 1 else ""


def _longest_extension(opened: OpenFile, values: Values, today: date) -> str:
    limit = opened.file.opening.extension
    return str(limit.value) if limit is not None and limit.value is not None else ""


def _grant_basis(opened: OpenFile, values: Values, today: date) -> str:
    own = _own_law(opened)
    return f"《中华人民共和国行政许可法》第三十八条第一款，{own}" if _licensing(opened) else own


def _refusal_basis(opened: OpenFile, values: Values, today: date) -> str:
    own = _own_law(opened)
    return f"《中华人民共和国行政许可法》第三十八条第二款，{own}" if _licensing(opened) else own


def _granted_content(opened: OpenFile, values: Values, today: date) -> str:
    return f"准予{_matter(opened).name}"


def _result_name(opened: OpenFile, values: Values, today: date) -> str:
    return _matter(opened).result_name


def _validity(opened: OpenFile, values: Values, today: date) -> str:
    return _matter(opened).result_validity


def _pieces(opened: OpenFile, values: Values, today: date) -> str:
    decision = opened.file.decision
    name = (decision.certificate_name if decision else "") or _matter(opened).result_name
    return f"{name or '决定书'} 1"


def _terminate_basis(opened: OpenFile, values: Values, today: date) -> str:
    return "容缺受理承诺书" if opened.file.missing else _own_law(opened)


def _address(opened: OpenFile, values: Values, today: date) -> str:
    applicant = opened.conclusion.intake.applicant
    return applicant.address if applicant is not None else ""


def _receiver(opened: OpenFile, values: Values, today: date) -> str:
    intake = opened.conclusion.intake
    if intake.agent is not None:
        return intake.agent.name
    return intake.applicant.display_name if isinstance(intake.applicant, NaturalPerson) else intake.applicant_name


def _materials(opened: OpenFile) -> tuple[Choice, ...]:
    """Everything on the list of this case, what is still missing first; more than nine need the first nine."""
    names, missing = opened.file.opening.names, opened.file.missing
    order = [*missing, *(one for one in names if one not in missing)]
    return tuple(Choice(one, names.get(one, one)) for one in order[:9])


def _still_missing(opened: OpenFile, values: Values, today: date) -> str:
    return ",".join(opened.file.missing)


def _phrases(*words: str) -> Callable[[OpenFile], tuple[Choice, ...]]:
    return lambda opened: tuple(Choice(word, word) for word in words)


def _waits(opened: OpenFile) -> str:
    running = opened.file.suspended_by
    return f"{running.cause.label}，{running.starts_on:%m-%d} 开始，{running.expected}" if running else ""


def _extension_note(opened: OpenFile) -> str:
    limit = opened.file.opening.extension
    return f"只能延长一次，最多 {limit.text or limit.value}，要告知申请人" if limit else ""


def _first_notice(opened: OpenFile) -> str:
    listed = "、".join(opened.file.opening.names.get(one, one) for one in opened.file.listed)
    return f"第一次告知书列的是：{listed}。没列过的，要主管授权才能再要"


def _expired(opened: OpenFile) -> str:
    due = opened.file.supplement_due
    return f"补正期限 {due:%Y-%m-%d} 已过" if due is not None else ""


def _nothing_printed_twice(opened: OpenFile) -> str:
    return "编号不再使用，已经给申请人的文书要收回"


_SIGNED_FOR: Final = Form(
    "登记签收，出送达回证",
    (
        Picks("phrase", "和申请人的关系", _phrases("本人", "单位收件人", "同住成年家属", "代收人"), into="relation"),
        Line("receiver", "谁签收的", _receiver, half=True),
        Line("relation", "关系", half=True),
    ),
)
"""What the carrier's slip says."""

_FORMS: Final[Mapping[CaseStep, Form]] = {
    CaseStep.SUPPLEMENT_REQUESTED: Form(
        "打印再次告知书",
        (Picks("materials", "还要补哪些材料（可多选）", _materials, _still_missing, many=True),),
        _first_notice,
    ),
    CaseStep.ACCEPTED: Form("受理，打印通知书"),
    CaseStep.NOT_ACCEPTED: Form(
        "不予受理，打印通知书",
        (
            Picks("phrase", "理由", _phrases("逾期未补正", "补来的材料仍不符合法定形式"), into="reason"),
            Line("reason", "印在通知书上的理由"),
        ),
        _expired,
    ),
    CaseStep.TAKE_UP: Form("开始审查"),
    CaseStep.SUSPEND: Form(
        "进入特别程序，打印告知书",
        (
            Picks("cause", "哪一种程序", _causes, _only_cause),
            Line("expected", "需要多少时间", _suspension_time, "如 10 个工作日", half=True),
            Line("basis", "依据", _suspension_basis, half=True),
        ),
    ),
    CaseStep.RESUME: Form(
        "程序结束，恢复计时",
        (
            Picks("phrase", "结果", _phrases("已经完成，结果记录在案", "符合要求", "不符合要求"), into="result"),
            Line("ends_on", "哪天结束", lambda opened, values, today: f"{today:%Y-%m-%d}", half=True, latin=True),
            Line("result", "结果怎样", half=True),
        ),
        _waits,
    ),
    CaseStep.EXTEND: Form(
        "延长期限，打印告知书",
        (
            Picks("phrase", "理由", _phrases("案情复杂，需要进一步核实", "需要征求其他机关意见"), into="reason"),
            Line("reason", "告知申请人的理由"),
            Line("days", "延长几天", _longest_extension, half=True, latin=True),
            Line("approver", "批准人", half=True),
            Line("approver_title", "职务", lambda opened, values, today: "机关负责人", half=True),
        ),
        _extension_note,
    ),
    CaseStep.GRANT: Form(
        "准予，出决定书",
        (
            Line("content", "准予的内容", _granted_content, half=True),
            Line("certificate_name", "证照名称", _result_name, half=True, optional=True),
            Line("certificate_number", "证照编号", half=True, latin=True, optional=True),
            Line("validity", "有效期", _validity, half=True, optional=True),
            Line("facts", "事实", lambda opened, values, today: "申请材料齐全，符合法定条件", half=True),
            Line("basis", "依据", _grant_basis, half=True),
        ),
    ),
    CaseStep.REFUSE: Form(
        "不予，出决定书",
        (
            Picks(
                "phrase",
                "理由",
                _phrases("不符合法定条件", "材料不真实", "现场核查不合格"),
                into="reason",
            ),
            Line("reason", "不予的理由（要写明）"),
            Line("facts", "查明的事实", half=True, optional=True),
            Line("basis", "依据", _refusal_basis, half=True),
        ),
    ),
    CaseStep.CERTIFY: Form("登记已制证"),
    CaseStep.SEAL: Form(
        "用印并登记",
        (Line("count", "盖几份", lambda opened, values, today: "2", half=True, latin=True),),
    ),
    CaseStep.MAKE_READY: Form(
        "登记出件，打印取件通知",
        (
            Line("names", "有几件（用顿号隔开）", _pieces, "正本 1、副本 1"),
            Line("place", "放在哪里", lambda opened, values, today: "出件窗口", half=True),
        ),
    ),
    CaseStep.POST: Form(
        "登记寄出",
        (
            Line("address", "收件地址", _address),
            Line("receiver", "收件人", _receiver, half=True),
            Line("carrier", "寄递公司", lambda opened, values, today: "邮政速递", half=True),
            Line("tracking", "单号", half=True, latin=True),
        ),
    ),
    CaseStep.POST_RETURNED: Form(
        "登记退回，重新待领",
        (
            Picks("phrase", "为什么退回", _phrases("无人签收", "地址不详", "收件人拒收"), into="reason"),
            Line("reason", "退件上写的原因"),
        ),
    ),
    CaseStep.REQUEST_PAYMENT: Form(
        "打印缴费通知",
        (
            Line("item", "收费项目", half=True),
            Line("amount", "金额（元）", half=True, latin=True),
            Line("basis", "收费依据", lambda opened, values, today: _matter(opened).fee_text),
            Line("place", "在哪里缴", lambda opened, values, today: "本大厅缴费窗口", half=True),
        ),
    ),
    CaseStep.WITHDRAW: Form(
        "撤回，打印通知书",
        (
            Picks("phrase", "为什么撤回", _phrases("申请人不再办理", "申请内容有误，另行申请"), into="reason"),
            Line("reason", "申请人的理由"),
        ),
    ),
    CaseStep.TERMINATE: Form(
        "终止，打印通知书",
        (
            Picks(
                "phrase",
                "为什么终止",
                _phrases("容缺材料逾期未补", "申请人死亡或者终止", "申请事项已无法实现"),
                into="reason",
            ),
            Line("reason", "终止的理由"),
            Line("basis", "依据", _terminate_basis),
        ),
    ),
    CaseStep.VOID: Form(
        "请主管授权作废",
        (
            Picks(
                "phrase", "为什么作废", _phrases("重复收件", "录错了申请人或事项", "申请人当场不办了"), into="reason"
            ),
            Line("reason", "作废的理由"),
        ),
        _nothing_printed_twice,
        approval=True,
        danger=True,
    ),
    CaseStep.ARCHIVE: Form("归档，存成一包"),
}
