"""Credit limits: what sellers ask for, what finance grants, what the sales of three months propose."""

REASONS = (
    ("The autumn range is larger than last year's.", 1.5, "approve"),
    ("Opens a second shop in spring.", 2.0, "ask"),
    ("Wants to order the whole season at once.", 4.0, "refuse"),
)


def make(world):
    if not world.has("crm.credit.request"):
        return
    env = world.as_user("finance")
    company = env.company.root_id
    company.sudo().crm_credit_second_amount = 50000
    terms = env["crm.credit.limit"].search([("company_id", "=", company.id), ("hold_rule", "=", "hold")])
    terms = terms.filtered("amount_limit").sorted("id")
    for limit, (reason, factor, answer) in zip(terms, REASONS, strict=False):
        seller = limit.partner_id.user_id or env.user
        request = (
            env["crm.credit.request"]
            .with_user(seller)
            .create(
                {
                    "partner_id": limit.partner_id.id,
                    "company_id": company.id,
                    "amount": round(limit.amount_limit * factor, -2),
                    "reason": reason,
                }
            )
        )
        request.action_ask()
        if answer == "approve":
            request.with_user(env.user).action_approve()
        elif answer == "refuse":
            request.with_user(env.user).action_refuse("Pays later from month to month.")
    env["crm.credit.proposal"]._process_proposals(company, world.today)
