"""Who and what is in the demonstration."""

from dataclasses import dataclass, field

from badges.drawing.badge import BadgeArt
from badges.models import AchievementType, ExpiryRule
from earners.actions.requests import Wish
from earners.models import RequestKind
from issuers.models import StaffRole

# Everybody's; the demonstration answers on this machine only.
PASSWORD = "plum-ink-and-brass-line"  # noqa: S105  # shown at the start on purpose

AMARA = "amara@okafor.example"


@dataclass(frozen=True, kw_only=True)
class StaffPerson:
    name: str
    email: str
    role: StaffRole


@dataclass(frozen=True, kw_only=True)
class Organisation:
    slug: str
    name: str
    description: str
    url: str
    email: str
    postal_address: str
    time_zone: str
    brand_colour: str
    monogram: tuple[str, str]
    staff: tuple[StaffPerson, ...]


@dataclass(frozen=True, kw_only=True)
class BadgePlan:
    slug: str
    issuer: str
    art: BadgeArt
    content: dict[str, object]
    live: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Award:
    """One line of the demo's history: who was given what, how many days ago, and what became of it."""

    name: str
    email: str
    badge: str
    days_ago: int
    then: tuple[str, ...] = ("claim",)
    # The page of demo_links that this issuance stands for.
    page: str = ""


@dataclass(frozen=True, kw_only=True)
class AskedFor:
    """One request of an earner, and what the organisation said."""

    email: str
    badge: str
    days_ago: int
    wish: Wish
    answer: str = ""


NEEDLE, MEMBER, PRACTITIONER, CHARTER = (
    "clean-needle-technique",
    "practice-member",
    "certified-practice-professional",
    "chartered-analyst",
)

ORGANISATIONS = (
    Organisation(
        slug="northgate",
        name="Northgate Council for Clinical Safety",
        description="Professional body for clinical safety since 1987. It runs the Clean Needle Technique course.",
        url="https://northgate.example",
        email="badges@northgate.example",
        postal_address="4 Quay Street, Northgate",
        time_zone="Europe/Brussels",
        brand_colour="#0f4c5c",
        monogram=("N", "navy"),
        staff=(
            StaffPerson(name="Mieke Peeters", email="mieke@northgate.example", role=StaffRole.OWNER),
            StaffPerson(name="Jonas Wouters", email="jonas@northgate.example", role=StaffRole.MANAGER),
            StaffPerson(name="Inès Lambert", email="ines@northgate.example", role=StaffRole.DESIGNER),
            StaffPerson(name="Tom Claes", email="tom@northgate.example", role=StaffRole.VIEWER),
        ),
    ),
    Organisation(
        slug="practice-association",
        name="Customer Practice Association",
        description="Members improve how organisations treat the people they serve.",
        url="https://practice.example",
        email="membership@practice.example",
        postal_address="220 Harbour Road, Halifax",
        time_zone="America/Halifax",
        brand_colour="#2f3b73",
        monogram=("C", "indigo"),
        staff=(StaffPerson(name="Dolores Reyes", email="dolores@practice.example", role=StaffRole.OWNER),),
    ),
    Organisation(
        slug="market-analysts",
        name="Institute of Chartered Market Analysts",
        description="Sets the examinations and the code of conduct for market analysts.",
        url="https://analysts.example",
        email="charter@analysts.example",
        postal_address="11 Bell Lane, Singapore",
        time_zone="Asia/Singapore",
        brand_colour="#5a3a12",
        monogram=("A", "bronze"),
        staff=(
            StaffPerson(name="Wei Ling Tan", email="weiling@analysts.example", role=StaffRole.OWNER),
            StaffPerson(name="Daniel Koh", email="daniel@analysts.example", role=StaffRole.MANAGER),
        ),
    ),
)


def _skills(*names: str) -> list[dict[str, str]]:
    return [{"name": name, "url": ""} for name in names]


