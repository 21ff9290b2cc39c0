from odoo import api, models
from odoo.tools import SQL


class CrmPerformanceParts(models.AbstractModel):
    """What was planned and visited: visits, targets, frozen forecasts."""

    _inherit = "crm.performance.parts"

    @api.model
    def _parts(self, start=None, stop=None):
        return {
            **super()._parts(start, stop),
            "visit": self._part_visit(start, stop),
            "target": self._part_target(start, stop),
            "forecast": self._part_forecast(start, stop),
        }

    @api.model
    def _part_visit(self, start, stop):
        """Visits that took place."""
        return self._part(
            9,
            SQL(
                """crm_visit visit JOIN res_partner partner ON partner.id = visit.partner_id
                   LEFT JOIN res_users usr ON usr.id = visit.user_id"""
            ),
            SQL("visit.state = 'done'"),
            start,
            stop,
            row_id=SQL("visit.id"),
            moment=SQL("visit.start"),
            company_id=SQL("visit.company_id"),
            user_id=SQL("visit.user_id"),
            team_id=SQL("usr.sale_team_id"),
            partner_id=SQL("partner.commercial_partner_id"),
            visits=SQL("1"),
        )

    @api.model
    def _part_target(self, start, stop):
        """Periods of targets in force that no other target is part of: so every amount counts once."""

        def amount(measure):
            return SQL("CASE WHEN target.measure = %s THEN line.amount ELSE 0 END", measure)

        return self._part(
            10,
            SQL(
                """crm_target_line line JOIN crm_target target ON target.id = line.target_id
                   LEFT JOIN crm_target above ON above.id = target.parent_id
                   LEFT JOIN res_users usr ON usr.id = target.user_id"""
            ),
            SQL(
                """target.state = 'confirmed' AND target.active
                   AND NOT EXISTS (SELECT 1 FROM crm_target part WHERE part.parent_id = target.id AND part.active)"""
            ),
            start,
            stop,
            row_id=SQL("line.id"),
            date=SQL("line.date_from"),
            company_id=SQL("target.company_id"),
            user_id=SQL("target.user_id"),
            team_id=SQL("COALESCE(target.team_id, above.team_id, usr.sale_team_id)"),
            territory_id=SQL("target.territory_id"),
            partner_id=SQL("target.partner_id"),
            product_categ_id=SQL("target.product_categ_id"),
            target_ordered=amount("ordered"),
            target_invoiced=amount("invoiced"),
            target_collected=amount("collected"),
        )

    @api.model
    def _part_forecast(self, start, stop):
        """Weighted pipeline of each month as it was frozen last before the month began."""
        return self._part(
            11,
            SQL("crm_forecast_line line"),
            SQL("line.span = 'month' AND line.is_reference"),
            start,
            stop,
            row_id=SQL("line.id"),
            date=SQL("line.date_from"),
            company_id=SQL("line.company_id"),
            user_id=SQL("line.user_id"),
            team_id=SQL("line.team_id"),
            territory_id=SQL("line.territory_id"),
            forecast=SQL("line.weighted::numeric"),
        )
