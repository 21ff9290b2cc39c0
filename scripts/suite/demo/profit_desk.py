"""Profit of customers: last year is what margin and sales per salesperson are compared with."""


def make(world):
    if not world.has("crm.customer.profit"):
        return
    world.env.company.crm_profit_baseline_year = world.today.year - 1