BADGES = (
    BadgePlan(
        slug=NEEDLE,
        issuer="northgate",
        art=BadgeArt(
            shape="shield",
            top_text="CLEAN NEEDLE",
            ribbon="TECHNIQUE",
            icon="shield-plus",
            level=3,
            palette="plum",
        ),
        content={
            "name": "Clean Needle Technique",
            "description": "Knows and has shown how to needle without harm: clean field, clean hands, safe disposal.",
            "achievement_type": AchievementType.COURSE,
            "criteria_to_earn": (
                "1. Complete the Clean Needle Technique course\n"
                "2. Pass the written examination with 80% or more\n"
                "3. Pass the observed practical examination"
            ),
            "skills": _skills("Infection control", "Safe disposal", "Hand hygiene", "Patient safety"),
            "certificate_design": "engraved",
            "certificate_wording": {},
            "signatories": [{"name": "Prof. Ilse Vandamme", "title": "Chair of the Council"}],
        },
        live={"offers_paper": True},
    ),
    BadgePlan(
        slug=MEMBER,
        issuer="practice-association",
        art=BadgeArt(
            shape="scallop", top_text="PRACTICE MEMBER", bottom_text="ASSOCIATION", icon="users", palette="teal"
        ),
        content={
            "name": "Practice Member",
            "description": "Member of the Customer Practice Association in good standing.",
            "achievement_type": AchievementType.MEMBERSHIP,
            "criteria_to_earn": "Join the association and agree to its code of conduct.",
            "criteria_to_maintain": "Renew the membership every year.",
            "skills": _skills("Customer experience"),
        },
        live={
            "expiry_rule": ExpiryRule.PERIOD,
            "expiry_months": 12,
            "renewal_url": "https://practice.example/renew",
            "renewal_instructions": "Log in to the association's site, open the invoice under the bell, and pay it. "
            "Your badge keeps its link.",
        },
    ),
    BadgePlan(
        slug=PRACTITIONER,
        issuer="practice-association",
        art=BadgeArt(
            shape="hexagon",
            top_text="CERTIFIED",
            ribbon="PROFESSIONAL",
            icon="badge-check",
            level=4,
            palette="indigo",
        ),
        content={
            "name": "Certified Practice Professional",
            "description": "Has proven experience and knowledge in customer practice by examination.",
            "achievement_type": AchievementType.CERTIFICATION,
            "criteria_to_earn": "1. Three years of practice\n2. Pass the certification examination",
            "criteria_to_maintain": "Earn 20 credits every two years and pay the maintenance fee.",
            "skills": _skills("Customer experience", "Service design", "Measurement", "Leadership"),
            "certificate_design": "ledger",
            "certificate_wording": {},
            "signatories": [
                {"name": "Dolores Reyes", "title": "Executive Director"},
                {"name": "Ngozi Adebayo", "title": "Chair of Examiners"},
            ],
        },
        live={
            "expiry_rule": ExpiryRule.PERIOD,
            "expiry_months": 24,
            "renewal_url": "https://practice.example/maintain",
            "renewal_instructions": "Submit your credits on the Maintain page and pay the fee.",
        },
    ),
    BadgePlan(
        slug=CHARTER,
        issuer="market-analysts",
        art=BadgeArt(
            shape="octagon", top_text="CHARTERED", ribbon="ANALYST", icon="landmark", level=2, palette="bronze"
        ),
        content={
            "name": "Chartered Market Analyst",
            "description": "Holds the charter of the Institute after three examinations and a sponsored election.",
            "achievement_type": AchievementType.CERTIFICATION,
            "criteria_to_earn": (
                "1. Pass the examinations at levels I, II and III\n"
                "2. Three years of work in the field\n"
                "3. Be elected to the charter"
            ),
            "criteria_to_maintain": "Keep the code of conduct and stay a member.",
            "skills": _skills("Technical analysis", "Risk management", "Behavioural finance", "Ethics"),
        },
    ),
)

