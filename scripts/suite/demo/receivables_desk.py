"""The accountant's month ends: receivables by age, DSO and roll rates of the last year, from the entries."""


def make(world):
    if not world.has("crm.aging.snapshot"):
        return
    env = world.as_user("finance")
    env.company.sudo().write({"crm_aging_concentration": 5.0})
    env["crm.aging.snapshot"].sudo()._process(world.today)
