"""A small matter of each procedure law, with every kind of row a checklist can have."""

from __future__ import annotations

from clerk_app.domain.calendar import Limit
from clerk_app.domain.catalogue import (
    CardHolder,
    CaseType,
    Commitment,
    Exemption,
    Material,
    MaterialForm,
    Matter,
    Necessity,
    Option,
    OptionOutcome,
    Situation,
    Tolerance,
)
from clerk_app.domain.law import Clause, ProcedureLaw

ID_CARD = Exemption("居民身份证电子证照", "电子证照免实体", "读取身份证或调取电子证照，姓名、号码、有效期与申请人一致")


def food_licence(law: ProcedureLaw = ProcedureLaw.LICENSING, commitment: bool = False) -> Matter:
    """Form, identity card, layout drawing, health certificates (tolerable), an optional lease, agent's papers."""
    return Matter(
        code="511A9900030001-511602000000-000-115113016823646795-1-00",
        id="spjyxk_xb",
        name="食品经营许可（新办）",
        department="区市场监督管理局（或区行政审批局）",
        type="01" if law is ProcedureLaw.LICENSING else "20",
        type_name="行政许可" if law is ProcedureLaw.LICENSING else "公共服务事项",
        version=3,
        audience=("1", "2"),
        case_type=CaseType.PROMISED,
        procedure_law=law,
        legal_basis=(Clause("食品安全法", "第三十五条"),),
        statutory_limit=Limit(20, "工作日", "20 个工作日", "受理之日"),
        promised_limit=Limit(8, "工作日", "8 个工作日", "受理之日"),
        phone="0000-7654321",
        situations=(
            Situation(
                "q_agent",
                "是否委托他人代办？",
                (Option("self", "本人办理", True), Option("agent", "委托他人代办", adds=("poa",))),
            ),
            Situation(
                "q_kind",
                "准备经营什么？",
                (
                    Option("catering", "餐饮服务", True, adds=("layout", "health")),
                    Option(
                        "prepack",
                        "只卖预包装食品",
                        outcome=OptionOutcome(
                            "redirect", "只销售预包装食品应办理备案", "食品安全法第三十五条第一款", matter="ybzspba"
                        ),
                    ),
                    Option(
                        "tiny",
                        "食用农产品",
                        outcome=OptionOutcome("not_required", "销售食用农产品不需要取得许可", "食品安全法第三十五条"),
                    ),
                    Option(
                        "produce",
                        "生产加工",
                        outcome=OptionOutcome(
                            "not_our_competence",
                            "食品生产由市局受理",
                            "食品安全法第三十五条",
                            competent_body="市市场监督管理局",
                        ),
                    ),
                    *((Option("promise", "告知承诺"),) if commitment else ()),
                ),
            ),
        ),
        materials=(
            Material(
                "form", "食品经营许可申请书", MaterialForm(1, 0, "留存"), Necessity.REQUIRED, "签名齐全，无涂改。"
            ),
            Material(
                "id",
                "申请人身份证",
                MaterialForm(1, 1, "核验后退还"),
                Necessity.REQUIRED,
                "在有效期内。",
                exemption=ID_CARD,
                card_holder=CardHolder.APPLICANT,
            ),
            Material(
                "layout",
                "平面图和操作流程图",
                MaterialForm(1, 0, "留存"),
                Necessity.REQUIRED,
                "标明各功能间名称和面积。",
                in_situations=("q_kind.catering",),
                defect_phrases=("未标注操作流向", "未标注面积"),
            ),
            Material(
                "health",
                "健康证明",
                MaterialForm(0, 3),
                Necessity.TOLERABLE,
                "体检日期在一年以内。",
                in_situations=("q_kind.catering",),
            ),
            Material("lease", "租赁合同", MaterialForm(0, 1), Necessity.OPTIONAL, "租期未届满。"),
            Material(
                "poa",
                "授权委托书",
                MaterialForm(1, 0, "留存"),
                Necessity.REQUIRED,
                "权限写明。",
                in_situations=("q_agent.agent",),
            ),
        ),
        tolerance=Tolerance(("health",), Limit(5, "工作日", "5 个工作日", "受理之日")),
        commitment=Commitment(commitment, ("已知晓告知内容", "已达到法定条件"), "核查不符的撤销许可"),
    )
