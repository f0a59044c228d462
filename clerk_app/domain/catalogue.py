"""A matter (事项) as the catalogue defines it: what the window may ask for, and nothing else.

行政许可法第三十条、第三十一条: the full list of materials is published, nothing unrelated may be demanded. One
criterion (接件标准) per material is read by applicant, clerk and approver alike, so a matter is versioned and never
edited here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from clerk_app.domain.calendar import Limit
from clerk_app.domain.law import Clause, ProcedureLaw, SuspensionCause


class CaseType(StrEnum):
    """GB/T 39046-2020 A.6."""

    INSTANT = "1"
    PROMISED = "2"
    OTHER = "9"


class Necessity(StrEnum):
    """Whether a material is needed in the chosen situation."""

    REQUIRED = "1"
    OPTIONAL = "2"
    TOLERABLE = "3"


class CardHolder(StrEnum):
    """Whose identity card, read at the window, replaces the paper one."""

    APPLICANT = "applicant"
    AGENT = "agent"
    PARTIES = "parties"  # all who apply together


@dataclass(frozen=True, slots=True)
class MaterialForm:
    """How many originals and copies are asked for, and what happens to an original (留存, 核验后退还 or none)."""

    originals: int = 0
    copies: int = 0
    original_handling: str | None = None

    @property
    def needed(self) -> int:
        """Pieces the window keeps: an original that goes back after comparison is not counted."""
        kept = self.originals if self.original_handling != "核验后退还" else 0
        return kept + self.copies or 1

    @property
    def text(self) -> str:
        """「原件 1 份」「复印件 1 份，核原件」: the requirement as the checklist and every paper write it."""
        if self.original_handling == "核验后退还" and self.originals:
            return f"复印件 {self.copies} 份，核原件" if self.copies else "核验原件"
        parts = []
        if self.originals:
            parts.append(f"原件 {self.originals} 份")
        if self.copies:
            parts.append(f"复印件 {self.copies} 份")
        return "，".join(parts) or "1 份"


@dataclass(frozen=True, slots=True)
class Exemption:
    """Why a paper need not be handed in (政府核发免交, 共享核验免证明, 电子证照免实体) and how that is checked."""

    replaceable_by: str
    reason: str
    check: str
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Material:
    """One material (申请材料) with its acceptance criterion."""

    id: str
    name: str
    form: MaterialForm
    necessity: Necessity
    criterion: str
    legal_basis: str = ""
    exemption: Exemption | None = None
    in_situations: tuple[str, ...] = ()
    note: str = ""
    defect_phrases: tuple[str, ...] = ()
    card_holder: CardHolder | None = None


@dataclass(frozen=True, slots=True)
class OptionOutcome:
    """A situation that ends the intake: ``not_required``, ``not_our_competence``, ``redirect`` or ``not_yet_due``.

    ``not_yet_due``: the application is too early; ``text`` says from when it can be made.
    """

    kind: str
    text: str
    basis: str
    competent_body: str = ""
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer; ``adds`` and ``removes`` are material ids. ``below_age``: it is for applicants younger than that, in
    years, and chosen beforehand where the birth date is known."""

    id: str
    text: str
    default: bool = False
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    outcome: OptionOutcome | None = None
    note: str = ""
    below_age: int = 0


@dataclass(frozen=True, slots=True)
class Situation:
    """A question whose answer adds or removes materials."""

    id: str
    question: str
    options: tuple[Option, ...]
    multiple: bool = False

    @property
    def is_agency(self) -> bool:
        """True for 「是否委托他人代办」, which the applicant page has already answered."""
        return self.id == "q_agent"

    def default_answer(self) -> tuple[str, ...]:
        """Option ids chosen before anybody answered."""
        return tuple(option.id for option in self.options if option.default)


@dataclass(frozen=True, slots=True)
class Tolerance:
    """容缺受理: the materials that may follow later and until when; empty when the matter does not allow it.
    ``credit_gate``: not for those with a bad credit record, which the clerk looks up."""

    materials: tuple[str, ...] = ()
    due: Limit | None = None
    rule: str = ""
    credit_gate: bool = False


