from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import plan
from .utm_campaign import FIGURE_GROUPS


class UtmCampaign(models.Model):
    """Clash check: another campaign for the same product or the same audience on the same days."""

    _inherit = "utm.campaign"

    clash_ids = fields.Many2many("utm.campaign", compute="_compute_clashes", groups=FIGURE_GROUPS)
    clash_count = fields.Integer("Clashes", compute="_compute_clashes", groups=FIGURE_GROUPS)
    clash_text = fields.Text("Clashes With", compute="_compute_clashes", groups=FIGURE_GROUPS)

    @api.depends("date_start", "date_end", "product_tmpl_ids", "company_id", "segment_id")
    def _compute_clashes(self):
        planned = self.filtered("date_start")
        others = planned._clash_candidates()
        subjects = (planned | others)._clash_subjects()
        common = (planned | others)._common_customers()
        for campaign in self:
            found, lines = self.browse(), []
            for other in others if campaign in planned else ():
                if other.id == campaign._origin.id or not campaign._shares_days(other):
                    continue
                reasons = [label for key, label in subjects[campaign].items() if key in subjects[other]]
                count = common.get((campaign.segment_id._origin.id, other.segment_id.id))
                if count:
                    reasons.append(self.env._("%(count)s customers in both audiences", count=count))
                if reasons:
                    found |= other
                    lines.append(campaign._clash_sentence(other, reasons))
            campaign.clash_ids = found
            campaign.clash_count = len(found)
            campaign.clash_text = "\n".join(lines)

    def _clash_candidates(self):
        """Campaigns made by people that share a day with any of these; those the user may read."""
        if not self:
            return self
        ends = self.mapped("date_end")
        domain = Domain("is_auto_campaign", "=", False) & (
            Domain("date_end", "=", False) | Domain("date_end", ">=", min(self.mapped("date_start")))
        )
        domain &= Domain("date_start", "<=", max(ends)) if all(ends) else Domain("date_start", "!=", False)
        return self.search(domain)

    def _shares_days(self, other):
        same_company = not self.company_id or not other.company_id or self.company_id == other.company_id
        return same_company and plan.overlaps(
            self.date_start, self.date_end or None, other.date_start, other.date_end or None
        )

    def _clash_subjects(self):
        """Return {campaign: {key of a product or audience: its name}}; another topic adds keys by super()."""
        subjects = {
            campaign: {
                ("product", product._origin.id): product.display_name for product in campaign.sudo().product_tmpl_ids
            }
            for campaign in self
        }
        ids = tuple(filter(None, (campaign._origin.id for campaign in self)))
        if not ids:
            return subjects
        self.env["mailing.mailing"].flush_model(["campaign_id", "contact_list_ids"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT mailing.campaign_id, list.id, list.name
                     FROM mailing_mailing mailing
                     JOIN mail_mass_mailing_list_rel rel ON rel.mailing_mailing_id = mailing.id
                     JOIN mailing_list list ON list.id = rel.mailing_list_id
                    WHERE mailing.campaign_id IN %s""",
                ids,
            )
        )
        by_id = {campaign._origin.id: campaign for campaign in self}
        for campaign_id, list_id, name in rows:
            subjects[by_id[campaign_id]][("list", list_id)] = name
        return subjects

    def _common_customers(self):
        """Return {(segment id, other segment id): members of both}; a segment has all its members in common
        with itself. One query, counted for the company as a whole."""
        ids = tuple(self.sudo().segment_id._origin.ids)
        if not ids:
            return {}
        self.env["crm.segment.member"].flush_model(["segment_id", "partner_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT one.segment_id, other.segment_id, COUNT(*)
                     FROM crm_segment_member one
                     JOIN crm_segment_member other ON other.partner_id = one.partner_id
                    WHERE one.segment_id IN %(ids)s AND other.segment_id IN %(ids)s
                    GROUP BY one.segment_id, other.segment_id""",
                ids=ids,
            )
        )
        return {(one, other): count for one, other, count in rows}

    def _clash_sentence(self, other, reasons):
        return self.env._(
            "%(other)s (%(start)s to %(end)s): %(reasons)s",
            other=other.title,
            start=other.date_start,
            end=other.date_end or self.env._("open"),
            reasons=", ".join(reasons),
        )

    def action_open_clashes(self):
        self.ensure_one()
        return self.clash_ids._get_records_action(name=self.env._("Clashes of %(campaign)s", campaign=self.title))
