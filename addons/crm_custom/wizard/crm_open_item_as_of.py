from odoo import fields, models
from odoo.tools import format_date


class CrmOpenItemAsOf(models.TransientModel):
    """Asks for the date at which the open items are wanted; the answer travels in the context key `as_of`."""

    _name = "crm.open.item.as.of"
    _description = "Open Receivables at a Date"

    as_of = fields.Date("Open at the end of", required=True, default=fields.Date.context_today)

    def action_open(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("crm_custom.crm_open_item_action")
        title = self.env._("Open Receivables on %(date)s", date=format_date(self.env, self.as_of))
        return {
            **action,
            "path": False,
            "name": title,
            "display_name": title,
            "context": {"as_of": fields.Date.to_string(self.as_of)},
            "target": "main",
        }