@dataclass(frozen=True, slots=True)
class Commitment:
    """告知承诺 (国办发〔2020〕42号): what the applicant declares instead of a proof."""

    allowed: bool = False
    declaration: tuple[str, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class SpecialProcedure:
    """A step outside the usual examination. ``excluded`` says whether its time does not count (行政许可法第四十五条,
    or the matter's own law); ``expected`` is the time it usually takes."""

    name: str
    kind: SuspensionCause
    excluded: bool
    expected: Limit | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class JointParties:
    """A matter that several parties apply for together (不动产登记暂行条例第十四条): their roles, one party each at
    least; empty when one applicant is enough. The applicant takes the first role."""

    roles: tuple[str, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """A handling item (业务办理项). ``code`` is text as published, 23 to 55 characters in real catalogues.

    ``id`` is a short name used by redirects inside one catalogue file; rows without one use the code.
    """

    code: str
    name: str
    department: str
    type: str
    type_name: str
    version: int = 1
    id: str = ""
    main_item: str = ""
    audience: tuple[str, ...] = ()
    case_type: CaseType = CaseType.OTHER
    procedure_law: ProcedureLaw = ProcedureLaw.OWN
    legal_basis: tuple[Clause, ...] = ()
    statutory_limit: Limit | None = None
    promised_limit: Limit | None = None
    fee_charged: bool = False
    fee_text: str = ""
    result_name: str = ""
    place: str = ""
    phone: str = ""
    result_validity: str = ""
    conditions: tuple[str, ...] = ()
    special_procedures: tuple[SpecialProcedure, ...] = ()
    quantity_limited: bool = False
    quantity_text: str = ""
    extension: Limit | None = None
    joint: JointParties = field(default_factory=JointParties)
    situations: tuple[Situation, ...] = ()
    materials: tuple[Material, ...] = ()
    tolerance: Tolerance = field(default_factory=Tolerance)
    commitment: Commitment = field(default_factory=Commitment)

    @property
    def excluded_procedures(self) -> tuple[str, ...]:
        """Names of the procedures whose time does not count."""
        return tuple(one.name for one in self.special_procedures if one.excluded)

    @property
    def counted_procedures(self) -> tuple[str, ...]:
        """Names of the procedures whose time counts."""
        return tuple(one.name for one in self.special_procedures if not one.excluded)

    @property
    def longest_extension(self) -> Limit | None:
        """By how much the decision may be put off once: the matter's own rule, for a licence without one ten working
        days (行政许可法第四十二条第一款), else none."""
        if self.extension is not None or self.procedure_law is not ProcedureLaw.LICENSING:
            return self.extension
        return ARTICLE_42

    @property
    def for_natural_persons(self) -> bool:
        return not self.audience or "1" in self.audience

    @property
    def for_legal_entities(self) -> bool:
        return not self.audience or any(code != "1" for code in self.audience)

    def tolerates(self, material: Material) -> bool:
        """Whether this material may follow later."""
        return material.id in self.tolerance.materials

    def material(self, material_id: str) -> Material:
        """The material of that id; ``KeyError`` when the matter has none."""
        for material in self.materials:
            if material.id == material_id:
                return material
        raise KeyError(material_id)


ARTICLE_42 = Limit(10, "工作日", "10个工作日")
"""行政许可法第四十二条第一款: 经本行政机关负责人批准，可以延长十日."""

Answers = Mapping[str, tuple[str, ...]]


def chosen_options(matter: Matter, answers: Answers) -> Iterable[Option]:
    """The options chosen in each situation, the defaults where nobody answered."""
    for situation in matter.situations:
        chosen = answers.get(situation.id, situation.default_answer())
        yield from (option for option in situation.options if option.id in chosen)


def needed_materials(matter: Matter, answers: Answers) -> tuple[Material, ...]:
    """Materials for these answers: those without a situation, plus what options add, minus what they remove."""
    added: set[str] = set()
    removed: set[str] = set()
    for option in chosen_options(matter, answers):
        added.update(option.adds)
        removed.update(option.removes)
    return tuple(
        material
        for material in matter.materials
        if (not material.in_situations or material.id in added) and material.id not in removed
    )


def ending_option(matter: Matter, answers: Answers) -> Option | None:
    """The first chosen option that ends the intake, if any."""
    return next((option for option in chosen_options(matter, answers) if option.outcome), None)


def commitment_chosen(matter: Matter, answers: Answers) -> bool:
    """True when the applicant chose the commitment way (the option ``promise``)."""
    return matter.commitment.allowed and any(option.id == "promise" for option in chosen_options(matter, answers))
