"""Insight: RFM scores, what a survey found out, names from research, a lottery, follow-up rules."""

from dateutil.relativedelta import relativedelta

# name, company, mail, agreed
NAMES = (
    ("Iris Falk", "Falk Interiors", "iris@falk.example", True),
    ("Jonas Reed", "Reed Workshops", "jonas@reed.example", True),
    ("Mina Sole", "", "mina@sole.example", True),
    ("Mina Sole", "", "MINA@sole.example", True),
    ("Owen Hart", "Hart & Sons", "owen@hart.example", False),
)
GUESTS = ("Petra Lang", "Quinn Abel", "Rosa Neri", "Sven Holt")
# name, basis, days from, class, external id of the method
RULES = (
    ("Important and silent for two months", "contact", 60, "a", "mail.mail_activity_data_call"),
    ("Nothing bought for half a year", "purchase", 180, "any", "mail.mail_activity_data_email"),
)
# wallet share, buys again, attitude
VALUES = ((60, 9, 8), (20, 3, 2), (85, 8, 9), (10, 2, 4), (45, 7, 6), (30, 5, 5))


def make(world):
    """After the scorecards: sales and classes are read."""
    if not world.has("crm.rfm.score"):
        return
    env = world.env
    env["crm.rfm.score"]._run(env.company, world.today)
    source = env["utm.source"].create({"name": "Institute for Markets"})
    env["utm.source"].create({"name": "Told by a friend", "crm_word_of_mouth": True})
    _names(env, source)
    _lottery(world)
    partners = env["crm.rfm.score"].search([("company_id", "=", env.company.id)], limit=len(VALUES)).partner_id
    for partner, (wallet, repurchase, attitude) in zip(partners, VALUES, strict=False):
        env["crm.customer.research"].create(
            {
                "partner_id": partner.id,
                "date": world.today - relativedelta(days=20),
                "source": source.name,
                "wallet_share": wallet,
                "repurchase": repurchase,
                "attitude": attitude,
            }
        )
    for place, (name, basis, days, importance, method) in enumerate(RULES, 1):
        env["crm.follow.rule"].create(
            {
                "name": name,
                "sequence": place,
                "basis": basis,
                "age_from": days,
                "importance": importance,
                "activity_type_id": env.ref(method).id,
                "limit": 5,
            }
        )
    env["crm.follow.rule"]._process(env.company, world.today)


def _names(env, source):
    research = env["crm.research.list"].create(
        {
            "name": "Workshops of the region",
            "source_id": source.id,
            "consent_note": "Question 12 of the form, kept by the institute",
        }
    )
    env["crm.research.line"].create(
        [
            {"list_id": research.id, "name": name, "company_name": company, "email": mail, "consent": agreed}
            for name, company, mail, agreed in NAMES
        ]
    )
    research.action_make_leads()


def _lottery(world):
    env = world.env
    event = env["event.event"].create(
        {
            "name": "Open day with lottery",
            "crm_is_lottery": True,
            "date_begin": world.today - relativedelta(days=12),
            "date_end": world.today - relativedelta(days=11),
        }
    )
    env["event.registration"].create(
        [
            {"event_id": event.id, "name": name, "email": f"{name.split()[0].lower()}@guest.example", "state": "open"}
            for name in GUESTS
        ]
    )
    event.action_crm_make_leads()
    event.action_crm_draw()
