from odoo import api, fields, models
from odoo.tools import SQL


class CrmSegment(models.Model):
    """What contacting a segment costs, and the margin to expect from it."""

    _inherit = "crm.segment"

    contact_cost = fields.Monetary("Cost a Customer", tracking=True, help="Planned cost of addressing one member once.")
    response_rate = fields.Float(
        "Expected Response (%)", digits=(5, 2), tracking=True, help="Members of a hundred who buy once more."
    )
    expected_margin = fields.Monetary(
        compute="_compute_expected_margin",
        compute_sudo=True,
        groups="mass_mailing.group_mass_mailing_user,sales_team.group_sale_manager",
        help="Expected response times the margin a purchase of each member, from its lifetime value.",
    )
    margin_per_cost = fields.Float(
        "Margin per Cost",
        digits=(12, 2),
        compute="_compute_expected_margin",
        compute_sudo=True,
        groups="mass_mailing.group_mass_mailing_user,sales_team.group_sale_manager",
    )
    economy_text = fields.Char(
        "Worth It",
        compute="_compute_expected_margin",
        compute_sudo=True,
        groups="mass_mailing.group_mass_mailing_user,sales_team.group_sale_manager",
    )

    _check_response = models.Constraint(
        "CHECK (response_rate BETWEEN 0 AND 100)", "The expected response is between 0 and 100 %."
    )
    _check_contact_cost = models.Constraint("CHECK (contact_cost >= 0)", "The cost cannot be negative.")

    @api.depends("member_count", "contact_cost", "response_rate")
    @api.depends_context("lang")
    def _compute_expected_margin(self):
        margins = self._member_margins()
        for segment in self:
            margin, known = margins.get(segment._origin.id, (0.0, 0))
            segment.expected_margin = margin * segment.response_rate / 100
            cost = segment.contact_cost * segment.member_count
            segment.margin_per_cost = segment.expected_margin / cost if cost else 0.0
            segment.economy_text = segment._economy_text(known, cost)

    def _economy_text(self, known, cost):
        if not self.member_count:
            return self.env._("No members yet")
        if not cost:
            return self.env._("No cost yet")
        if not self.response_rate:
            return self.env._("No expected response yet")
        if not known:
            return self.env._("Not enough data: no member has a margin a purchase")
        return self.env._(
            "%(margin)s expected for %(cost)s; margin a purchase known of %(known)s of %(members)s members",
            margin=self.currency_id.format(self.expected_margin),
            cost=self.currency_id.format(cost),
            known=known,
            members=self.member_count,
        )

    def _member_margins(self):
        """{segment id: (sum of the members' margin a purchase, members with one)}."""
        if not self._origin.ids:
            return {}
        self.env["crm.lifetime.value"].flush_model()
        self.env["crm.segment.member"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT member.segment_id, SUM(value.mean_margin), COUNT(*)
                     FROM crm_segment_member member
                     JOIN res_partner partner ON partner.id = member.partner_id
                     JOIN crm_lifetime_value value ON value.partner_id = partner.commercial_partner_id
                          AND value.company_id = member.company_id AND value.mean_margin <> 0
                    WHERE member.segment_id IN %s GROUP BY member.segment_id""",
                tuple(self._origin.ids),
            )
        )
        return {segment: (float(margin), known) for segment, margin, known in rows}
