"""Papers that the applicant signs instead of handing something in: 容缺受理承诺书 and 告知承诺书.

容缺: practice of civil-affairs and approval bureaus (two copies, only listed materials, arrival counts, the applicant
may decline). 告知承诺: 国办发〔2020〕42号 (what is told, how, liability, checking; the declaration; withdrawable before
the decision). Both are the applicant's own words to the agency: they bear a signature and no seal.
"""

from __future__ import annotations

from clerk_app.domain.checklist import Verdict
from clerk_app.domain.paper_clauses import COMMITMENT_RULES
from clerk_app.domain.paper_parts import Issue, bold, local, paper, typed_fact, who
from clerk_app.domain.papers import Column, Fact, Notice, Span, Spans, plain
from clerk_app.domain.wording import paper_day

_SIGNS = ("承诺人（申请人或代理人）签名、盖章",)
_HOLDERS = ("申请人留存", "受理机关存档")
_LACKING_COLUMNS = (
    Column("序号", 0.08, "centre"),
    Column("欠交的材料", 0.30),
    Column("应达到的标准", 0.34),
    Column("形式、份数", 0.14, "centre"),
    Column("补交期限", 0.14, "centre"),
)
_CONDITION_COLUMNS = (Column("序号", 0.08, "centre"), Column("告知的条件和要求（承诺的内容）", 0.92))


def deficiency_commitment(issue: Issue) -> Notice:
    """What is still to come, by when and how, and what follows when it does not."""
    c = issue.conclusion
    assert c.tolerance_due is not None
    due = local(c.tolerance_due.at)
    subject = "本单位" if issue.you == "你单位" else "本人"
    lacking = c.intake.numbered(Verdict.TOLERATED)
    opening = (
        f"{subject}于{issue.received}向贵机关申请办理“{c.matter.name}”，下列材料暂缺，"
        f"已知晓可以不选择容缺受理、待材料齐全后再申请，现自愿申请容缺受理并承诺："
    )
    promises = [
        (
            Span("1. 于"),
            bold(due),
            Span("前补齐上列材料，可以窗口提交、邮寄或网上提交（已开通的），以到达日为准。"),
        ),
        plain("2. 补交的材料真实、有效，符合告知的标准；没有列出的材料不在容缺范围内。"),
        plain("3. 逾期未补齐或者补交的材料不符合标准的，同意终止办理，由此造成的损失由承诺人承担。"),
    ]
    if c.matter.tolerance.credit_gate:
        promises.append(plain("4. 没有被列入失信名单；有失信记录的，不适用容缺受理。"))
    rule = c.matter.tolerance.rule.strip().rstrip("。")
    if rule:
        promises.append(plain(f"补交期限的规定：{rule}。"))
    return paper(
        issue,
        "容缺受理承诺书",
        addressee=f"{issue.agency}：",
        opening=plain(opening),
        facts=(Fact("承诺人", plain(c.intake.applicant_name)), *who(issue), *typed_fact(issue.intake)),
        list_heading="暂缺的材料（限于公布的可容缺清单）：",
        columns=_LACKING_COLUMNS,
        rows=[
            (str(n), m.name, m.criterion.rstrip("。"), m.form.text, f"{due.month}月{due.day}日") for n, m, _ in lacking
        ],
        closing=promises,
        seal="",
        signatures=_SIGNS,
        holders=_HOLDERS,
    )


def commitment_letter(issue: Issue) -> Notice:
    """The agency's notice above, the applicant's declaration below, on one sheet."""
    c = issue.conclusion
    matter = c.matter
    basis = "；".join(clause.citation for clause in matter.legal_basis[:2])
    failure = matter.commitment.failure.strip().rstrip("。")
    subject = "本单位" if issue.you == "你单位" else "本人"
    facts = [
        Fact("承诺人", plain(c.intake.applicant_name)),
        *who(issue),
        *typed_fact(issue.intake),
        Fact("设立依据", plain(basis or "见公布的办事指南")),
        Fact("承诺方式", plain("书面承诺，申请人自愿选择；不选择的，按一般程序提交材料")),
        Fact("监督核查", plain("行政机关在作出决定后对承诺内容进行核查，申请人应当配合")),
        Fact("违诺责任", plain(f"{failure or '承诺不实的，依法撤销决定'}；虚假承诺的，依法记入信用记录")),
        Fact("公开", plain("本承诺书按规定公开，涉及国家秘密、商业秘密和个人隐私的除外")),
    ]
    conditions = matter.conditions or tuple(
        f"{material.name}：{material.criterion.rstrip('。')}" for material in matter.materials
    )
    declaration = _complete(matter.commitment.declaration)
    closing: list[Spans] = [plain(f"{subject}郑重承诺：")]
    closing += [plain(f"{n}. {text.strip().rstrip('。；')}。") for n, text in enumerate(declaration, 1)]
    closing.append(plain("在行政机关作出决定前，承诺人可以书面撤回承诺，撤回后按一般程序办理。"))
    return paper(
        issue,
        "告知承诺书",
        addressee=f"{issue.agency}：",
        opening=plain(
            f"根据{COMMITMENT_RULES.citation}，申请人可以对下列条件作出书面承诺。"
            f"行政机关已于{paper_day(issue.at)}把下列内容告知申请人。"
        ),
        facts=facts,
        list_heading="告知的内容：",
        columns=_CONDITION_COLUMNS,
        rows=[(str(n), text.rstrip("。")) for n, text in enumerate(conditions, 1)],
        closing=closing,
        seal="",
        signatures=_SIGNS,
        holders=_HOLDERS,
    )


_DECLARATION = {
    "知晓": "已知晓告知内容",
    "条件": "已达到告知的条件和要求",
    "责任": "愿意承担虚假承诺的法律责任",
    "真实意思": "承诺是真实意思表示",
}
"""What a declaration has to say (国办发〔2020〕42号), by the word that tells whether the catalogue says it already."""


def _complete(declared: tuple[str, ...]) -> tuple[str, ...]:
    """The catalogue's declaration, and of the four due statements those that it lacks."""
    return (*declared, *(text for word, text in _DECLARATION.items() if not any(word in one for one in declared)))
