from odoo import fields, models

from ..tools.expected_loss import BEHAVIOUR
from .crm_risk_check import METHODS


class ResCompany(models.Model):
    _inherit = "res.company"

    # Written every night for the legal entity (root company), see crm.payment.score: habits of all its customers.
    crm_usual_delay = fields.Integer(
        "Usual Delay (Days)",
        readonly=True,
        help="Median days from due date to money; negative is early.",
        prefetch="crm",
    )
    crm_usual_term = fields.Integer(
        "Usual Term (Days)", readonly=True, help="Median days from invoice to due date.", prefetch="crm"
    )
    crm_risk_method = fields.Selection(
        METHODS,
        "Risk Method",
        default=BEHAVIOUR,
        required=True,
        help="What the expected loss of customers comes from.",
        prefetch="crm",
    )
    crm_loss_given_default = fields.Float(
        "Really Lost (%)",
        default=100.0,
        help="Of what is 180 days late, the share that is lost for good.",
        prefetch="crm",
    )

    _crm_loss_share = models.Constraint(
        "CHECK (crm_loss_given_default > 0 AND crm_loss_given_default <= 100)",
        "The share that is really lost is above 0 and at most 100 %.",
    )
