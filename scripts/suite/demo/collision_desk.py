"""Duplicates and hand-overs: what an afternoon of hurried typing leaves in the customer list."""

from . import masters

COPIES = 8
SLIPS = (
    lambda name: name[:3] + name[4] + name[3] + name[5:],
    lambda name: name.upper(),
    lambda name: name.replace(" Ltd", "").replace(" LLC", "").replace(" Inc", "") + " Co.",
    lambda name: name[:-1],
)


def make(world):
    if not world.has("crm.duplicate.run"):
        return
    env, rng = world.env, world.rng
    customers = [customer for customer in masters.customers(world) if customer.user_id and len(customer.name) > 8]
    chosen = rng.sample(customers, min(world.count(COPIES), len(customers)))
    for number, customer in enumerate(chosen):
        env["res.partner"].create(
            {
                "name": SLIPS[number % len(SLIPS)](customer.name),
                "is_company": True,
                "phone": customer.phone,
                "email": customer.email if number % 2 else False,
                "city": customer.city,
                "zip": customer.zip,
                "street": customer.street,
                "country_id": customer.country_id.id,
            }
        )
    for customer, values in zip(rng.sample(customers, 2), ({"phone": "12"}, {"email": "office at home"}), strict=True):
        customer.write(values)
    env["crm.duplicate.run"].create({})._run_all()
    _requests(world, rng.sample(customers, 2))


def _requests(world, customers):
    """Two salespeople ask for a colleague's customer; one of them gets it."""
    sellers = world.env["res.users"].search(
        [("id", "in", [customer.user_id.id for customer in masters.customers(world)])]
    )
    for number, customer in enumerate(customers):
        requester = (sellers - customer.user_id)[:1]
        if not requester:
            return
        env = world.env(user=requester.id)
        request = env["crm.collision"]._request(
            customer.with_env(env), "They asked for me after the fair; I have served their parent company for years."
        )
        if number:
            request.with_user(customer.user_id).action_accept()
