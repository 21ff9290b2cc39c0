from datetime import timedelta

import pytz
from odoo import api, fields, models
from odoo.tools import SQL, format_date

from ..tools import after_sales

# Days after its day on which a missed run, or a new rule, still makes an action.
GRACE = 7
CHUNK = 200


class CrmCareAction(models.Model):
    """What the rules ask for, found in SQL over deliveries, first orders and maintenance dates; each made once."""

    _inherit = "crm.care.action"

    @api.model
    def _cron_plan(self):
        self._process_plan(fields.Datetime.now(), self.env["ir.cron"]._commit_progress)

    @api.model
    def _process_plan(self, now, progress=lambda done=0, remaining=None: None):
        """Make what is missing; run twice, or killed between two parts, it makes nothing twice."""
        for rule in self.env["crm.care.rule"].search([]):
            zone = rule.company_id.partner_id.tz or rule.company_id.resource_calendar_id.tz or "UTC"
            today = now.replace(tzinfo=pytz.UTC).astimezone(pytz.timezone(zone)).date()
            values = self._new_only(rule, getattr(self, f"_plan_{rule.kind}")(rule, today, zone))
            progress(remaining=len(values))
            for start in range(0, len(values), CHUNK):
                part = values[start : start + CHUNK]
                self.create(part)
                progress(len(part))

    @api.model
    def _new_only(self, rule, found):
        """Drop what exists and customers of other classes; add rule, name, agent."""
        keys = [values["source_key"] for values in found]
        known = set(self.search([("rule_id", "=", rule.id), ("source_key", "in", keys)]).mapped("source_key"))
        wanted = self._wanted_partners(rule, {values["partner_id"] for values in found})
        users = rule.user_ids.sorted("id")
        return [
            {
                "rule_id": rule.id,
                "kind": rule.kind,
                "name": rule.name,
                "company_id": rule.company_id.id,
                "user_id": users[values["partner_id"] % len(users)].id if users else False,
                **values,
            }
            for values in found
            if values["source_key"] not in known and (wanted is None or values["partner_id"] in wanted)
        ]

    @api.model
    def _wanted_partners(self, rule, partner_ids):
        """Ids of the customers in the rule's classes; None for everybody."""
        if rule.customers == "all":
            return None
        cards = self.env["crm.scorecard"].search(
            [
                ("company_id", "=", rule.company_id.id),
                ("is_latest", "=", True),
                ("partner_id", "in", list(partner_ids)),
                ("customer_class", "in", list(rule.customers)),
            ]
        )
        return set(cards.partner_id.ids)

    @api.model
    def _plan_delivery(self, rule, today, zone):
        """One call a customer and delivery day, so many days after it; of several deliveries the last is named."""
        for model, names in (
            ("stock.picking", ["company_id", "date_done", "partner_id", "picking_type_id", "sale_id", "state"]),
            ("sale.order", ["partner_id"]),
            ("res.partner", ["active", "commercial_partner_id"]),
        ):
            self.env[model].flush_model(names)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id, delivered.day, MAX(picking.id), MAX(sale.id)
                  FROM stock_picking picking
                  JOIN stock_picking_type type ON type.id = picking.picking_type_id
                  LEFT JOIN sale_order sale ON sale.id = picking.sale_id
                  JOIN res_partner partner ON partner.id = COALESCE(sale.partner_id, picking.partner_id)
                  JOIN res_partner customer ON customer.id = partner.commercial_partner_id AND customer.active
                 CROSS JOIN LATERAL (
                       SELECT (picking.date_done AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date AS day
                       ) delivered
                 WHERE picking.state = 'done' AND type.code = 'outgoing' AND picking.company_id = %(company)s
                   AND picking.date_done >= %(since)s AND delivered.day <= %(today)s
                 GROUP BY partner.commercial_partner_id, delivered.day
                 ORDER BY delivered.day, partner.commercial_partner_id
                """,
                zone=zone,
                company=rule.company_id.id,
                since=today - timedelta(days=rule.days + GRACE),
                today=today,
            )
        )
        return [
            {
                "source_key": f"delivery:{partner}:{day}",
                "partner_id": partner,
                "date": day + timedelta(days=rule.days),
                "picking_id": picking,
                "order_id": order or False,
            }
            for partner, day, picking, order in rows
        ]

    @api.model
    def _plan_anniversary(self, rule, today, zone):
        """The anniversary of each customer's first confirmed order, put on the list some days before."""
        self.env["sale.order"].flush_model(["company_id", "date_order", "partner_id", "state"])
        self.env["res.partner"].flush_model(["active", "commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id,
                       (MIN(sale.date_order) AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                  FROM sale_order sale
                  JOIN res_partner partner ON partner.id = sale.partner_id
                  JOIN res_partner customer ON customer.id = partner.commercial_partner_id AND customer.active
                 WHERE sale.state = 'sale' AND sale.company_id = %(company)s
                 GROUP BY partner.commercial_partner_id
                """,
                zone=zone,
                company=rule.company_id.id,
            )
        )
        first, last = today - timedelta(days=GRACE), today + timedelta(days=rule.days)
        return [
            {
                "source_key": f"anniversary:{partner}:{day.year}",
                "partner_id": partner,
                "date": day,
                "name": self.env._("%(rule)s (%(years)s years)", rule=rule.name, years=day.year - start.year),
            }
            for partner, start in rows
            for day in after_sales.anniversaries(start, first, last)
        ]

    @api.model
    def _plan_maintenance(self, rule, today, zone):
        """Products of customers whose next maintenance comes near; none where the assets are not installed."""
        if "crm.customer.asset" not in self.env or "next_maintenance" not in self.env["crm.customer.asset"]._fields:
            return []
        assets = self.env["crm.customer.asset"].search(
            [
                ("next_maintenance", ">=", today - timedelta(days=GRACE)),
                ("next_maintenance", "<=", today + timedelta(days=rule.days)),
                ("company_id", "in", [rule.company_id.id, False]),
                ("state", "=", "in_use"),
            ]
        )
        return [
            {
                "source_key": f"maintenance:{asset.id}:{asset.next_maintenance}",
                "partner_id": asset.partner_id.commercial_partner_id.id,
                "date": asset.next_maintenance,
                "name": self.env._(
                    "%(rule)s: %(asset)s on %(day)s",
                    rule=rule.name,
                    asset=asset.display_name,
                    day=format_date(self.env, asset.next_maintenance),
                ),
            }
            for asset in assets
        ]