AWARDS = (
    Award(
        name="Amara Okafor-Lindqvist", email=AMARA, badge=NEEDLE, days_ago=250, then=("claim", "publish"), page="valid"
    ),
    Award(name="Amara Okafor-Lindqvist", email=AMARA, badge=PRACTITIONER, days_ago=695, then=("claim", "publish")),
    Award(name="Amara Okafor-Lindqvist", email=AMARA, badge=CHARTER, days_ago=2, then=()),
    Award(name="Amara Okafor-Lindqvist", email=AMARA, badge=MEMBER, days_ago=420),
    # Every age of waiting, with its reminders.
    Award(name="Bram de Wit", email="bram@dewit.example", badge=NEEDLE, days_ago=1, then=(), page="unclaimed"),
    Award(name="D’Angelo O’Neill", email="dangelo@oneill.example", badge=NEEDLE, days_ago=33, then=()),
    Award(name="Nguyễn Thị Minh Khai", email="minhkhai@nguyen.example", badge=CHARTER, days_ago=64, then=()),
    Award(name="Žofie Dvořáková", email="zofie@dvorakova.example", badge=PRACTITIONER, days_ago=95, then=()),
    Award(name="Jón Þórðarson", email="jon@thordarson.example", badge=MEMBER, days_ago=130, then=()),
    # A mail that came back.
    Award(name="Ingrid Sørensen", email="ingrid@soerensen.example", badge=NEEDLE, days_ago=5, then=("bounce",)),
    # Names of the world.
    Award(name="王小明", email="xiaoming@wang.example", badge=CHARTER, days_ago=40),
    Award(name="司馬相如", email="xiangru@sima.example", badge=NEEDLE, days_ago=120),
    Award(name="山田 花子", email="hanako@yamada.example", badge=NEEDLE, days_ago=80),
    Award(name="김민준", email="minjun@kim.example", badge=CHARTER, days_ago=200),
    Award(name="محمد عبد الرحمن", email="mohamed@rahman.example", badge=NEEDLE, days_ago=60, then=("claim", "publish")),
    Award(name="فاطمة الزهراء بنت يوسف", email="fatima@yusuf.example", badge=PRACTITIONER, days_ago=90),
    Award(name="יעל בן־דוד", email="yael@bendavid.example", badge=NEEDLE, days_ago=75),
    Award(name="สมชาย ใจดี", email="somchai@jaidee.example", badge=CHARTER, days_ago=20),
    Award(name="प्रिया शर्मा", email="priya@sharma.example", badge=NEEDLE, days_ago=33),
    Award(name="Trần Văn Đức", email="duc@tran.example", badge=MEMBER, days_ago=15),
    Award(name="Ὑπατία Παπαδοπούλου", email="ypatia@papadopoulou.example", badge=CHARTER, days_ago=310),
    Award(name="Владимир Ильич Козлов", email="vladimir@kozlov.example", badge=PRACTITIONER, days_ago=150),
    Award(name="Ō", email="o@single.example", badge=NEEDLE, days_ago=55),
    Award(name="Null", email="christopher@null.example", badge=MEMBER, days_ago=25),
    Award(
        name="Wolfeschlegelsteinhausenbergerdorff-Montmorency-Cholmondeley",
        email="hubert@wolfe.example",
        badge=NEEDLE,
        days_ago=44,
        then=("claim", "publish"),
    ),
    Award(
        name="María del Carmen Fernández de Córdoba y Álvarez de Toledo",
        email="mariadelcarmen@fernandez.example",
        badge=PRACTITIONER,
        days_ago=300,
    ),
    Award(name="Şeyma Çağlar İğdır", email="seyma@caglar.example", badge=NEEDLE, days_ago=210),
    Award(name="Łukasz Żółć", email="lukasz@zolc.example", badge=CHARTER, days_ago=18),
    Award(name="Siobhán Ní Bhriain", email="siobhan@nibhriain.example", badge=MEMBER, days_ago=100),
    Award(
        name="Anne-Sophie L’Hôpital",
        email="annesophie@lhopital.example",
        badge=NEEDLE,
        days_ago=12,
        then=("claim", "lock"),
    ),
    Award(name="Te Ariki Tāwhiao", email="teariki@tawhiao.example", badge=PRACTITIONER, days_ago=360),
    # The other states.
    Award(name="Kwame Mensah", email="kwame@mensah.example", badge=MEMBER, days_ago=335, page="expiring"),
    Award(name="Lucía Gutiérrez", email="lucia@gutierrez.example", badge=MEMBER, days_ago=430, page="expired"),
    Award(name="Oskar Weiß", email="oskar@weiss.example", badge=MEMBER, days_ago=500, then=("claim", "renew")),
    Award(
        name="Ana Okafor",
        email="ana@okafor.example",
        badge=NEEDLE,
        days_ago=90,
        then=("claim", "correct"),
        page="corrected",
    ),
    Award(
        name="Grzegorz Brzęczyszczykiewicz",
        email="grzegorz@brzeczyszczykiewicz.example",
        badge=CHARTER,
        days_ago=140,
        then=("claim", "suspend"),
        page="suspended",
    ),
    Award(
        name="Piet Jansen",
        email="piet@jansen.example",
        badge=NEEDLE,
        days_ago=70,
        then=("claim", "revoke"),
        page="revoked",
    ),
    Award(
        name="Chloé Dubois",
        email="chloe@dubois.example",
        badge=PRACTITIONER,
        days_ago=50,
        then=("claim", "hide"),
        page="private",
    ),
    Award(name="Robert Tables", email="robert@tables.example", badge=NEEDLE, days_ago=10, then=("decline",)),
    Award(
        name="Aino Mäkelä",
        email="aino@makela.example",
        badge=CHARTER,
        days_ago=260,
        then=("claim", "suspend", "restore"),
    ),
    Award(
        name="Zbyněk Šťastný",
        email="zbynek@stastny.example",
        badge=PRACTITIONER,
        days_ago=170,
        then=("claim", "revoke", "reinstate"),
    ),
)

