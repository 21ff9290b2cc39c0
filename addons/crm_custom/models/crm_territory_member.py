from odoo import api, fields, models
from odoo.tools import SQL


class CrmTerritoryMember(models.Model):
    """Which customer belonged to which territory from when to when: results are reported by the territory of the date.

    One open row (without `date_to`) a customer; `date_to` is the last day.
    """

    _name = "crm.territory.member"
    _description = "Customer of a Territory"
    _order = "date_from DESC, id DESC"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", required=True, index=True, ondelete="cascade")
    territory_id = fields.Many2one("crm.territory", required=True, index=True, ondelete="restrict")
    company_id = fields.Many2one(related="territory_id.company_id", store=True, index=True)
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("Until", help="Last day; empty: today as well.")
    origin = fields.Selection(
        [("rule", "By Rule"), ("manual", "By Hand"), ("realign", "Realignment")], default="rule", required=True
    )
    rule_id = fields.Many2one("crm.territory.rule", ondelete="set null", index="btree_not_null")
    realign_id = fields.Many2one("crm.territory.realign", "Realignment", ondelete="set null", index="btree_not_null")

    _partner_date_idx = models.Index("(partner_id, date_from, date_to)")

    @api.model
    def _sql_at(self, partner, day) -> SQL:
        """The territory of a customer on a day, of two the later one: at most one row (territory_id)."""
        return SQL(
            """SELECT member.territory_id FROM crm_territory_member member
                WHERE member.partner_id = %(partner)s AND member.date_from <= %(day)s
                  AND (member.date_to IS NULL OR member.date_to >= %(day)s)
                ORDER BY member.date_from DESC LIMIT 1""",
            partner=partner,
            day=day,
        )

    def _end(self, day):
        """End the memberships before `day`; those that began on it never were."""
        begun = self.filtered(lambda member: member.date_from >= day)
        begun.unlink()
        (self - begun).write({"date_to": fields.Date.subtract(day, days=1)})
