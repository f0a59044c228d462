"""Makes up catalogues of any size for tests and benchmarks: same seed, same catalogue.

Names are put together from parts whose readings are written here, so that 50,000 matters with their pinyin take
seconds. Nothing in them is a real matter, department or code; the area 2399 is not in use.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from clerk_app.domain.identity.credit_code import credit_check_character
from clerk_app.domain.matter_codes import type_name
from clerk_app.domain.spelling import Sounds, written_reading

_Part = tuple[str, str]

_DEPARTMENTS = """
区行政审批局 qu xing zheng shen pi ju
区市场监督管理局 qu shi chang jian du guan li ju
区交通运输局 qu jiao tong yun shu ju
区人社局 qu ren she ju
区卫健局 qu wei jian ju
区住建局 qu zhu jian ju
区自然资源局 qu zi ran zi yuan ju
区公安分局 qu gong an fen ju
区民政局 qu min zheng ju
区水务局 qu shui wu ju
区农业农村局 qu nong ye nong cun ju
区教育局 qu jiao yu ju
区文旅局 qu wen lv ju
区应急局 qu ying ji ju
区医保局 qu yi bao ju
区税务局 qu shui wu ju
区林业局 qu lin ye ju
区残联 qu can lian
区司法局 qu si fa ju
区生态环境局 qu sheng tai huan jing ju
"""
_FIELDS = """
食品 shi pin
餐饮服务 can yin fu wu
药品 yao pin
医疗器械 yi liao qi xie
化妆品 hua zhuang pin
道路货物运输 dao lu huo wu yun shu
道路旅客运输 dao lu lv ke yun shu
机动车维修 ji dong che wei xiu
水上运输 shui shang yun shu
人力资源 ren li zi yuan
劳务派遣 lao wu pai qian
民办学校 min ban xue xiao
幼儿园 you er yuan
公共场所 gong gong chang suo
医疗机构 yi liao ji gou
护士执业 hu shi zhi ye
建筑工程 jian zhu gong cheng
房地产开发 fang di chan kai fa
物业服务 wu ye fu wu
城镇燃气 cheng zhen ran qi
取水 qu shui
河道采砂 he dao cai sha
水土保持 shui tu bao chi
林木采伐 lin mu cai fa
种子生产 zhong zi sheng chan
动物诊疗 dong wu zhen liao
农药 nong yao
兽药 shou yao
娱乐场所 yu le chang suo
旅行社 lv xing she
文物保护 wen wu bao hu
烟花爆竹 yan hua bao zhu
危险化学品 wei xian hua xue pin
特种设备 te zhong she bei
计量器具 ji liang qi ju
广告发布 guang gao fa bu
印刷 yin shua
电影放映 dian ying fang ying
社会团体 she hui tuan ti
养老机构 yang lao ji gou
殡葬服务 bin zang fu wu
残疾人 can ji ren
退役军人 tui yi jun ren
失业保险 shi ye bao xian
工伤保险 gong shang bao xian
医疗保险 yi liao bao xian
住房公积金 zhu fang gong ji jin
不动产 bu dong chan
排水 pai shui
排污 pai wu
"""
_OBJECTS = """
经营 jing ying
生产 sheng chan
企业 qi ye
从业人员 cong ye ren yuan
场所 chang suo
单位 dan wei
机构 ji gou
项目 xiang mu
设备 she bei
车辆 che liang
人员资格 ren yuan zi ge
产品 chan pin
信息 xin xi
档案 dang an
补贴 bu tie
待遇 dai yu
关系 guan xi
合同 he tong
证书 zheng shu
名称 ming cheng
地址 di zhi
负责人 fu ze ren
标准 biao zhun
方案 fang an
报告 bao gao
"""
_ACTIONS = """
许可 xu ke
审批 shen pi
备案 bei an
登记 deng ji
认定 ren ding
核准 he zhun
确认 que ren
申领 shen ling
查询 cha xun
变更 bian geng
注销 zhu xiao
延续 yan xu
补发 bu fa
年检 nian jian
验收 yan shou
给付 ji fu
奖励 jiang li
公示 gong shi
转移 zhuan yi
复核 fu he
"""
_CASES = """
（新办） xin ban
（变更） bian geng
（延续） yan xu
（补证） bu zheng
（注销） zhu xiao
（个人） ge ren
（企业） qi ye
（区级） qu ji
（市级/县级） shi ji xian ji
（告知承诺） gao zhi cheng nuo
（简易程序） jian yi cheng xu
（首次） shou ci
"""
_TYPES = ("01", "01", "01", "05", "07", "08", "10", "20", "20")
_MATERIALS = (
    ("form", "申请表", 1, 0, "留存", "各栏填全，申请人签名或盖章。", "有栏目没有填"),
    ("id", "申请人居民身份证", 1, 1, "核验后退还", "证件在有效期内，与申请表一致。", "证件已过有效期"),
    ("licence", "营业执照", 0, 1, None, "状态为存续，名称与申请表一致。", "名称与申请表不一致"),
    ("place", "场所使用证明", 1, 1, "核验后退还", "坐落与申请地址一致，租期未届满。", "租期已届满"),
    ("layout", "平面图", 1, 0, "留存", "标明各功能间名称和面积。", "未标注面积"),
    ("rules", "管理制度", 1, 0, "留存", "写明责任岗位，加盖公章。", "没有写明责任岗位"),
    ("staff", "从业人员名单和资格证明", 0, 1, None, "每名人员一份，在有效期内。", "少一名人员的证明"),
    ("report", "检测报告", 1, 0, "留存", "结论为合格，出具日期在一年以内。", "出具日期超过一年"),
)
_ID_CARD = {
    "replaceable_by": "居民身份证电子证照",
    "reason": "电子证照免实体",
    "check": "读取身份证或调取电子证照，姓名、号码、有效期与申请人一致",
}


def _parts(table: str) -> tuple[_Part, ...]:
    rows = (line.split() for line in table.split("\n") if line)
    return tuple((name, written_reading(syllables)) for name, *syllables in rows)


def most_matters() -> int:
    """How many different names there are."""
    return len(_parts(_FIELDS)) * len(_parts(_OBJECTS)) * len(_parts(_ACTIONS)) * len(_parts(_CASES))


def synthetic_catalogue(count: int, random: Random, detailed: int | None = None) -> Iterator[dict[str, Any]]:
    """``count`` records as an import makes them (sounds included), names and codes all different.

    The first ``detailed`` of them (one in fifty by default) have materials and a situation. ``ValueError`` when more
    are wanted than there are names.
    """
    if count > most_matters():
        raise ValueError(f"at most {most_matters()} different matters can be made up")
    if detailed is None:
        detailed = count // 50
    departments, fields = _parts(_DEPARTMENTS), _parts(_FIELDS)
    objects, actions, cases = _parts(_OBJECTS), _parts(_ACTIONS), _parts(_CASES)
    for number, choice in enumerate(random.sample(range(most_matters()), count)):
        choice, field = divmod(choice, len(fields))
        choice, thing = divmod(choice, len(objects))
        case, action = divmod(choice, len(actions))
        chosen = (fields[field], objects[thing], actions[action], cases[case])
        office = random.randrange(len(departments))
        record = _record(number, random, chosen, departments[office], office)
        yield {**record, **_details(random)} if number < detailed else record


def _record(number: int, random: Random, parts: tuple[_Part, ...], department: _Part, office: int) -> dict[str, Any]:
    kind = random.choice(_TYPES)
    sounds = Sounds(("".join(reading for _, reading in parts),), department[1])
    return {
        "code": _code(number, random, kind, office),
        "name": "".join(name for name, _ in parts),
        "department": department[0],
        "type": kind,
        "type_name": type_name(kind),
        "main_item": "".join(name for name, _ in parts[:2]),
        "area_code": "239900000000",
        "case_type": random.choice("12"),
        "procedure_law": "licensing" if kind == "01" else "own",
        "pinyin": sounds.pinyin,
        "initials": sounds.initials,
    }


def _code(number: int, random: Random, kind: str, office: int) -> str:
    """Three of the shapes in use: provincial with dashes (53 to 55 characters), national (31), short (24)."""
    head = f"11239900{office:09d}"
    body = head + credit_check_character(head)
    basic = f"00{kind}{office:02d}{number // 1000 + 1:03d}{number % 1000:03d}"
    shape = random.random()
    if shape < 0.8:
        return f"511A{number:08d}{random.choice(('', '00', '01'))}-239900000000-000-{body}-1-00"
    return f"{body}4{basic}" if shape < 0.95 else f"G-{number:06d}-001-239900000000"


def _details(random: Random) -> dict[str, Any]:
    first, *others = _MATERIALS
    chosen = [first, *random.sample(others, random.randint(2, len(others)))]
    materials = [_material(*material) for material in chosen]
    materials.append(
        {
            **_material("poa", "授权委托书", 1, 0, "留存", "写明委托事项、权限和期限。", "没有写明委托权限"),
            "in_situations": ["q_agent.agent"],
        }
    )
    days = random.randint(3, 20)
    return {
        "audience": ["1", "2"],
        "legal_basis": [{"law": "行政许可法", "article": "第二十九条"}],
        "statutory_limit": {"value": 20, "unit": "工作日", "text": "20个工作日", "starts_from": "受理之日"},
        "promised_limit": {"value": days, "unit": "工作日", "text": f"{days}个工作日", "starts_from": "受理之日"},
        "fee": {"charged": False, "text": "不收费"},
        "situations": [
            {
                "id": "q_agent",
                "question": "是否委托他人代办？",
                "options": [
                    {"id": "self", "text": "本人办理", "default": True},
                    {"id": "agent", "text": "委托他人代办", "add": ["poa"]},
                ],
            }
        ],
        "materials": materials,
    }


def _material(
    key: str, name: str, originals: int, copies: int, handling: str | None, criterion: str, phrase: str
) -> dict[str, Any]:
    return {
        "id": key,
        "name": name,
        "form": {"original": originals, "copy": copies, "original_handling": handling},
        "necessity": "1",
        "acceptance_criterion": criterion,
        "defect_phrases": [phrase],
        "exemption": _ID_CARD if key == "id" else None,
    }