REQUESTS = (
    AskedFor(
        email=AMARA,
        badge=NEEDLE,
        days_ago=6,
        wish=Wish(kind=RequestKind.OTHER, text="My employer asks how many hours the course has."),
        answer="Twenty-four hours of teaching, and half a day for the practical examination.",
    ),
    AskedFor(
        email="ana@okafor.example",
        badge=NEEDLE,
        days_ago=2,
        wish=Wish(
            kind=RequestKind.NAME,
            wanted_name="Ana Okafor Reyes",
            text="In my passport the two names stand without a hyphen.",
        ),
    ),
    AskedFor(
        email="mohamed@rahman.example",
        badge=NEEDLE,
        days_ago=1,
        wish=Wish(kind=RequestKind.PAPER, postal_address="Mohamed Abdelrahman\n18 Sluisstraat\n9000 Gent\nBelgium"),
    ),
    AskedFor(
        email="lucia@gutierrez.example",
        badge=MEMBER,
        days_ago=12,
        wish=Wish(kind=RequestKind.RENEWAL, text="I paid the invoice last month."),
    ),
)

# People whose password is PASSWORD, with what their portfolio shows.
EARNERS = (
    (AMARA, "Four badges: valid, ending soon, expired, and a new one to claim; two addresses, a third to confirm"),
    ("kwame@mensah.example", "A membership that ends soon"),
    ("lucia@gutierrez.example", "A membership that has expired"),
    ("ana@okafor.example", "A badge whose name was corrected"),
    ("chloe@dubois.example", "A private badge"),
    ("mohamed@rahman.example", "A name written from right to left"),
    ("robert@tables.example", "Said that a badge was not his, and can take that back"),
)

# A code that could be one and is not.
NOT_FOUND_CODE = "00000000000"
