from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class CrmSatisfactionBaseline(models.Model):
    """What satisfaction was to start with: measured in a period or entered, and kept.

    Value on the scale 1-5; rate = share of answers of 4 or 5 in percent. Later periods are compared with it.
    """

    _name = "crm.satisfaction.baseline"
    _description = "Satisfaction Baseline"
    _inherit = ["mail.thread"]
    _order = "company_id, date_from desc, id desc"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True, tracking=True
    )
    date_from = fields.Date("From", required=True, tracking=True)
    date_to = fields.Date("To", required=True, tracking=True, help="The last day that counts.")
    value = fields.Float("Satisfaction (1-5)", digits=(3, 2), tracking=True)
    rate = fields.Float("Satisfied %", digits=(5, 1), tracking=True)
    answers = fields.Integer(readonly=True, help="0: entered by hand.")
    note = fields.Char(help="Where an entered figure comes from.")

    _company_uniq = models.UniqueIndex("(company_id)", "The company has a baseline already: change that one.")
    _check_value = models.Constraint(
        "CHECK (value BETWEEN 0 AND 5 AND rate BETWEEN 0 AND 100)", "Satisfaction is 1 to 5, a share 0 to 100 %."
    )

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.date_from} - {line.date_to}"

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        if any(line.date_to < line.date_from for line in self):
            raise ValidationError(self.env._("The baseline ends before it begins."))

    def action_measure(self):
        """Measure the figures of the period from the answers and keep them."""
        for line in self:
            count, value, rate = (
                self.env["crm.voice.answer"]
                .sudo()
                ._figures(
                    [
                        ("company_id", "=", line.company_id.id),
                        ("measure", "=", "satisfaction"),
                        ("date", ">=", fields.Datetime.to_datetime(line.date_from)),
                        ("date", "<", fields.Datetime.to_datetime(fields.Date.add(line.date_to, days=1))),
                    ]
                )[:3]
            )
            needed = line.company_id.crm_voice_min_answers
            if count < needed:
                raise UserError(
                    self.env._(
                        "Not enough data: %(count)s answers in these days, %(needed)s are needed.",
                        count=count,
                        needed=needed,
                    )
                )
            line.write({"answers": count, "value": value, "rate": rate})
