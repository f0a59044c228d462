"""Every cell of the table element × paper, looked for on the printed paper of a realistic case."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pypdfium2
import pytest

from clerk_app.design.fontset import FontSet
from clerk_app.documents.notice import render_notice
from clerk_app.documents.pdf.codes import barcode_bars
from clerk_app.documents.receipt_page import render_receipt_page
from clerk_app.domain.paper_elements import PAPER_ELEMENTS
from clerk_app.domain.papers import DOCUMENT_WORDS, PAPER_NAMES, PaperKind
from clerk_app.domain.receipts import receipt_for
from support.casepapers import NUMBER, accepted, all_papers, asked, document

Cell = str | tuple[str, str]
"""What the paper says, without white; with the situation when it is not 「usual」."""

_SEAL = "受理专用章"
_FEET: dict[str, Cell] = {
    "agency": "明河区市场监督管理局",
    "clerk": "经办：王晓梅",
    "window": "（12号窗口）",
    "phone": "咨询：0000-7654321监督投诉：12345",
    "query": f"进度查询：在任一政务大厅出示右上角的码，或报编号{NUMBER}",
    "signature": "申请人（代理人）签收：",
    "sign_time": "签收时间：年月日时",
    "case": f"受理单号：{NUMBER}",
    "qr": "查询时出示",
    "matter": "事项食品经营许可（新办）",
    "applicant": "明河市禾间餐饮管理有限公司",
    "received": "2026年11月23日10时24分",
    "copies": "第一联：申请人留存（共两联）",
}
_REMEDIES = "六十日内依法申请行政复议，也可以自收到本{}之日起六个月内依法向人民法院提起行政诉讼"
_RETURNED = "退还的材料：序号材料名称形式份数页数1食品经营许可申请书原件1"


def _cells(day: str = "2026年11月23日", clerk: str = "王晓梅", window: bool = True, **own: Cell) -> dict[str, Cell]:
    foot: dict[str, Cell] = {"date": day, "clerk": f"经办：{clerk}", "window": "（12号窗口）" if window else clerk}
    return _FEET | foot | own


_ACCEPTANCE = _cells(
    title="受理通知书",
    identity="信用代码91350100M000100Y43法定代表人周文博",
    address="住所明河市明河区示例街道12号一层",
    contact="联系人赵会计139****2717（会计）",
    agent="代理人李晓彤1101**********0038代理人电话139****2716授权授权委托书：代为申请、领取",
    parties=("买受人李四1101**********0038", "joint"),
    typed=("张三未读身份证（忘带），手工录入核对", "typed"),
    law="根据《中华人民共和国行政许可法》第三十二条第一款第五项，本机关决定予以受理",
    body="受理机关明河区市场监督管理局",
    acceptor="受理人王晓梅",
    fee="是否收费不收费",
    received="收到材料2026年11月23日10时24分",
    accepted="受理时间2026年11月23日10时28分",
    order=("2026年11月23日10时28分05秒，有数量限制，按受理先后办理（《中华人民共和国行政许可法》第五十七条", "typed"),
    statutory="法定20个工作日（至2026年12月21日）",
    promised="承诺8个工作日，即2026年12月3日前作出决定",
    excluded="检验（一般10个工作日）所需时间不计入期限，另行书面告知",
    counted="现场核查计入期限",
    delivery=("邮寄：寄到北京市东城区示例街道1号", "joint"),
    collect="凭本通知书和身份证，免取号",
    materials="收到的材料：序号材料名称形式份数页数结果1食品经营许可申请书原件1—已收",
    outage=("离线受理：窗口自2026年11月23日9时58分起连不上服务器（网络中断）", "typed"),
    seal=_SEAL,
)

CELLS: dict[PaperKind, dict[str, Cell]] = {
    PaperKind.ACCEPTANCE_NOTICE: _ACCEPTANCE,
    PaperKind.DEFICIENCY_NOTICE: _ACCEPTANCE
    | {key: (text[0], "acceptance") for key, text in _ACCEPTANCE.items() if isinstance(text, tuple)}
    | {
        "title": "容缺受理通知书",
        "lacking": "欠交材料：健康证明",
        "due": "申请人承诺于2026年11月30日前补齐",
        "how": "窗口、邮寄、网上（已开通的）均可，以到达日为准",
        "consequence": "逾期未补的终止办理，由此造成的损失由申请人承担",
    },
    PaperKind.DEFICIENCY_COMMITMENT: _cells(
        title="容缺受理承诺书",
        copies="第二联：受理机关存档（共两联）",
        lacking="暂缺的材料（限于公布的可容缺清单）：序号欠交的材料应达到的标准形式、份数补交期限4健康证明",
        form="体检日期在一年以内复印件3份",
        due="于2026年11月30日前补齐",
        how="可以窗口提交、邮寄或网上提交（已开通的），以到达日为准",
        decline="已知晓可以不选择容缺受理",
        consequence="逾期未补齐或者补交的材料不符合标准的，同意终止办理",
        losses="由此造成的损失由承诺人承担",
        credit="有失信记录的，不适用容缺受理",
        signature="承诺人（申请人或代理人）签名、盖章：",
        sign_time="签字时间：年月日时",
    ),
    PaperKind.COMMITMENT_LETTER: _cells(
        title="告知承诺书",
        copies="第二联：受理机关存档（共两联）",
        basis="设立依据《中华人民共和国食品安全法》第三十五条",
        conditions="告知的条件和要求（承诺的内容）1有固定的经营场所2有专职",
        way="承诺方式书面承诺，申请人自愿选择",
        liability="违诺责任核查不符的撤销许可；虚假承诺的，依法记入信用记录",
        checking="监督核查行政机关在作出决定后对承诺内容进行核查",
        publicity="公开本承诺书按规定公开",
        informed="已知晓告知内容",
        met="已达到法定条件",
        accepts="愿意承担虚假承诺的法律责任",
        true_will="承诺是真实意思表示",
        withdraw="在行政机关作出决定前，承诺人可以书面撤回承诺",
        signature="承诺人（申请人或代理人）签名、盖章：",
        sign_time="签字时间：年月日时",
    ),
    PaperKind.SUPPLEMENT_NOTICE: _cells(
        title="补正材料一次性告知书",
        case=f"收件编号：{NUMBER}",
        law="根据《中华人民共和国行政许可法》第三十二条第一款第四项",
        defects="3平面图和操作流程图未标注面积",
        standard="应达到：标明各功能间名称和面积",
        form="原件1份",
        how="窗口（一楼A区任一综合窗口，免取号）、邮寄、网上补件（已开通的）",
        due="请于2026年12月23日前",
        consequence="补齐当日即受理。逾期未补正的，可以重新申请",
        once="本告知书没有列出的材料，以后不再要求补正",
        deemed="五个工作日内没有送达告知书，视为收件之日已受理",
        approval=("第一次告知没有列出健康证明，本次经周文博批准补充告知，原因：首次告知漏列", "again"),
        seal=_SEAL,
    ),
    PaperKind.NON_ACCEPTANCE_NOTICE: _cells(
        title="不予受理通知书",
        case=f"收件编号：{NUMBER}",
        law="根据《中华人民共和国行政许可法》第三十二条第一款第二项，本机关决定不予受理",
        reason="食品生产由市局受理",
        body="市市场监督管理局",
        remedies=_REMEDIES.format("通知书"),
        missing=("食品经营许可申请书、平面图和操作流程图", "late"),
        seal=_SEAL,
    ),
    PaperKind.SPECIAL_PROCEDURE_NOTICE: _cells(
        "2026年11月25日",
        "赵敏",
        window=False,
        title="特别程序告知书",
        kind="特别程序听证",
        law="《中华人民共和国行政许可法》第四十五条、食品安全法实施条例",
        start="开始日期2026年11月25日",
        expected="所需时间10个工作日",
        effect="所需时间不计算在办理期限内，现书面告知",
        accepted="受理时间2026年11月23日10时28分",
        old_due="原定期限2026年12月3日前作出决定",
        seal=_SEAL,
    ),
    PaperKind.EXTENSION_NOTICE: _cells(
        "2026年12月1日",
        "赵敏",
        window=False,
        title="延长办理期限告知书",
        law="根据《中华人民共和国行政许可法》第四十二条第一款，经批准延长办理期限",
        reason="延长的理由需要向外地核实原料来源",
        approver="批准人局长刘卫东",
        days="延长5个工作日",
        old_due="原定期限2026年12月21日",
        new_due="新的期限2026年12月28日",
        once="延长以一次为限",
        seal=_SEAL,
    ),
    PaperKind.GRANT_DECISION: _cells(
        "2026年12月1日",
        "赵敏",
        window=False,
        title="准予行政许可决定书",
        accepted="受理时间2026年11月23日10时28分",
        facts="认定的事实申请人有固定的经营场所，设备布局和操作流程符合要求",
        law="《中华人民共和国行政许可法》第三十八条第一款、《中华人民共和国食品安全法》第三十五条",
        content="准予的内容准予从事餐饮服务（热食类食品制售）",
        certificate="证件名称食品经营许可证证件编号JY22399000000001",
        validity="有效期2026年12月1日至2031年11月30日",
        deliver="自作出决定之日起十个工作日内向申请人颁发、送达证件（《中华人民共和国行政许可法》第四十四条）",
        seal="行政审批专用章",
    ),
    PaperKind.REFUSAL_DECISION: _cells(
        "2026年12月1日",
        "赵敏",
        window=False,
        title="不予行政许可决定书",
        accepted="受理时间2026年11月23日10时28分",
        facts="认定的事实经营场所距污染源不足二十五米",
        law="《中华人民共和国行政许可法》第三十八条第二款、《中华人民共和国食品安全法》第三十三条",
        reason="不予的理由经营场所与有毒、有害场所的距离不符合规定",
        remedies=_REMEDIES.format("决定书"),
        seal="行政审批专用章",
    ),
    PaperKind.SERVICE_RECEIPT: _cells(
        "2026年12月2日",
        title="送达回证",
        copies="第一联：受送达人留存（共两联）",
        recipient="受送达人明河市禾间餐饮管理有限公司",
        documents="1准予行政许可决定书明市监准〔2026〕12-0032号",
        place="送达地点12号窗口",
        manner="送达方式直接送达",
        time="送达时间2026年12月2日9时15分",
        receiver="签收人李晓彤（与受送达人的关系：代理人）",
        id_number="证件号码1101**********0038送达人王晓梅、孙立身份核验读取身份证核验",
        servers="送达人二：",
        refusal=("拒收情况收件人拒绝签字，文书留置在住所", "left"),
        witness=("见证人社区干部陈国强", "left"),
        law="依据：《中华人民共和国行政许可法》第四十四条",
        many=("送达回证（2件合一）", "many"),
        signature="受送达人（代收人）：",
        sign_time="签字时间：年月日时",
    ),
    PaperKind.COLLECTION_NOTICE: _cells(
        "2026年12月1日",
        title="取件通知书",
        result="办理结果食品经营许可证证件编号JY22399000000001",
        pieces="件数正本1、副本1",
        place="领取地点明河区政务服务中心一楼A区任一综合窗口",
        time="领取时间即日起，大厅对外办公时间内，免取号",
        id_needed="本通知书或受理通知书、法定代表人（负责人）或经办人的身份证",
        authority="代理人李晓彤可以凭身份证领取（委托书已授权领取）",
        post="不便到窗口领取的，可以打上面的咨询电话改为邮寄",
        law="依据《中华人民共和国行政许可法》第四十四条",
        seal=_SEAL,
    ),
    PaperKind.COLLECTION_SLIP: _cells(
        "2026年12月2日",
        title="领取凭证",
        result="办理结果食品经营许可证证件编号JY22399000000001",
        pieces="件数正本1、副本1",
        receiver="领取人李晓彤（与申请人的关系：代理人）证件号码1101**********0038核验方式读身份证",
        authority="代领的授权代为申请、领取",
        place="领取地点12号窗口",
        time="领取时间2026年12月2日9时15分",
        carrier=("寄递公司邮政速递", "mailed"),
        sender=("寄件人明河区市场监督管理局（明河区政务服务中心）", "mailed"),
        mailed_to=("收件人张会计（单位收件）收件地址明河市明河区示例街道12号一层", "mailed"),
        mailed_on=("交寄日期2026-12-02寄递单号EX123456789CN", "mailed"),
        signature="领取人：",
        sign_time="签字时间：年月日时",
    ),
    PaperKind.HANDOVER_SHEET: _cells(
        title="物料交接单",
        copies="第二联：接收方留存（共两联）",
        agency="明河区政务服务中心",
        phone="咨询：0000-1234567监督投诉：12345",
        **{"from": "移交方明河区政务服务中心12号窗口（王晓梅）"},
        to="接收方明河区市场监督管理局",
        cases="MH-12-20261123-0033食品经营许可（新办）",
        pieces="合计3件，材料15份36页",
        time="移交时间2026年11月23日10时28分",
        signature="移交人：",
        second_signature="接收人：",
        sign_time="签字时间：年月日时",
    ),
    PaperKind.RETURN_NOTICE: _cells(
        "2026年12月25日",
        title="退件通知书",
        case=f"收件编号：{NUMBER}",
        reason="退件的理由逾期三十日没有补正",
        materials="退还的材料：序号材料名称形式份数页数1申请人身份证复印件1",
        signature="申请人（代理人）签收材料：",
        seal=_SEAL,
    ),
    PaperKind.WITHDRAWAL_NOTICE: _cells(
        "2026年12月1日",
        title="撤回申请通知书",
        withdrawn="你单位于2026年12月1日9时15分申请撤回",
        reason="撤回的理由改在外地经营",
        again="撤回不影响重新申请",
        materials=_RETURNED,
        signature="申请人（代理人）签收材料：",
        seal=_SEAL,
    ),
    PaperKind.TERMINATION_NOTICE: _cells(
        "2026年12月1日",
        title="终止办理通知书",
        reason="逾期没有配合现场核查",
        law="终止的依据食品经营许可和备案管理办法第二十条",
        remedies=_REMEDIES.format("通知书"),
        materials=_RETURNED,
        signature="申请人（代理人）签收材料：",
        seal=_SEAL,
    ),
    PaperKind.PAYMENT_NOTICE: _cells(
        "2026年12月1日",
        title="缴费通知书",
        item="缴费项目检验费",
        amount="金额人民币120.00元",
        basis="收费依据发改价格〔2003〕82号",
        place="缴费地点一楼B区3号收费窗口",
        receipt="缴费后请索取财政票据",
        seal=_SEAL,
    ),
    PaperKind.GUIDANCE_NOTICE: _cells(
        title="一次性告知单（咨询）",
        copies="共一联：咨询人留存",
        body="实施机关明河区市场监督管理局",
        situation="您的情形是否委托他人代办？委托他人代办；准备经营什么？餐饮服务",
        law="根据《中华人民共和国行政许可法》第三十条",
        basis="设立依据《中华人民共和国食品安全法》第三十五条",
        materials="6授权委托书原件1份",
        criterion="标明各功能间名称和面积",
        exempt="窗口读身份证，不用交",
        conditions="办理条件：1.有固定的经营场所。2.有专职或者兼职的食品安全管理人员。",
        limits="法定20个工作日；承诺8个工作日（自受理之日起）；检验所需时间另计；现场核查计入期限",
        fee="收费不收费，表格免费",
        result="办理结果食品经营许可证（有效期：5年）",
        quantity="数量限制按零售点合理布局控制数量",
        place="办理地点明河区政务服务中心一楼A区综合窗口",
        time="办理时间工作日，大厅对外办公时间",
        nothing_else="不要求提交与申请无关的其他材料（《中华人民共和国行政许可法》第三十一条）",
        not_acceptance="本单不是受理凭证",
        ending=("答复不归本机关办理。食品生产由市局受理。依据食品安全法第三十五条请到市市场监督管理局", "ending"),
    ),
    PaperKind.RECEIPT: {
        "title": "收件凭证",
        "case": f"编号{NUMBER}",
        "qr": "查询时出示",
        "received": "收件时间2026-11-2310:24",
        "matter": "事项食品经营许可（新办）",
        "body": "受理机关明河区市场监督管理局",
        "applicant": "申请人明河市禾间餐饮管理有限公司",
        "agent": "代理人李晓彤1101**********0038",
        "materials": "序号收到的材料形式份数页数1食品经营许可申请书未交",
        "total": "合计7份",
        "not_acceptance": "收件不等于受理",
        "next": "已当场送达《补正材料一次性告知书》，要补2项：材料1、材料3。补齐当日受理",
        "query": "查询时出示",
        "phone": "电话0000-7654321",
        "window": "12号窗口王晓梅",
        "seal": f"{_SEAL}盖在右侧空白处",
        "signature": "申请人签字：",
    },
}

"""Bars are read by themselves, further down."""
TABLE = [
    (kind, element.key) for kind, elements in PAPER_ELEMENTS.items() for element in elements if element.key != "barcode"
]


@pytest.fixture(scope="session")
def texts(
    printed: Mapping[tuple[PaperKind, str], bytes], words: Callable[[bytes], list[str]], fonts: FontSet
) -> Mapping[tuple[PaperKind, str], str]:
    """The text of each paper; a preview adds the name of the seal, as the stamp itself does."""
    found = {
        key: "".join(words(pdf) + words(render_notice(all_papers()[key], fonts, preview=True)))
        for key, pdf in printed.items()
    }
    receipt = receipt_for(asked())
    assert receipt is not None
    found[PaperKind.RECEIPT, "usual"] = "".join(words(render_receipt_page(receipt, fonts)))
    return found


@pytest.mark.parametrize(("kind", "key"), TABLE, ids=lambda value: str(value))
def test_the_element_stands_on_the_paper(kind: PaperKind, key: str, texts: Mapping[tuple[PaperKind, str], str]) -> None:
    if key == "number":
        assert "".join(document(kind).split()) in texts[kind, "usual"]
        return
    cell = CELLS[kind][key]
    text, situation = cell if isinstance(cell, tuple) else (cell, "usual")
    paper = (PaperKind.ACCEPTANCE_NOTICE, "typed" if key in {"typed", "order", "outage"} else "joint")
    where = paper if situation == "acceptance" else (kind, situation)
    assert text in texts[where]


def test_every_kind_of_paper_that_leaves_the_window_is_in_the_table() -> None:
    assert set(PAPER_ELEMENTS) == set(PaperKind) - {PaperKind.TICKET}
    assert {kind for kind, _ in all_papers()} == set(DOCUMENT_WORDS)
    for kind, elements in PAPER_ELEMENTS.items():
        keys = [element.key for element in elements if element.key != "barcode"]
        assert len(keys) == len(set(keys)), kind


@pytest.mark.parametrize(
    "kind", [kind for kind, elements in PAPER_ELEMENTS.items() if any(one.key == "barcode" for one in elements)]
)
def test_the_barcode_is_the_case_number(kind: PaperKind, printed: Mapping[tuple[PaperKind, str], bytes]) -> None:
    pdf = pypdfium2.PdfDocument(printed[kind, "usual"])
    page = pdf[0]
    millimetre = 400 / 25.4
    strip = (90 / 25.4 * 72, 270 / 25.4 * 72, 47 / 25.4 * 72, 22 / 25.4 * 72)
    picture = page.render(scale=400 / 72, crop=strip).to_pil().convert("L")
    pdf.close()
    dark = [level < 128 for level in picture.crop((0, 10, picture.width, 11)).tobytes()]
    edges = [x for x in range(1, len(dark)) if dark[x] != dark[x - 1]]
    bars = barcode_bars(NUMBER)
    module = (edges[-1] - edges[0]) / (bars[-1][0] + bars[-1][1])
    read = [
        (round((a - edges[0]) / module), round((b - a) / module)) for a, b in zip(edges[::2], edges[1::2], strict=True)
    ]
    assert read == bars
    assert module / millimetre >= 0.19


SEALED = {kind for kind, elements in PAPER_ELEMENTS.items() if any(one.key == "seal" for one in elements)}


def test_only_decisions_bear_the_approval_seal_and_what_the_applicant_declares_bears_none() -> None:
    for (kind, _), notice in all_papers().items():
        decision = kind in {PaperKind.GRANT_DECISION, PaperKind.REFUSAL_DECISION}
        assert (notice.seal == "行政审批专用章") == decision
        assert bool(notice.seal) == (kind in SEALED)


def test_no_paper_shows_a_whole_identity_number(texts: Mapping[tuple[PaperKind, str], str]) -> None:
    for key, text in texts.items():
        assert not re.search(r"1101\d{13}[\dX]", text), key


def test_docs_show_the_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "papers.md").read_text(encoding="utf-8")
    table = page.split("<!-- table -->\n")[1].split("<!-- end of table -->")[0]
    assert table == as_markdown(), f"paste this table into docs/papers.md:\n{as_markdown()}"


def as_markdown() -> str:
    lines = ["| paper | element | by | certainty |", "|---|---|---|---|"]
    for kind, elements in PAPER_ELEMENTS.items():
        for place, one in enumerate(elements):
            name = PAPER_NAMES[kind] if place == 0 else ""
            lines.append(f"| {name} | {one.name} | {one.source} | {one.certainty.value} |")
    return "\n".join(lines) + "\n"


def test_an_accepted_case_gets_its_notice_in_the_same_words_whoever_prints_it(fonts: FontSet) -> None:
    notice = all_papers()[PaperKind.ACCEPTANCE_NOTICE, "usual"]
    assert render_notice(notice, fonts) == render_notice(notice, fonts)
    assert accepted().numbers.case == notice.case_number
