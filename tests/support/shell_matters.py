"""Catalogue records, in the import format, for walks through the whole window."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clerk_app.ports.clock import BEIJING
from support.window_memory import MemoryWindowStore

FOOD = "511A9900030001-511602000000-000-115113016823646795-1-00"
PREPACKED = "511B9900030002-511602000000-000-115113016823646795-1-00"
CARD = "512B0070200003-511602000000-000-1151130108778239R-1-00"
HOUSE = "511C0131000002-511602000000-000-1151130100873451X-1-00"
BARE = "513X0000000001-511602000000"
PUBLISHED = datetime(2026, 11, 20, 18, 0, tzinfo=BEIJING)


def _material(
    material_id: str, name: str, criterion: str, original: int = 0, copy: int = 0, **more: Any
) -> dict[str, Any]:
    form = {"original": original, "copy": copy, "original_handling": "留存" if original else None}
    return {
        "id": material_id,
        "name": name,
        "form": form,
        "necessity": "1",
        "acceptance_criterion": criterion,
        **more,
    }


def _card_of(who: str) -> dict[str, str]:
    return {
        "replaceable_by": "居民身份证电子证照",
        "reason": "电子证照免实体",
        "check": f"读取身份证，姓名、号码与{who}一致",
    }


_AGENCY = {
    "id": "q_agent",
    "question": "是否委托他人代办？",
    "options": [
        {"id": "self", "text": "本人办理", "default": True},
        {"id": "agent", "text": "委托他人代办", "add": ["poa", "agent_id"]},
    ],
}


def food() -> dict[str, Any]:
    """Two questions; brought by an agent it asks for seven materials, two of which are proved by the cards read."""
    catering = ["q_kind.catering"]
    return {
        "code": FOOD,
        "name": "食品经营许可（新办）",
        "pinyin": "shipinjingyingxukexinban",
        "initials": "spjyxkxb",
        "department": "明河区市场监督管理局",
        "type": "01",
        "type_name": "行政许可",
        "audience": ["1", "2"],
        "case_type": "2",
        "procedure_law": "licensing",
        "legal_basis": [{"law": "食品安全法", "article": "第三十五条"}],
        "statutory_limit": {"value": 20, "unit": "工作日", "text": "20 个工作日", "starts_from": "受理之日"},
        "promised_limit": {"value": 8, "unit": "工作日", "text": "8 个工作日", "starts_from": "受理之日"},
        "phone": {"text": "0000-7654321"},
        "situations": [
            _AGENCY,
            {
                "id": "q_kind",
                "question": "准备经营什么？",
                "options": [
                    {"id": "catering", "text": "餐饮服务", "default": True, "add": ["layout", "health"]},
                    {
                        "id": "prepack",
                        "text": "只卖预包装食品",
                        "outcome": {
                            "kind": "redirect",
                            "text": "只销售预包装食品应办理备案",
                            "basis": "食品安全法第三十五条第一款",
                            "matter": PREPACKED,
                        },
                    },
                    {
                        "id": "tiny",
                        "text": "食用农产品",
                        "outcome": {
                            "kind": "not_required",
                            "text": "销售食用农产品不需要取得许可",
                            "basis": "食品安全法第三十五条",
                        },
                    },
                    {
                        "id": "produce",
                        "text": "生产加工",
                        "outcome": {
                            "kind": "not_our_competence",
                            "text": "食品生产由市局受理",
                            "basis": "食品安全法第三十五条",
                            "competent_body": "明河市市场监督管理局",
                        },
                    },
                ],
            },
            {
                "id": "q_size",
                "question": "经营场所有多大？",
                "options": [
                    {"id": "small", "text": "150 平方米以下", "default": True},
                    {"id": "middle", "text": "150 至 500 平方米"},
                ],
            },
        ],
        "materials": [
            _material("form", "食品经营许可申请书", "签名齐全，无涂改", original=1),
            _material("id", "申请人身份证", "在有效期内", copy=1, exemption=_card_of("申请人")),
            _material("poa", "授权委托书", "权限写明“代为申请、领取”", original=1, in_situations=["q_agent.agent"]),
            _material(
                "agent_id",
                "代理人身份证",
                "在有效期内",
                copy=1,
                exemption=_card_of("代理人"),
                in_situations=["q_agent.agent"],
            ),
            _material(
                "layout",
                "经营场所平面图和操作流程图",
                "须标注功能区、面积、操作流向",
                copy=1,
                in_situations=catering,
                defect_phrases=["未标注操作流向", "未标注面积", "与实际地址不符", "不清晰", "缺页"],
            ),
            _material(
                "health", "从业人员健康证明", "有效期内，与人员名单一致", copy=3, necessity="3", in_situations=catering
            ),
            _material("lease", "经营场所使用证明", "租期未届满，地址与申请书一致", copy=1),
        ],
        "tolerance": {
            "allowed": True,
            "materials": ["health"],
            "due": {"value": 5, "unit": "工作日", "text": "5 个工作日", "starts_from": "受理之日"},
        },
    }


def prepacked() -> dict[str, Any]:
    """Where the redirect leads."""
    return {
        "code": PREPACKED,
        "name": "仅销售预包装食品经营者备案",
        "pinyin": "jinxiaoshouyubaozhuangshipinjingyingzhebeian",
        "initials": "jxsybzspjyzba",
        "department": "明河区市场监督管理局",
        "type": "20",
        "case_type": "1",
        "situations": [
            {
                "id": "q_place",
                "question": "有没有实体店？",
                "options": [{"id": "yes", "text": "有", "default": True}, {"id": "no", "text": "没有"}],
            }
        ],
        "materials": [_material("form", "备案信息采集表", "信息完整", original=1)],
    }


def card() -> dict[str, Any]:
    """No question to ask, three materials: what a clerk does all day."""
    return {
        "code": CARD,
        "name": "社会保障卡补领",
        "pinyin": "shehuibaozhangkabuling",
        "initials": "shbzkbl",
        "department": "明河区人社局",
        "type": "20",
        "type_name": "公共服务事项",
        "audience": ["1"],
        "case_type": "1",
        "situations": [],
        "materials": [
            _material("form", "补领申请表", "本人签名", original=1),
            _material("photo", "近期证件照", "白底，两寸", original=1),
            _material("lost", "挂失声明", "写明遗失日期", original=1),
        ],
    }


def house() -> dict[str, Any]:
    """Under the regulation on real estate, whose notices say other things."""
    return {
        "code": HOUSE,
        "name": "不动产转移登记（二手房买卖）",
        "pinyin": "budongchanzhuanyidengjiershoufangmaimai",
        "initials": "bdczydjesfmm",
        "department": "明河区不动产登记中心",
        "type": "07",
        "procedure_law": "real_estate",
        "legal_basis": [{"law": "不动产登记暂行条例", "article": "第十六条"}],
        "statutory_limit": {"value": 30, "unit": "工作日", "text": "30 个工作日", "starts_from": "受理之日"},
        "promised_limit": {"value": 3, "unit": "工作日", "text": "3 个工作日", "starts_from": "受理之日"},
        "situations": [],
        "materials": [
            _material("form", "不动产登记申请书", "双方签名", original=1),
            _material("deed", "不动产权属证书", "与登记簿一致", original=1),
        ],
    }


def sale() -> dict[str, Any]:
    """The same matter as the law has it: both sides apply, and one question is asked."""
    question = {
        "id": "q_mort",
        "question": "房屋还有抵押吗？",
        "options": [{"id": "no", "text": "没有抵押", "default": True}, {"id": "yes", "text": "有抵押"}],
    }
    both = {"roles": ["出卖人", "买受人"], "basis": "不动产登记暂行条例第十四条"}
    return {**house(), "joint_parties": both, "situations": [question]}


def bare() -> dict[str, Any]:
    """A row of a list of names: nothing is known of its materials."""
    return {
        "code": BARE,
        "name": "水域滩涂养殖证核发",
        "pinyin": "shuiyutantuyangzhizhenghefa",
        "initials": "sytyzzhf",
        "department": "明河区农业农村局",
        "type": "01",
        "situations": [],
        "materials": [],
    }


def stocked(*used: str) -> MemoryWindowStore:
    """A store with these five matters; the codes in ``used`` were taken before, the last one most recently."""
    store = MemoryWindowStore()
    store.catalogue.replace(418, PUBLISHED, [food(), prepacked(), card(), house(), bare()])
    for number, code in enumerate(used):
        store.catalogue.touch(code, PUBLISHED.replace(hour=9, minute=number))
    return store
