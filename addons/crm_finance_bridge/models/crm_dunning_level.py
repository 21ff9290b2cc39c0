from odoo import api, fields, models
from odoo.exceptions import ValidationError

CHANNELS = [("mail", "E-mail"), ("letter", "Paper letter"), ("call", "Call"), ("activity", "To-do")]


class CrmDunningLevel(models.Model):
    """One level of a strategy: so many days after the due date, by which channel, with which text and effect.

    The text in each language is the e-mail template's; a paper letter prints the same text.
    """

    _name = "crm.dunning.level"
    _description = "Reminder Level"
    _order = "strategy_id, days, id"

    strategy_id = fields.Many2one("crm.dunning.strategy", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="strategy_id.company_id")
    currency_id = fields.Many2one(related="strategy_id.currency_id")
    name = fields.Char(required=True, translate=True)
    days = fields.Integer("Days After Due Date", required=True, default=7)
    working_days = fields.Boolean(
        help="Count working days of the company's calendar, and make no letters on its days off."
    )
    channel = fields.Selection(CHANNELS, required=True, default="mail")
    template_id = fields.Many2one(
        "mail.template",
        "Text",
        domain="[('model', '=', 'crm.dunning.letter')]",
        ondelete="set null",
        help="Text in each language, for e-mail and paper.",
    )
    user_id = fields.Many2one("res.users", "Who", help="Who calls or does it; empty: whoever makes the run.")
    fee = fields.Monetary(help="Company currency, charged on demand as a draft invoice.")
    interest_rate = fields.Float("Interest % a Year", digits=(5, 2), help="Simple interest from the due date.")
    delivery_stop = fields.Boolean(
        "Stop Deliveries",
        help="Until the lines of the letter are paid, or a promise or dispute of them has accounting's word.",
    )
    credit_stop = fields.Boolean(
        "Stop Orders",
        help="New orders need a release until the lines of the letter are paid, or a promise or dispute of them has "
        "accounting's word.",
    )

    _days_uniq = models.UniqueIndex("(strategy_id, days)", "Two levels of a strategy need different days.")
    _positive = models.Constraint(
        "CHECK (days >= 0 AND fee >= 0 AND interest_rate >= 0)", "Days, fee and interest cannot be negative."
    )

    @api.constrains("channel", "template_id")
    def _check_template(self):
        for level in self:
            if level.channel in ("mail", "letter") and not level.template_id:
                raise ValidationError(self.env._("%s needs a text.", level.name))
            if level.template_id and level.template_id.sudo().model != "crm.dunning.letter":
                raise ValidationError(self.env._("The text of %s must be written for reminders.", level.name))
