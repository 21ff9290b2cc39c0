"""Invented people, places, companies and goods. Pure; the lists are combined by a seeded generator."""

COMPANY = "Alderwick Trade Supply"

PLACES = [
    "Brackenford",
    "Ostermere",
    "Tallowby",
    "Wexcombe",
    "Hollinray",
    "Dunmarrow",
    "Veldhaven",
    "Corrowick",
    "Pennistrand",
    "Larkhollow",
    "Ravensmoor",
    "Quillbury",
    "Sedgewater",
    "Fennimore",
    "Grimsdale",
    "Ashenvale",
    "Copperbridge",
    "Marrowgate",
    "Stonewick",
    "Thistledown",
    "Yarrowfield",
    "Kestrelby",
    "Moorlake",
    "Nettlecombe",
    "Orchardton",
    "Pebbleworth",
    "Rookhampton",
    "Saltersea",
    "Umberleigh",
    "Windlestow",
]
TRADES = (
    "Hardware",
    "Joinery",
    "Facilities",
    "Workshop Equipment",
    "Catering Supplies",
    "Interiors",
    "Maintenance Services",
    "Packaging",
    "Garden Centre",
    "School Supplies",
    "Marine Stores",
    "Building Merchants",
    "Cleaning Services",
    "Motor Parts",
    "Farm Supplies",
)
FIRST_NAMES = [
    "Ada",
    "Bruno",
    "Celia",
    "Dmitri",
    "Elena",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Keiko",
    "Leon",
    "Mira",
    "Nadia",
    "Oskar",
    "Petra",
    "Quentin",
    "Rosa",
    "Stefan",
    "Talia",
    "Ulrich",
    "Vera",
    "Wanda",
    "Ximena",
    "Yusuf",
    "Zoe",
]
LAST_NAMES = [
    "Abbott",
    "Barrera",
    "Castell",
    "Dorn",
    "Eklund",
    "Falk",
    "Gallo",
    "Hartung",
    "Ibarra",
    "Jansen",
    "Kovac",
    "Lund",
    "Moreau",
    "Novak",
    "Ortega",
    "Pryce",
    "Quist",
    "Rossi",
    "Sandoval",
    "Thorne",
    "Ueda",
    "Varga",
    "Wexler",
    "Yilmaz",
    "Zander",
]
STREETS = [
    "Mill Lane",
    "Station Road",
    "Harbour Street",
    "Foundry Way",
    "Orchard Row",
    "Canal Street",
    "Market Square",
    "Depot Road",
]
# country, weight, telephone prefix
COUNTRIES = (
    ("us", 62, "+1 212-555-"),
    ("ca", 14, "+1 416-555-"),
    ("de", 9, "+49 30 23125"),
    ("fr", 8, "+33 1 99 00 "),
    ("nl", 7, "+31 20 555 "),
)

# category: (goods, lowest and highest sales price in company currency, share of the price that is cost)
GOODS = {
    "Fastenings": (
        (
            "Wood screws",
            "Hex bolts",
            "Wall plugs",
            "Washers assorted",
            "Threaded rod",
            "Cable ties",
            "Nails galvanised",
        ),
        ("box of 100", "box of 500", "bucket"),
        (3, 28),
        0.58,
    ),
    "Hand tools": (
        ("Combination pliers", "Claw hammer", "Screwdriver set", "Adjustable wrench", "Tape measure", "Utility knife"),
        ("standard", "heavy duty"),
        (8, 64),
        0.62,
    ),
    "Power tools": (
        ("Cordless drill", "Angle grinder", "Jigsaw", "Orbital sander", "Heat gun"),
        ("12 V", "18 V"),
        (69, 289),
        0.71,
    ),
    "Safety": (
        ("Safety gloves", "Safety glasses", "Ear defenders", "Dust masks", "High-visibility vest", "Safety boots"),
        ("pack of 1", "pack of 10"),
        (4, 85),
        0.55,
    ),
    "Cleaning": (
        ("Floor cleaner", "Paper towels", "Refuse sacks", "Hand soap", "Microfibre cloths", "Degreaser"),
        ("small", "trade pack"),
        (3, 42),
        0.6,
    ),
    "Packaging": (
        ("Carton single wall", "Carton double wall", "Packing tape", "Stretch film", "Bubble wrap", "Mailing bags"),
        ("bundle of 25", "pallet layer"),
        (6, 95),
        0.66,
    ),
    "Lighting": (
        ("LED bulb", "LED tube", "Work light", "Emergency light", "Floodlight"),
        ("10 W", "30 W"),
        (5, 120),
        0.64,
    ),
}
# vendor, categories it supplies, days it promises, share of its receipts that come late
VENDORS = (
    ("Ironvale Fixings", ("Fastenings",), 6, 0.1),
    ("Toolmark Manufacturing", ("Hand tools",), 10, 0.2),
    ("Voltergrove Power", ("Power tools", "Lighting"), 14, 0.4),
    ("Guardwell Protective", ("Safety",), 8, 0.15),
    ("Cleanbrook Chemicals", ("Cleaning",), 5, 0.05),
    ("Boxhaven Packaging", ("Packaging",), 7, 0.25),
)
SUPPLIERS_OF_SERVICES = ("Farreach Media Agency", "Printmore Press", "Hallmoor Trade Fairs")


def company_names(rng, count):
    """Distinct names such as 'Ostermere Joinery'."""
    return [f"{place} {trade}" for place, trade in rng.sample([(p, t) for p in PLACES for t in TRADES], count)]


def person(rng):
    return f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"


def telephone(rng, country):
    prefix = next(entry[2] for entry in COUNTRIES if entry[0] == country)
    digits = f"{rng.randrange(0, 100):02d}"
    return f"{prefix}01{digits}" if country in ("us", "ca") else f"{prefix}{rng.randrange(10, 100)} {digits}".strip()


def web_domain(name):
    return f"{name.lower().replace(' ', '-')}.example"
