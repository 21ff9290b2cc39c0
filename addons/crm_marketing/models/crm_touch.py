from odoo import api, fields, models

KINDS = [
    ("mail", "Mail delivered"),
    ("sms", "SMS delivered"),
    ("open", "Mail opened"),
    ("click", "Link clicked"),
    ("reply", "Mail answered"),
    ("call", "Call"),
    ("visit", "Visit or meeting"),
    ("event", "Event"),
    ("form", "Web form"),
    ("lead", "Lead"),
    ("order", "Order"),
    ("optout", "Unsubscribed"),
]
# What we send or do, what the customer answers, and what is neither (attribution leaves the last out).
OUTBOUND_KINDS = ("mail", "sms", "call", "visit")
RESPONSE_KINDS = ("open", "click", "reply", "event", "form", "lead", "order")
REASONS = [
    ("bot", "Opened or clicked faster than a person can"),
    ("scanner", "All links of the mail within seconds"),
    ("burst", "One address for many recipients at once"),
    ("staff", "Own staff"),
    ("duplicate", "The same again within minutes"),
    ("bounce", "The mail came back"),
    ("cancelled", "Cancelled afterwards"),
]


class CrmTouch(models.Model):
    """One contact of a customer with a campaign, or on the way to an order: append-only, one row a source row and kind.

    Written set-based by crm.touch.feed from mailings, clicks, SMS, calls, visits, events, web forms, leads and orders,
    and by hooks through `_record()`. `date` is UTC, that of the source. `partner_id` is the commercial entity at the
    time of the touch; a touch of a person not yet known keeps address and opportunity and gets the customer as soon
    as there is one. `valid` is False for machines and repetitions, with the reason; figures count valid touches only.
    Nobody writes touches by hand; only the customer, `valid` and its reason change after writing.
    """

    _name = "crm.touch"
    _description = "Touch"
    _order = "date desc, id desc"
    _rec_name = "kind"

    date = fields.Datetime(required=True, readonly=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, ondelete="cascade", help="The commercial entity."
    )
    contact_id = fields.Many2one("res.partner", "Person", readonly=True, ondelete="set null", index="btree_not_null")
    email = fields.Char(readonly=True, index="btree_not_null", help="Normalised; of who is not a customer yet.")
    campaign_id = fields.Many2one("utm.campaign", readonly=True, ondelete="set null")
    medium_id = fields.Many2one("utm.medium", readonly=True, ondelete="set null")
    source_id = fields.Many2one("utm.source", readonly=True, ondelete="set null")
    res_model = fields.Char("Source Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Source Record", model_field="res_model", required=True, readonly=True)
    opportunity_id = fields.Many2one("crm.lead", readonly=True, ondelete="set null", index="btree_not_null")
    mailing_id = fields.Many2one("mailing.mailing", readonly=True, ondelete="set null", index="btree_not_null")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    valid = fields.Boolean("Counts", default=True, required=True, readonly=True)
    reason = fields.Selection(REASONS, "Why Not", readonly=True)

    _source_unique = models.UniqueIndex("(res_model, res_id, kind)")
    _partner_date_idx = models.Index("(partner_id, date)")
    _campaign_date_idx = models.Index("(campaign_id, date) WHERE campaign_id IS NOT NULL")
    _check_reason = models.Constraint("CHECK (valid OR reason IS NOT NULL)", "A touch that does not count says why.")

    @api.depends("kind", "date", "campaign_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for touch in self:
            name = touch.sudo().campaign_id.title
            touch.display_name = f"{kinds.get(touch.kind)}: {name}" if name else kinds.get(touch.kind)

    @api.model
    def _record(self, vals_list):
        """Write touches from a hook, in sudo, once each.

        `vals_list`: [{date, kind, contact_id or partner_id, res_model, res_id, campaign_id ...}].
        A source row that has its touch of the kind already is left alone. Returns the touches of the sources.
        """
        self = self.sudo()
        found = self.browse()
        missing = []
        for vals in vals_list:
            key = [(name, "=", vals[name]) for name in ("res_model", "res_id", "kind")]
            touch = self.search(key, limit=1)
            found |= touch
            if not touch:
                missing.append(self._complete(dict(vals)))
        return found | self.create(missing)

    @api.model
    def _complete(self, vals):
        """The commercial entity beside the person that was touched."""
        person = self.env["res.partner"].browse(vals.get("contact_id") or vals.get("partner_id") or [])
        if person:
            vals["partner_id"] = person.commercial_partner_id.id
            if not person.is_company:
                vals["contact_id"] = person.id
        return vals

    # === DRILL-DOWN === #

    def action_open_source(self):
        """Open the record behind the touch by the user's own rights."""
        self.ensure_one()
        model, record_id = self.res_model, self.res_id
        if model in ("mailing.trace", "link.tracker.click") and self.mailing_id:
            model, record_id = "mailing.mailing", self.mailing_id.id
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": record_id,
            "views": [(False, "form")],
        }
